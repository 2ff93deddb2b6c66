"""The database of the state: opened, brought up to date, and worked on in a thread of its own.

A command uses `open_state`, a server `State`. Functions that read and write take a connection; it commits
each statement by itself, and several as one inside `transaction`.

A change of the tables is a new file ``migrations/NNNN-what.sql``, numbered from 0001 on without a gap; files
that were released are never changed. ``PRAGMA user_version`` is the number of the last one applied.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from filelock import FileLock

from service.state.errors import NewerStateError, UnreadableStateError

FILE = "state.sqlite"
_BUSY_SECONDS = 10.0  # how long a statement waits for another process that is writing
_MIGRATIONS = Path(__file__).parent / "migrations"
Given = ParamSpec("Given")
Done = TypeVar("Done")


def now() -> str:
    """Return the time as the state keeps it, such as ``2026-11-22T09:30:00Z``."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def open_state(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the database of a state folder; both are made where they are missing.

    Raises:
        NewerStateError: If a newer program wrote it.
        UnreadableStateError: If it cannot be opened.
    """
    try:
        with closing(connect(folder)) as connection:
            yield connection
    except sqlite3.Error as error:  # such as another process that writes for too long
        raise UnreadableStateError(folder / FILE, str(error)) from error


def connect(folder: Path, *, durable: bool = True) -> sqlite3.Connection:
    """Return a connection to the database of a state folder; see `open_state`.

    Args:
        folder: It is made, readable to its owner alone, if it is not there.
        durable: Whether a commit waits until it is on the disk. Without, the last ones may be lost when the
            power fails; nothing is damaged.
    """
    path = folder / FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except (OSError, sqlite3.Error) as error:
        raise UnreadableStateError(path, str(error)) from error
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        _bring_up_to_date(connection, folder)
    except (OSError, sqlite3.Error) as error:
        connection.close()
        raise UnreadableStateError(path, str(error)) from error
    except NewerStateError:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Let everything inside happen, or nothing; nobody else writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@cache
def migrations() -> tuple[str, ...]:
    """Return the migrations as SQL, in their order."""
    return tuple(file.read_text(encoding="utf-8") for file in sorted(_MIGRATIONS.glob("*.sql")))


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many migrations a database has seen.

    Raises:
        NewerStateError: If they are more than this program knows.
    """
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > len(migrations()):
        path = connection.execute("PRAGMA database_list").fetchone()[2]
        raise NewerStateError(Path(path), found=found, known=len(migrations()))
    return int(found)


def _bring_up_to_date(connection: sqlite3.Connection, folder: Path) -> None:
    if version_of(connection) == len(migrations()):
        return
    # A lock beside the database, because SQLite lets nobody wait for a change of the journal's mode.
    with FileLock(folder / ".lock"):
        (folder / FILE).chmod(0o600)  # it holds what people wrote
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            for number, script in enumerate(migrations(), 1):
                if number > version_of(connection):  # another process may have been first
                    for statement in _statements(script):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> Iterator[str]:
    """Take a script apart: sqlite3 would commit before it runs one whole."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


class State:
    """A server's way to the database: one connection, in a thread of its own, so that the loop never waits.

    It is opened at first use.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """Take the state folder, and whether commits wait for the disk (see `connect`)."""
        self._folder, self._durable = folder, durable
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="state")

    async def run(
        self,
        work: Callable[Concatenate[sqlite3.Connection, Given], Done],
        *args: Given.args,
        **named: Given.kwargs,
    ) -> Done:
        """Return what a function of a connection does; whatever it raises is raised here."""

        def inside() -> Done:
            if self._connection is None:
                self._connection = connect(self._folder, durable=self._durable)
            return work(self._connection, *args, **named)

        return await asyncio.get_running_loop().run_in_executor(self._thread, inside)

    def close(self) -> None:
        """Finish what was begun, and close the database."""
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()
