"""What can be wrong with a report that is made as a job.

JobError
    |- JobNotFoundError     a key has no job of that id
    |- JobNotDoneError      there is nothing to download yet, or never will be
    |- TooManyJobsError     a key has as many jobs as it may
    |- UnusableInputError   what was sent cannot be reported on
    |- NoRoomError          the disk is full
"""

from __future__ import annotations

from corpus.errors import WartsError


class JobError(WartsError):
    """A problem with a job."""


class JobNotFoundError(JobError):
    """A key has no job of that id: never had, or it was deleted or has expired."""

    def __init__(self) -> None:
        super().__init__(
            "this key has no report of that id; it may have expired. /v1/reports lists those it has"
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


class UnusableInputError(JobError):
    """What was sent cannot be reported on."""


class NoRoomError(JobError):
    """The disk is full."""

    def __init__(self) -> None:
        super().__init__("there is no room left on the server's disk; tell whoever runs it")
