"""A school as a register tells it, and a row of an extract while it is being read.

Whatever an extract does not tell, or tells in a way that cannot be understood, is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from corpus.issues import Place
from corpus.records import Level, Phase
from engine.context import SchoolContext

Value = TypeVar("Value")
LONGEST_TEXT = 300  # characters of a name, a town or a number
_BROKEN = "\ufffd"  # what stands for bytes that are no text


@dataclass(frozen=True, slots=True)
class RegisterSchool:
    """A school of a register.

    Attributes:
        number: What the register calls it: a URN, or an NCES number of twelve digits.
        name: Its name; None where a file tells of schools by number alone, and another one names them.
        context: What is known of it, for comparing it with others.
        closed: Whether the register says that it is closed.
        town: Where it is, to tell namesakes apart; so are ``postcode`` and ``authority``.
        postcode: Postcode or ZIP code.
        authority: The local authority or school district.
        place: Where it was read; None for a school that was not just read.
    """

    number: str
    name: str | None
    context: SchoolContext
    closed: bool = False
    town: str | None = None
    postcode: str | None = None
    authority: str | None = None
    place: Place | None = None

    def joined(self, other: RegisterSchool) -> RegisterSchool:
        """Return one school of what two files tell of it; the one that names it is believed first."""
        first, second = (self, other) if self.name is not None or other.name is None else (other, self)
        return replace(
            first,
            context=first.context.over(second.context),
            closed=first.closed or second.closed,
            town=first.town or second.town,
            postcode=first.postcode or second.postcode,
            authority=first.authority or second.authority,
        )


class RowError(Exception):
    """A row that cannot be used."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(slots=True)
class Row:
    """A row of an extract.

    Attributes:
        columns: Position of each column by its name in capitals.
        cells: What stands in them.
        unknown: What stands for an unknown value, in small letters.
        doubts: Columns whose value was not understood and counts as unknown, each with the reason.
    """

    columns: Mapping[str, int]
    cells: Sequence[str]
    unknown: frozenset[str]
    doubts: list[tuple[str, str]] = field(default_factory=list)

    def text(self, *columns: str) -> str | None:
        """Return the first of some columns that tells something, spaces tidied; None where none does.

        Raises:
            RowError: If it is no text, or too long to be true.
        """
        for column in columns:
            position = self.columns.get(column.upper())
            if position is None:
                continue
            value = " ".join(self.cells[position].split())
            if value.casefold() in self.unknown:
                continue
            if not value.isprintable():
                value = "".join(letter for letter in value if letter.isprintable())
            if _BROKEN in value:
                raise RowError(column, "has bytes that are not text; save the file as UTF-8")
            if len(value) > LONGEST_TEXT:
                raise RowError(column, f"has {len(value):,} characters; a quotation mark may be missing")
            return value
        return None

    def number(self, *columns: str, most: float = math.inf) -> float | None:
        """Return a number from 0 to ``most`` of the first of some columns that tells something."""
        for column in columns:
            value = self.text(column)
            if value is None:
                continue
            try:
                number = float(value.replace(",", ""))
            except ValueError:
                number = math.nan
            if 0 <= number <= most and math.isfinite(number):
                return number
            self.doubt(column, value)
            return None
        return None

    def count(self, *columns: str) -> int | None:
        """Return a count of at least one: a school of nobody is one whose size is not known."""
        number = self.number(*columns)
        if number is not None and number != int(number):
            self.doubt(columns[0], f"{number:g}")
            return None
        return int(number) if number else None

    def coded(self, column: str, meanings: Callable[[str], Value | None]) -> Value | None:
        """Return what a code means; None where there is none, or where it is not known what it means."""
        value = self.text(column)
        meaning = None if value is None else meanings(value)
        if value is not None and meaning is None:
            self.doubt(column, value)
        return meaning

    def doubt(self, column: str, value: str) -> None:
        """Note that a value is not understood."""
        self.doubts.append((column, f"{value!r} is not understood and counts as unknown"))


_BANDS: tuple[tuple[Phase, int, int], ...] = (("primary", 5, 11), ("secondary", 11, 16))
_SHARED_YEARS = 2  # with a band, from which a school is of that phase


def phases_of_ages(low: float | None, high: float | None) -> tuple[Phase, ...]:
    """Return the phases of a school for children from one age until another; none where an age is unknown.

    A phase is one of those that a school has two years of. Those of early years or of a sixth form alone are
    called so; that a primary school has a nursery class makes no other school of it.

    Args:
        low: Age of the youngest, in years.
        high: Age at which the oldest leave.
    """
    if low is None or high is None or not low < high:
        return ()
    found = tuple(phase for phase, start, end in _BANDS if min(high, end) - max(low, start) >= _SHARED_YEARS)
    if found:
        return found
    if high <= _BANDS[0][1] + 1:
        return ("early-years",)
    return ("sixth-form",) if low >= _BANDS[-1][2] else ()


def level_of_share(percent: float | None, *, low: float, high: float) -> Level | None:
    """Return how disadvantaged a school is within its country.

    Args:
        percent: Share of pupils that free meals are for, per cent.
        low: The level is low below this share.
        high: It is high above this one.
    """
    if percent is None:
        return None
    return "low" if percent < low else "high" if percent > high else "average"
