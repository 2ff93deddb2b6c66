"""Which tables a report has: their columns, and the rows that a school has in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from engine.reports.records import SchoolKept

Kind = Literal["text", "number", "count", "texts"]
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its columns with what they hold, and the rows that a school has in it."""

    name: str
    columns: Mapping[str, Kind]
    rows: Callable[[SchoolKept], Iterator[Row]]


_CONTEXT: dict[str, Kind] = {
    "kind": "text",
    "country": "text",
    "region": "text",
    "phases": "texts",
    "setting": "text",
    "sector": "text",
    "pupils": "count",
    "disadvantage": "text",
    "disadvantage_percent": "number",
}


def _schools(school: SchoolKept) -> Iterator[Row]:
    known = (school.context.get(key) for key in _CONTEXT)
    yield (school.id, school.name, *known, len(school.concerns), school.questions)


def _concerns(school: SchoolKept) -> Iterator[Row]:
    for number, one in enumerate(school.concerns, start=1):
        best = one.matches[0].case_id if one.matches and one.verdict != "none" else None
        told = (one.text, one.worries, one.denied, one.themes, one.verdict, one.confidence)
        yield (school.id, school.name, number, *told, len(one.matches), best)


def _matches(school: SchoolKept) -> Iterator[Row]:
    for number, one in enumerate(school.concerns, start=1):
        for rank, match in enumerate(one.matches, start=1):
            reasons = (match.shared, match.different, match.unknown)
            mirror = (match.mirror, match.mirror_field, match.mirror_item)
            sure = (one.verdict, match.score, match.confidence)
            yield (school.id, school.name, number, rank, match.case_id, *sure, *reasons, *mirror)


def _takeaways(school: SchoolKept) -> Iterator[Row]:
    for number, point in enumerate(school.takeaways, start=1):
        yield (school.id, school.name, number, point.kind, point.text, point.response, point.case_id)


_WHOSE: dict[str, Kind] = {"school_id": "text", "school": "text"}
# docs/reports.md lists them; columns are only ever added, at the end.
TABLES = (
    Table("schools", {**_WHOSE, **_CONTEXT, "concerns": "count", "questions": "texts"}, _schools),
    Table(
        "concerns",
        {
            **_WHOSE,
            "concern": "count",
            "text": "text",
            "worries": "texts",
            "denied": "texts",
            "themes": "texts",
            "verdict": "text",
            "confidence": "number",
            "matches": "count",
            "best_case": "text",
        },
        _concerns,
    ),
    Table(
        "matches",
        {
            **_WHOSE,
            "concern": "count",
            "rank": "count",
            "case_id": "text",
            "verdict": "text",
            "score": "number",
            "confidence": "number",
            "shared": "texts",
            "different": "texts",
            "unknown": "texts",
            "mirror": "text",
            "mirror_field": "text",
            "mirror_item": "count",
        },
        _matches,
    ),
    Table(
        "takeaways",
        {
            **_WHOSE,
            "point": "count",
            "kind": "text",
            "text": "text",
            "response": "text",
            "case_id": "text",
        },
        _takeaways,
    ),
)
