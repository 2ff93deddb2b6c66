"""The schools of a run while its files are read: joined by id, in a temporary database that is on no path.

So memory does not grow with the schools, and concerns may come in any order.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Self

from corpus.issues import Issue, Place
from engine.context import SchoolContext
from engine.registers.school import RegisterSchool
from engine.reports.columns import RowRead
from engine.reports.records import ReportSchool

MOST_CONCERNS = 100  # of a school
_NCES_DIGITS = 12
_TABLES = """
CREATE TABLE school (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, context TEXT NOT NULL,
    closed INTEGER NOT NULL, register TEXT, file TEXT NOT NULL, line INTEGER
);
CREATE TABLE concern (number INTEGER PRIMARY KEY, school INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX concern_of ON concern (school);
"""
_ADD = "INSERT INTO school (id, name, context, closed, register, file, line) VALUES (?, ?, ?, ?, ?, ?, ?)"
_JOIN = "UPDATE school SET name = ?, context = ?, closed = ?, register = ? WHERE number = ?"


class Gathering:
    """Schools as they come, and their concerns; a context manager."""

    def __init__(self) -> None:
        # An empty name is a file that is deleted at once. One thread at a time uses it, not always the same.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, row: RowRead, place: Place) -> Issue | None:
        """Add what a row tells; return what is wrong with it, which leaves it out."""
        school = row.school
        found = self._found(school.number)
        if found is None:
            context = school.context.model_dump_json()
            values = (
                school.number,
                school.name,
                context,
                school.closed,
                row.register,
                place.file,
                place.line,
            )
            number = self._database.execute(_ADD, values).lastrowid
        else:
            number = found[0]
            told = self._told(found, school.number)
            from_register = row.register is not None or found[4] is not None
            if from_register and place.file != found[5]:
                joined = told.joined(school)
                known = (
                    joined.name,
                    joined.context.model_dump_json(),
                    joined.closed,
                    found[4] or row.register,
                    number,
                )
                self._database.execute(_JOIN, known)
            elif not row.concerns or not _says_no_more(school, told):
                where = f"line {found[6]}" if place.file == found[5] else f"{found[5]}:{found[6]}"
                message = (
                    f"the school {school.number!r} stands already on {where};"
                    " a row that adds concerns to it may tell nothing else of it"
                )
                return Issue("duplicate-id", message, place, school.number)
        return self._add_concerns(number, school.number, row.concerns, place)

    def add_concerns(self, school_id: str, concerns: tuple[str, ...], place: Place) -> Issue | None:
        """Add the concerns of a school that is there; return what is wrong with them."""
        found = self._found(school_id)
        if found is None and school_id.isascii() and school_id.isdigit():  # a spreadsheet took its zeros
            found = self._found(school_id.zfill(_NCES_DIGITS))
        if found is None:
            return Issue("unknown-school", "no school of the input has this id", place, school_id, "id")
        return self._add_concerns(found[0], school_id, concerns, place)

    def schools(self) -> Iterator[ReportSchool]:
        """Yield the schools in the order in which they came; closed ones only where they have a concern."""
        everything = "SELECT number, id, name, context, closed, file, line FROM school ORDER BY number"
        for number, school_id, name, context, closed, file, line in self._database.execute(everything):
            texts = self._database.execute(
                "SELECT text FROM concern WHERE school = ? ORDER BY number", (number,)
            )
            concerns = tuple(dict.fromkeys(text for (text,) in texts))
            if concerns or not closed:
                known = SchoolContext.model_validate_json(context)
                yield ReportSchool(school_id, name, known, concerns, Place(file, line))

    def closed(self) -> Iterator[tuple[str, int]]:
        """Yield the files that have closed schools without a concern, with how many."""
        counted = (
            "SELECT file, count(*) FROM school WHERE closed AND NOT EXISTS"
            " (SELECT 1 FROM concern WHERE school = school.number) GROUP BY file ORDER BY min(number)"
        )
        yield from self._database.execute(counted)

    def _found(self, school_id: str) -> Any:
        select = "SELECT number, name, context, closed, register, file, line FROM school WHERE id = ?"
        return self._database.execute(select, (school_id,)).fetchone()

    @staticmethod
    def _told(found: Any, school_id: str) -> RegisterSchool:
        context = SchoolContext.model_validate_json(found[2])
        return RegisterSchool(school_id, found[1], context, closed=bool(found[3]))

    def _add_concerns(
        self, number: int | None, school_id: str, concerns: tuple[str, ...], place: Place
    ) -> Issue | None:
        counted = "SELECT count(*) FROM concern WHERE school = ?"
        room = MOST_CONCERNS - self._database.execute(counted, (number,)).fetchone()[0] if concerns else 0
        add = "INSERT INTO concern (school, text) VALUES (?, ?)"
        self._database.executemany(add, [(number, text) for text in concerns[: max(room, 0)]])
        if len(concerns) > room:
            message = f"a school has at most {MOST_CONCERNS} concerns; the others of it are left out"
            return Issue("too-many", message, place, school_id)
        return None


def _says_no_more(school: RegisterSchool, told: RegisterSchool) -> bool:
    """Say whether a row tells nothing of a school, or what is known of it already."""
    known = told.context.known
    return all(known.get(field) == value for field, value in school.context.known.items())
