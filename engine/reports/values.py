"""What people write into the columns about a school, read into what schools are compared by.

Each reader returns None for what it does not understand, which then counts as unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pycountry

from corpus.records import Kind, Level, Phase, Sector, Setting
from engine.registers import gias, nces

# What stands for an unknown value, in small letters. "NA" is what tables of statistics write: Namibia is
# written by its name or as NAM.
UNKNOWN = frozenset(
    (
        *(
            "",
            "-",
            "–",
            "—",
            "?",
            ".",
            "n/a",
            "na",
            "#n/a",
            "nan",
            "null",
            "none",
            "nil",
            "unknown",
            "not known",
        ),
        *("not applicable", "does not apply", "not recorded", "not stated", "tbc", "supp", "suppressed"),
    )
)
MOST_PUPILS = 100_000_000  # of a nation
_PHASES: dict[str, tuple[Phase, ...]] = {
    **dict.fromkeys(("all through", "all age", "k 12", "k12", "pk 12"), ("primary", "secondary")),
    **dict.fromkeys(
        ("early years", "nursery", "pre school", "preschool", "pre k", "prek", "prekindergarten", "eyfs"),
        ("early-years",),
    ),
    **dict.fromkeys(
        "primary|prim|pri|elementary|infant|infants|junior|juniors|ks1|ks2|middle deemed primary".split("|"),
        ("primary",),
    ),
    **dict.fromkeys(
        "secondary|sec|high|junior high|middle|ks3|ks4|middle deemed secondary".split("|"), ("secondary",)
    ),
    **dict.fromkeys(
        "sixth form|6th form|post 16|16 plus|16 19|ks5|sixth form college".split("|"), ("sixth-form",)
    ),
    **dict.fromkeys(
        "further education|fe|fe college|further education college|tafe|community college".split("|"),
        ("further-education",),
    ),
    **dict.fromkeys("special|special education|special needs|send|sen".split("|"), ("special",)),
    **dict.fromkeys(
        "alternative|alternative provision|ap|pru|pupil referral unit".split("|"), ("alternative",)
    ),
}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("school", "academy", "schools"), "school"),
    **dict.fromkeys(("college", "fe college", "sixth form college", "further education college"), "college"),
    **dict.fromkeys(("trust", "mat", "academy trust", "multi academy trust"), "trust"),
    **dict.fromkeys(("district", "school district"), "district"),
    **dict.fromkeys(("authority", "local authority", "la", "council", "lea"), "authority"),
    **dict.fromkeys(("nation", "country"), "nation"),
    **dict.fromkeys(("programme", "program", "project"), "programme"),
}
_SETTINGS: dict[str, Setting] = {
    **dict.fromkeys(("urban", "city", "inner city"), "urban"),
    **dict.fromkeys(("suburban", "suburb", "suburbs"), "suburban"),
    **dict.fromkeys(("town", "small town", "market town"), "town"),
    **dict.fromkeys(("rural", "village", "countryside"), "rural"),
    **dict.fromkeys(("remote", "island"), "remote"),
    "mixed": "mixed",
    **dict.fromkeys(("online", "virtual"), "online"),
}
_SECTORS: dict[str, Sector] = {
    **dict.fromkeys(
        ("state", "state funded", "public", "maintained", "government", "academy", "free school", "charter"),
        "state",
    ),
    **dict.fromkeys(("independent", "private", "fee paying", "fee charging"), "independent"),
}
_LEVELS: dict[str, Level] = {
    **dict.fromkeys(("low", "below average"), "low"),
    **dict.fromkeys(("average", "medium", "moderate", "middle"), "average"),
    **dict.fromkeys(("high", "above average", "very high"), "high"),
}
_COUNTRIES = {
    **dict.fromkeys(
        ("uk", "great britain", "britain", "england", "scotland", "wales", "northern ireland"), "GB"
    ),
    **dict.fromkeys(("usa", "america", "united states of america"), "US"),
    "republic of ireland": "IE",
    "aotearoa": "NZ",
}
# A coding of a register, and no sentence that has its words.
_GIAS_CODING = re.compile(
    r"\((?:England/Wales|Scotland)\) |(?:Urban|Rural)(?::| (?:city|major|minor|town|village|hamlet))"
)
_WHOLE = re.compile(r"\d{1,3}(?:[, '’]\d{3})+(?:\.0+)?|\d+(?:\.0+)?")
_SHARE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:%|per ?cent)?", re.IGNORECASE)
_SCHOOLS = re.compile(r" (?:school|schools|academy|phase|college|level)$")


def plain(text: str) -> str:
    """Return a word as it is looked up: small letters, without dots, hyphens as spaces."""
    return " ".join(re.sub(r"[-_/–]", " ", text.casefold().replace(".", "")).split())


def phases_of(text: str) -> tuple[Phase, ...] | None:
    """Return the phases of "Primary; Sec." or "FE college"; None where one of them is not understood."""
    found: list[Phase] = []
    if whole := _phase(text):
        return whole
    for part in re.split(r"[;,/|+&]|\band\b", text):
        if not part.strip():
            continue
        phases = _phase(part)
        if phases is None:
            return None
        found += phases
    return tuple(dict.fromkeys(found)) or None


def _phase(text: str) -> tuple[Phase, ...] | None:
    word = plain(text)
    return _PHASES.get(word) or _PHASES.get(_SCHOOLS.sub("", word))


def kind_of(text: str) -> Kind | None:
    """Return what kind of institution a word names."""
    return _KINDS.get(plain(text))


def setting_of(text: str) -> Setting | None:
    """Return the setting that a word, or a coding of GIAS or the NCES, names."""
    if word := _SETTINGS.get(plain(text)):
        return word
    return nces.setting_of(text) or (gias.setting_of(text) if _GIAS_CODING.match(text) else None)


def sector_of(text: str) -> Sector | None:
    """Return who runs it."""
    return _SECTORS.get(plain(text))


def level_of(text: str) -> Level | None:
    """Return how disadvantaged it is within its country."""
    return _LEVELS.get(plain(text))


@lru_cache(maxsize=1024)
def country_of(text: str) -> str | None:
    """Return the code of a country by its name, or by its code of two or three letters."""
    word = text.replace(".", "").strip()
    word = re.sub(r"^the ", "", word, flags=re.IGNORECASE)
    if code := _COUNTRIES.get(word.casefold()):
        return code
    if not word or word.isdigit():
        return None
    try:
        return str(pycountry.countries.lookup(word).alpha_2)
    except LookupError:
        return None


def pupils_of(text: str) -> int | None:
    """Return a head count such as "1,234"; None for nobody, which is one that is not known."""
    if not _WHOLE.fullmatch(text) or not text.isascii():
        return None
    count = int(re.sub(r"\.0+$|[, '’]", "", text)[:12])
    return count if 0 < count <= MOST_PUPILS else None


def percent_of(text: str) -> float | None:
    """Return a share such as "23%" or "23.4", per cent."""
    found = _SHARE.fullmatch(text)
    share = float(found[1]) if found else None
    return share if share is not None and share <= 100 else None


def _as_it_is(text: str) -> str:
    return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "name": _as_it_is,
    "kind": kind_of,
    "country": country_of,
    "region": _as_it_is,
    "phases": phases_of,
    "setting": setting_of,
    "sector": sector_of,
    "pupils": pupils_of,
    "disadvantage": level_of,
    "disadvantage_percent": percent_of,
}
