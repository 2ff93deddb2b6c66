"""The root of every error of this project, and the errors of the corpus layer.

WartsError
    |- CorpusError
    |  |- CaseFileNotFoundError   a path that was named does not exist
    |  |- BrokenRecordsError      records were refused; carries the located issues
    |- SearchIndexError           (index.errors)
    |- MatchingError              (engine.errors)

Every layer's errors descend from `WartsError`, so that a caller can catch one class.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.issues import Issue


MOST_SHOWN = 20


class WartsError(Exception):
    """Something a person can act on; its text says how."""


class CorpusError(WartsError):
    """A problem with case studies or the files that hold them."""


class CaseFileNotFoundError(CorpusError):
    """A file or folder of case studies does not exist, or holds none."""

    def __init__(self, path: Path, reason: str = "does not exist") -> None:
        super().__init__(f"{path}: {reason}; name a .yaml, .json or .jsonl file, or a folder of them")
        self.path = path


class BrokenRecordsError(CorpusError):
    """Some records could not be accepted, so none was taken."""

    def __init__(self, issues: tuple[Issue, ...], *, hint: str) -> None:
        shown = "\n".join(str(issue) for issue in issues[:MOST_SHOWN])
        more = f"\n... and {len(issues) - MOST_SHOWN} more" if len(issues) > MOST_SHOWN else ""
        super().__init__(f"{shown}{more}\n{hint}")
        self.issues = issues
