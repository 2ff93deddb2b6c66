"""Extracts of registers as they are published, with schools that are obviously invented and with odd rows.

Deterministic: the same count and seed give the same file, byte for byte.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

TOWNS = ("Testham", "Sampleford", "Mockington", "Inventon St Example", "Nowhere-on-Sea", "Placeholder Green")
KINDS = ("Primary School", "C.E. Primary", "Academy", "High School", "Junior School", "Catholic School")
SAINTS = ("St. Mock's", "St Sample's", "All Placeholders", "Ste-Invéntée", "Saint Example’s")

GIAS_COLUMNS = (
    *("URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName"),
    *(
        "TypeOfEstablishment (name)",
        "EstablishmentTypeGroup (name)",
        "EstablishmentStatus (name)",
        "OpenDate",
    ),
    *(
        "CloseDate",
        "PhaseOfEducation (name)",
        "StatutoryLowAge",
        "StatutoryHighAge",
        "OfficialSixthForm (name)",
    ),
    *("SchoolCapacity", "NumberOfPupils", "PercentageFSM", "Trusts (name)", "Street", "Locality", "Address3"),
    *("Town", "Postcode", "HeadFirstName", "GOR (name)", "UrbanRural (name)", "Country (name)"),
)
_GIAS: dict[str, str] = {
    **dict.fromkeys(GIAS_COLUMNS, ""),
    "LA (code)": "999",
    "LA (name)": "Invented Borough",
    "TypeOfEstablishment (name)": "Community school",
    "EstablishmentTypeGroup (name)": "Local authority maintained schools",
    "EstablishmentStatus (name)": "Open",
    "OpenDate": "01-09-1996",
    "PhaseOfEducation (name)": "Primary",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "11",
    "OfficialSixthForm (name)": "Does not have a sixth form",
    "Town": "Testham",
    "Postcode": "ZZ1 1ZZ",
    "GOR (name)": "East of England",
    "UrbanRural (name)": "Urban: Nearer to a major town or city",
}
_SECONDARY = {"PhaseOfEducation (name)": "Secondary", "StatutoryLowAge": "11", "StatutoryHighAge": "18"}
_ODD_GIAS: tuple[dict[str, str], ...] = (
    {"EstablishmentStatus (name)": "Closed", "CloseDate": "31-08-2012"},
    {**_SECONDARY, "OfficialSixthForm (name)": "Has a sixth form"},
    {
        "PhaseOfEducation (name)": "Not applicable",
        "TypeOfEstablishment (name)": "Academy special converter",
        "EstablishmentTypeGroup (name)": "Academies",
    },
    {
        "PhaseOfEducation (name)": "All-through",
        "StatutoryLowAge": "3",
        "StatutoryHighAge": "19",
        "OfficialSixthForm (name)": "Not applicable",
        "TypeOfEstablishment (name)": "Other independent school",
        "EstablishmentTypeGroup (name)": "Independent schools",
    },
    {"PhaseOfEducation (name)": "Middle deemed secondary", "StatutoryLowAge": "9", "StatutoryHighAge": "13"},
    {"PercentageFSM": "", "NumberOfPupils": "", "UrbanRural (name)": "(England/Wales) Rural village"},
    {
        "PercentageFSM": "SUPP",
        "NumberOfPupils": "0",
        "UrbanRural (name)": "(England/Wales) Urban city and town",
    },
    {"EstablishmentStatus (name)": "Open, but proposed to close", "CloseDate": "31-08-2099"},
)

NCES_DIRECTORY_COLUMNS = (
    *("SCHOOL_YEAR", "ST", "SCH_NAME", "LEA_NAME", "LEAID", "NCESSCH", "LCITY", "LZIP", "SY_STATUS_TEXT"),
    *("SCH_TYPE_TEXT", "CHARTER_TEXT", "GSLO", "GSHI", "LEVEL"),
)
NCES_CHARACTERISTICS_COLUMNS = ("NCESSCH", "SCHOOL_LEVEL", "ULOCALE", "TOTFRL", "TOTAL", "MEMBER")
_NCES: dict[str, str] = {
    "SCHOOL_YEAR": "2023-2024",
    "ST": "WY",
    "LEA_NAME": "Invented County School District",
    "LCITY": "SAMPLEVILLE",
    "LZIP": "00000",
    "SY_STATUS_TEXT": "Open",
    "SCH_TYPE_TEXT": "Regular School",
    "CHARTER_TEXT": "No",
    "GSLO": "KG",
    "GSHI": "05",
    "LEVEL": "Elementary",
    "SCHOOL_LEVEL": "Elementary",
    "ULOCALE": "32-Town: Distant",
    "TOTFRL": "120",
    "TOTAL": "401",
    "MEMBER": "400",
}
_ODD_NCES: tuple[dict[str, str], ...] = (
    {"SY_STATUS_TEXT": "Closed", "TOTFRL": "-2", "TOTAL": "-2", "MEMBER": "-2"},
    {"GSLO": "09", "GSHI": "12", "LEVEL": "High", "SCHOOL_LEVEL": "High", "ULOCALE": "43-Rural: Remote"},
    {"SCH_TYPE_TEXT": "Special Education School", "TOTFRL": "-3", "ULOCALE": "11-City: Large"},
    {"GSLO": "06", "GSHI": "08", "LEVEL": "Middle", "SCHOOL_LEVEL": "Middle", "TOTFRL": "-1"},
    {
        "GSLO": "M",
        "GSHI": "M",
        "LEVEL": "Not reported",
        "SCHOOL_LEVEL": "Not reported",
        "MEMBER": "-1",
        "TOTAL": "-1",
    },
    {"CHARTER_TEXT": "Yes", "ULOCALE": "21-Suburb: Large"},
)


@dataclass(frozen=True)
class Rows:
    """What a written extract holds."""

    open: int
    closed: int
    unusable: int


def gias_row(**changes: str) -> dict[str, str]:
    """Return a row of an open primary school; keywords and what is in ``changes`` replace its cells."""
    return {**_GIAS, "URN": "900001", "EstablishmentName": "Test Lane Primary 1", **changes}


def nces_row(**changes: str) -> dict[str, str]:
    """Return a row of an open elementary school, of directory and characteristics at once."""
    return {
        **_NCES,
        "NCESSCH": "990000100001",
        "LEAID": "9900001",
        "SCH_NAME": "TEST LANE ELEMENTARY 1",
        **changes,
    }


def write_rows(
    file: Path, rows: Iterable[Mapping[str, str]], columns: Iterable[str], *, encoding: str = "cp1252"
) -> Path:
    """Write rows of an extract as a register publishes them; what a row lacks is left empty."""
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.DictWriter(out, list(columns), restval="", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return file


def write_gias(file: Path, schools: int, *, seed: int = 7, with_broken: bool = True) -> Rows:
    """Write an extract of GIAS with odd rows among the plain ones, and two that cannot be used at the end.

    Args:
        file: The file to write.
        schools: How many usable rows it has.
        seed: Of the pupils and shares of free meals.
        with_broken: Whether there are also rows that cannot be used.
    """
    chance = random.Random(seed)  # noqa: S311 -- not for secrets

    def row(number: int, odd: Mapping[str, str]) -> dict[str, str]:
        return gias_row(
            **{
                "URN": str(900_000 + number),
                "EstablishmentName": _name(number),
                "NumberOfPupils": str(chance.randint(20, 1800)),
                "PercentageFSM": f"{chance.uniform(0, 60):.1f}",
                "Town": TOWNS[number % len(TOWNS)],
                "Postcode": f"ZZ{number % 99 + 1} {number % 9}ZZ",
                **odd,
            }
        )

    rows = _some_odd(schools, _ODD_GIAS, row)
    broken = [gias_row(URN="9.0E+05"), gias_row(URN="899999", EstablishmentName="")] if with_broken else []
    write_rows(file, [*rows, *broken], GIAS_COLUMNS)
    closed = sum(one["EstablishmentStatus (name)"] == "Closed" for one in rows)
    return Rows(schools - closed, closed, len(broken))


def write_nces(directory: Path, characteristics: Path, schools: int, *, seed: int = 7) -> Rows:
    """Write the directory and the characteristics of the NCES, one with a byte-order mark and one without."""
    chance = random.Random(seed)  # noqa: S311 -- not for secrets

    def row(number: int, odd: Mapping[str, str]) -> dict[str, str]:
        pupils = chance.randint(20, 1800)
        return nces_row(
            **{
                "NCESSCH": f"{10_000_000_000 + number}",  # a spreadsheet has taken the 0 before it
                "SCH_NAME": _name(number).upper(),
                "MEMBER": str(pupils),
                "TOTAL": str(pupils + 1),
                "TOTFRL": str(chance.randint(0, pupils)),
                **odd,
            }
        )

    rows = _some_odd(schools, _ODD_NCES, row)
    write_rows(directory, rows, NCES_DIRECTORY_COLUMNS, encoding="utf-8-sig")
    write_rows(characteristics, rows, NCES_CHARACTERISTICS_COLUMNS, encoding="utf-8")
    closed = sum(one["SY_STATUS_TEXT"] == "Closed" for one in rows)
    return Rows(schools - closed, closed, 0)


def _name(number: int) -> str:
    if number % 5 == 0:
        return f"{SAINTS[number // 5 % len(SAINTS)]} {KINDS[number % len(KINDS)]} {number}"
    return f"Test Lane {KINDS[number % len(KINDS)]} {number}"


def _some_odd(
    count: int,
    odd: tuple[dict[str, str], ...],
    row: Callable[[int, Mapping[str, str]], dict[str, str]],
) -> list[dict[str, str]]:
    """Return rows of which every third is an odd one, of each kind in turn."""
    oddities = cycle(odd)
    changes = ({} if number % 3 else next(oddities) for number in range(count))
    return [row(number + 1, change) for number, change in enumerate(islice(changes, count))]
