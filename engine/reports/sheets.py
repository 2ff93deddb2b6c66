"""Workbooks (XLSX) and Parquet files, row by row."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.issues import Issue, Place
from engine.errors import ReportInputError
from engine.reports.rows import TableRow, row_of_values, text_of

_ROWS_AT_ONCE = 200
_MOST_ROWS = 1 << 20  # of a sheet, as spreadsheets have it
_MOST_COLUMNS = 2000
_MOST_UNPACKED = 1 << 29  # bytes of a workbook, so that a small file cannot fill the memory


def read_workbook(file: Path, sheet: str | None) -> Iterator[TableRow | Issue]:
    """Yield the rows of a sheet of a workbook; its first row that is not blank names the columns.

    Args:
        file: An XLSX file.
        sheet: Name of the sheet; None for the first.

    Raises:
        ReportInputError: If it is no workbook, is too large once unpacked, or has no such sheet.
    """
    import openpyxl

    _refuse_what_is_too_large(file)
    with file.open("rb") as raw:
        try:
            with warnings.catch_warnings():  # of styles and checks of input, which are not read
                warnings.simplefilter("ignore")
                book = openpyxl.load_workbook(raw, read_only=True, data_only=True, keep_links=False)
        except Exception as error:  # the library lets through whatever its parsers raise
            raise ReportInputError(file, f"it is no workbook ({error or type(error).__name__})") from error
        try:
            yield from _sheet_rows(file, _chosen(file, book, sheet))
        finally:
            book.close()


def _refuse_what_is_too_large(file: Path) -> None:
    try:
        with zipfile.ZipFile(file) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise ReportInputError(file, "it is no workbook; save it again as .xlsx or as CSV") from error
    if unpacked > _MOST_UNPACKED:
        raise ReportInputError(file, f"it holds {unpacked:,} bytes when unpacked; save it as CSV instead")


def _chosen(file: Path, book: Any, sheet: str | None) -> Any:
    if not book.worksheets:
        raise ReportInputError(file, "the workbook has no sheet with cells")
    if sheet is None:
        return book.worksheets[0]
    for one in book.worksheets:
        if one.title.strip().casefold() == sheet.strip().casefold():
            return one
    raise ReportInputError(file, f"it has no sheet {sheet!r}, but {', '.join(book.sheetnames)}")


def _sheet_rows(file: Path, sheet: Any) -> Iterator[TableRow | Issue]:
    names: list[str] | None = None
    sheet.reset_dimensions()  # what the file says of them may be wrong
    numbered = enumerate(sheet.iter_rows(max_row=_MOST_ROWS), start=1)
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                some = [
                    (line, [_cell_text(cell) for cell in row[:_MOST_COLUMNS]])
                    for line, row in _some(numbered)
                ]
        except Exception as error:  # noqa: BLE001 -- as above; what was read before stays
            message = f"from about here on the sheet cannot be read ({error or type(error).__name__})"
            yield Issue("malformed", message, Place(str(file)))
            return
        if not some:
            return
        for line, cells in some:
            if not any(cells):
                continue
            if names is None:
                names = cells
            else:
                yield TableRow(line, names, (cells + [""] * (len(names) - len(cells)))[: len(names)])


def _some(numbered: Iterator[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    return islice(numbered, _ROWS_AT_ONCE)


def _cell_text(cell: Any) -> str:
    value = cell.value
    if value is None or cell.data_type == "e":  # a formula that failed tells nothing
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return f"{value * 100:.10g}%"
    return text_of(value)


def read_parquet(file: Path) -> Iterator[TableRow | Issue]:
    """Yield the rows of a Parquet file, numbered from 1.

    Raises:
        ReportInputError: If it is no Parquet file, or the library that reads them is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        advice = 'Parquet needs a library of its own: pip install "warts-and-all[parquet]"'
        raise ReportInputError(file, advice) from error
    line = 0
    file.open("rb").close()  # whose absence is not the library's to tell
    try:
        with pyarrow.parquet.ParquetFile(file) as table:
            for batch in table.iter_batches(batch_size=_ROWS_AT_ONCE):
                for values in batch.to_pylist():
                    line += 1
                    yield row_of_values(line, values)
    except Exception as error:  # the library has no class of its own for all that damaged files bring about
        why = (str(error).splitlines() or [type(error).__name__])[0]
        if not line:
            raise ReportInputError(file, f"it is no Parquet file ({why})") from error
        yield Issue("malformed", f"behind row {line} it cannot be read ({why})", Place(str(file), line))
