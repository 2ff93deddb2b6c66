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
from engine.context_elsewhere import ELSEWHERE
from engine.context_words import (
    CAPITALS,
    DISADVANTAGED,
    NUMBER_WORD,
    NUMBERS,
    ORDINALS,
    PEOPLE,
    SHARES,
    SIZED,
    STEPS,
    WORDS,
)
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
_COUNT = rf"(?P<number>\d{{1,3}}(?:,\d{{3}}){{1,2}}|\d{{2,7}}|\d{{1,2}}(?:\.\d)? ?k\b|(?:a (?=hundred|thousand))?{NUMBER_WORD}(?:(?:[- ]| and ){NUMBER_WORD}){{0,6}})\+?(?!,?\d)"
_ROUGHLY = r"~?(?:(?:about|around|some|roughly|approximately|approx|circa|c\.|only|just|just under|just over|under|over|nearly|almost|barely|close to|a little over|a bit over|more than|fewer than|less than|up to|now|all|maybe|the) )*"
# What may follow a head count: not a verb, as in "200 pupils broke their screens".
_TAIL = r"(?= *(?:$|[,.;:()!?–—-]|(?:primary|secondary|school|rural|urban|from|across|aged?|ages|grades?|years?|year|in|on roll|on the roll|on one|on two|on three|over|and|with|at|of|but|who|k-\d+|between|all|without|where|plus|in total|total)\b))"
_PUPILS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:^|[,;:(–—] *|[.!?] +|\b(?:with|have|has|we['’]re|we are|are|we['’]ve|we['’]ve got|have got|got|our|my|school of|primary of|secondary of|academy of|trust of|district of|teach|serve|serving|(?<!\d )and) ){_ROUGHLY}{_COUNT}[- ]?{PEOPLE}\b{_TAIL}",
        rf"\b{SIZED}(?: school)? (?:of|with|has|at|stands at|is) {_ROUGHLY}{_COUNT}(?= *(?:$|[,.;:()–—]|(?:{PEOPLE}|in|on|and|near|where|who|with|aged|from|but|outside|all)\b))(?! *(?:in \d|on \d))",
        rf"\b(?:school|primary|secondary|academy|comp) of {_ROUGHLY}{_COUNT}(?! ?(?:teachers?|staff|classes|rooms|buildings|sites|adults|[%/-]|m\b))(?= |$)",
        rf"\b{_COUNT}[- ](?:pupil|student|place|strong|child|seat|learner)\b(?! (?:survey|council|voice|resourced|resource|unit|nurture|hub|feedback|leaders?))",
        rf"\b{_COUNT} on (?:the )?roll\b",
        rf"(?:on roll|roll|enrolment)(?: of| is|:) {_ROUGHLY}(?P<number>\d[\d,]*)(?![\d%])",
        rf"(?:^|[,.;] ){_ROUGHLY}{_COUNT} (?:boys and girls|girls and boys)\b",
        rf"{SIZED}(?: school)?(?: \([^)]*\)| in [\w ]+)?, {_ROUGHLY}(?P<number>\d{{3}}|\d,\d{{3}}|\d(?:\.\d)?k)(?=[,.;)])(?!,\d)",
    )
)
_PART_OF_A_SCHOOL = re.compile(
    r"(?:(?:class(?:es)?|groups?|sets?|cohorts?|teams?|years?|batch(?:es)?|trolley|room|forms?|clubs?|pilot|intake|unit|base)(?: sizes?)? (?:of|with|for) (?:about |around |some |only |just |nearly |over )*|\byear |\bgrade |\bclass |[-\d,.£$€])$",
    re.IGNORECASE,
)
_PART_AFTER = re.compile(
    r" *(?:in|per|to) (?:a|each|every|one|my|our|the|that)? ?(?:class|room|set|group|year|lesson|trial|pilot|unit|form)\b|(?: in)? (?:year|grade|y)\s?\d|,? (?:a|per|each|every) (?:class|year|day|week)\b",
    re.IGNORECASE,
)
_WHOSE = r"(?:(?: of)?(?: (?:our|the|my|all|them|us))*(?: (?:pupils?|children|kids|students|families|intake|roll|school|learners|parents|homes|households|cohort))?)"
_LINK = r"(?: (?:on|of|are|is|get|gets|with|eligible|qualify|qualifies|qualifying|entitled|for|to|receive|receiving|receives|have|has|claim|claiming|come|from|classed|as|who|the|at|living|a))*"
_PERCENT = re.compile(
    rf"(?<![\d.,])(?:(?P<number>\d{{1,3}}(?:\.\d+)?|{NUMBER_WORD}(?:[- ]{NUMBER_WORD})?) ?(?:%|per ?cent\b)|\b(?P<share>{'|'.join(sorted(SHARES, key=len, reverse=True))})\b){_WHOSE}{_LINK} {DISADVANTAGED}(?: (?:families|students|pupils|children|kids|homes|households))?\b"
    rf"|\b(?:fsm|pupil premium|pp|free (?:school )?(?:meals|lunch)|frl|frpl)(?: (?:rate|numbers|eligibility|percentage|figure))?(?:(?! (?:under|below|less than))[^.;!?%\d]){{0,40}}?(?:\b(?:is|are|at|of|around|about|runs|over)|:)? (?P<after>\d{{1,3}}(?:\.\d+)?) ?(?:%|per ?cent\b)"
    rf"|\b(?:disadvantaged|deprived|low[- ]income|free (?:and|&|/) reduced(?: lunch)?)(?: (?:pupils|students|kids|families))?(?::| -| at) ?(?P<tabled>\d{{1,3}}(?:\.\d+)?) ?(?:%|per ?cent\b)",
    re.IGNORECASE,
)
_TO = r"(?: ?[-–/] ?| ?to ?| ?and ?| ?& ?| through )"
_GRADE = r"(?:pre-?k|pk|jk|[krp]|kindergarten|\d{1,2})"
_NUMBERED = tuple(NUMBERS)[:13]  # "one" to "thirteen"
_AGES = re.compile(
    rf"(?<![\w£$-])(?:(?:ages?|aged|(?<!went )(?<!rose )(?<!fell )(?<!dropped )from|(?:pupils|children|students|kids|learners|boys|girls|young people))(?: from)? (?P<a>\d{{1,2}}){_TO}(?P<b>\d{{1,2}})(?![\d%])|(?P<c>\d{{1,2}}){_TO}(?P<d>\d{{1,2}})[- ]?year[- ]olds?|(?P<e>[2-79]|1[1346])(?:[-–]|(?<!16) to (?=1[1689]))(?P<f>7|9|11|1[346789])(?=[,.;:)]|$| (?:school|comp|comprehensive|academy|all|girls|boys|mixed|co-ed|secondary|primary|with|in|grammar|independent|day|catholic|free)))",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?<![\w-])(?P<a>\d{1,2}|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen)[- ]year[- ]old(?:s\b| (?=girl|boy|pupil|child|student|kid)|(?=[,.]))",
    re.IGNORECASE,
)
_YEARS = re.compile(
    rf"\b(?:years?|yrs?|y)[ -]?(?P<a>\d{{1,2}})(?:{_TO}(?:years?|y|yr)? ?(?P<b>\d{{1,2}}))?(?:s|['’]s)?\b(?! (?:of\b|weeks|months|years|days|minutes))"
    rf"|\b(?:year|yr) (?P<c>{'|'.join(_NUMBERED)})(?:e?s\b|(?= (?:class|pupils?|students?|children|kids|girls|boys|teachers?|groups?)\b))",
    re.IGNORECASE,
)
_GRADES = re.compile(
    rf"\b(?:grades?|gr\.?|class|classes|standards?) (?P<a>{_GRADE})s?(?:{_TO}(?:grade )?(?P<b>\d{{1,2}}))?s?\b(?! of\b)"
    rf"|(?<![\w-])(?P<c>pre-?k|pk|jk|k|r|p|prep|kindergarten)[- ]?(?:-|–|to|through) ?(?:grade |year )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"|\b(?P<e>\d{{1,2}})(?:st|nd|rd|th)(?:{_TO}(?P<f>\d{{1,2}})(?:st|nd|rd|th))?[- ]grade(?:rs?|s)?\b"
    rf"|\b(?P<g>{ORDINALS})(?:{_TO}(?P<h>{ORDINALS}))?[- ]grade(?:rs?|s)?\b"
    rf"|\bgrade (?P<k>{'|'.join(_NUMBERED[:12])})s?\b|\b(?P<l>\d{{1,2}})(?:st|nd|rd|th)(?:-|–| to | through | thru )(?P<m>\d{{1,2}})(?:st|nd|rd|th)(?=[,.;:)]|$| (?:campus|school|elementary))"
    rf"|(?<![\w-])(?P<i>[5-9])-(?P<j>8|9|10|12)(?=[,.;]| (?:school|building|middle|high|college|campus))",
    re.IGNORECASE,
)


def _compiled(
    words: dict[str, dict[str, tuple[str, ...]]], flags: int
) -> list[tuple[str, str, re.Pattern[str]]]:
    return [
        (attribute, value, re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", flags))
        for attribute, values in words.items()
        for value, patterns in values.items()
    ]


_PATTERNS = (*_compiled(WORDS, re.IGNORECASE), *_compiled(CAPITALS, 0))
_ELSEWHERE = tuple(re.compile(rf"(?<!\w)(?:{pattern})", re.IGNORECASE) for pattern in ELSEWHERE)
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
_OWN_PLACE = re.compile(r"\b(?:we are|we['’]re|ours|i (?:lead|run|head|manage)|i['’]m|i am)\b", re.IGNORECASE)
# Up to three words that lead to a noun: "Mixed rural" of "Mixed rural primary, 90 on roll."
_OPENING = re.compile(
    r"\s*(?!(?:The|Some|Most|Many|All|Every|Other|Another|No|In|At|If|When|For)\b)(?:[\w’'-]+,? ){0,3}"
)
_MIDDLE = re.compile(r"middle[- ]school|junior high", re.IGNORECASE)
_MIDDLE_GRADE = re.compile(r"(?:5th|6th|fifth|sixth)[- ]grade|grades? [56]s?$")
_PUBLIC = re.compile(r"public schools?$", re.IGNORECASE)
_PRIVATE_PUBLIC = ("GB", "IE", "IN")  # where a public school is a private one, or could be
_OWN = re.compile(r"\b(?:we|we['’]\w+|our|ours|us|i|i['’]\w+|my|mine|here|this)\b", re.IGNORECASE)


def read_context(text: str) -> tuple[SchoolContext, tuple[ContextReading, ...]]:
    """Return the school context that a text tells, and where each value was read.

    Of two readings that overlap the longer one stands; of two values for one attribute the one that stands
    with "we are", "our" or the like does, else the first one, except that phases add up.
    """
    every = list(_readings(text))
    if not every:
        return SchoolContext(), ()
    elsewhere = [found.span() for pattern in _ELSEWHERE for found in pattern.finditer(text)]
    own = [r for r in every if all(r.end <= start or r.start >= end for start, end in elsewhere)]
    readings = _without_overlaps(sorted(own, key=lambda r: (r.start - r.end, r.start)))
    surely = sorted(readings, key=lambda r: (-_weight(text, r), r.start))
    country = next((r.value for r in surely if r.attribute == "country"), None)
    is_middle = any(_MIDDLE.match(text, r.start, r.end) for r in readings)
    readings = [
        r for r in readings if not (country in _PRIVATE_PUBLIC and _PUBLIC.match(text, r.start, r.end))
    ]
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
    start = max((found.end() for found in _SENTENCE_END.finditer(text, 0, reading.start)), default=0)
    if _OWN_PLACE.search(text, start, reading.start):
        return 2
    following = _SENTENCE_END.search(text, reading.end)
    is_opening = bool(_OPENING.fullmatch(text, start, reading.start))
    return int(
        start == 0
        or is_opening
        or bool(_OWN.search(text, start, following.start() if following else len(text)))
    )


def _as_said_in(country: object, is_middle: bool, text: str, reading: ContextReading) -> ContextReading:
    """Return a reading as its words are meant in a country, and in a middle school.

    Years 12 and 13 are secondary where schools have no sixth form, Years 7 and 8 are New Zealand's last primary
    years, an Irish community college is a secondary school, and a middle school's sixth grade is no primary.
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
    elif value == "primary" and is_middle and _MIDDLE_GRADE.match(told):
        value = "secondary"
    return replace(reading, value=value)


def _readings(text: str) -> Iterator[ContextReading]:
    for attribute, value, pattern in _PATTERNS:
        for found in pattern.finditer(text):
            # What leads to the word that tells it ("mobiles banned here, rural primary") does not tell it too.
            start = 1 + text.rfind(",", found.start(), found.end())
            start += len(text[start : found.end()]) - len(text[start : found.end()].lstrip())
            yield ContextReading(attribute, value, max(start, found.start()), found.end())
    for country, start, end in countries_named(text):
        yield ContextReading("country", country, start, end)
    for found, phases in _told_by_age(text):
        for phase in phases:
            yield ContextReading("phases", phase, *found.span())
    yield from _head_counts(text)
    for found in _PERCENT.finditer(text):
        given = found["number"] or found["after"] or found["tabled"]
        percent = SHARES.get(found["share"].lower(), 101) if found["share"] else _number(given)
        if percent <= 100:
            yield ContextReading("disadvantage_percent", percent, *found.span())


def _told_by_age(text: str) -> Iterator[tuple[re.Match[str], tuple[str, ...]]]:
    """Yield the ages, years and grades told, with the phases they belong to."""
    for pattern, phases_of in (
        (_AGES, _phases_of_ages),
        (_YEARS, _phases_of_years),
        (_GRADES, _phases_of_grades),
    ):
        for found in pattern.finditer(text):
            told = [group.lower() for group in found.groups() if group]
            yield found, phases_of(_step(told[0]), _step(told[-1]))
    for found in _AGE.finditer(text):
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
    for pattern in _PUPILS:
        for found in pattern.finditer(text):
            start = found.start("number")
            is_part = _PART_OF_A_SCHOOL.search(text, 0, start) or _PART_AFTER.match(text, found.end())
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
