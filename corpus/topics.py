"""Topics: what leaders ask about, counted by the tags that records carry."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import CorpusError
from corpus.issues import Issue
from corpus.parsing import parse_file
from corpus.records import CaseStudy, Slug, Text

SHIPPED_TOPICS = Path(__file__).parent / "data" / "topics.yaml"
OTHER = "other"  # of cases that are of none


class Topic(BaseModel):
    """Something that leaders ask about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    label: Text = Field(description="Plain British words, as shown to a person.")
    tags: frozenset[Slug] = Field(min_length=1, description="Of `technology`; any of them is enough.")


@lru_cache(maxsize=1)
def shipped_topics() -> dict[str, Topic]:
    """Return the topics by their ids, in their order."""
    topics: dict[str, Topic] = {}
    for item in parse_file(SHIPPED_TOPICS):
        if isinstance(item, Issue):
            raise CorpusError(str(item))
        topic = Topic.model_validate(item.value)
        if topics.setdefault(topic.id, topic) is not topic:
            raise CorpusError(f"{SHIPPED_TOPICS}: two topics are called {topic.id}")
    return topics


def topics_of(case: CaseStudy) -> tuple[str, ...]:
    """Return the ids of a case's topics; `OTHER` where it has none."""
    tags = set(case.technology)
    return tuple(topic.id for topic in shipped_topics().values() if tags & topic.tags) or (OTHER,)
