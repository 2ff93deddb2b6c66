"""What can be wrong with a report that is made as a job.

JobError
    |- JobNotFoundError        a key has no job of that id
    |- JobNotDoneError         there is nothing to download yet, or never will be
    |- TooManyJobsError        a key has as many jobs as it may
    |- LookingError            another input of the key is being looked through
    |- NoLookFreeError         too many inputs of others are
    |- UnusableInputError      what was sent cannot be reported on
    |- NotLookedThroughError   nor can anything be said of it, which nobody foresaw
    |- LostInputError          files of a job are not what they were when it was taken
    |- NoRoomError             the disk is full
"""

from __future__ import annotations

import errno
import sqlite3

from corpus.errors import WartsError
from service.jobs.address import ADDRESS


class JobError(WartsError):
    """A problem with a job."""


class JobNotFoundError(JobError):
    """A key has no job of that id: never had, or it was deleted or has expired."""

    def __init__(self) -> None:
        super().__init__(
            f"this key has no report of that id; it may have expired. {ADDRESS} lists those it has"
        )


class JobNotDoneError(JobError):
    """There is nothing to download."""

    def __init__(self, state: str, reason: str | None) -> None:
        super().__init__(
            f"this report failed: {reason}"
            if reason
            else f"this report is {state}; come back when it is done"
        )
        self.state, self.reason = state, reason


class TooManyJobsError(JobError):
    """A key has as many jobs as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"this key has {most:,} reports, the most that are kept at a time;"
            " delete one that is no longer needed, or wait until one expires"
        )
        self.most = most


class LookingError(JobError):
    """Another input of the key is being looked through."""

    def __init__(self) -> None:
        super().__init__(
            "what this key sent before is still being looked through; send this when that is answered"
        )


class NoLookFreeError(JobError):
    """So many inputs of others are to be looked through that this one would wait for too long."""

    def __init__(self) -> None:
        super().__init__("too many files of others are being looked through; send this again in a minute")


class UnusableInputError(JobError):
    """What was sent cannot be reported on."""

    def __init__(self, message: str, field: str = "schools") -> None:
        """Take what is wrong, and the field of the form that it is wrong with."""
        super().__init__(message)
        self.field = field


class NotLookedThroughError(JobError):
    """Looking through an input ended in a way that nobody foresaw."""

    def __init__(self) -> None:
        super().__init__(
            "what was sent could not be looked through, and the server's log says why;"
            " it may be more than there is memory for: send it in parts, or as CSV"
        )


class LostInputError(JobError):
    """Files of a job are not what they were when it was taken."""

    def __init__(self) -> None:
        super().__init__("what was sent is no longer whole on the server; send it again")


class NoRoomError(JobError):
    """The disk is full."""

    def __init__(self) -> None:
        super().__init__("there is no room left on the server's disk; tell whoever runs it")


def is_no_room(error: BaseException) -> bool:
    """Say whether an error of the system, or of a database, is that the disk is full."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
