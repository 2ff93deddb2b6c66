"""The errors of the matching engine."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from corpus.errors import WartsError


class MatchingError(WartsError):
    """Something that cannot be matched, compared or judged."""


class CaseNotFoundError(MatchingError):
    """No case has this id."""

    def __init__(self, case_id: str, *, near: tuple[str, ...] = ()) -> None:
        advice = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"there is no case {case_id!r}{advice}")
        self.case_id, self.near = case_id, near

    @classmethod
    def among(cls, case_id: str, known: Iterable[str]) -> CaseNotFoundError:
        """Return the error with the ids that are spelt alike."""
        return cls(case_id, near=tuple(difflib.get_close_matches(case_id, list(known), n=2)))


class JudgementsError(MatchingError):
    """Queries or judgements cannot be read."""

    def __init__(self, file: Path, line: int | None, message: str) -> None:
        super().__init__(f"{file}{f':{line}' if line else ''}: {message}")
        self.file, self.line = file, line


class RegisterFormatError(MatchingError):
    """A file is no extract of a register of schools that is known."""

    def __init__(self, file: Path, message: str) -> None:
        super().__init__(f"{file} cannot be read as a register of schools: {message}")
        self.file = file


class ReportInputError(MatchingError):
    """A file of schools, of concerns or of a mapping cannot be read as a whole."""

    def __init__(self, file: Path, message: str) -> None:
        super().__init__(f"{file} cannot be read: {message}")
        self.file = file
