"""Files of schools in, the schools of a report and located issues out.

`read_schools` is the way in. A row that cannot be used is an issue with its file and line, and the rest goes
on; what is blank is unknown. All files are read before the first school comes, because the concerns of one
may stand anywhere in them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from corpus.issues import Issue, Place
from engine.errors import ReportInputError
from engine.registers.school import RowError
from engine.reports.columns import Layout, layout_of, missing_columns, read_concern
from engine.reports.gathering import Gathering
from engine.reports.mapping import ColumnMapping, read_mapping
from engine.reports.records import ReportSchool
from engine.reports.rows import TableRow, distinct, read_rows
from engine.reports.values import READERS
from index.encoder import Progress

_BYTES_BETWEEN_NEWS = 1 << 18
_MOST_NAMED = 12  # columns in an error
_LOOSE = (".jsonl", ".ndjson")  # whose rows have the keys they need


def read_schools(
    paths: Sequence[Path],
    *,
    mapping: Path | None = None,
    concerns: Path | None = None,
    progress: Progress | None = None,
) -> Iterator[ReportSchool | Issue]:
    """Yield what is wrong with the input, then its schools in the order in which they first stand in it.

    Extracts of a register are joined with other files by the schools' numbers. An issue that is an error
    stands for what was left out: a row, or a concern of one; a warning names what counts as unknown or was
    passed over.

    Args:
        paths: Files of schools: CSV, XLSX, Parquet or JSON Lines; extracts of GIAS or the NCES, our template,
            or anything that the mapping describes.
        mapping: A file that says which columns tell what (see `engine.reports.mapping`).
        concerns: A file with the columns id and text, for concerns that stand apart from their schools.
        progress: Called now and then with the bytes read and those there are.

    Raises:
        ReportInputError: If a file or the mapping cannot be read as a whole.
        OSError: If a file cannot be opened. Both come once the first item is asked for.
    """
    columns = read_mapping(mapping) if mapping else None
    files = [*paths, *([concerns] if concerns else [])]
    sizes = [file.stat().st_size for file in files]
    with Gathering() as gathered:
        for number, file in enumerate(files):
            at = _within(sum(sizes[:number]), sum(sizes), progress)
            if number < len(paths):
                yield from _gather_schools(gathered, file, columns, at)
            else:
                yield from _gather_concerns(gathered, file, at)
        for name, count in gathered.closed():
            message = f"{count:,} closed schools without a concern were left out"
            yield Issue("closed", message, Place(name), severity="warning")
        if progress:
            progress(sum(sizes), sum(sizes))
        yield from gathered.schools()


def _gather_schools(
    gathered: Gathering, file: Path, mapping: ColumnMapping | None, at: Callable[[int], None]
) -> Iterator[Issue]:
    layout: Layout | None = None
    names: Sequence[str] | None = None
    chosen = {"encoding": mapping.encoding, "sheet": mapping.sheet} if mapping else {}
    for row in read_rows(file, **chosen, at=at):
        if isinstance(row, Issue):
            yield row
            continue
        if row.names is not names:
            first, names, layout = names is None, row.names, layout_of(row.names, mapping)
            if first:
                yield from _look_at(file, row.names, layout, mapping)
        place = Place(str(file), row.line)
        if layout is None:
            yield Issue("unusable-row", "there is no id", place, field="id")
        else:
            yield from _gather_row(gathered, layout, row, place)


def _look_at(
    file: Path, names: Sequence[str], layout: Layout | None, mapping: ColumnMapping | None
) -> Iterator[Issue]:
    """Tell what the columns of a file lack, by its first row."""
    there = distinct(names)
    listed = ", ".join(there[:_MOST_NAMED]) + (" ..." if len(there) > _MOST_NAMED else "")
    if layout is None:
        wanted = (
            f"the mapping's {mapping.columns['id'][0]}"
            if mapping
            else "id; a mapping can name the one that is"
        )
        known = "URN and EstablishmentName (GIAS), or NCESSCH (NCES)"
        raise ReportInputError(file, f"it must have the columns {known}, or {wanted}; it has {listed}")
    if mapping and (missing := missing_columns(names, mapping)) and file.suffix.lower() not in _LOOSE:
        message = (
            f"the mapping names the columns {', '.join(missing)}, which are not there; there are {listed}"
        )
        raise ReportInputError(file, message)
    for name in layout.passed_over[:_MOST_NAMED]:
        near = difflib.get_close_matches(name.strip().casefold(), (*READERS, "id", "concern_1"), n=1)
        advice = f"; did you mean {near[0]}?" if near else ""
        yield Issue(
            "unknown-column", f"this column is passed over{advice}", Place(str(file)), None, name, "warning"
        )


def _gather_row(gathered: Gathering, layout: Layout, row: TableRow, place: Place) -> Iterator[Issue]:
    try:
        read = layout.read(row)
    except RowError as error:
        yield Issue("unusable-row", str(error), place, field=error.column)
        return
    if read is None:
        return
    school_id = read.school.number
    if issue := gathered.add(read, place):
        yield issue
    yield from (Issue("not-understood", why, place, school_id, name, "warning") for name, why in read.doubts)
    yield from (Issue("not-allowed", why, place, school_id, name) for name, why in read.refused)


def _gather_concerns(gathered: Gathering, file: Path, at: Callable[[int], None]) -> Iterator[Issue]:
    for row in read_rows(file, at=at):
        if isinstance(row, Issue):
            yield row
            continue
        place = Place(str(file), row.line)
        try:
            read = read_concern(row)
        except RowError as error:
            yield Issue("unusable-row", str(error), place, field=error.column)
            continue
        if read is None:
            continue
        school_id, concerns, refused = read
        if issue := gathered.add_concerns(school_id, concerns, place):
            yield issue
        yield from (Issue("not-allowed", why, place, school_id, name) for name, why in refused)


def _within(before: int, total: int, progress: Progress | None) -> Callable[[int], None]:
    last = before

    def told(done: int) -> None:
        nonlocal last
        if progress and before + done - last >= _BYTES_BETWEEN_NEWS:
            last = before + done
            progress(last, total)

    return told
