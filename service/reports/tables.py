"""The lines of a run as tables: CSV, a workbook, Parquet, and JSON for machines.

Each writes line by line, so that a country's schools never stand in memory, and into a file beside the one
meant, which takes its place when it is whole. What is not known is an empty cell.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from engine.answers import Verdict
from service.exports import defused
from service.reports.columns import TABLES, Row, Table
from service.reports.errors import FormatError
from service.reports.running import ISSUES, LINES, read_lines

BETWEEN = " | "  # of the values in one cell
_ROWS_OF_A_SHEET = 1_048_576
_LONGEST_CELL = 32_767  # characters that a workbook's cell holds
_AT_A_TIME = 2_000  # schools of a row group in Parquet


def write_csv(lines: Path, out: Path) -> list[Path]:
    """Write a file a table, and return them.

    They begin with a byte order mark, without which Excel takes the text for another encoding; text that a
    spreadsheet would take for a formula gets an apostrophe.

    Source: RFC 4180; OWASP, "CSV Injection"
    """
    files = [out / f"{table.name}.csv" for table in TABLES]
    with ExitStack() as stack:
        writers = []
        for table, file in zip(TABLES, files, strict=True):
            beside = stack.enter_context(_replacing(file))
            stream = stack.enter_context(beside.open("w", encoding="utf-8-sig", newline=""))
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            writers.append((table, writer))
        for school in read_lines(lines):
            for table, writer in writers:
                writer.writerows([[defused(_cell(value)) for value in row] for row in table.rows(school)])
    return files


def write_xlsx(lines: Path, out: Path) -> Path:
    """Write a workbook with a sheet a table, its first row frozen, and return it.

    Text is written as text, so that none of it is a formula. A table that is longer than a sheet goes on in
    another one.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheets = [_Sheets(book, table) for table in TABLES]
    for school in read_lines(lines):
        for sheet in sheets:
            for row in sheet.table.rows(school):
                sheet.append(row)
    file = out / "report.xlsx"
    with _replacing(file) as beside:
        book.save(beside)
    return file


class _Sheets:
    """The sheet of a table, and those that it goes on in."""

    def __init__(self, book: Any, table: Table) -> None:
        self.table, self._book = table, book
        self._number = 0
        self._begin()

    def _begin(self) -> None:
        self._number += 1
        name = self.table.name.capitalize()
        self._sheet = self._book.create_sheet(name if self._number == 1 else f"{name} {self._number}")
        self._sheet.freeze_panes = "A2"
        self._sheet.append(list(self.table.columns))
        self._rows = 1

    def append(self, row: Row) -> None:
        if self._rows == _ROWS_OF_A_SHEET:
            self._begin()
        self._sheet.append([self._cell_of(value) for value in row])
        self._rows += 1

    def _cell_of(self, value: object) -> object:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        plain = _cell(value)
        if not isinstance(plain, str):
            return plain
        text = re.sub(ILLEGAL_CHARACTERS_RE, " ", plain)[:_LONGEST_CELL]
        if not text.startswith(("=", "#")):
            return text
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"  # else it would be taken for a formula or an error
        return cell


def write_parquet(lines: Path, out: Path) -> list[Path]:
    """Write a file a table, lists as lists, and return them.

    Raises:
        FormatError: If pyarrow is not installed.
    """
    arrow, parquet = _arrow()
    types = {
        "text": arrow.string(),
        "number": arrow.float64(),
        "count": arrow.int64(),
        "texts": arrow.list_(arrow.string()),
    }
    schemas = [arrow.schema([(name, types[kind]) for name, kind in t.columns.items()]) for t in TABLES]
    files = [out / f"{table.name}.parquet" for table in TABLES]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(parquet.ParquetWriter(stack.enter_context(_replacing(file)), schema))
            for file, schema in zip(files, schemas, strict=True)
        ]
        schools = read_lines(lines)
        while some := list(islice(schools, _AT_A_TIME)):
            for table, schema, writer in zip(TABLES, schemas, writers, strict=True):
                rows = [dict(zip(table.columns, row, strict=True)) for one in some for row in table.rows(one)]
                writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
    return files


def require_parquet() -> None:
    """Make sure that Parquet can be written, before hours are spent on what is to be written.

    Raises:
        FormatError: If pyarrow is not installed.
    """
    _arrow()


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        message = "Parquet needs pyarrow: install warts-and-all[parquet], or leave parquet out of --format"
        raise FormatError(message) from error
    return pyarrow, pyarrow.parquet


def write_json(lines: Path, out: Path) -> list[Path]:
    """Write the lines as they are, where they are not there already, and one file of counts."""
    there = out / LINES
    if there.resolve() != lines.resolve():
        with _replacing(there) as beside:
            shutil.copyfile(lines, beside)
    file = out / "summary.json"
    with _replacing(file) as beside:
        text = json.dumps(summary_of(lines), ensure_ascii=False, indent=2)
        beside.write_text(text + "\n", encoding="utf-8")
    return [there, file]


def summary_of(lines: Path) -> dict[str, Any]:
    """Return the counts of a run: schools and concerns, and concerns by verdict, theme and case."""
    schools = without = concerns = 0
    verdicts: Counter[str] = Counter()
    themes: Counter[str] = Counter()
    cases: Counter[str] = Counter()
    for school in read_lines(lines):
        schools += 1
        without += not school.concerns
        concerns += len(school.concerns)
        for one in school.concerns:
            verdicts[one.verdict] += 1
            themes.update(one.themes or ("unnamed",))
            if one.verdict != "none":
                cases.update({match.case_id for match in one.matches})
    return {
        "version": 1,
        "schools": schools,
        "schools_without_concerns": without,
        "concerns": concerns,
        "issues": _lines_in(lines.with_name(ISSUES)),
        "by_verdict": {verdict: verdicts[verdict] for verdict in get_args(Verdict)},
        "by_theme": _most_first(themes),
        "by_case": _most_first(cases),
    }


def _lines_in(file: Path) -> int | None:
    if not file.exists():
        return None
    with file.open("rb") as stream:
        return sum(1 for _ in stream)


def _most_first(counted: Counter[str]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def _cell(value: object) -> object:
    """Return a value as one cell holds it."""
    return (BETWEEN.join(map(str, value)) or None) if isinstance(value, list | tuple) else value


@contextmanager
def _replacing(file: Path) -> Iterator[Path]:
    """Give a file to write beside another; when the block ends well, it takes that one's place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.new")
    try:
        yield beside
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
