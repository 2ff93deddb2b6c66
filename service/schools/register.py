"""The register of schools as it is asked: by number, and by words of a name and place.

It is opened when it is first asked, read only, and opened again when another one has taken its place. Several
threads may ask it.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.registers.school import RegisterSchool
from service.schools.building import COLUMNS, FILE, VERSION, school_of
from service.schools.errors import NoRegisterError, RegisterDamagedError, UnknownSchoolError
from service.schools.words import LONGEST_QUERY, folded, with_all, with_any, words_of_query

MOST_FOUND = 50
_BY_NUMBER = f"SELECT {COLUMNS} FROM school WHERE number IN (?, ?)"  # noqa: S608
# First those whose name is what was typed, then those whose name begins so, then by BM25, a word of the name
# counting ten times one of the place.
_BY_WORDS = f"""
SELECT {COLUMNS}
FROM (SELECT rowid AS row, bm25(found, 10, 1) AS distance FROM found WHERE found MATCH ?)
JOIN school ON id = row
ORDER BY words = ? DESC, substr(words, 1, length(?)) = ? DESC, distance, words, place, number
LIMIT ?
"""  # noqa: S608
_NUMBER = re.compile(r"[0-9]{4,12}")
_LONGEST_NUMBER = 12  # digits


@dataclass(frozen=True, slots=True)
class Found:
    """Schools that were found, the likeliest first.

    Attributes:
        schools: At most as many as were asked for.
        more: Whether there are others.
        near: Whether none has all of the words, and these have some of them.
    """

    schools: tuple[RegisterSchool, ...]
    more: bool = False
    near: bool = False


class SchoolRegister:
    """The register in a state folder, which need not be there."""

    def __init__(self, state: Path) -> None:
        self._file = state / FILE
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, ...] | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether there is a register; asking costs a look at the folder."""
        return self._identity() is not None

    def find(self, text: str, limit: int = 10) -> Found:
        """Return the schools whose number, name or place is typed, the likeliest first.

        Args:
            text: A number, or words of a name and perhaps a place; beginnings of words do.
            limit: The most to return, 1 to `MOST_FOUND`.

        Raises:
            NoRegisterError: If no register is loaded.
            RegisterDamagedError: If it cannot be read.
        """
        words, typed = words_of_query(text), folded(text[:LONGEST_QUERY])
        if not words and self.is_loaded:
            return Found(())

        def by_words(query: str) -> list[RegisterSchool]:
            return self._ask(_BY_WORDS, (query, typed, typed, typed, limit + 1))

        numbered = [
            school
            for word in words
            if _NUMBER.fullmatch(word)
            for school in self._ask(_BY_NUMBER, (word, word.zfill(_LONGEST_NUMBER)))
        ]
        found = by_words(with_all(words))
        near = not numbered and not found and len(words) > 1
        if near:
            found = by_words(with_any(words))
        seen = {school.number for school in numbered}
        schools = (*numbered, *(school for school in found if school.number not in seen))
        return Found(schools[:limit], more=len(schools) > limit, near=near and bool(schools))

    def school(self, number: str) -> RegisterSchool:
        """Return the school of a number; an NCES number may lack its leading zeros.

        Raises:
            UnknownSchoolError: If no open school has it.
            NoRegisterError: If no register is loaded.
            RegisterDamagedError: If it cannot be read.
        """
        known = self._ask(_BY_NUMBER, (number, number.zfill(_LONGEST_NUMBER)))
        if not known:
            raise UnknownSchoolError(number)
        return known[0]

    def close(self) -> None:
        """Let go of the file; a later question opens it again."""
        with self._lock:
            self._close()

    def _ask(self, query: str, values: Sequence[Any]) -> list[RegisterSchool]:
        with self._lock:
            try:
                rows = self._current().execute(query, values).fetchall()
            except sqlite3.Error as error:
                self._close()
                raise RegisterDamagedError(self._file, str(error)) from error
        return [school_of(row) for row in rows]

    def _current(self) -> sqlite3.Connection:
        """Return a connection to the register that is there now."""
        identity = self._identity()
        if identity is None:
            self._close()
            raise NoRegisterError
        if self._connection is None or identity != self._opened:
            self._close()
            # It is replaced and never changed, so nothing needs locking, and its folder need not be ours.
            address = f"{self._file.resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self._opened = identity
            (version,) = self._connection.execute("PRAGMA user_version").fetchone()
            if version != VERSION:
                self._close()
                raise RegisterDamagedError(self._file, f"its version is {version}, and {VERSION} is needed")
        return self._connection

    def _identity(self) -> tuple[int, ...] | None:
        try:
            known = self._file.stat()
        except OSError:
            return None
        return (known.st_dev, known.st_ino, known.st_size, known.st_mtime_ns)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._opened = None
