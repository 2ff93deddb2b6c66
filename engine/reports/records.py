"""What a report keeps of each school: one line of JSON, from which everything else is made.

A run writes these lines in the order of its input, so that a run that was interrupted can go on behind the
last whole line, and every table, page and chart is made of them alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict

from corpus.issues import Place
from engine.answers import Verdict
from engine.context import SchoolContext


@dataclass(frozen=True, slots=True)
class ReportSchool:
    """A school of the input.

    Attributes:
        id: What the input calls it, such as its URN; unique within a run.
        name: Its name; None where the input does not tell it.
        context: What is known of it.
        concerns: Its concerns, in its own words; none where the input has none for it.
        place: Where it stands in the input.
    """

    id: str
    name: str | None
    context: SchoolContext
    concerns: tuple[str, ...]
    place: Place | None = None


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MatchKept(_Kept):
    """One matched case of one concern; ``mirror`` is the statement that mirrors it best."""

    case_id: str
    score: float
    confidence: float
    shared: tuple[str, ...]
    different: tuple[str, ...]
    unknown: tuple[str, ...]
    mirror: str
    mirror_field: str
    mirror_item: int | None


class ConcernKept(_Kept):
    """One concern as it was understood and answered; ``themes`` are ids of the vocabulary's themes."""

    text: str
    worries: tuple[str, ...]
    denied: tuple[str, ...]
    themes: tuple[str, ...]
    verdict: Verdict
    confidence: float
    matches: tuple[MatchKept, ...]


class PointKept(_Kept):
    """A takeaway: see `engine.takeaways.Point`."""

    kind: str
    text: str
    response: str | None
    case_id: str


class SchoolKept(_Kept):
    """All that a report keeps of a school; ``context`` holds what is known, as plain values."""

    id: str
    name: str | None
    context: dict[str, Any]
    concerns: tuple[ConcernKept, ...]
    takeaways: tuple[PointKept, ...]
    questions: tuple[str, ...]

    def as_line(self) -> str:
        """Return it as one line of JSON, without its end."""
        return self.model_dump_json()
