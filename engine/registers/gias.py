"""Get Information About Schools, the register of England: its columns and codes.

Source: https://get-information-schools.service.gov.uk/Downloads ("Establishment fields CSV"), which holds
other establishments and places than schools and England, too. Both codings of town and country are read:
that of the census of 2011 and that of 2021.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pycountry

from corpus.records import Kind, Phase, Sector, Setting
from engine.context import SchoolContext
from engine.registers.school import RegisterSchool, Row, RowError, level_of_share, phases_of_ages

NAME = "GIAS"
COLUMNS = ("URN", "EstablishmentName")  # by which an extract is recognised, and which it must have
UNKNOWN = frozenset(
    (
        *("", "not applicable", "does not apply", "not recorded", "unknown"),
        *("supp", "suppressed", "ne", "np", "na", "n/a", "x"),
    )
)
# Per cent of pupils eligible for free meals; the same that schools are compared by.
_LITTLE_DISADVANTAGE, _MUCH_DISADVANTAGE = 15, 35
_CLOSED = "closed"

# What a group of types says of who runs a school, and what kind of place it is.
_SECTORS: dict[str, Sector] = {
    "academies": "state",
    "free schools": "state",
    "local authority maintained schools": "state",
    "colleges": "state",
    "independent schools": "independent",
    "online provider": "independent",
}
_KINDS: dict[str, Kind] = {
    "academies": "school",
    "free schools": "school",
    "local authority maintained schools": "school",
    "independent schools": "school",
    "special schools": "school",
    "welsh schools": "school",
    "online provider": "school",
    "colleges": "college",
}
# What a type says otherwise than its group. A non-maintained special school is a charity that authorities
# pay: neither of our two sectors says that, so it stays unknown.
_SECTORS_OF_TYPES: dict[str, Sector] = {
    "city technology college": "state",
    "community special school": "state",
    "foundation special school": "state",
    "other independent special school": "independent",
    "service children's education": "state",
    "british schools overseas": "independent",
}
_KINDS_OF_TYPES: dict[str, Kind] = {
    "offshore schools": "school",
    "british schools overseas": "school",
    "service children's education": "school",
    "special post 16 institution": "college",
}
_UNKNOWN_SECTOR = frozenset(("special post 16 institution",))
_SIXTEEN_PLUS = re.compile(r"16[ -](?:to[ -])?19|sixth form")
_ABROAD = frozenset(("offshore schools", "british schools overseas"))

_PHASES: dict[str, tuple[Phase, ...]] = {
    "nursery": ("early-years",),
    "primary": ("primary",),
    "middle deemed primary": ("primary",),
    "secondary": ("secondary",),
    "middle deemed secondary": ("secondary",),
    "16 plus": ("sixth-form",),
    "all-through": ("primary", "secondary"),
    "all through": ("primary", "secondary"),
}
_SIXTH_FORM = {"has a sixth form": True, "does not have a sixth form": False}
_SIXTH_FORM_UNTIL = 18  # years of age


def read(row: Row) -> RegisterSchool:
    """Return the school of a row.

    Raises:
        RowError: If it has no usable number or name.
    """
    number, name = row.text("URN"), row.text("EstablishmentName")
    if number is None or not re.fullmatch(r"[0-9]{1,9}", number):
        raise RowError("URN", f"{number!r} is not a URN" if number else "there is no URN")
    if name is None:
        raise RowError("EstablishmentName", "there is no name")
    percent = row.number("PercentageFSM", most=100)
    group, kind_of = _lower(row, "EstablishmentTypeGroup (name)"), _lower(row, "TypeOfEstablishment (name)")
    known: dict[str, Any] = {
        "name": name,
        "kind": _kind(group, kind_of),
        "country": _country(row, kind_of),
        "region": _region(row),
        "phases": _phases(row, group, kind_of),
        "setting": "online" if kind_of == "online provider" else row.coded("UrbanRural (name)", setting_of),
        "sector": None if kind_of in _UNKNOWN_SECTOR else _SECTORS_OF_TYPES.get(kind_of, _SECTORS.get(group)),
        "pupils": row.count("NumberOfPupils"),
        "disadvantage_percent": percent,
        "disadvantage": level_of_share(percent, low=_LITTLE_DISADVANTAGE, high=_MUCH_DISADVANTAGE),
    }
    return RegisterSchool(
        number=number,
        name=name,
        context=SchoolContext(**known),
        closed=_is_closed(row),
        town=row.text("Town", "Locality", "Address3"),
        postcode=row.text("Postcode"),
        authority=row.text("LA (name)"),
    )


def _lower(row: Row, column: str) -> str:
    return (row.text(column) or "").replace("’", "'").casefold()


def _kind(group: str, kind_of: str) -> Kind | None:
    # Most academies and free schools for those of 16 to 19 are sixth-form colleges that changed their status.
    if _SIXTEEN_PLUS.search(kind_of) and "secure" not in kind_of:
        return "college"
    return _KINDS_OF_TYPES.get(kind_of, _KINDS.get(group))


def _phases(row: Row, group: str, kind_of: str) -> tuple[Phase, ...]:
    """Return the phases: by type where that is special, else as the register says, else by the ages."""
    if "special post 16" in kind_of:
        return ("further-education", "special")
    if "special" in kind_of or group == "special schools":
        return ("special",)
    if "alternative provision" in kind_of or kind_of == "pupil referral unit":
        return ("alternative",)
    if kind_of == "further education":
        return ("further-education",)
    if group == "universities":
        return ()
    low, high = row.number("StatutoryLowAge", most=99), row.number("StatutoryHighAge", most=99)
    told = row.coded("PhaseOfEducation (name)", lambda value: _PHASES.get(value.casefold()))
    phases = told or phases_of_ages(low, high)
    has_sixth_form = row.coded("OfficialSixthForm (name)", lambda value: _SIXTH_FORM.get(value.casefold()))
    left_open = told is None or told == _PHASES["all-through"]
    if has_sixth_form is None and left_open and high is not None:
        has_sixth_form = high >= _SIXTH_FORM_UNTIL
    if has_sixth_form and "secondary" in phases:
        return (*phases, "sixth-form")
    return phases


def setting_of(coding: str) -> Setting | None:
    """Return the setting that a coding of town and country names, of 2011, of 2021, or of Scotland.

    It is the coding's own word: what England calls urban may be a suburb or a town, and is not told apart.
    """
    words = coding.casefold().split(") ", 1)[-1]  # behind "(England/Wales) "
    if "small town" in words:
        return "town"
    if "remote rural" in words:
        return "remote"
    if "rural" in words:
        return "rural"
    return "urban" if "urban" in words else None


def _country(row: Row, kind_of: str) -> str | None:
    if kind_of not in _ABROAD:
        return "GB"
    named = row.text("Country (name)")
    try:
        return pycountry.countries.lookup(named).alpha_2 if named else None
    except LookupError:
        return None


def _region(row: Row) -> str | None:
    region = row.text("GOR (name)")
    return region.removesuffix(" (pseudo)") if region else None


def _is_closed(row: Row) -> bool:
    """Say whether the school is closed: by its status; without one, by a closing date that has passed."""
    status = row.text("EstablishmentStatus (name)")
    if status is not None:
        return status.casefold() == _CLOSED
    closing = row.coded("CloseDate", _date)
    return closing is not None and closing <= date.today()


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d-%m-%Y").date()
    except ValueError:
        return None
