"""School context read out of free text: phase, setting, size, country, sector, kind, disadvantage.

Only what is said plainly is read; a word that could mean something else is left alone, because a wrong
school is worse than an unknown one. Every reading keeps the span it came from, so that a person can see
and correct it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pycountry

from engine.context import SchoolContext


@dataclass(frozen=True, slots=True)
class ContextReading:
    """One value read, and the half-open span of the text it came from."""

    attribute: str
    value: str | int | float
    start: int
    end: int


# ruff: noqa: E501 -- the word lists are easier to compare one line a value
# Attribute, value, words. Matched ignoring case, between word boundaries.
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("phases", "early-years", r"nursery|nurseries|pre-?school|kindergarten|kinder|early years|eyfs"),
    (
        "phases",
        "primary",
        r"primary|primaries|elementary|infants?(?: school)?|juniors? school|grade school|ks[12]|key stage [12]"
        r"|year [1-6]|y[1-6]|prep school",
    ),
    (
        "phases",
        "secondary",
        r"secondary|secondaries|high school|middle school|junior high|senior school|post-primary|comprehensive"
        r"|comp|grammar school|ks[34]|key stage [34]|year (?:7|8|9|10|11)|y(?:7|8|9|10|11)|11-1[68]",
    ),
    (
        "phases",
        "sixth-form",
        r"(?:sixth|6th)[- ]form|sixth[- ]formers?|ks5|key stage 5|year 1[23]|y1[23]|11-18",
    ),
    (
        "phases",
        "further-education",
        r"fe college|fe|further education|tafe|community college|general further education|gfe",
    ),
    (
        "phases",
        "special",
        r"special school|special needs school|sen school|send school|specialist school|special education school",
    ),
    ("phases", "alternative", r"pru|pupil referral unit|alternative provision|ap academy"),
    ("setting", "remote", r"remote (?:island|community|area|school|rural)|island|outback"),
    ("setting", "rural", r"rural|village|countryside|farming community"),
    ("setting", "suburban", r"suburban|suburbs?"),
    ("setting", "town", r"(?:small|market|coastal|seaside|mill|our|a|medium) town|small-town"),
    ("setting", "urban", r"urban|inner[- ]city|city[- ]cent(?:re|er)|city school|big city"),
    (
        "sector",
        "independent",
        r"independent (?:school|sector|prep|day|senior)|private school|fee[- ]paying|boarding school",
    ),
    (
        "sector",
        "state",
        r"state (?:school|sector|secondary|primary|comprehensive|comp)|maintained school|local authority school",
    ),
    ("kind", "trust", r"multi[- ]academy trust|academy trust|our trust|my trust|trust of [\w-]+"),
    ("kind", "district", r"school district|our district|my district"),
    (
        "kind",
        "authority",
        r"local authority schools team|we are a local authority|our local authority's schools",
    ),
    (
        "kind",
        "college",
        r"(?:fe|sixth[- ]form|further education|community|our|my|this) college|at college|tafe",
    ),
    (
        "kind",
        "school",
        r"(?:our|my|this) (?:\w+ ){0,2}?school|(?:primary|secondary|special|high|middle|infant|junior) school",
    ),
    (
        "disadvantage",
        "high",
        r"deprived|disadvantaged (?:area|intake|school|community|catchment)|high (?:fsm|poverty|deprivation|pupil premium)|poor (?:area|families|community)|title (?:1|i|one)",
    ),
    ("disadvantage", "low", r"affluent|leafy|wealthy (?:area|intake|families|suburb)|well[- ]off"),
    (
        "country",
        "GB",
        r"uk|u\.k\.|united kingdom|britain|british|england|english school|scotland|scottish|wales|welsh|northern ireland|northern irish",
    ),
    ("country", "US", r"usa|u\.s\.a?\.?|united states|american (?:school|high)"),
    (
        "country",
        "IE",
        r"republic of ireland|(?<!northern )ireland|(?<!northern )irish (?:school|primary|secondary|post-primary)",
    ),
    ("country", "NZ", r"new zealand|nz|aotearoa"),
    ("country", "AU", r"australia|australian|nsw|queensland"),
    ("country", "CA", r"canada|canadian|ontario|alberta|british columbia"),
)
_PATTERNS = tuple(
    (attribute, value, re.compile(rf"\b(?:{words})(?!\w)", re.IGNORECASE))
    for attribute, value, words in _WORDS
)
# In capitals only: "us" and "mat" are words.
_CAPITALS = (
    ("country", "US", re.compile(r"\bUS(?= (?:school|high|middle|elementary|district|public)|[,.;)]|$)")),
    ("kind", "trust", re.compile(r"\bMATs?\b")),
)
_PEOPLE = r"(?:pupils?|students?|kids|children|learners|on roll|on the roll|strong)"
_NUMBER = r"(?P<number>\d{1,3}(?:,\d{3})+|\d{2,6}|\d(?:\.\d)?k)"
_PUPILS = (
    re.compile(
        rf"(?:^|[,;:(]|\b(?:with|of|have|has|about|around|some|roughly|only|just|a|an|our|my|is|are)) *{_NUMBER}[- ]?{_PEOPLE}\b(?= *(?:$|[,.;:)]|\b(?:primary|secondary|school|rural|urban|in|on|and|with)\b))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:school|primary|secondary|college|academy|roll|trust) (?:of|with) (?:about |around |some |only |just )?{_NUMBER}\b(?! ?(?:%|schools|academies|staff|teachers))",
        re.IGNORECASE,
    ),
    re.compile(rf"{_NUMBER}[- ](?:pupil|student)\b", re.IGNORECASE),
)
_PERCENT = re.compile(
    r"(?P<number>\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent|percent)(?: (?:on|of|are|get|with|eligible for))*"
    r" (?:pupils? )?(?:fsm|free (?:school )?meals|pupil premium|pp|disadvantaged|frl|free (?:and|or) reduced)\b",
    re.IGNORECASE,
)
# Names that are also something else in everyday English or another country's place.
_AMBIGUOUS = frozenset(
    ("Georgia", "Jordan", "Chad", "Turkey", "Jersey", "Guinea", "Mali", "Cuba", "Niger", "Ireland")
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
    for attribute, value, pattern in (*_PATTERNS, *_CAPITALS, *_countries()):
        for found in pattern.finditer(text):
            yield ContextReading(attribute, value, *found.span())
    for pattern in _PUPILS:
        for found in pattern.finditer(text):
            number = found["number"].lower().replace(",", "")
            pupils = int(float(number[:-1]) * 1000) if number.endswith("k") else int(number)
            if pupils > 0:
                yield ContextReading("pupils", pupils, found.start("number"), found.end())
    for found in _PERCENT.finditer(text):
        if (percent := float(found["number"])) <= 100:
            yield ContextReading("disadvantage_percent", percent, *found.span())


@lru_cache(maxsize=1)
def _countries() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Names of countries, capitalised as names are; those with two meanings left out."""
    return tuple(
        ("country", country.alpha_2, re.compile(rf"\b{re.escape(country.name)}\b"))
        for country in pycountry.countries
        if country.name not in _AMBIGUOUS and "," not in country.name
    )


def _without_overlaps(readings: list[ContextReading]) -> list[ContextReading]:
    """Keep each reading unless a kept one of the same attribute covers some of its text."""
    kept: list[ContextReading] = []
    for reading in readings:
        rivals = (r for r in kept if r.attribute == reading.attribute)
        if all(reading.end <= r.start or reading.start >= r.end for r in rivals):
            kept.append(reading)
    return kept
