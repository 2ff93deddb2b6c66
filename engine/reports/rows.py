"""Files of tables, row by row: CSV, XLSX, Parquet and JSON Lines, all of them as columns with texts.

A row is held at a time, of a workbook or of Parquet a few hundred. Nothing is evaluated: of a formula the
value that was saved with it is read.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.issues import Issue, Place
from engine.errors import ReportInputError
from engine.queries import LONGEST_TEXT, object_of_line
from engine.registers.reading import cells_of

if TYPE_CHECKING:
    pass  # what csv.reader returns; it has no public name

FORMATS = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".jsonl", ".ndjson")
_CHUNK = 1 << 16  # bytes
_LONGEST_LINE = 1 << 20  # bytes of a line of JSON, or of the first line of a table
_SEPARATORS = ",;\t"
_MOST_CELLS = 2000  # of a row
_LONGEST_CELL = 4 * LONGEST_TEXT  # characters; more is no cell of a table of schools

Position = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table.

    Attributes:
        line: The line it begins on, or its number in the sheet or the file, from 1.
        names: The column of each cell; one that holds a list stands several times.
        cells: What stands in them; blank where nothing does.
    """

    line: int
    names: Sequence[str]
    cells: Sequence[str]


def read_rows(
    file: Path, *, encoding: str | None = None, sheet: str | None = None, at: Position = lambda _: None
) -> Iterator[TableRow | Issue]:
    """Yield the rows of a file, or what is wrong with one; blank rows are passed over.

    Args:
        file: Its ending tells its format.
        encoding: Of a CSV file; None to recognise UTF-8, UTF-16 by its mark, and the encoding of Windows.
        sheet: Name of the sheet of a workbook; None for the first.
        at: Called with the number of bytes read so far, where that is known.

    Raises:
        ReportInputError: If the file as a whole cannot be read.
        OSError: If it cannot be opened.
    """
    from engine.reports import sheets

    match file.suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return _read_csv(file, encoding, at)
        case ".jsonl" | ".ndjson":
            return _read_json_lines(file, at)
        case ".xlsx":
            return sheets.read_workbook(file, sheet)
        case ".parquet":
            return sheets.read_parquet(file)
    raise ReportInputError(file, f"its name must end in {', '.join(FORMATS)}")


def _read_csv(file: Path, encoding: str | None, at: Position) -> Iterator[TableRow | Issue]:
    encoding = encoding or _encoding_of(file)
    with file.open("rb") as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as text:
        header = text.readline(_LONGEST_LINE)
        while header and not header.strip():
            header = text.readline(_LONGEST_LINE)
    separator = _separator(header)
    with file.open("rb") as raw, io.TextIOWrapper(raw, encoding, errors="replace", newline="") as text:
        lines = csv.reader(text, delimiter=separator)
        names: list[str] | None = None
        for line, cells in cells_of(lines):
            place = Place(str(file), line)
            if names is None:
                if isinstance(cells, str):
                    raise ReportInputError(file, f"its first line is none of a table: {cells}")
                names = cells[:_MOST_CELLS]
            elif isinstance(cells, str):
                yield Issue("malformed", f"{cells}: look for a missing quotation mark", place)
            elif len(cells) != len(names) and any(cells[len(names) :] or [" "]):
                message = (
                    f"this row has {len(cells)} values, but there are {len(names)} columns;"
                    " a text that has separators in it must stand between quotation marks"
                )
                yield Issue("malformed", message, place)
            else:
                yield TableRow(line, names, cells[: len(names)])
            at(raw.tell())


def _encoding_of(file: Path) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as raw:
        if raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        raw.seek(0)
        try:
            while chunk := raw.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(header: str) -> str:
    """Return what separates most columns in the first line; the comma where nothing does."""

    def columns(separator: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=separator), []))
        except csv.Error:
            return 0

    return max(_SEPARATORS, key=columns)


def _read_json_lines(file: Path, at: Position) -> Iterator[TableRow | Issue]:
    with file.open("rb") as raw:
        number = 0
        while line := raw.readline(_LONGEST_LINE):
            number += 1
            place = Place(str(file), number)
            at(raw.tell())
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = raw.readline(_LONGEST_LINE)
                yield Issue("too-long", f"this line has more than {_LONGEST_LINE:,} bytes", place)
            elif line.strip():
                yield _json_row(line, place, number)


def _json_row(line: bytes, place: Place, number: int) -> TableRow | Issue:
    value = object_of_line(
        line, place, "malformed", 'a school is a set of keys: {"id": "1", "concerns": ["..."]}'
    )
    if isinstance(value, Issue):
        return value
    inner = value.pop("context", None)
    return row_of_values(number, {**inner, **value} if isinstance(inner, dict) else value)


def row_of_values(line: int, values: dict[str, Any]) -> TableRow:
    """Return a row of plain values by their columns; a list becomes several cells of its column."""
    pairs = [
        (name, text_of(one))
        for name, value in values.items()
        for one in (value[:_MOST_CELLS] if isinstance(value, list) and value else [value])
    ][:_MOST_CELLS]
    return TableRow(line, tuple(name for name, _ in pairs), [cell for _, cell in pairs])


def text_of(value: Any) -> str:
    """Return a value as somebody would have typed it; a whole number without its ``.0``."""
    if value is None or value == []:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    return str(value)[:_LONGEST_CELL]


def distinct(names: Iterable[str]) -> list[str]:
    """Return the columns that have a name, each once, as an error names them."""
    return list(dict.fromkeys(name.strip() for name in names if name.strip()))
