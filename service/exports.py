"""Cases as files: one record a line for machines, one row a case for a spreadsheet.

Both are made piece by piece, so that a large corpus never stands in memory twice.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from corpus.reading import to_json
from corpus.records import CaseStudy
from engine.facets import themes_of

_AT_A_TIME = 50  # cases in a piece; each piece costs a change of threads
_BETWEEN = " | "  # of the values in one cell

# docs/api.md lists them; columns are only ever added, at the end.
COLUMNS: dict[str, Callable[[CaseStudy], object]] = {
    "case_id": lambda case: case.id,
    "title": lambda case: case.title,
    "summary": lambda case: case.summary,
    "institution": lambda case: case.institution.name,
    "kind": lambda case: case.institution.kind,
    "country": lambda case: case.institution.country,
    "region": lambda case: case.institution.region,
    "phases": lambda case: _BETWEEN.join(case.institution.phases),
    "setting": lambda case: case.institution.setting,
    "sector": lambda case: case.institution.sector,
    "pupils": lambda case: case.institution.pupils,
    "disadvantage": lambda case: case.institution.disadvantage,
    "disadvantage_percent": lambda case: case.institution.disadvantage_percent,
    "technology": lambda case: _BETWEEN.join(case.technology),
    "themes": lambda case: _BETWEEN.join(themes_of(case)),
    "start": lambda case: case.years.start if case.years else None,
    "end": lambda case: case.years.end if case.years else None,
    "outcome": lambda case: case.outcome,
    "independence": lambda case: case.provenance.independence,
    "objections": lambda case: _BETWEEN.join(objection.text for objection in case.objections),
    "failed": lambda case: _BETWEEN.join(case.failed),
    "not_again": lambda case: _BETWEEN.join(case.not_again),
    "sources": lambda case: _BETWEEN.join(source.url for source in case.provenance.sources),
}


def as_jsonl(cases: Sequence[CaseStudy]) -> Iterator[str]:
    """Write records in the interchange format, one a line; `warts import` takes them as they are."""
    for some in _pieces(cases):
        yield "".join(f"{to_json(case)}\n" for case in some)


def as_csv(cases: Sequence[CaseStudy]) -> Iterator[str]:
    """Write one row a case under a row of names; what is not known is an empty cell.

    It begins with a byte order mark, without which Excel takes the text for another encoding.

    Source: RFC 4180
    """
    yield "\ufeff" + _rows([list(COLUMNS)])
    for some in _pieces(cases):
        yield _rows([[defused(column(case)) for column in COLUMNS.values()] for case in some])


def _pieces(cases: Sequence[CaseStudy]) -> Iterator[list[CaseStudy]]:
    rest = iter(cases)
    while some := list(islice(rest, _AT_A_TIME)):
        yield some


def _rows(rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: text that would begin one gets an apostrophe.

    Source: OWASP, "CSV Injection"
    """
    if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    return value
