"""What can be wrong with the register of schools, each with what to do about it."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import WartsError

_ADVICE = "an operator loads one with `warts schools import FILE`"


class SchoolsError(WartsError):
    """A problem with the register of schools."""


class NoRegisterError(SchoolsError):
    """No register is loaded."""

    def __init__(self) -> None:
        super().__init__(f"no register of schools is loaded here; {_ADVICE}")


class UnknownSchoolError(SchoolsError):
    """The register has no open school of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"the register has no open school with the number {number!r}; search it by name instead"
        )
        self.number = number


class RegisterDamagedError(SchoolsError):
    """The register's file cannot be read."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"the register of schools in {file} cannot be used: {reason}; {_ADVICE}")
        self.file = file


class NothingToKeepError(SchoolsError):
    """The files hold no open school with a name, so the register stays as it was."""

    def __init__(self, *, rows: int, unusable: int, unnamed: int) -> None:
        advice = "; give the NCES's directory beside its characteristics" if unnamed else ""
        super().__init__(
            f"no open school with a name was found in {rows:,} rows ({unusable:,} could not be used, "
            f"{unnamed:,} have a number alone), so the register stays as it was{advice}"
        )
        self.rows, self.unusable, self.unnamed = rows, unusable, unnamed
