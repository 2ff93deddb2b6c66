"""The JSON of reports that are made as jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from service.jobs.address import ADDRESS

if TYPE_CHECKING:  # a client has no use for it, nor for all that it brings
    from service.jobs.job import Job


class ReportJobOut(BaseModel):
    """A report that is made as a job."""

    version: Literal[1] = 1
    id: str
    state: Literal["queued", "running", "done", "failed"] = Field(
        description="One that gives way to those of others is queued again, and goes on later."
    )
    schools: int = Field(description="Schools of the input.")
    schools_done: int = Field(description="Schools that are matched; when all are, the files are written.")
    seconds_left: float | None = Field(
        description="Until all are matched, about; null where that is not known."
    )
    rows_left_out: int = Field(description="Rows and concerns that could not be read; issues.jsonl has them.")
    warnings: int = Field(description="Values that count as unknown, and the like; in issues.jsonl, too.")
    format: list[str]
    k: int
    closeness: float | None
    made: str = Field(description="When it was asked for, in UTC.")
    finished: str | None = Field(description="When it was done or failed.")
    expires: str | None = Field(description="When it will be deleted; null until it is finished.")
    reason: str | None = Field(description="Why it failed.")
    download: str | None = Field(description="Address of the ZIP; null until it is done.")
    bytes: int | None = Field(description="Size of the ZIP.")

    @classmethod
    def of(cls, job: Job) -> ReportJobOut:
        """Return what is told of a job."""
        if job.state == "cancelled":
            raise ValueError("a job that was cancelled is not told of")
        options = job.asked.options
        return cls(
            id=job.id,
            state=job.state,
            schools=job.counted.schools,
            schools_done=job.done,
            seconds_left=job.seconds_left,
            rows_left_out=job.counted.left_out,
            warnings=job.counted.warnings,
            format=list(options.format),
            k=options.k,
            closeness=options.closeness,
            made=job.made,
            finished=job.finished,
            expires=job.expires,
            reason=job.reason,
            download=f"{ADDRESS}/{job.id}/download" if job.state == "done" else None,
            bytes=job.bytes,
        )


class ReportJobsOut(BaseModel):
    """The reports of a key."""

    version: Literal[1] = 1
    reports: list[ReportJobOut]
