"""The JSON that goes out and comes in: a contract, documented and versioned.

`service/data/answer-v1.schema.json` is the JSON Schema of `AnswerOut`; a test keeps the two the same.
Keys are only ever added within a version.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from corpus.records import Independence, Outcome, Result, Source
from engine.answers import Answer, Match, MatchedPassage, Verdict
from engine.comparability import ContextComparison
from engine.diversity import Role
from engine.facets import EVERYTHING, CaseFilter, Facet, facet_counts
from engine.intent import Intent

Share = Annotated[float, Field(ge=0, le=1)]


class Out(BaseModel):
    """What goes out: frozen, with the keys that are described and no other."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ReadingOut(Out):
    """One value of the context that was read from the text, and where."""

    attribute: str
    value: str | int | float
    start: int = Field(description="First character in the text, 0-based.")
    end: int = Field(description="Behind the last character.")


class CorrectionOut(Out):
    """A word that was read as another, and where."""

    written: str
    read_as: str
    start: int = Field(description="First character in the text, 0-based.")
    end: int = Field(description="Behind the last character.")


class ConcernOut(Out):
    """What was understood."""

    text: str
    corrections: list[CorrectionOut] = Field(description="Misspelt words, read as words that the cases use.")
    sought: list[Intent] = Field(
        description="Which part of the stories was asked for; empty for a plain worry."
    )
    worries: list[str]
    denied: list[str] = Field(description="What was said to be no problem, or not meant.")
    context: dict[str, Any] = Field(
        description="The school: keys of the contract's institution; what is not known is left out."
    )
    readings: list[ReadingOut] = Field(description="Which of it was read from the text.")


class ContextOut(Out):
    """How the case's school compares with the leader's."""

    similarity: Share | None = Field(description="Gower similarity; null where nothing could be compared.")
    coverage: Share = Field(description="Share of what is known of the leader's school that the case tells.")
    shared: list[str]
    different: list[str]
    unknown: list[str]

    @classmethod
    def of(cls, compared: ContextComparison) -> ContextOut:
        """Present a comparison."""
        return cls(
            similarity=None if compared.similarity is None else round(compared.similarity, 4),
            coverage=round(compared.coverage, 4),
            shared=list(compared.shared),
            different=list(compared.different),
            unknown=list(compared.unknown),
        )


class MetOut(Out):
    """A stretch of a passage's text that meets the worry."""

    start: int = Field(description="First character in the passage's text, 0-based.")
    end: int = Field(description="Behind the last character.")
    concept: str | None = Field(description="The concept, where it meets under another name; else null.")


class PassageOut(Out):
    """A statement of the case that mirrors the worry."""

    field: str = Field(description="Field of the case record, such as objections.")
    item: int | None = Field(description="0-based position in that field.")
    text: str
    response: str | None = Field(description="For an objection: what was done about it; null where unknown.")
    result: Result | None = Field(description="For an objection: how that ended.")
    score: Share
    met: list[MetOut] = Field(description="Where its text meets the worry by words and concepts.")

    @classmethod
    def of(cls, matched: MatchedPassage) -> PassageOut:
        """Present a matched passage."""
        passage = matched.passage
        return cls(
            field=passage.field,
            item=passage.item,
            text=passage.text,
            response=passage.response,
            result=passage.result,
            score=round(matched.score, 4),
            met=[MetOut(start=one.start, end=one.end, concept=one.concept) for one in matched.met],
        )


class SourceOut(Out):
    """A published source."""

    title: str
    url: str
    publisher: str | None
    year: int | None

    @classmethod
    def of(cls, source: Source) -> SourceOut:
        """Present a source."""
        return cls(title=source.title, url=source.url, publisher=source.publisher, year=source.year)


class MatchOut(Out):
    """One comparable case."""

    case_id: str
    title: str
    score: float = Field(description="What the matches are ranked by: the sum of the parts.")
    confidence: Share = Field(description="Probability that a leader with this worry finds the case useful.")
    outcome: Outcome
    independence: Independence
    parts: dict[str, float]
    context: ContextOut
    passages: Annotated[list[PassageOut], Field(max_length=5)]
    failed: list[str]
    not_again: list[str]
    sources: list[SourceOut]
    roles: list[Role] = Field(
        description="What it adds to the list: gave up, settled an objection for good, from another country."
    )
    retold: list[str] = Field(description="Ids of cases that tell the same story again, folded under it.")

    @classmethod
    def of(cls, match: Match) -> MatchOut:
        """Present a match."""
        case = match.case
        return cls(
            case_id=case.id,
            title=case.title,
            score=match.score,
            confidence=round(match.confidence, 4),
            outcome=case.outcome,
            independence=case.provenance.independence,
            parts=match.parts,
            context=ContextOut.of(match.context),
            passages=[PassageOut.of(passage) for passage in match.passages],
            failed=list(case.failed),
            not_again=list(case.not_again),
            sources=[SourceOut.of(source) for source in case.provenance.sources],
            roles=list(match.roles),
            retold=list(match.retold),
        )


class WorryOut(Out):
    """The answer to one of several worries."""

    text: str
    verdict: Verdict
    confidence: Share
    case_ids: list[str] = Field(description="The cases that meet it best, at most three; none with none.")


class CountOut(Out):
    """How many of the cases that come near have a value of a facet."""

    value: str
    cases: int


class AnswerOut(Out):
    """The answer to a concern."""

    version: Literal[1] = 1
    id: str | None = Field(None, description="The query's id, in answers to a file of queries.")
    verdict: Verdict = Field(
        description="Whether anybody here has faced this; with none, the matches are only the nearest."
    )
    confidence: Share
    concern: ConcernOut
    worries: list[WorryOut] = Field(description="The answer to each worry, where there are several.")
    matches: list[MatchOut]
    advice: list[str] = Field(description="What would make the answer better.")
    near: int = Field(description="How many cases come near the worry, shown or not, whatever the filter.")
    facets: dict[Facet, list[CountOut]] | None = Field(
        None,
        description="Those cases counted by facet, each among what the other facets' filters leave;"
        " null where it was not asked for.",
    )

    @classmethod
    def of(
        cls,
        answer: Answer,
        query_id: str | None = None,
        *,
        counted: bool = False,
        only: CaseFilter = EVERYTHING,
    ) -> AnswerOut:
        """Present an answer.

        Args:
            answer: What the engine gave.
            query_id: Of the question, in answers to a file of them.
            counted: Whether to count the cases that come near by facet.
            only: The filter that was chosen.
        """
        concern = answer.concern
        counts = facet_counts(answer.near, only) if counted else {}
        return cls(
            near=len(answer.near),
            facets={
                facet: [CountOut(value=value, cases=cases) for value, cases in values]
                for facet, values in counts.items()
            }
            if counted
            else None,
            id=query_id,
            verdict=answer.verdict,
            confidence=round(answer.confidence, 4),
            concern=ConcernOut(
                text=concern.text,
                corrections=[
                    CorrectionOut(written=c.written, read_as=c.read_as, start=c.start, end=c.end)
                    for c in concern.corrections
                ],
                sought=[one.intent for one in concern.sought],
                worries=list(concern.worries),
                denied=list(concern.denied),
                context=concern.context.known,
                readings=[
                    ReadingOut(attribute=r.attribute, value=r.value, start=r.start, end=r.end)
                    for r in concern.readings
                ],
            ),
            worries=[
                WorryOut(
                    text=w.text,
                    verdict=w.verdict,
                    confidence=round(w.confidence, 4),
                    case_ids=list(w.case_ids),
                )
                for w in answer.worries
            ],
            matches=[MatchOut.of(match) for match in answer.matches],
            advice=list(answer.advice),
        )

    def as_line(self) -> str:
        """Return the answer as one line of JSON; the id only where there is one."""
        return self.model_dump_json(exclude={"id"} if self.id is None else None)


class Problem(BaseModel):
    """What went wrong, as problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = Field(
        default_factory=list, description="Where the request is wrong: field and message."
    )
