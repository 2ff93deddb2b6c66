"""The Common Core of Data of the NCES, the register of public schools of the United States.

Its directory (names, grades, types) and its characteristics (locale, pupils, free meals) come as separate
files or as one; a file without names tells of schools by their number alone.

Source: https://nces.ed.gov/ccd/files.asp
"""

from __future__ import annotations

import re
from typing import Any

import pycountry

from corpus.records import Phase, Sector, Setting
from engine.context import SchoolContext
from engine.registers.school import RegisterSchool, Row, RowError, level_of_share, phases_of_ages

NAME = "NCES"
COLUMNS = ("NCESSCH",)
_DIGITS = 12
# Missing, not applicable, suppressed, below the standard of quality: as numbers, letters, marks and words.
UNKNOWN = frozenset(
    (
        *("", "-1", "-2", "-3", "-9", "-1.0", "-2.0", "-3.0", "-9.0", "m", "n", "†", "–", "‡", "n/a"),
        *("missing", "not applicable", "not reported", "suppressed", "unknown"),
    )
)
# Shares of free and reduced-price lunch that the NCES calls low-poverty and high-poverty schools, per cent:
# https://nces.ed.gov/programs/coe/indicator/clb
_LOW_POVERTY, _HIGH_POVERTY = 25, 75

_LOCALES: dict[str, Setting] = {"city": "urban", "suburb": "suburban", "town": "town", "rural": "rural"}
_LOCALE_CODES = {"1": "city", "2": "suburb", "3": "town", "4": "rural"}
_REMOTE_RURAL = "43"
_LEVELS: dict[str, tuple[Phase, ...]] = {
    "prekindergarten": ("early-years",),
    "elementary": ("primary",),
    "primary": ("primary",),
    "middle": ("secondary",),
    "secondary": ("secondary",),
    "high": ("secondary",),
}
_NO_LEVEL = frozenset(("other", "ungraded", "adult education"))  # which say nothing of the ages
_GRADES = {"pk": 3, "kg": 5, **{f"{grade:02}": grade + 5 for grade in range(1, 14)}}  # age at its start
_NO_GRADE = frozenset(("ug", "ae"))
_NOT_RUNNING = frozenset(("closed", "inactive", "2", "6"))


def read(row: Row) -> RegisterSchool:
    """Return the school of a row; without a name where the file has none.

    Raises:
        RowError: If it has no usable number, or no name in a file of names.
    """
    name = row.text("SCH_NAME")
    if name is None and "SCH_NAME" in row.columns:
        raise RowError("SCH_NAME", "there is no name")
    percent = _percent(row)
    known: dict[str, Any] = {
        "name": name,
        "kind": "school",
        "country": "US",
        "region": _state(row),
        "phases": _phases(row),
        "setting": row.coded("ULOCALE", setting_of),
        "sector": _sector(row),
        "pupils": row.count("MEMBER", "TOTAL"),
        "disadvantage_percent": percent,
        "disadvantage": level_of_share(percent, low=_LOW_POVERTY, high=_HIGH_POVERTY),
    }
    status = row.text("UPDATED_STATUS_TEXT", "SY_STATUS_TEXT", "UPDATED_STATUS", "SY_STATUS", "STATUS") or ""
    return RegisterSchool(
        number=_number(row),
        name=name,
        context=SchoolContext(**known),
        closed=_word(status) in _NOT_RUNNING,
        town=row.text("LCITY", "MCITY"),
        postcode=row.text("LZIP", "MZIP"),
        authority=row.text("LEA_NAME"),
    )


def _number(row: Row) -> str:
    number = row.text("NCESSCH")
    if number is None or not re.fullmatch(rf"[0-9]{{1,{_DIGITS}}}", number):
        advice = "; a spreadsheet may have rounded it, so take the file as it was published"
        raise RowError(
            "NCESSCH", f"{number!r} is not an NCES number{advice}" if number else "there is no number"
        )
    return number.zfill(_DIGITS)


def _word(text: str) -> str:
    """Return a value without the code before it: ``1-Open`` as ``open``."""
    return re.sub(r"^\d+\s*-\s*", "", text).casefold()


def _phases(row: Row) -> tuple[Phase, ...]:
    kind = (row.text("SCH_TYPE_TEXT", "SCHOOL_TYPE_TEXT") or "").casefold()
    if "special" in kind:
        return ("special",)
    if "alternative" in kind:
        return ("alternative",)
    low, high = row.coded("GSLO", _age), row.coded("GSHI", _age)
    if low and high:
        return phases_of_ages(low, high + 1)
    for column in ("LEVEL", "SCHOOL_LEVEL"):
        level = row.coded(column, _level)
        if level:
            return level
    return ()


def _age(grade: str) -> int | None:
    """Return the age at the start of a grade; 0 for those of no age."""
    grade = grade.casefold()
    if grade in _NO_GRADE:
        return 0
    return _GRADES.get(grade.zfill(2))


def _level(text: str) -> tuple[Phase, ...] | None:
    word = _word(text)
    return () if word in _NO_LEVEL else _LEVELS.get(word)


def setting_of(locale: str) -> Setting | None:
    """Return the setting of a locale such as ``32-Town: Distant``, or of its code alone."""
    found = re.fullmatch(r"([1-4])([1-3])(?:\s*-.*)?", locale)
    if not found:
        return None
    if found[1] + found[2] == _REMOTE_RURAL:
        return "remote"
    return _LOCALES[_LOCALE_CODES[found[1]]]


def _sector(row: Row) -> Sector:
    """Return who runs it: the register has public schools, charters among them; a private one says so."""
    kind = (row.text("SCH_TYPE_TEXT", "SCHOOL_TYPE_TEXT") or "").casefold()
    return "independent" if "private" in kind else "state"


def _percent(row: Row) -> float | None:
    """Return the share of pupils with free or reduced-price lunch, per cent; None where it cannot be."""
    pupils, meals = row.count("MEMBER", "TOTAL"), row.number("TOTFRL")
    if pupils is None or meals is None:
        return None
    if meals > pupils:  # counted on another day, or of another school
        row.doubt("TOTFRL", f"{meals:g} of {pupils} pupils")
        return None
    return round(100 * meals / pupils, 1)


def _state(row: Row) -> str | None:
    code = row.text("ST", "LSTATE", "STABR")
    if code is None:
        return None
    found: Any = pycountry.subdivisions.get(code=f"US-{code.upper()}")  # type: ignore[no-untyped-call]
    return found.name if found else None
