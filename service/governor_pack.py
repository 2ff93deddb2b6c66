"""What a governor pack says, the same on the page and in the document."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from engine.answers import Answer
from engine.context import SchoolContext
from engine.takeaways import Point, Told, caveats, discussion_questions, takeaways
from service import wording


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack.

    Attributes:
        made: The day it was made.
        address: Where the page is.
        worry: The leader's words; empty where there are none.
        school: What is known of the leader's school.
        told: The cases.
        summary: Plain sentences on all of them.
        points: What they teach.
        questions: To discuss.
        caveats: What to bear in mind.
    """

    made: date
    address: str
    worry: str
    school: SchoolContext
    told: tuple[Told, ...]
    summary: tuple[str, ...]
    points: tuple[Point, ...]
    questions: tuple[str, ...]
    caveats: tuple[str, ...]

    def number_of(self, point: Point) -> int:
        """Return the number of the case that a point is from."""
        return 1 + next(place for place, one in enumerate(self.told) if one.case.id == point.case.id)


def pack_of(
    told: tuple[Told, ...], answer: Answer | None, school: SchoolContext, address: str, made: date
) -> Pack:
    """Return the pack of some cases.

    Args:
        told: The cases, at least one.
        answer: To the worry; None where there is none.
        school: What was said of the leader's school.
        address: Where the page is.
        made: The day.
    """
    return Pack(
        made,
        address,
        answer.concern.text if answer else "",
        answer.concern.context if answer else school,
        told,
        _summary(told, answer),
        takeaways(told),
        discussion_questions(told),
        caveats(told, made.year),
    )


def _summary(told: tuple[Told, ...], answer: Answer | None) -> tuple[str, ...]:
    """Say in plain sentences what the cases are and how they ended."""
    cases = [one.case for one in told]
    what = "This is one real case" if len(cases) == 1 else f"These are {len(cases)} real cases"
    places = ", ".join(dict.fromkeys(wording.facet_value("country", c.institution.country) for c in cases))
    sentences = [f"{what} from {places}, each with its published sources."]
    if answer:
        sentences.append(wording.verdict_of_chosen(answer))
    ended = Counter(wording.facet_value("outcome", case.outcome) for case in cases)
    told_of = "; ".join(f"{outcome}: {count}" for outcome, count in ended.most_common())
    sentences.append(f"How they ended: {told_of}.")
    regrets = sum(bool(case.not_again) for case in cases)
    sentences.append(f"{regrets} of {len(cases)} say what they would not do again.")
    return tuple(sentences)
