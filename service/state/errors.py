"""The errors of the service's state.

StateError
    |- NewerStateError         the database is of a newer version of the program
    |- UnreadableStateError    it cannot be opened, or is no database
    |- KeyNameTakenError       a key of that name is in use
    |- KeyNotFoundError        no key of that name is in use
    |- FeedbackNotFoundError   there is no feedback of that number
    |- BackupError             an archive cannot be made, or is none, or is damaged
"""

from __future__ import annotations

from pathlib import Path

from corpus.errors import WartsError


class StateError(WartsError):
    """A problem with what the service keeps."""


class NewerStateError(StateError):
    """The database was written by a newer version of the program."""

    def __init__(self, path: Path, *, found: int, known: int) -> None:
        super().__init__(
            f"{path} has version {found}, and this program knows versions up to {known}: "
            "run the program that wrote it, or a newer one"
        )
        self.path, self.found, self.known = path, found, known


class UnreadableStateError(StateError):
    """The database cannot be opened."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be used: {reason}; see that its folder (WARTS_STATE) can be written, or bring "
            "the file back with `warts restore`"
        )
        self.path, self.reason = path, reason


class KeyNameTakenError(StateError):
    """A key of that name is in use."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a key {name!r} already; choose another name, or revoke that one first")
        self.name = name


class KeyNotFoundError(StateError):
    """No key of that name is in use."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no key in use is called {name!r}; `warts keys list` tells the names")
        self.name = name


class FeedbackNotFoundError(StateError):
    """There is no feedback of that number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no feedback {number}; `warts feedback list` tells the numbers")
        self.number = number


class BackupError(StateError):
    """An archive cannot be made, or cannot be trusted."""
