"""What a report keeps of each school, worked out one school after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from corpus.vocabulary import Vocabulary, shipped_vocabulary, stems_of
from engine.answers import Answer, Match
from engine.matcher import DEFAULT_MATCHES, Matcher
from engine.ranking import NO_PREFERENCES, Preferences
from engine.reports.batch import BATCH, ManyAnswers, Question
from engine.reports.records import ConcernKept, MatchKept, PointKept, ReportSchool, SchoolKept
from engine.takeaways import discussion_questions, takeaways

_DIGITS = 6  # of scores and confidences; more tell nothing and fill the lines


def report_on(
    schools: Iterable[ReportSchool],
    matcher: Matcher,
    k: int = DEFAULT_MATCHES,
    preferences: Preferences = NO_PREFERENCES,
    *,
    batch: int = BATCH,
) -> Iterator[SchoolKept]:
    """Answer every concern of every school, in their order and in constant memory.

    What is kept of a school depends on itself alone, not on the others or the size of a batch.

    Args:
        schools: Taken as they are needed, one batch ahead.
        matcher: What answers.
        k: The most matches a concern, at least 1.
        preferences: Which cases are wanted, and how schools are to be compared; for all schools.
        batch: How many schools are read ahead, and how many concerns are encoded together.

    Raises:
        ValueError: If ``k`` or the batch is below 1.
    """
    if k < 1:
        raise ValueError(f"k is {k}, but at least 1 match must be asked for")
    return report_with(ManyAnswers(matcher, batch), schools, k, preferences, batch=batch)


def report_with(
    many: ManyAnswers,
    schools: Iterable[ReportSchool],
    k: int,
    preferences: Preferences,
    *,
    batch: int = BATCH,
) -> Iterator[SchoolKept]:
    """Answer as `report_on`, with what remembers the words of schools before these."""
    coming = iter(schools)
    while some := list(islice(coming, batch)):
        asked = (
            Question(text, school.context, k, preferences) for school in some for text in school.concerns
        )
        answers = many.answers(asked)
        for school in some:
            yield kept(school, list(islice(answers, len(school.concerns))))


def kept(school: ReportSchool, answers: Sequence[Answer]) -> SchoolKept:
    """Return what is kept of a school.

    Args:
        school: The school.
        answers: One a concern, in their order.
    """
    told = _to_take_from(answers)
    return SchoolKept(
        id=school.id,
        name=school.name,
        context=school.context.known,
        concerns=tuple(map(_concern, answers)),
        takeaways=tuple(
            PointKept(kind=point.kind, text=point.text, response=point.response, case_id=point.case.id)
            for point in takeaways(told)
        ),
        questions=discussion_questions(told) if told else (),
    )


def themes_in(text: str) -> tuple[str, ...]:
    """Return the ids of the themes that a text names by the words of the vocabulary, in their order."""
    mentions = _themes().mentions(stems_of(text))
    return tuple(dict.fromkeys(mention.concept for mention in mentions))


@lru_cache(maxsize=1)
def _themes() -> Vocabulary:
    return Vocabulary(list(shipped_vocabulary().themes.values()))


def _to_take_from(answers: Sequence[Answer]) -> list[Match]:
    """Return the matches of all concerns turn by turn, each case once; none of a concern nobody has faced."""
    lists = [answer.matches for answer in answers if answer.verdict != "none"]
    turns = (
        some[turn] for turn in range(max(map(len, lists), default=0)) for some in lists if turn < len(some)
    )
    first: dict[str, Match] = {}
    for match in turns:
        first.setdefault(match.case.id, match)
    return list(first.values())


def _concern(answer: Answer) -> ConcernKept:
    concern = answer.concern
    return ConcernKept(
        text=concern.text,
        worries=concern.worries,
        denied=concern.denied,
        themes=themes_in(". ".join(concern.worries)),
        verdict=answer.verdict,
        confidence=round(answer.confidence, _DIGITS),
        matches=tuple(map(_match, answer.matches)),
    )


def _match(match: Match) -> MatchKept:
    mirror = match.passages[0].passage  # there is always one: see `Explanations.mirroring_passages`
    return MatchKept(
        case_id=match.case.id,
        score=round(match.score, _DIGITS),
        confidence=round(match.confidence, _DIGITS),
        shared=match.context.shared,
        different=match.context.different,
        unknown=match.context.unknown,
        mirror=mirror.text,
        mirror_field=mirror.field,
        mirror_item=mirror.item,
    )
