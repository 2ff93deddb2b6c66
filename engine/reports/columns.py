"""What the columns of a table tell: an extract of a register, our own template, or as a mapping says.

`layout_of` recognises them by their names; the layout then reads rows of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from engine.context import SchoolContext
from engine.queries import LONGEST_TEXT
from engine.registers.reading import Register, positions_of, register_of
from engine.registers.school import RegisterSchool, Row, RowError, Value
from engine.reports.mapping import ColumnMapping, MappedField, words_key
from engine.reports.rows import TableRow
from engine.reports.values import READERS, UNKNOWN

LONGEST_ID = 100  # characters
_ALIASES = {"urn": "id", "ncessch": "id", "school_id": "id", "school": "name", "phase": "phases"}
_CONCERN = re.compile(r"concerns?(_?\d{1,3})?")
_TEXT = re.compile(r"text|concerns?(_?\d{1,3})?")  # of a file of concerns
_COMMENT = "#"  # before an id: a row that is an example
_NO_CONCERN = UNKNOWN | {"no", "no concerns", "none known"}
_BROKEN = "\ufffd"  # what stands for bytes that are no text


@dataclass(frozen=True, slots=True)
class RowRead:
    """What a row tells.

    Attributes:
        school: The school; its context knows nothing in a row that only adds concerns.
        concerns: Its concerns.
        register: Name of the register it is an extract of; None for any other table.
        doubts: Columns whose value counts as unknown, each with the reason.
        refused: Columns whose concern is left out, each with the reason.
    """

    school: RegisterSchool
    concerns: tuple[str, ...]
    register: str | None
    doubts: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]


class Layout(Protocol):
    """How the rows of a table are read."""

    @property
    def passed_over(self) -> tuple[str, ...]:
        """The columns that are not read, of a table whose every column should be ours."""

    def read(self, row: TableRow) -> RowRead | None:
        """Return what a row tells; None for an example.

        Raises:
            RowError: If it has no usable id or name.
        """


@dataclass(frozen=True, slots=True)
class _RegisterLayout:
    register: Register
    columns: Mapping[str, int]
    concerns: tuple[int, ...]
    passed_over: tuple[str, ...] = ()

    def read(self, row: TableRow) -> RowRead | None:
        cells = Row(self.columns, row.cells, self.register.unknown)
        school = self.register.read(cells)
        concerns, refused = _concerns_of(row, self.concerns)
        return RowRead(school, concerns, self.register.name, tuple(cells.doubts), refused)


@dataclass(frozen=True, slots=True)
class _OwnLayout:
    fields: Mapping[str, tuple[int, ...]]  # where the cells of each stand
    names: Mapping[str, str]  # what their column is called
    concerns: tuple[int, ...]
    words: Mapping[str, Mapping[str, str]]
    passed_over: tuple[str, ...] = ()

    def read(self, row: TableRow) -> RowRead | None:
        columns = {self.names[field].upper(): at for at, field in enumerate(self.fields)}
        texts = ["; ".join(filter(None, (row.cells[at] for at in found))) for found in self.fields.values()]
        cells = Row(columns, texts, UNKNOWN)
        number = _id_of(cells, self.names["id"])
        if number.startswith(_COMMENT):
            return None
        known = {
            field: self._value(cells, field) for field in self.fields if field in READERS and field != "name"
        }
        name = cells.text(self.names["name"]) if "name" in self.fields else None
        context = SchoolContext(**{"name": name, **known})
        concerns, refused = _concerns_of(row, self.concerns)
        return RowRead(RegisterSchool(number, name, context), concerns, None, tuple(cells.doubts), refused)

    def _value(self, cells: Row, field: str) -> object:
        words, reader = self.words.get(field, {}), READERS[field]

        def meaning(text: str) -> object:
            ours = words.get(words_key(text), text) if words else text
            return _Unknown if ours.casefold() in UNKNOWN else reader(ours)

        value = cells.coded(self.names[field], meaning)
        return None if value is _Unknown else value


class _Unknown:
    """What a mapping says of a word that tells nothing."""


def layout_of(names: Sequence[str], mapping: ColumnMapping | None = None) -> Layout | None:
    """Return how rows with these columns are read; None where they are of no school.

    A mapping is for the tables that have its column of ids; the others are recognised by their own columns.
    """
    if mapping is not None:
        places = _places(names)
        if mapping.columns["id"][0].strip().upper() in places:
            return _mapped(mapping, places)
    return _recognised(tuple(names))


@lru_cache(maxsize=64)  # rows of JSON Lines have the same few sets of keys
def _recognised(names: tuple[str, ...]) -> Layout | None:
    columns = positions_of(names)
    plain = [_field(name) for name in names]
    concerns = tuple(at for at, name in enumerate(plain) if _CONCERN.fullmatch(name))
    if register := register_of(columns):
        return _RegisterLayout(register, columns, concerns)
    places: dict[str, list[int]] = {}
    for at, name in enumerate(plain):
        places.setdefault(name, []).append(at)
    for alias, field in _ALIASES.items():
        if field not in places and alias in places:
            places[field] = places.pop(alias)
    if "id" not in places:
        return None
    fields = {field: tuple(places[field]) for field in ("id", *READERS) if field in places}
    read = {at for found in fields.values() for at in found} | set(concerns)
    passed_over = tuple(
        dict.fromkeys(name for at, name in enumerate(names) if at not in read and name.strip())
    )
    return _OwnLayout(
        fields, {field: names[found[0]].strip() for field, found in fields.items()}, concerns, {}, passed_over
    )


def _mapped(mapping: ColumnMapping, places: Mapping[str, tuple[int, ...]]) -> Layout:
    found = {
        field: tuple(at for column in columns for at in places.get(column.strip().upper(), ()))
        for field, columns in mapping.columns.items()
    }
    concerns = found.pop("concerns", ())
    fields = {field: at for field, at in found.items() if at}
    names = {field: mapping.columns[field][0].strip() for field in fields}
    return _OwnLayout(_by_name(fields), _by_name(names), concerns, _by_name(mapping.values))


def _by_name(given: Mapping[MappedField, Value]) -> dict[str, Value]:
    return {str(field): value for field, value in given.items()}


def missing_columns(names: Sequence[str], mapping: ColumnMapping) -> list[str]:
    """Return the columns that a mapping names and a table for it has not."""
    places = _places(names)
    if mapping.columns["id"][0].strip().upper() not in places:
        return []
    return [
        column
        for columns in mapping.columns.values()
        for column in columns
        if column.strip().upper() not in places
    ]


def read_concern(row: TableRow) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]] | None:
    """Return the id, the concerns and the refused ones of a row of a file of concerns; None for an example.

    Raises:
        RowError: If it has no id, or no column of concerns.
    """
    plain = [_field(name) for name in row.names]
    texts = tuple(at for at, name in enumerate(plain) if _TEXT.fullmatch(name))
    ids = {name: at for at, name in reversed(list(enumerate(plain)))}
    at = next(
        (ids[name] for name in ("id", *_ALIASES) if name in ids and _ALIASES.get(name, "id") == "id"), None
    )
    if at is None or not texts:
        raise RowError("id" if at is None else "text", "a concern needs the columns id and text")
    number = _id_of(Row({"ID": 0}, [row.cells[at]], UNKNOWN), "id")
    return None if number.startswith(_COMMENT) else (number, *_concerns_of(row, texts))


def _id_of(cells: Row, column: str) -> str:
    number = cells.text(column)
    if number is None:
        raise RowError(column, "there is no id")
    if len(number) > LONGEST_ID:
        raise RowError(column, f"an id has at most {LONGEST_ID} characters, and this one {len(number)}")
    return number


def _concerns_of(
    row: TableRow, positions: Sequence[int]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    found: list[str] = []
    refused: list[tuple[str, str]] = []
    for at in positions:
        text = row.cells[at].strip()
        if not text.isprintable():
            text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
        if text.casefold() in _NO_CONCERN:
            continue
        if len(text) > LONGEST_TEXT:
            refused.append(
                (row.names[at], f"a concern has at most {LONGEST_TEXT:,} characters; send its main point")
            )
        elif _BROKEN in text:
            refused.append((row.names[at], "has bytes that are not text; save the file as UTF-8"))
        else:
            found.append(text)
    return tuple(found), tuple(refused)


def _field(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().casefold())


def _places(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for at, name in enumerate(names):
        key = name.strip().upper()
        places[key] = (*places.get(key, ()), at)
    return places
