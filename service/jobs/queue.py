"""The queue as the API sees it: what is sent is looked through and kept, told of, handed out and deleted."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from index.storage import sync, sync_tree
from service.jobs import child, store
from service.jobs.errors import (
    JobNotDoneError,
    JobNotFoundError,
    LookingError,
    NoLookFreeError,
    NoRoomError,
    NotLookedThroughError,
    UnusableInputError,
    is_no_room,
)
from service.jobs.failures import failure_of
from service.jobs.folders import make_private
from service.jobs.job import INPUT, ZIP, Counted, Job, JobAsked
from service.jobs.processes import JobProcess
from service.jobs.running import JobRunner
from service.settings import Settings
from service.state.database import State

SECONDS_TO_LOOK = 120.0  # through an input, before it is taken
SECONDS_TO_WAIT = 60.0  # until that begins, because of those of others
_LOOKS_AT_A_TIME = 2


class JobQueue:
    """The jobs of all keys; to be used from one event loop."""

    def __init__(self, settings: Settings, state: State, index: Path) -> None:
        """Take the settings, the state that has the jobs, and the folder of the index that answers them."""
        self._settings, self._state = settings, state
        self._root = settings.reports_folder
        self._looks = asyncio.Semaphore(_LOOKS_AT_A_TIME)
        self._looked_at: set[int] = set()  # the keys whose input is looked through, or waits for that
        self.runner = JobRunner(settings, state, self._root, index)

    async def check_room(self, key_id: int) -> None:
        """Make sure that a key may have another job.

        Raises:
            TooManyJobsError: If it has as many as it may.
            LookingError: If another input of it is being looked through.
        """
        if key_id in self._looked_at:
            raise LookingError
        await self._state.run(store.check_room, key_id, self._settings.report_jobs)

    async def take(self, key_id: int, asked: JobAsked, sent: Mapping[str, BinaryIO]) -> Job:
        """Look through what was sent, and keep it as a job; nothing is left of what is refused.

        Args:
            key_id: Whose job it is.
            asked: What is wanted of it.
            sent: The files, by the names that ``asked`` has for them.

        Raises:
            UnusableInputError: If it cannot be reported on.
            NotLookedThroughError: If its process ended unforeseen.
            LookingError: If another input of the key is being looked through.
            NoLookFreeError: If too many of others wait for that.
            TooManyJobsError: If the key has as many jobs as it may.
            NoRoomError: If the disk is full.
        """
        job_id = secrets.token_hex(16)
        folder, new = self._root / job_id, self._root / f".new-{job_id}"
        try:
            async with self._look_of(key_id):
                await asyncio.to_thread(_save, new / INPUT, sent)
                counted = await self._look(new, asked, job_id)
            await asyncio.to_thread(_keep, new, folder)
            most = self._settings.report_jobs
            job = await self._state.run(store.add_job, job_id, key_id, asked, counted, most)
        except BaseException as error:
            for left in (new, folder):
                shutil.rmtree(left, ignore_errors=True)
            if is_no_room(error):
                raise NoRoomError from error
            raise
        self.runner.wake()
        return job

    async def jobs_of(self, key_id: int) -> list[Job]:
        """Return the jobs of a key, the newest first."""
        return await self._state.run(store.jobs_of, key_id)

    async def find(self, key_id: int, job_id: str) -> Job:
        """Return a job of a key.

        Raises:
            JobNotFoundError: If the key has no such job.
        """
        return await self._state.run(store.find_job, key_id, job_id)

    async def zip_of(self, key_id: int, job_id: str) -> Path:
        """Return the report of a job that is done.

        Raises:
            JobNotFoundError: If the key has no such job.
            JobNotDoneError: If there is no report yet, or none will be.
        """
        job = await self.find(key_id, job_id)
        if job.state != "done":
            raise JobNotDoneError(job.state, job.reason)
        file = self._root / job_id / ZIP
        if not await asyncio.to_thread(file.is_file):  # of a state that was restored from a backup
            raise JobNotFoundError
        return file

    async def cancel(self, key_id: int, job_id: str) -> None:
        """Cancel and forget a job of a key, whatever its state.

        Raises:
            JobNotFoundError: If the key has no such job.
        """
        if await self._state.run(store.cancel_job, key_id, job_id):
            await asyncio.to_thread(shutil.rmtree, self._root / job_id, ignore_errors=True)

    @asynccontextmanager
    async def _look_of(self, key_id: int) -> AsyncIterator[None]:
        """Wait until an input of a key may be looked through."""
        if key_id in self._looked_at:
            raise LookingError
        self._looked_at.add(key_id)
        try:
            try:
                async with asyncio.timeout(SECONDS_TO_WAIT):
                    await self._looks.acquire()
            except TimeoutError:
                raise NoLookFreeError from None
            try:
                yield
            finally:
                self._looks.release()
        finally:
            self._looked_at.remove(key_id)

    async def _look(self, folder: Path, asked: JobAsked, job_id: str) -> Counted:
        process = JobProcess(child.look, folder, asked, self._settings.report_schools)
        try:
            await process.start()
            code = await process.ended(SECONDS_TO_LOOK)
        finally:
            await process.stop()
        if code == child.DONE:
            return Counted(**child.told_of(folder))
        if code is None:
            raise UnusableInputError(
                f"it could not be read within {SECONDS_TO_LOOK:.0f} seconds; send it in parts"
            )
        failure = failure_of(folder, code, job_id)
        if failure.no_room:
            raise NoRoomError
        if failure.field is None:
            raise NotLookedThroughError
        raise UnusableInputError(failure.reason, failure.field)


def _save(folder: Path, sent: Mapping[str, BinaryIO]) -> None:
    make_private(folder)
    for name, file in sent.items():
        with (folder / name).open("xb") as out:
            shutil.copyfileobj(file, out, 1 << 20)


def _keep(new: Path, folder: Path) -> None:
    """Move what was sent to where it is kept, and see that it is there even if the power fails."""
    sync_tree(new)
    new.rename(folder)
    sync(folder.parent)
