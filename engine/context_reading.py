"""School context read out of free text: phase, setting, size, country, sector, kind, disadvantage.

Only what is said plainly is read; a word that could mean something else is left alone, because a wrong
school is worse than an unknown one. Every reading keeps the span it came from, so that a person can see
and correct it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.context import SchoolContext
from engine.context_words import CAPITALS, WORDS
from engine.places import countries_named


@dataclass(frozen=True, slots=True)
class ContextReading:
    """One value read, and the half-open span of the text it came from."""

    attribute: str
    value: str | int | float
    start: int
    end: int


# ruff: noqa: E501 -- patterns are easier to check on one line
MOST_PUPILS = 1_000_000  # a larger number is no head count of anything that asks here


def _compiled(
    words: dict[str, dict[str, tuple[str, ...]]], flags: int
) -> list[tuple[str, str, re.Pattern[str]]]:
    return [
        (attribute, value, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", flags))
        for attribute, values in words.items()
        for value, patterns in values.items()
    ]


_PATTERNS = (*_compiled(WORDS, re.IGNORECASE), *_compiled(CAPITALS, 0))
_PEOPLE = r"(?:pupils?|students?|kids|children|girls|boys|learners|on roll|on the roll|strong)"
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3}){1,2}|\d{2,7}|\d(?:\.\d)?k)(?!,?\d)"
_PART_OF_A_SCHOOL = re.compile(
    r"(?:(?:class(?:es)?|groups?|sets?|cohorts?|teams?|years?) of (?:about |around |some |only |just )?|year |grade |[-\d,.])$",
    re.IGNORECASE,
)
_PUPILS = (
    re.compile(
        rf"(?:^|[,;:(]|[.!?] |\b(?:with|of|have|has|about|around|some|roughly|only|just|a|an|our|my|is|are)) *{_NUMBER}[- ]?{_PEOPLE}\b"
        r"(?= *(?:$|[,.;:()]|\b(?:primary|secondary|school|rural|urban|in|on|and|with)\b))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:school|primary|secondary|college|academy|roll|trust) (?:of|with) (?:about |around |some |only |just )?{_NUMBER}"
        rf"(?= *(?:$|[,.;:()]|{_PEOPLE}\b|\b(?:in|on|and|near|where|who|with)\b))",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_NUMBER}[- ](?:pupil|student)\b(?! (?:survey|council|voice))", re.IGNORECASE),
)
_PERCENT = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent|percent)(?: (?:on|of|are|get|with|eligible for))*"
    r" (?:pupils? )?(?:fsm|free (?:school )?meals|pupil premium|pp|disadvantaged|frl|low[- ]income(?: families| students)?|free (?:and|or) reduced)\b",
    re.IGNORECASE,
)


def read_context(text: str) -> tuple[SchoolContext, tuple[ContextReading, ...]]:
    """Return the school context that a text tells, and where each value was read.

    Of two readings that overlap the longer one stands; of two values for one attribute the first one
    does, except that phases add up.
    """
    readings = _without_overlaps(sorted(_readings(text), key=lambda r: (r.start - r.end, r.start)))
    values: dict[str, object] = {}
    phases: list[str] = []
    kept = []
    for reading in sorted(readings, key=lambda r: r.start):
        if reading.attribute == "phases":
            phases.append(str(reading.value))
        elif values.setdefault(reading.attribute, reading.value) != reading.value:
            continue
        kept.append(reading)
    return SchoolContext.model_validate({**values, "phases": phases}), tuple(kept)


def _readings(text: str) -> Iterator[ContextReading]:
    for attribute, value, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            yield ContextReading(attribute, value, *found.span())
    for country, start, end in countries_named(text):
        yield ContextReading("country", country, start, end)
    for pattern in _PUPILS:
        for found in pattern.finditer(text):
            number = found["number"].lower().replace(",", "")
            pupils = int(float(number[:-1]) * 1000) if number.endswith("k") else int(number)
            whole_school = not _PART_OF_A_SCHOOL.search(text, 0, found.start("number"))
            if whole_school and 0 < pupils <= MOST_PUPILS:
                yield ContextReading("pupils", pupils, found.start("number"), found.end())
    for found in _PERCENT.finditer(text):
        if (percent := float(found["number"])) <= 100:
            yield ContextReading("disadvantage_percent", percent, *found.span())


def _without_overlaps(readings: list[ContextReading]) -> list[ContextReading]:
    """Keep each reading unless a kept one of the same attribute covers part of its text."""
    kept: list[ContextReading] = []
    for reading in readings:
        rivals = (r for r in kept if r.attribute == reading.attribute)
        if all(_apart(reading, rival) for rival in rivals):
            kept.append(reading)
    return kept


def _apart(one: ContextReading, other: ContextReading) -> bool:
    """Say whether two readings can both stand; the same words may say two things, as 11-18 does."""
    same_words = (one.start, one.end) == (other.start, other.end)
    return same_words or one.end <= other.start or one.start >= other.end
