"""Tables of schools and their concerns as a trust or an authority would send them, obviously invented.

Deterministic: the same count and seed give the same rows.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.registers import KINDS, TOWNS

COLUMNS = (
    *("id", "name", "kind", "country", "region", "phases", "setting", "sector", "pupils"),
    *("disadvantage", "disadvantage_percent", "concern_1", "concern_2", "concern_3"),
)
# {who}, {what} and {why} are filled in; the worries are of different themes, and the last is of none.
CONCERNS = (
    "{who} say there is no time to learn {what}.",
    "The wifi cannot cope with {what} in every room, and {why}.",
    "{who} worry about how long children look at {what}.",
    "Phones are out in lessons again. {who} want them banned, but {why}.",
    "We bought {what} and they stay in the cupboard because {why}.",
    "Half of our families have no broadband, so homework on {what} leaves them out.",
    "Pupils hand in work that a chatbot wrote; {who} cannot tell, and {why}.",
    "Who pays when {what} are broken or have to be replaced? {why}.",
    "{who} fear that a breach would spill what we know of our children.",
    "Marks did not move in two years of {what}, and {why}.",
    "{who} say cameras and fingerprints treat children as suspects.",
    "After the last attack we lost every file; {who} ask what a backup costs.",
    "The minibus needs new tyres before the winter.",
)
_WHO = ("Teachers", "Parents", "Our governors", "The unions", "Older staff", "Our technicians")
_WHAT = ("the tablets", "another platform", "the laptops", "the new screens", "Chromebooks", "the maths app")
_WHY = (
    "nobody was asked",
    "the money ends in the summer",
    "the last scheme went the same way",
    "there is one technician for six sites",
    "training was one afternoon",
    "it's worst in the old building",
)
_COUNTRIES = ("GB", "United Kingdom", "England", "Ireland", "USA", "NZ", "")
_PHASES = (
    "primary",
    "Primary",
    "Sec.",
    "secondary; sixth-form",
    "Primary/Secondary",
    "FE college",
    "special",
    "",
)
_SETTINGS = ("urban", "Rural", "town", "suburban", "village", "remote", "")
_MOST_CONCERNS = 3


def report_rows(schools: int, *, seed: int = 7) -> Iterator[dict[str, str]]:
    """Yield a row a school in the columns of the template, blanks and odd spellings included.

    Args:
        schools: How many there are; each has none to three concerns.
        seed: Of everything that varies.
    """
    chance = random.Random(seed)  # noqa: S311 -- not for secrets
    for number in range(1, schools + 1):
        row = dict.fromkeys(COLUMNS, "")
        pupils = chance.randint(20, 2400)
        row |= {
            "id": f"S{number:05}",
            "name": f"Test Lane {chance.choice(KINDS)} {number}",
            "kind": chance.choice(("school", "school", "academy", "")),
            "country": chance.choice(_COUNTRIES),
            "region": chance.choice((*TOWNS, "")),
            "phases": chance.choice(_PHASES),
            "setting": chance.choice(_SETTINGS),
            "sector": chance.choice(("state", "State", "independent", "")),
            "pupils": chance.choice((str(pupils), f"{pupils:,}", "")),
            "disadvantage": chance.choice(("low", "average", "high", "")),
            "disadvantage_percent": chance.choice((f"{chance.uniform(0, 70):.1f}%", "23", "")),
        }
        for at, text in enumerate(_some_concerns(chance), start=1):
            row[f"concern_{at}"] = text
        yield row


def _some_concerns(chance: random.Random) -> list[str]:
    chosen = chance.sample(CONCERNS, chance.randint(0, _MOST_CONCERNS))
    return [
        one.format(who=chance.choice(_WHO), what=chance.choice(_WHAT), why=chance.choice(_WHY))
        for one in chosen
    ]


def write_report_csv(file: Path, schools: int, *, seed: int = 7) -> Path:
    """Write a table of schools with their concerns as CSV."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        writer.writerows(report_rows(schools, seed=seed))
    return file


def write_json_lines(file: Path, rows: list[Mapping[str, object]]) -> Path:
    """Write rows as JSON Lines."""
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def write_workbook(file: Path, sheets: Mapping[str, list[list[object]]]) -> Path:
    """Write a workbook with a sheet of rows a name."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    return file


def write_parquet(file: Path, columns: Mapping[str, list[object]]) -> Path:
    """Write columns as Parquet."""
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(dict(columns)), file)
    return file
