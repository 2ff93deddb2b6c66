"""A job, what it is asked for, and where its files are.

    REPORTS/                  `Settings.reports_folder`
      slots/0.lock            held by the process that runs the jobs of that slot, one at a time
      ID/                     a job; .new-ID while it is being sent
        input/                what was sent: schools.csv, concerns.csv, mapping.yaml
        report/               what `warts report` would have written into its folder
        report.zip            the same, packed; when it is there, all else is removed
        told.json             what the job's process had to say at its end: `service.jobs.child`

No name here is one that a caller chose.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from engine.matcher import DEFAULT_MATCHES
from engine.queries import MOST_MATCHES
from service.reports.formats import FORMATS, USUAL_FORMATS, formats_of

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
INPUT, REPORT, ZIP, TOLD = "input", "report", "report.zip", "told.json"
SLOTS = "slots"


class JobOptions(BaseModel):
    """What a report is to be like: the options of `warts report`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: tuple[str, ...] = Field(
        tuple(USUAL_FORMATS.split(",")), description=f"Some of {','.join(FORMATS)}, with commas."
    )
    k: int = Field(DEFAULT_MATCHES, ge=1, le=MOST_MATCHES, description="The most matches a concern.")
    closeness: float | None = Field(None, ge=0, le=1, description="How much the school counts.")

    @field_validator("format", mode="before")
    @classmethod
    def _of_a_list_with_commas(cls, told: object) -> object:
        return formats_of(told) if isinstance(told, str) else told


class JobInput(BaseModel):
    """The files that were sent, as they are called here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schools: tuple[str, ...]
    concerns: str | None = None
    mapping: str | None = None


class JobAsked(BaseModel):
    """What a job is to do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    options: JobOptions
    input: JobInput


@dataclass(frozen=True, slots=True)
class Counted:
    """What was found in an input.

    Attributes:
        schools: How many there are.
        left_out: How many rows or concerns could not be read.
        warnings: How many values count as unknown, and what else there is to be told.
    """

    schools: int
    left_out: int
    warnings: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        id: Its name, which nobody can guess.
        key_id: The key that it belongs to.
        state: What has become of it.
        asked: What it is to do.
        counted: What was found in its input.
        made: When it was sent, in UTC.
        done: How many of its schools are matched.
        seconds_left: About how long matching the others takes; None where that is not known.
        slot: Which slot runs it; None while none does.
        losses: How often the server or its process was ended from outside since it last got on.
        finished: When it was done or failed.
        expires: When it is deleted; None until it is finished.
        bytes: Size of what can be downloaded.
        reason: Why it failed.
    """

    id: str
    key_id: int
    state: JobState
    asked: JobAsked
    counted: Counted
    made: str
    done: int
    seconds_left: float | None
    slot: int | None
    losses: int
    finished: str | None
    expires: str | None
    bytes: int | None
    reason: str | None


def files_of(folder: Path, sent: JobInput) -> list[Path]:
    """Return where the files of an input are, in the order of the command's options."""
    names = (*sent.schools, *(name for name in (sent.concerns, sent.mapping) if name))
    return [folder / INPUT / name for name in names]
