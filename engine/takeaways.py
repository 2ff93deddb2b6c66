"""What a meeting can take from cases: points, questions to discuss, and how far to trust them.

Everything is said by the records: points are their statements, questions put a statement to the reader's
school, caveats come from who says so, when, and how the schools differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.records import CaseStudy
from engine.answers import MatchedPassage
from engine.comparability import ContextComparison

OLD = 8  # years after which what a device cost or could do is likely another matter
MOST_POINTS, MOST_QUESTIONS = 8, 6
PER_CASE = 3


class Told(Protocol):
    """What is known of a case here: a `Match`, or a case that was chosen by hand."""

    @property
    def case(self) -> CaseStudy:
        """The case study."""
        ...

    @property
    def context(self) -> ContextComparison:
        """How its school compares with the reader's."""
        ...

    @property
    def passages(self) -> tuple[MatchedPassage, ...]:
        """What mirrors the worry, best first; none where there is no worry."""
        ...


@dataclass(frozen=True, slots=True)
class ChosenCase:
    """A case that was chosen by hand, beside a school; no worry, so nothing mirrors it."""

    case: CaseStudy
    context: ContextComparison
    passages: tuple[MatchedPassage, ...] = ()


PointKind = Literal["not_again", "failed", "settled", "unsettled"]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a case teaches.

    Attributes:
        kind: A regret, a failure, an objection that was settled, or one that was not.
        text: The record's statement.
        response: For an objection: what was done about it; None where nothing is known.
        case: Who tells it.
    """

    kind: PointKind
    text: str
    response: str | None
    case: CaseStudy


def takeaways(matches: Sequence[Told]) -> tuple[Point, ...]:
    """Return the points of matched cases, turn by turn so that every case has its say, at most eight.

    What mirrors the worry comes first in each case, then its other regrets and failures.
    """
    lists = [list(_points(match))[:PER_CASE] for match in matches]
    turns = (points[turn] for turn in range(PER_CASE) for points in lists if turn < len(points))
    return tuple(turns)[:MOST_POINTS]


def _points(match: Told) -> Iterator[Point]:
    case = match.case
    told: set[str] = set()
    mirrored = [one.passage for one in match.passages]
    for text in (*(p.text for p in mirrored if p.field == "not_again"), *case.not_again):
        if text not in told:
            told.add(text)
            yield Point("not_again", text, None, case)
            break
    for passage in mirrored:
        if passage.field == "objections" and passage.response and passage.text not in told:
            told.add(passage.text)
            settled = passage.result in ("resolved", "partly")
            yield Point("settled" if settled else "unsettled", passage.text, passage.response, case)
            break
    for text in (*(p.text for p in mirrored if p.field == "failed"), *case.failed, *case.not_again):
        if text not in told:
            told.add(text)
            yield Point("failed" if text in case.failed else "not_again", text, None, case)


def discussion_questions(matches: Sequence[Told]) -> tuple[str, ...]:
    """Return questions that put what happened elsewhere to the reader's own school, at most six."""
    asked = [list(_questions(match)) for match in matches]
    turns = (some[turn] for turn in range(2) for some in asked if turn < len(some))
    return (*tuple(turns)[: MOST_QUESTIONS - 1], "What would we have to see, and by when, to stop?")


def _questions(match: Told) -> Iterator[str]:
    who = name_of(match.case)
    unsettled = [
        one.passage.text
        for one in match.passages
        if one.passage.field == "objections" and one.passage.result == "unresolved"
    ]
    if unsettled:
        yield f"At {who} this objection was never settled: “{unsettled[0]}” What would we answer?"
    if match.case.failed:
        mirrored = [one.passage.text for one in match.passages if one.passage.field == "failed"]
        failure = (*mirrored, *match.case.failed)[0]
        yield f"At {who} this went wrong: “{failure}” Could it happen here, and how would we notice?"
    if match.context.different:
        yield f"{who} differs from us ({'; '.join(match.context.different)}). What does that change for us?"


def caveats(matches: Sequence[Told], this_year: int) -> tuple[str, ...]:
    """Return what to bear in mind before leaning on these cases.

    Args:
        matches: The cases.
        this_year: When they are read.
    """
    cases = [match.case for match in matches]
    said = Counter(case.provenance.independence for case in cases)
    found = ["These are single stories. They show what can happen, not what usually does."]
    if said["vendor-supported"]:
        found.append(f"{_many(said['vendor-supported'])} supported by a vendor: read with care.")
    if said["self-reported"]:
        found.append(f"{_many(said['self-reported'])} told by the school or system itself.")
    old = [case for case in cases if (year := newest_year(case)) is not None and this_year - year > OLD]
    if old:
        found.append(f"{_many(len(old))} told by sources more than {OLD} years old; technology has moved on.")
    undated = sum(newest_year(case) is None for case in cases)
    if undated:
        found.append(f"{_many(undated)} told by sources that give no year.")
    unknown = sum(case.outcome == "unknown" for case in cases)
    if unknown:
        found.append(f"How it ended is not known of {unknown} of the {len(cases)} cases.")
    if any(match.context.attributes for match in matches):
        far = [name_of(match.case) for match in matches if match.context.different]
        if far:
            found.append(f"Known to differ from your school: {'; '.join(far)}.")
    return tuple(found)


def newest_year(case: CaseStudy) -> int | None:
    """Return the year of a case's newest source; None where no source gives one."""
    return max((source.year for source in case.provenance.sources if source.year is not None), default=None)


def name_of(case: CaseStudy) -> str:
    """Return what to call a case's school in a sentence."""
    institution = case.institution
    return institution.name or f"a {institution.kind} in {institution.region or institution.country}"


def _many(count: int) -> str:
    return "One case is" if count == 1 else f"{count} cases are"
