"""The errors of making a report."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import WartsError


class ReportError(WartsError):
    """A report that cannot be made."""


class RunError(ReportError):
    """A folder that a run cannot be written into, or go on in."""

    def __init__(self, folder: Path, message: str) -> None:
        super().__init__(f"{folder}: {message}")
        self.folder = folder


class FormatError(ReportError):
    """A format that cannot be written here."""


class EngineError(ReportError):
    """What works a report out elsewhere is not there, or ended."""
