"""The queue at work: slots, turns, and what becomes of a job.

A slot is a lock of the system. Whichever worker holds it runs the jobs of that slot, one at a time, each in a
process of its own; when the worker dies, its lock is free, the next one to win it finds what was running
there, and puts it back into the queue. Nothing hangs on clocks. What a worker says of a job that is no longer
that slot's, or was cancelled, changes nothing.

Between callers jobs take turns: the next one is of whoever was served least recently, and where others
wait, a job that has been matched for a turn goes back to the queue, and goes on later. Once all is matched
the files are written without a break.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from service.jobs import child, store
from service.jobs.failures import failure_of
from service.jobs.folders import Lines, keep_only_the_zip, make_private, sweep_folders
from service.jobs.job import REPORT, SLOTS, ZIP, Job
from service.jobs.processes import JobProcess
from service.reports.running import LINES
from service.settings import Settings
from service.state.database import State
from service.state.errors import StateError

logger = logging.getLogger("warts")
POLL_SECONDS = 1.0  # for jobs that another worker took in
TICK_SECONDS = 0.5  # between two looks at a job that runs
SWEEP_SECONDS = 60.0
RETRY_SECONDS = 30.0  # after the state or the folder could not be used
MOST_LOSSES = 3  # times that the server or the process may be ended under a job that gets no further
_LOST = "its work was ended from outside each time that the server came to it"
_GONE = "its files are no longer there; send it again"


@dataclass(frozen=True, slots=True)
class _End:
    """How a turn ended: with a reason the job failed; without one, and not done, it waits for another.

    Attributes:
        done: Whether all is made.
        reason: Why nothing will be.
        lost: Whether the process was ended by somebody other than this server.
    """

    done: bool = False
    reason: str | None = None
    lost: bool = False


_NOT_YET = _End()


class JobRunner:
    """Runs the jobs of a queue; to be used from one event loop."""

    def __init__(self, settings: Settings, state: State, root: Path, index: Path) -> None:
        """Take the settings, the state that has the queue, the folder of jobs, and that of the index."""
        self._settings, self._state, self._root, self._index = settings, state, root, index
        self.make: Callable[..., object] = child.make
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Tell that a job is waiting."""
        self._wake.set()

    async def run(self) -> None:
        """Run jobs until cancelled; what runs then is ended in order, and waits for the next server."""
        async with asyncio.TaskGroup() as tasks:
            for slot in range(self._settings.report_jobs_at_once):
                tasks.create_task(self._again_and_again(partial(self._hold, slot)))
            tasks.create_task(self._again_and_again(self._sweep))

    async def _again_and_again(self, work: Callable[[], Any]) -> None:
        """Do something for ever; what goes wrong is told once, and then tried again."""
        told = ""
        while True:
            try:
                await work()
                told = ""
            except (StateError, sqlite3.Error, OSError) as error:
                if str(error) != told:
                    told = str(error)
                    logger.error("jobs of reports rest, because of %s", error)  # noqa: TRY400 -- no text of callers
            except Exception:
                logger.exception("jobs of reports rest")
            else:
                continue
            await asyncio.sleep(RETRY_SECONDS)

    async def _hold(self, slot: int) -> None:
        """Run the jobs of a slot while its lock is held; wait for it a while where another has it."""
        await self._pause()
        async with self._locked(f"{slot}.lock") as won:
            if not won:
                return
            await self._remove(await self._state.run(store.take_over, slot))
            await self._take_over_beyond()
            while True:
                job = await self._state.run(store.claim_next, slot)
                if job is None:
                    await self._pause()
                else:
                    await self._turn(job)

    async def _take_over_beyond(self) -> None:
        """Put back what runs in slots that are no longer used, unless another server still uses them."""
        for slot in await self._state.run(store.slots_beyond, self._settings.report_jobs_at_once):
            async with self._locked(f"{slot}.lock") as won:
                if won:
                    await self._remove(await self._state.run(store.take_over, slot))

    async def _pause(self) -> None:
        self._wake.clear()
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            pass

    @asynccontextmanager
    async def _locked(self, name: str) -> AsyncIterator[bool]:
        """Hold a lock if it is free."""
        folder = self._root / SLOTS
        await asyncio.to_thread(make_private, folder)
        lock = FileLock(folder / name, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    async def _turn(self, job: Job) -> None:
        """Let a job work until it is done or its turn is over."""
        folder = self._root / job.id
        if job.losses >= MOST_LOSSES or not folder.is_dir():
            await self._settle(job, _End(reason=_LOST if folder.is_dir() else _GONE))
            return
        told = (job.asked, self._index, self._settings.model_dump(), job.counted.schools)
        process = JobProcess(self.make, folder, *told)
        end = _NOT_YET
        try:
            await process.start()
            end = await self._watched(job, process)
        finally:
            ending = asyncio.create_task(self._ended(process, job, end))
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:  # the server ends; what is begun here is brought to its end
                await ending
                raise

    async def _ended(self, process: JobProcess, job: Job, end: _End) -> None:
        await process.stop()
        await self._settle(job, end)

    async def _watched(self, job: Job, process: JobProcess) -> _End:
        lines, schools = Lines(self._root / job.id / REPORT / LINES), job.counted.schools
        first, began = await asyncio.to_thread(lines.count), time.monotonic()
        while (code := await process.ended(TICK_SECONDS)) is None:
            done, now = await asyncio.to_thread(lines.count), time.monotonic()
            if done <= first:  # it is still reading; or has begun anew, with another index
                first, began = done, now
            matching = first < done < schools
            seconds = round((schools - done) * (now - began) / (done - first), 1) if matching else None
            if not await self._state.run(store.note_progress, job.id, job.slot, done, seconds):
                break
            turn_is_over = matching and now - began >= self._settings.report_turn_seconds
            if turn_is_over and await self._state.run(store.others_wait, job.key_id):
                break
        return _NOT_YET if code is None else self._end_of(job, code)

    def _end_of(self, job: Job, code: int) -> _End:
        if code == child.DONE:
            return _End(done=True)
        if code in (
            child.INTERRUPTED,
            -signal.SIGTERM,
        ):  # not by this server: it tells only once it has left off
            return _End(lost=True)
        return _End(reason=failure_of(self._root / job.id, code, job.id).reason)

    async def _settle(self, job: Job, end: _End) -> None:
        """Remove what is no longer needed of a job, and then write down what became of it."""
        if await self._state.run(store.runs, job.id, job.slot) and await self._written_down(job, end):
            return
        if await self._state.run(store.forget_cancelled, job.id, job.slot):
            await self._remove([job.id])

    async def _written_down(self, job: Job, end: _End) -> bool:
        folder, of, hours = self._root / job.id, (job.id, job.slot), self._settings.report_keep_hours
        if end.done and not await asyncio.to_thread((folder / ZIP).is_file):
            end = _End(reason=_GONE)
        if end.done:
            size = await asyncio.to_thread(keep_only_the_zip, folder)
            return await self._state.run(store.finish_job, *of, hours, size=size)
        if end.reason is not None:
            await self._remove([job.id])
            return await self._state.run(store.finish_job, *of, hours, reason=end.reason)
        return await self._state.run(store.put_back, *of, lost=end.lost)

    async def _sweep(self) -> None:
        await asyncio.sleep(SWEEP_SECONDS)
        async with self._locked("sweep.lock") as won:
            if won:
                await self.sweep()

    async def sweep(self) -> None:
        """Delete what has expired, and folders and jobs that lost one another; free slots no longer used."""
        await self._take_over_beyond()
        await self._remove(await self._state.run(store.sweep_jobs))
        for job_id in await asyncio.to_thread(
            sweep_folders, self._root, await self._state.run(store.kept_jobs)
        ):
            await self._state.run(store.forget_lost, job_id)

    async def _remove(self, ids: list[str]) -> None:
        for job_id in ids:
            await asyncio.to_thread(shutil.rmtree, self._root / job_id, ignore_errors=True)
