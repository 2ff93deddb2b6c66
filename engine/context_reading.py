"""School context read out of free text: phase, setting, size, country, sector, kind, disadvantage.

Only what is said plainly of the writer's own school is read; a word that could mean something else is left
alone, because a wrong school is worse than an unknown one. Every reading keeps the span it came from, so
that a person can see and correct it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.context import SchoolContext
from engine.context_patterns import (
    AGE,
    AGES,
    ELSEWHERE,
    GRADES,
    MIDDLE,
    MIDDLE_GRADE,
    MOST_PUPILS,
    OPENING,
    OWN,
    OWN_PLACE,
    PART_AFTER,
    PART_OF_A_SCHOOL,
    PATTERNS,
    PERCENT,
    PRIVATE_PUBLIC,
    PUBLIC,
    PUPILS,
    SENTENCE_END,
    YEARS,
)
from engine.context_words import NUMBERS, SHARES, STEPS
from engine.places import countries_named


@dataclass(frozen=True, slots=True)
class ContextReading:
    """One value read, and the half-open span of the text it came from."""

    attribute: str
    value: str | int | float
    start: int
    end: int


def read_context(text: str) -> tuple[SchoolContext, tuple[ContextReading, ...]]:
    """Return the school context that a text tells, and where each value was read.

    Of two readings that overlap the longer one stands; of two values for one attribute the one that stands
    with "we are", "our" or the like does, else the first one, except that phases add up.
    """
    every = list(_readings(text))
    if not every:
        return SchoolContext(), ()
    elsewhere = [found.span() for pattern in ELSEWHERE for found in pattern.finditer(text)]
    own = [r for r in every if all(r.end <= start or r.start >= end for start, end in elsewhere)]
    readings = _without_overlaps(sorted(own, key=lambda r: (r.start - r.end, r.start)))
    surely = sorted(readings, key=lambda r: (-_weight(text, r), r.start))
    country = next((r.value for r in surely if r.attribute == "country"), None)
    is_middle = any(MIDDLE.match(text, r.start, r.end) for r in readings)
    readings = [r for r in readings if not (country in PRIVATE_PUBLIC and PUBLIC.match(text, r.start, r.end))]
    readings = [_as_said_in(country, is_middle, text, r) for r in readings]
    weight = {reading: _weight(text, reading) for reading in readings}
    surest = any(weight[r] for r in readings if r.attribute == "phases")
    values: dict[str, object] = {}
    for reading in sorted(readings, key=lambda r: (-weight[r], r.start)):
        values.setdefault(reading.attribute, reading.value)
    kept: list[ContextReading] = []
    for reading in sorted(readings, key=lambda r: r.start):
        if reading.attribute == "phases":
            if weight[reading] >= surest:
                kept.append(reading)
        elif values[reading.attribute] == reading.value:
            kept.append(reading)
    values["phases"] = [str(r.value) for r in kept if r.attribute == "phases"]
    return SchoolContext.model_validate(values), tuple(kept)


def _weight(text: str, reading: ContextReading) -> int:
    """Say how surely a reading is about the writer's own place: 2 by "we are", 1 by "our" or the opening."""
    start = max((found.end() for found in SENTENCE_END.finditer(text, 0, reading.start)), default=0)
    if OWN_PLACE.search(text, start, reading.start):
        return 2
    following = SENTENCE_END.search(text, reading.end)
    is_opening = bool(OPENING.fullmatch(text, start, reading.start))
    return int(
        start == 0
        or is_opening
        or bool(OWN.search(text, start, following.start() if following else len(text)))
    )


def _as_said_in(country: object, is_middle: bool, text: str, reading: ContextReading) -> ContextReading:
    """Return a reading as its words are meant in a country, and in a middle school.

    Years 12 and 13 are secondary where schools have no sixth form, Years 7 and 8 are New Zealand's last
    primary years, an Irish community college is a secondary school, and a middle school's sixth grade is no
    primary.
    """
    told = text[reading.start : reading.end].lower()
    value = reading.value
    if value == "sixth-form" and told[0] == "y" and country not in (None, "GB"):
        value = "secondary"
    elif (
        value == "secondary"
        and told[0] == "y"
        and country == "NZ"
        and set(re.findall(r"\d+", told)) <= {"7", "8"}
    ):
        value = "primary"
    elif told == "community college" and country == "IE":
        value = {"phases": "secondary", "kind": "school"}.get(reading.attribute, value)
    elif value == "primary" and is_middle and MIDDLE_GRADE.match(told):
        value = "secondary"
    return replace(reading, value=value)


def _readings(text: str) -> Iterator[ContextReading]:
    for attribute, value, pattern in PATTERNS:
        for found in pattern.finditer(text):
            # What leads to the word that tells it ("mobiles banned here, rural primary") does not tell it.
            start = 1 + text.rfind(",", found.start(), found.end())
            start += len(text[start : found.end()]) - len(text[start : found.end()].lstrip())
            yield ContextReading(attribute, value, max(start, found.start()), found.end())
    for country, start, end in countries_named(text):
        yield ContextReading("country", country, start, end)
    for found, phases in _told_by_age(text):
        for phase in phases:
            yield ContextReading("phases", phase, *found.span())
    yield from _head_counts(text)
    for found in PERCENT.finditer(text):
        given = found["number"] or found["after"] or found["tabled"]
        percent = SHARES.get(found["share"].lower(), 101) if found["share"] else _number(given)
        if percent <= 100:
            yield ContextReading("disadvantage_percent", percent, *found.span())


def _told_by_age(text: str) -> Iterator[tuple[re.Match[str], tuple[str, ...]]]:
    """Yield the ages, years and grades told, with the phases they belong to."""
    for pattern, phases_of in (
        (AGES, _phases_of_ages),
        (YEARS, _phases_of_years),
        (GRADES, _phases_of_grades),
    ):
        for found in pattern.finditer(text):
            told = [group.lower() for group in found.groups() if group]
            yield found, phases_of(_step(told[0]), _step(told[-1]))
    for found in AGE.finditer(text):
        age = _step(found["a"].lower())
        yield found, _phases_of_ages(age, age + 1)


def _step(told: str) -> int:
    """Return an age, year or grade as a number; classes before the first one are 0, and -1 before school."""
    if told.startswith("pre"):
        return -1 if "k" in told else 0
    # Ignoring case, a pattern takes "ſix" for "six"; what is no step is beyond them all.
    return int(told) if told.isdigit() else STEPS.get(told, 99)


def _phases_of_ages(youngest: int, oldest: int) -> tuple[str, ...]:
    if youngest >= oldest or oldest > 19:
        return ()
    told = {
        "early-years": youngest <= 3,
        "primary": youngest < 10 and oldest > 5,
        "secondary": youngest < 16 and (oldest >= 14 or (oldest >= 12 and youngest >= 9)),
        "sixth-form": oldest >= 18,
    }
    return tuple(phase for phase, is_told in told.items() if is_told)


def _phases_of_years(first: int, last: int) -> tuple[str, ...]:
    if first > last or last > 13:
        return ()
    told = {
        "primary": first <= 6,
        "secondary": last >= 9 or (last >= 7 and first >= 7),
        "sixth-form": last >= 12,
    }
    told["secondary"] &= first < 12
    return tuple(phase for phase, is_told in told.items() if is_told)


def _phases_of_grades(first: int, last: int) -> tuple[str, ...]:
    if first > last or last > 12:
        return ()
    told = {
        "early-years": first < 0,
        # Grades 5 to 8 are a middle school.
        "primary": first <= 4 or last <= 6 or (first == 5 and last > 8),
        "secondary": last >= 7,
    }
    return tuple(phase for phase, is_told in told.items() if is_told)


def _head_counts(text: str) -> Iterator[ContextReading]:
    for pattern in PUPILS:
        for found in pattern.finditer(text):
            start = found.start("number")
            is_part = PART_OF_A_SCHOOL.search(text, 0, start) or PART_AFTER.match(text, found.end())
            pupils = int(_number(found["number"]))
            if not is_part and 10 <= pupils <= MOST_PUPILS:
                yield ContextReading("pupils", pupils, start, found.end())


def _number(told: str) -> float:
    """Return the value of a number in figures, as 1.2k, or in words."""
    plain = told.lower().replace(",", "").strip()
    if plain[0].isdigit():
        return round(float(plain[:-1]) * 1000) if plain.endswith("k") else float(plain)
    total = part = 0
    for word in re.findall(r"[a-z]+", plain):
        if word in ("hundred", "thousand", "grand"):
            part = (part or 1) * NUMBERS[word]
            if word != "hundred":
                total, part = total + part, 0
        else:
            part += NUMBERS.get(word, 0)
    return total + part


def _without_overlaps(readings: list[ContextReading]) -> list[ContextReading]:
    """Keep each reading unless a kept one of the same attribute covers part of its text."""
    kept: dict[str, list[ContextReading]] = {}
    for reading in readings:
        # Level and percentage of disadvantage are one: "71% low-income families" is the percentage.
        rivals = kept.setdefault(reading.attribute.removesuffix("_percent"), [])
        if all(_apart(reading, rival) for rival in rivals):
            rivals.append(reading)
    return [reading for readings in kept.values() for reading in readings]


def _apart(one: ContextReading, other: ContextReading) -> bool:
    """Say whether two readings can both stand; the same words may say two things, as 11-18 does."""
    same_words = (one.start, one.end) == (other.start, other.end)
    return same_words or one.end <= other.start or one.start >= other.end
