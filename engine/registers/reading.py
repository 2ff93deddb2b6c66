"""Extracts of registers of schools, read row by row.

Which register an extract is of is told by its columns; whatever else they hold is passed over. A row that
cannot be used is an issue with its line, and the rest goes on; only one row is held at a time.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from corpus.issues import Issue, Place
from engine.errors import RegisterFormatError
from engine.registers import gias, nces
from engine.registers.school import RegisterSchool, Row, RowError
from index.encoder import Progress

if TYPE_CHECKING:
    from _csv import Reader  # what csv.reader returns; it has no public name

_ROWS_BETWEEN_NEWS = 1000
_CHUNK = 1 << 20  # bytes
_LONGEST_HEADER = 1 << 16  # bytes


@dataclass(frozen=True, slots=True)
class Register:
    """A register that is known: its name, the columns it must have, and how a row of it is read."""

    name: str
    required: tuple[str, ...]
    unknown: frozenset[str]
    read: Callable[[Row], RegisterSchool]


_REGISTERS = (
    Register(gias.NAME, gias.COLUMNS, gias.UNKNOWN, gias.read),
    Register(nces.NAME, nces.COLUMNS, nces.UNKNOWN, nces.read),
)


def read_register(file: Path, *, progress: Progress | None = None) -> Iterator[RegisterSchool | Issue]:
    """Yield the school of each row of an extract, or what is wrong with the row.

    An issue that is an error stands for a row that was left out; one that is a warning follows a school and
    names a value of it that was not understood and counts as unknown.

    Args:
        file: A CSV file with a header: GIAS, in the encoding of Windows or in UTF-8, or NCES, in UTF-8.
        progress: Called now and then with the bytes read and those there are.

    Raises:
        RegisterFormatError: If its columns are those of no register that is known.
        OSError: If it cannot be read.
    """
    with file.open("rb") as raw:
        columns = _columns_of(raw.readline(_LONGEST_HEADER))
        register = register_of(columns)
        if register is None:
            wanted = " or ".join(f"{' and '.join(one.required)} ({one.name})" for one in _REGISTERS)
            raise RegisterFormatError(file, f"its first line must name the columns {wanted}")
        raw.seek(0)
        # Old extracts of the NCES are not UTF-8 either, but a broken one must not pass for something else.
        in_utf8 = register.name == nces.NAME or _is_utf8(raw)
    return _rows(file, register, columns, "utf-8-sig" if in_utf8 else "cp1252", progress)


def register_of(columns: Container[str]) -> Register | None:
    """Return the register that an extract with these columns, in capitals, is of; None for any other."""
    return next((one for one in _REGISTERS if all(name.upper() in columns for name in one.required)), None)


def _columns_of(header: bytes) -> dict[str, int]:
    try:
        names = next(csv.reader([header.decode("utf-8-sig", errors="replace")]), [])
    except csv.Error:  # no line of a table
        names = []
    return positions_of(names)


def positions_of(names: Iterable[str]) -> dict[str, int]:
    """Return where each column stands, by its name in capitals; of several of one name, the first."""
    columns: dict[str, int] = {}
    for position, name in enumerate(names):
        columns.setdefault(name.strip().upper(), position)
    return columns


def _is_utf8(raw: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := raw.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _rows(
    file: Path, register: Register, columns: dict[str, int], encoding: str, progress: Progress | None
) -> Iterator[RegisterSchool | Issue]:
    size = file.stat().st_size
    with file.open("rb") as raw:
        lines = csv.reader(io.TextIOWrapper(raw, encoding, errors="replace", newline=""))
        width = len(next(lines))
        for count, (line, cells) in enumerate(cells_of(lines)):
            if progress and count % _ROWS_BETWEEN_NEWS == 0:
                progress(raw.tell(), size)
            place = Place(str(file), line)
            behind = f" (up to line {lines.line_num})" if lines.line_num > line else ""
            if isinstance(cells, str):
                yield Issue("malformed", f"{cells}{behind}: look for a missing quotation mark", place)
            elif len(cells) != width:
                message = f"this row{behind} has {len(cells)} values, but there are {width} columns"
                yield Issue("malformed", message, place)
            else:
                yield from _school(Row(columns, cells, register.unknown), register, place)
        if progress:
            progress(size, size)


def cells_of(lines: Reader) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line each row begins on and its values, or why it has none; blank rows are passed over."""
    while True:
        line = lines.line_num + 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"this row cannot be read: {error}"
        else:
            if any(cells):
                yield line, cells


def _school(row: Row, register: Register, place: Place) -> Iterator[RegisterSchool | Issue]:
    try:
        school = replace(register.read(row), place=place)
    except RowError as error:
        yield Issue("unusable-row", str(error), place, field=error.column)
        return
    yield school
    for column, message in row.doubts:
        yield Issue("not-understood", message, place, school.number, column, "warning")
