"""Processes of jobs, started and ended from an event loop that never waits for them.

They are spawned: the interpreter and the packages of the server itself, nothing of its memory, no shell, and
nothing that a caller said among the arguments of the command line.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from service.jobs.child import run_and_end

_SPAWN = multiprocessing.get_context("spawn")
_TICK = 0.05
SECONDS_TO_END = 10.0  # to close what was begun; then it is killed


class JobProcess:
    """A process that does some work in the folder of a job."""

    def __init__(self, work: Callable[..., object], folder: Path, *args: Any) -> None:
        """Take what is to be done; see `service.jobs.child.run_and_end`."""
        # A daemon, so that a server that ends in haste does not wait for it.
        self._starting: asyncio.Future[None] | None = None
        self._process = _SPAWN.Process(target=run_and_end, args=(work, folder, *args), daemon=True)

    async def start(self) -> None:
        """Start it."""
        self._starting = asyncio.ensure_future(asyncio.to_thread(self._process.start))
        await asyncio.shield(self._starting)  # if the wait for it is cancelled, `stop` takes it up

    async def ended(self, seconds: float) -> int | None:
        """Wait for its end; return its exit code (negative: the signal that ended it), None if it goes on."""
        end = time.monotonic() + seconds
        while self._process.exitcode is None and time.monotonic() < end:
            await asyncio.sleep(_TICK)
        return self._process.exitcode

    async def stop(self) -> None:
        """End it, wherever it is."""
        if self._starting is None:
            return
        await self._starting
        if self._process.exitcode is None:
            self._process.terminate()
            if await self.ended(SECONDS_TO_END) is None:
                self._process.kill()
                await self.ended(SECONDS_TO_END)
        self._process.join(0)
