"""From extracts of registers to the file that is searched.

It is written beside the one that is there and takes its place in one step: a reader finds the old register or
the new one. Files of one import are joined by the schools' numbers.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from corpus.issues import Issue, Severity
from engine.context import SchoolContext
from engine.registers.reading import read_register
from engine.registers.school import RegisterSchool
from index.encoder import Progress
from index.storage import sync
from service.schools.errors import NothingToKeepError, RegisterDamagedError
from service.schools.words import folded

FILE = "schools.sqlite"
VERSION = 1  # of the tables
MOST_ISSUES = 200  # kept of each severity; the others are counted
COLUMNS = "number, name, town, postcode, authority, context, closed"  # what a school is made of
_TABLES = """
CREATE TABLE school (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT, town TEXT, postcode TEXT, authority TEXT,
    context TEXT NOT NULL, closed INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    words TEXT, place TEXT
);
CREATE VIRTUAL TABLE found USING fts5(
    words, place, content='school', content_rowid='id', prefix='2 3', tokenize='unicode61'
);
"""

_KNOWN = f"SELECT {COLUMNS}, file, line FROM school WHERE number = ?"  # noqa: S608
_ADD = f"INSERT INTO school ({COLUMNS}, file, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_CHANGE = f"UPDATE school SET ({COLUMNS}) = (?, ?, ?, ?, ?, ?, ?) WHERE number = ?"  # noqa: S608


@dataclass(slots=True)
class Imported:
    """What became of the rows of an import.

    Every row is one of ``kept``, ``closed``, ``joined``, ``unnamed`` and ``unusable``.

    Attributes:
        rows: How many there were.
        kept: Schools that can be found now.
        closed: Schools left out because they are closed.
        joined: Rows that told more of a school that another file has.
        unnamed: Schools left out because no file names them.
        unusable: Rows left out; ``issues`` say why.
        doubtful: Values that were not understood and count as unknown.
        issues: The first `MOST_ISSUES` of the errors, and of the warnings.
    """

    rows: int = 0
    kept: int = 0
    closed: int = 0
    joined: int = 0
    unnamed: int = 0
    unusable: int = 0
    doubtful: int = 0
    issues: list[Issue] = field(default_factory=list)

    def note(self, issue: Issue) -> None:
        """Count an issue, and keep it if it is among the first."""
        if issue.severity == "error":
            self.rows, self.unusable = self.rows + 1, self.unusable + 1
        else:
            self.doubtful += 1
        if self._told(issue.severity) <= MOST_ISSUES:
            self.issues.append(issue)

    def _told(self, severity: Severity) -> int:
        return self.unusable if severity == "error" else self.doubtful


def import_registers(files: Sequence[Path], state: Path, *, progress: Progress | None = None) -> Imported:
    """Replace the register by what some extracts hold.

    Args:
        files: Extracts of GIAS or the NCES; those of one register are joined by number.
        state: Folder that the register is kept in; made if it does not exist.
        progress: Called now and then with the bytes read and those there are.

    Raises:
        RegisterFormatError: If a file is of no register that is known.
        NothingToKeepError: If no row is an open school with a name; the register stays as it was.
        RegisterDamagedError: If the new one cannot be written.
        OSError: If a file cannot be read, or the folder not written.
    """
    # All of them are looked at before any is read.
    readings = [read_register(file, progress=_within(files, at, progress)) for at, file in enumerate(files)]
    state.mkdir(parents=True, exist_ok=True)
    with _replacing(state / FILE) as connection:
        imported = Imported()
        for at, rows in enumerate(readings):
            for row in rows:
                if isinstance(row, Issue):
                    imported.note(row)
                else:
                    _add(connection, row, at, imported)
        _finish(connection, imported)
        if not imported.kept:
            raise NothingToKeepError(rows=imported.rows, unusable=imported.unusable, unnamed=imported.unnamed)
    return imported


def drop_register(state: Path) -> bool:
    """Remove the register; say whether there was one."""
    there = (state / FILE).exists()
    (state / FILE).unlink(missing_ok=True)
    return there


def _within(files: Sequence[Path], at: int, progress: Progress | None) -> Progress | None:
    """Return how one of several files tells of its progress among all of them."""
    if progress is None:
        return None
    sizes = [file.stat().st_size for file in files]
    return lambda done, _: progress(sum(sizes[:at]) + done, sum(sizes))


@contextmanager
def _replacing(file: Path) -> Iterator[sqlite3.Connection]:
    """Give an empty register to fill; when the block ends well, it takes the place of the one before."""
    beside = file.with_name(f".{file.name}.new")
    with FileLock(file.with_name(f".{file.name}.lock")):
        beside.unlink(missing_ok=True)  # of an import that died: we hold the lock
        try:
            with closing(sqlite3.connect(beside, isolation_level=None)) as connection:
                # Nobody reads it before it is whole, and what is not whole is thrown away.
                connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
                connection.executescript(_TABLES)
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
                connection.execute("VACUUM")
            sync(beside)
            beside.replace(file)
            sync(file.parent)
        except sqlite3.Error as error:
            raise RegisterDamagedError(file, f"a new one could not be written ({error})") from error
        finally:
            beside.unlink(missing_ok=True)


def _add(connection: sqlite3.Connection, school: RegisterSchool, file: int, imported: Imported) -> None:
    """Add a school, or what a further file tells of one."""
    assert school.place is not None  # noqa: S101 -- told to mypy: it was just read
    known = connection.execute(_KNOWN, (school.number,)).fetchone()
    if known is None:
        connection.execute(_ADD, (*_values(school), file, school.place.line))
    elif known[-2] == file:
        message = f"the number {school.number} stands already on line {known[-1]}; the first one is kept"
        imported.note(Issue("duplicate-number", message, school.place, school.number))
        return
    else:
        connection.execute(_CHANGE, (*_values(school_of(known[:-2]).joined(school)), school.number))
        imported.joined += 1
    imported.rows += 1


def _values(school: RegisterSchool) -> tuple[Any, ...]:
    context = json.dumps(school.context.known, ensure_ascii=False)
    where = (school.town, school.postcode, school.authority)
    return (school.number, school.name, *where, context, school.closed)


def school_of(values: Sequence[Any]) -> RegisterSchool:
    """Return the school that the values of `COLUMNS` tell of."""
    number, name, town, postcode, authority, context, closed = values
    return RegisterSchool(
        number=number,
        name=name,
        context=SchoolContext.model_validate_json(context),
        closed=bool(closed),
        town=town,
        postcode=postcode,
        authority=authority,
    )


def _finish(connection: sqlite3.Connection, imported: Imported) -> None:
    """Leave out what nobody looks for, and make the rest searchable."""
    imported.closed = connection.execute("DELETE FROM school WHERE closed").rowcount
    imported.unnamed = connection.execute("DELETE FROM school WHERE name IS NULL").rowcount
    connection.create_function("folded_name", 1, folded, deterministic=True)
    connection.create_function("folded_place", 3, _folded_place, deterministic=True)
    connection.execute(
        "UPDATE school SET words = folded_name(name), place = folded_place(town, authority, postcode)"
    )
    connection.execute("INSERT INTO found(found) VALUES ('rebuild')")
    connection.execute("INSERT INTO found(found) VALUES ('optimize')")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    imported.kept = connection.execute("SELECT count(*) FROM school").fetchone()[0]


def _folded_place(town: str | None, authority: str | None, postcode: str | None) -> str:
    closed_up = postcode and postcode.replace(" ", "")  # it is typed with its space and without
    return folded(" ".join(part for part in (town, authority, postcode, closed_up) if part))
