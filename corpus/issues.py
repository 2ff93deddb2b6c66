"""An issue: what is wrong with a record, exactly where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: a file, and the line on which it begins (None where none is known)."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of a check.

    Attributes:
        code: A stable short name of the rule, kebab-case.
        message: What is wrong and what to do, one sentence.
        place: File and line.
        record_id: The record's id, None where it has no readable one.
        field: Path to the field in the contract's words, such as ``objections[1].result``.
        severity: An error keeps the record out; a warning asks for a look.
    """

    code: str
    message: str
    place: Place
    record_id: str | None = None
    field: str | None = None
    severity: Severity = "error"

    def __str__(self) -> str:
        where = ": ".join(part for part in (str(self.place), self.record_id, self.field) if part)
        return f"{where}: {self.severity}: {self.message} [{self.code}]"

    def as_json(self) -> dict[str, Any]:
        """Return the issue as plain values, keys ``file, line, id, field, severity, code, message``."""
        return {
            "file": self.place.file,
            "line": self.place.line,
            "id": self.record_id,
            "field": self.field,
            "severity": self.severity,
            "code": self.code,
            "message": self.message,
        }


def errors_among(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield the issues that keep a record out."""
    return (issue for issue in issues if issue.severity == "error")
