"""What a job's own process does: look through an input, or make a report of it.

Whatever callers send is read here and nowhere else, so that a file made to harm takes down this process and
not the server. It gives way to the server (`os.nice`), ends when the server does, and can be ended at any
moment: what is matched by then stays, and the next process goes on behind it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from index.storage import sync
from service.jobs.errors import JobError, LostInputError, NoRoomError, UnusableInputError, is_no_room
from service.jobs.job import INPUT, REPORT, TOLD, ZIP, Counted, JobAsked, files_of
from service.reports.parent import end_with_the_parent

if TYPE_CHECKING:
    from corpus.issues import Issue
    from engine.reports.records import ReportSchool, SchoolKept
    from service.reports.run_file import RunFile

DONE, FAILED, INTERRUPTED = 0, 1, 75  # exit codes; any other is that of a process that died
UNFORESEEN = "it could not be made; the server's log says why"
NO_SCHOOL = "there is no school in the input"
NO_PARQUET = "parquet cannot be written by this server; leave it out"
_NICE = 10
_SECONDS_UNTIL_DEAD = 30.0  # for another process of this job, whose server was killed


class Interrupted(BaseException):
    """The process was told to end."""


def run_and_end(work: Callable[..., object], folder: Path, *args: Any) -> NoReturn:
    """Do some work as all that a process does; it ends with one of the exit codes above.

    Args:
        work: Called with the folder and the arguments; what it raises is told in the folder.
        folder: Of a job.
        args: What else it needs.
    """
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which will tell
        signal.signal(signal.SIGTERM, _interrupt)
        logging.getLogger().addHandler(logging.NullHandler())  # libraries quote what they read
        if hasattr(os, "nice"):
            os.nice(_NICE)
        end_with_the_parent()
        code = exit_code_of(work, folder, *args)
    except Interrupted:  # before the work began, or after it
        code = INTERRUPTED
    # At once: there is nothing to clear up that does not end with the process.
    os._exit(code)


def exit_code_of(work: Callable[..., object], folder: Path, *args: Any) -> int:
    """Do some work, tell in the folder what went wrong, and return one of the exit codes above."""
    try:
        work(folder, *args)
    except Interrupted:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
        _tell_failure(folder, error)
        return FAILED
    return DONE


def look(folder: Path, asked: JobAsked, most: int) -> None:
    """Read an input to its end, and tell what was found (`told_of`).

    Args:
        folder: The job's.
        asked: What was sent with it.
        most: Schools that it may have.

    Raises:
        UnusableInputError: If nothing can be reported on, there are more schools, or a format cannot be
            written here.
        ReportInputError: If a file cannot be read as a whole.
    """
    from corpus.issues import Issue
    from service.reports.errors import FormatError
    from service.reports.formats import require_formats

    try:
        require_formats(asked.options.format)
    except FormatError as error:
        raise UnusableInputError(NO_PARQUET, "format") from error
    found: Counter[str] = Counter()
    for item in _read(folder, asked):
        found[item.severity if isinstance(item, Issue) else "schools"] += 1
        if found["schools"] > most:
            message = f"it has more than {most:,} schools, the most of a report here; send it in parts"
            raise UnusableInputError(message)
    if not found["schools"]:
        raise UnusableInputError(NO_SCHOOL)
    _tell(folder, asdict(Counted(found["schools"], found["error"], found["warning"])))


def make(folder: Path, asked: JobAsked, index: Path, settings: Mapping[str, Any], schools: int) -> None:
    """Make the report of a job, or go on with it: what `warts report --resume` does, and then pack it.

    A run that was begun with another index or program is begun anew.

    Args:
        folder: The job's.
        asked: What is wanted.
        index: Folder of the index that answers.
        settings: The server's, by name.
        schools: How many were found as the input was looked through.

    Raises:
        LostInputError: If there are more or fewer by now.
    """
    from filelock import FileLock

    from engine.matcher import Matcher
    from engine.ranking import Preferences
    from engine.reports.run import report_on
    from index.case_index import CaseIndex
    from service.opening import encoder_for
    from service.reports.formats import write_formats
    from service.reports.run_file import RunFile
    from service.reports.running import run_into
    from service.settings import Settings

    with FileLock(folder / ".lock", timeout=_SECONDS_UNTIL_DEAD):
        if (folder / ZIP).exists():
            return
        opened = CaseIndex.open(index)
        matcher = Matcher(opened, encoder_for(Settings(**settings), opened))
        preferences = Preferences(asked.options.closeness)
        about = RunFile.of(files_of(folder, asked.input), matcher, asked.options.k, preferences)
        out = folder / REPORT
        if _is_of_another(out, about):
            shutil.rmtree(out)

        def report(schools: Iterator[ReportSchool], _: int) -> Iterator[SchoolKept]:
            return report_on(schools, matcher, about.k, preferences)  # alone, beside those who ask

        ran = run_into(out, about, lambda: _read(folder, asked), report, resume=True)
        if ran.schools != schools:
            raise LostInputError
        write_formats(asked.options.format, ran.lines, matcher, out)
        pack(out, folder / ZIP)


def pack(report: Path, file: Path) -> None:
    """Pack a folder into a ZIP that appears when it is whole; hidden files, such as locks, are left out."""
    beside = file.with_name(f".{file.name}.new")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(report.rglob("*")):
            inside = path.relative_to(report)
            if path.is_file() and not any(part.startswith(".") for part in inside.parts):
                packed.write(path, Path(report.name) / inside)
    sync(beside)
    beside.replace(file)
    sync(file.parent)


def told_of(folder: Path) -> dict[str, Any]:
    """Return what the process of a job told at its end; nothing where it did not get to that."""
    try:
        told: dict[str, Any] = json.loads((folder / TOLD).read_bytes())
    except (OSError, ValueError):
        return {}
    return told


def _read(folder: Path, asked: JobAsked) -> Iterator[ReportSchool | Issue]:
    """Read an input, and name its files as they are called in their folder."""
    from corpus.issues import Issue
    from engine.reports.reading import read_schools

    inside, sent = folder / INPUT, asked.input
    for item in read_schools(
        [inside / name for name in sent.schools],
        mapping=inside / sent.mapping if sent.mapping else None,
        concerns=inside / sent.concerns if sent.concerns else None,
    ):
        if isinstance(item, Issue):
            item = replace(item, place=replace(item.place, file=Path(item.place.file).name))  # noqa: PLW2901
        yield item


def _is_of_another(out: Path, about: RunFile) -> bool:
    from service.reports.run_file import RunFile
    from service.reports.running import RUN

    if not out.exists():
        return False
    try:
        return RunFile.model_validate_json((out / RUN).read_bytes()) != about
    except (FileNotFoundError, ValueError):
        return True


def _interrupt(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what was begun is being closed
    raise Interrupted


def _tell_failure(folder: Path, error: Exception) -> None:
    told = _told_of_failure(folder, error)
    with contextlib.suppress(OSError):  # no room even for this; the exit code says that it failed
        _tell(folder, told)


def _told_of_failure(folder: Path, error: Exception) -> dict[str, Any]:
    """Return why a job failed in words for its caller, and whose fault it is: see `service.jobs.failures`."""
    from engine.errors import ReportInputError
    from service.logs import places_of
    from service.reports.errors import FormatError

    reason = str(error).replace(f"{folder / INPUT}{os.sep}", "")
    if is_no_room(error):
        return {"reason": str(NoRoomError()), "no_room": True}
    if isinstance(error, UnusableInputError):
        return {"reason": reason, "field": error.field}
    if isinstance(error, ReportInputError):
        known = error.file.stem in ("concerns", "mapping")
        return {"reason": reason, "field": error.file.stem if known else "schools"}
    if isinstance(error, MemoryError):
        return {"reason": "it takes more memory than there is; send it in parts", "field": "schools"}
    if isinstance(error, JobError | FormatError):
        return {"reason": reason}
    # Of what nobody foresaw the log gets the places, and not what it says: that may quote a worry.
    return {"reason": UNFORESEEN, "where": "".join(places_of(error))}


def _tell(folder: Path, told: Mapping[str, Any]) -> None:
    beside = folder / f".{TOLD}.new"
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(folder / TOLD)
