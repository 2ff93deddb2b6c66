"""A run into a folder, which may be interrupted at any moment and goes on behind its last whole line.

    OUT/
      run.json                    what it is made from and with; a run goes on only from the same
      schools.jsonl               a line a school, in the order of the input: see `engine.reports.records`
      issues.jsonl                what of the input could not be read, a line each

Nothing in these depends on the time, on the size of a batch, or on how often a run was interrupted.
"""

from __future__ import annotations

import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from corpus.issues import Issue
from engine.reports.records import ReportSchool, SchoolKept
from index.encoder import Progress
from index.storage import replace_text, sync
from service.reports.errors import RunError
from service.reports.run_file import RunFile

# Reports on schools in their order; the number is how many are to come.
Report = Callable[[Iterator[ReportSchool], int], Iterable[SchoolKept]]

RUN, LINES, ISSUES = "run.json", "schools.jsonl", "issues.jsonl"
FLUSHED = 64  # schools; as many are lost at most when a run is killed, and worked out again


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a run.

    Attributes:
        lines: The file with a line a school.
        schools: How many there are.
        errors: How many issues kept something out.
        warnings: How many others there are.
    """

    lines: Path
    schools: int
    errors: int
    warnings: int


def run_into(
    folder: Path,
    about: RunFile,
    read: Callable[[], Iterable[ReportSchool | Issue]],
    report: Report,
    *,
    resume: bool = False,
    progress: Progress | None = None,
    tell: Callable[[Issue], None] | None = None,
) -> Ran:
    """Report on schools into a folder.

    The input is read twice: once to tell what is wrong with it and to count it, then for good.

    Args:
        folder: Made if it does not exist.
        about: What the run is made from and with.
        read: Reads the input from its beginning, always in the same order.
        report: What reports on schools, with the matcher and the options that ``about`` tells of.
        resume: Whether to go on where an earlier run was interrupted; begins anew where there is none.
        progress: Called with the schools done and those in all.
        tell: Called with each issue of the input, before the first school is reported on.

    Raises:
        RunError: If another run is at work in the folder, if one is there already and is not to be gone on
            with, or if that was made from something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        begun = _has_begun(folder, about, resume=resume)
        counted = _look_through(folder, read(), tell)
        if not begun:
            replace_text(folder / RUN, about.model_dump_json(indent=2) + "\n")
        coming = (item for item in read() if isinstance(item, ReportSchool))
        with (folder / LINES).open("a+b") as stream:
            done = _passed_over(folder, stream, coming)
            for number, school in enumerate(report(coming, counted.schools - done), start=done + 1):
                stream.write(school.as_line().encode() + b"\n")
                if number % FLUSHED == 0:
                    stream.flush()
                if progress is not None:
                    progress(number, counted.schools)
            stream.flush()
            os.fsync(stream.fileno())
        sync(folder)
    return counted


def _look_through(
    folder: Path, items: Iterable[ReportSchool | Issue], tell: Callable[[Issue], None] | None
) -> Ran:
    """Count what is in the input, and write what is wrong with it."""
    found: Counter[str] = Counter()
    beside = folder / f".{ISSUES}.new"
    with beside.open("w", encoding="utf-8") as stream:
        for item in items:
            if isinstance(item, ReportSchool):
                found["schools"] += 1
                continue
            found[item.severity] += 1
            stream.write(json.dumps(item.as_json(), ensure_ascii=False) + "\n")
            if tell is not None:
                tell(item)
    beside.replace(folder / ISSUES)
    return Ran(folder / LINES, found["schools"], found["error"], found["warning"])


def read_lines(file: Path) -> Iterator[SchoolKept]:
    """Yield the schools of a run, one line at a time.

    Raises:
        RunError: If a line is none that a run wrote.
    """
    with file.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            yield _school_of(file.parent, line, number)


def _has_begun(folder: Path, about: RunFile, *, resume: bool) -> bool:
    """Say whether a run has begun in a folder, and make sure that this one may go on with it."""
    file = folder / RUN
    if not file.exists():
        if (folder / LINES).exists():
            raise RunError(folder, f"holds {LINES} without {RUN}; choose another folder")
        return False
    if not resume:
        raise RunError(folder, "holds a run already; go on with it with --resume, or choose another folder")
    try:
        there = RunFile.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise RunError(folder, f"{RUN} does not describe a run; choose another folder") from error
    if differing := about.differing(there):
        message = f"the run there was made with another {' and '.join(differing)}; choose another folder"
        raise RunError(folder, message)
    return True


def _passed_over(folder: Path, stream: BinaryIO, schools: Iterator[ReportSchool]) -> int:
    """Cut what stands behind the last whole line, pass over the schools done, and return their number."""
    stream.seek(0)
    lines, whole, last = 0, 0, b""
    for line in stream:
        if line.endswith(b"\n"):
            lines, whole, last = lines + 1, whole + len(line), line
    stream.truncate(whole)
    stream.seek(whole)
    passed = deque(enumerate(islice(schools, lines), start=1), maxlen=1)
    if lines and [(number, one.id) for number, one in passed] != [
        (lines, _school_of(folder, last, lines).id)
    ]:
        raise RunError(folder, f"{LINES} has other schools than the input; choose another folder")
    return lines


def _school_of(folder: Path, line: bytes, number: int) -> SchoolKept:
    try:
        return SchoolKept.model_validate_json(line)
    except ValidationError as error:
        raise RunError(folder, f"line {number} of {LINES} is none that a run wrote") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the lock of a process that was killed is free."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise RunError(folder, "another run is at work here; wait until it is done") from error
    try:
        yield
    finally:
        lock.release()
