"""Context read from texts, measured against gold labels: F1 by facet.

Gold texts are JSON Lines: ``{"id": ..., "text": ..., "context": {...}, "split": "dev" or "test"}``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import field_validator

from corpus.issues import Issue
from engine.context import SchoolContext
from engine.context_reading import read_context
from engine.errors import JudgementsError
from engine.queries import JudgedQuery, read_queries

FACETS = (
    "phases",
    "setting",
    "pupils",
    "country",
    "sector",
    "kind",
    "disadvantage",
    "disadvantage_percent",
)
NEAR_ENOUGH = 0.05  # a head count is right within this share of the true one
PERCENT_NEAR_ENOUGH = 1.0  # percentage points; "a third" is 33 or 33.3


class GoldText(JudgedQuery):
    """A text and the context it tells, which is empty where it tells nothing."""

    context: SchoolContext

    @field_validator("context", mode="before")
    @classmethod
    def _only_facets(cls, value: Any) -> Any:
        unknown = sorted(value.keys() - set(FACETS)) if isinstance(value, dict) else []
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no facet; use {', '.join(FACETS)}")
        return value


def read_context_gold(file: Path) -> tuple[GoldText, ...]:
    """Return the texts of a file with their gold contexts; a text that tells nothing has an empty one.

    Raises:
        JudgementsError: If the file or a line cannot be used; it names the line.
    """
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise JudgementsError(file, None, f"cannot be read: {error.strerror}") from error
    found: list[GoldText] = []
    for item in read_queries(lines, str(file), GoldText):
        if isinstance(item, Issue):
            raise JudgementsError(file, item.place.line, item.message)
        found.append(item)
    if not found:
        raise JudgementsError(file, None, "has no text")
    return tuple(found)


def context_f1(texts: Iterable[GoldText]) -> dict[str, float]:
    """Return the micro F1, 0 to 1, of each facet that the texts or the readings have.

    Each phase counts by itself. A head count is right within 5%, a percentage within one point; every other
    value has to be the same. A wrong value counts against both precision and recall.
    """
    right: Counter[str] = Counter()
    told: Counter[str] = Counter()
    for text in texts:
        gold = text.context.known
        read = read_context(text.text)[0].known
        for facet in FACETS:
            expected, found = _values(gold, facet), _values(read, facet)
            right[facet] += sum(any(_is_right(facet, f, e) for e in expected) for f in found)
            told[facet] += len(expected) + len(found)
    return {facet: 2 * right[facet] / told[facet] for facet in FACETS if told[facet]}


def _values(context: dict[str, Any], facet: str) -> list[Any]:
    value = context.get(facet, [])
    return value if isinstance(value, list) else [value]


def _is_right(facet: str, found: Any, expected: Any) -> bool:
    if facet == "pupils":
        return bool(abs(found - expected) <= NEAR_ENOUGH * expected)
    if facet == "disadvantage_percent":
        return bool(abs(found - expected) <= PERCENT_NEAR_ENOUGH)
    return bool(found == expected)
