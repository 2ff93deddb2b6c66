"""Why the process of a job failed: read from what it told and its exit code, told on to log and caller."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from service.jobs import child

logger = logging.getLogger("warts")
DIED = "the process that worked on it ended unexpectedly; it may need more memory than there is"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a process failed.

    Attributes:
        reason: In words for callers.
        field: Field of the form whose content is at fault; None where that is not so.
        no_room: Whether the disk is full.
    """

    reason: str
    field: str | None
    no_room: bool


def failure_of(folder: Path, code: int, job_id: str) -> Failure:
    """Return why a process failed; what nobody foresaw is told to the log.

    Args:
        folder: In which it worked.
        code: Its exit code; negative: the signal that ended it.
        job_id: Of the job, for the log.
    """
    told = child.told_of(folder) if code == child.FAILED else {}
    of = {"job": job_id}
    if where := told.get("where"):
        logger.error("a report could not be made", extra={"fields": of, "traceback": where})
    elif "reason" not in told:
        logger.error("the process of a report ended with %d", code, extra={"fields": of})
    return Failure(told.get("reason", DIED), told.get("field"), bool(told.get("no_room")))
