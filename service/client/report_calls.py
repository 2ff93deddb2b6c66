"""Reports on many schools, made as jobs: what can be asked of a server about them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypedDict
from urllib.parse import quote

from service.client.calls import Call, read_as
from service.jobs.address import ADDRESS
from service.jobs.schemas import ReportJobOut, ReportJobsOut

SECONDS_BETWEEN = 2.0  # looks at a report that is waited for
FINISHED = ("done", "failed")
_SECONDS_TO_SEND = 300.0  # files, and to have them looked through

Tell = Callable[[ReportJobOut], object]


class ReportOptions(TypedDict, total=False):
    """What a report may be told besides its schools; docs/reports.md says what each does."""

    concerns: Path | None
    mapping: Path | None
    formats: Sequence[str]
    k: int
    closeness: float | None


def make_report(schools: Path | Sequence[Path], options: ReportOptions) -> Call[ReportJobOut]:
    """Send files of schools to be reported on.

    Raises:
        OSError: If one cannot be read.
    """
    named = [("schools", file) for file in ([schools] if isinstance(schools, Path) else schools)]
    named += [("concerns", file)] if (file := options.get("concerns")) else []
    named += [("mapping", file)] if (file := options.get("mapping")) else []
    told = {
        "format": ",".join(options.get("formats", ())),
        "k": options.get("k"),
        "closeness": options.get("closeness"),
    }
    return Call(
        *("POST", ADDRESS, read_as(ReportJobOut)),
        form={name: str(value) for name, value in told.items() if value not in ("", None)},
        files=[(name, (file.name, file.read_bytes())) for name, file in named],
        timeout=_SECONDS_TO_SEND,
    )


def reports() -> Call[ReportJobsOut]:
    """Ask for the reports of the key."""
    return Call("GET", ADDRESS, read_as(ReportJobsOut))


def report(report_id: str) -> Call[ReportJobOut]:
    """Ask how far a report is."""
    return Call("GET", _report(report_id), read_as(ReportJobOut))


def download_path(report_id: str) -> str:
    """Return where a report that is done is downloaded."""
    return f"{_report(report_id)}/download"


def delete_report(report_id: str) -> Call[None]:
    """Cancel and delete a report."""
    return Call("DELETE", _report(report_id), lambda _: None)


def _report(report_id: str) -> str:
    return f"{ADDRESS}/{quote(report_id, safe='')}"


def next_look(end: float | None) -> float:
    """Return the seconds until a report that is waited for is looked at again.

    Args:
        end: When waiting ends, by `time.monotonic`; None for never.

    Raises:
        TimeoutError: If that is now.
    """
    left = SECONDS_BETWEEN if end is None else end - time.monotonic()
    if left <= 0:
        raise TimeoutError("the report is not done yet; the server goes on with it")
    return min(left, SECONDS_BETWEEN)


@contextmanager
def written_beside(file: Path) -> Iterator[BinaryIO]:
    """Give a stream whose content takes the place of a file when all went well."""
    beside = file.with_name(f".{file.name}.part")
    try:
        with beside.open("wb") as stream:
            yield stream
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
