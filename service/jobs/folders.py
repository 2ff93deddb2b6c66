"""The folders of jobs: counted, emptied, swept."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from service.jobs.job import ZIP, JobState

OLD_SECONDS = 3600.0  # since a folder without a job was made; what is being sent is younger
_OURS = re.compile(r"(\.new-)?[0-9a-f]{32}")
_CHUNK = 1 << 20  # bytes


class Lines:
    """Counts the lines of a file that grows, reading only what is new."""

    def __init__(self, file: Path) -> None:
        """Take the file; it need not be there yet."""
        self._file, self._read, self._lines = file, 0, 0

    def count(self) -> int:
        """Return how many whole lines there are."""
        try:
            with self._file.open("rb") as stream:
                if stream.seek(0, 2) < self._read:  # it was begun anew
                    self._read = self._lines = 0
                stream.seek(self._read)
                while chunk := stream.read(_CHUNK):
                    self._read += len(chunk)
                    self._lines += chunk.count(b"\n")
        except FileNotFoundError:
            self._read = self._lines = 0
        return self._lines


def make_private(folder: Path) -> None:
    """Make a folder, and those that it is in, for the owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def keep_only_the_zip(folder: Path) -> int:
    """Remove all of a job that is not to be downloaded; return the size of what is, in bytes."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != ZIP:
            path.unlink(missing_ok=True)
    return (folder / ZIP).stat().st_size


def sweep_folders(root: Path, kept: Mapping[str, JobState]) -> list[str]:
    """Remove old folders that belong to no job; return the jobs whose files are missing.

    Args:
        root: Folder of jobs.
        kept: The jobs there are, and their states.
    """
    if root.is_dir():
        for path in root.iterdir():
            if _OURS.fullmatch(path.name) and path.name not in kept and _is_old(path):
                shutil.rmtree(path, ignore_errors=True)
    waiting = (job_id for job_id, state in kept.items() if state in ("queued", "done"))
    return [job_id for job_id in waiting if not (root / job_id).is_dir()]


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > OLD_SECONDS
    except FileNotFoundError:
        return False
