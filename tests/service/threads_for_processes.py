"""Jobs of reports done in threads: what tests that are not about processes put in the place of these."""

from __future__ import annotations

import asyncio
import time
from threading import Thread, current_thread

import pytest

from service.jobs import child, queue, running


class StoppableThread(Thread):
    """Is told that it is to stop."""

    stopped = False


class InterruptedEncoder:
    """Takes its time, and ends the job of a thread that is to stop, as a signal ends a process."""

    def __init__(self, encoder, seconds: float) -> None:
        self.identity, self._encoder, self._seconds = encoder.identity, encoder, seconds

    def encode_passages(self, texts, *, progress=None):
        return self._encoder.encode_passages(texts, progress=progress)

    def encode_queries(self, texts):
        if getattr(current_thread(), "stopped", False):
            raise child.Interrupted
        time.sleep(self._seconds)
        return self._encoder.encode_queries(texts)


class ThreadProcess:
    """As `service.jobs.processes.JobProcess`; whoever stops it waits until it encodes again, or ends."""

    def __init__(self, work, folder, *args) -> None:
        self._code = None
        self._thread = StoppableThread(target=self._do, args=(work, folder, *args))

    def _do(self, *args) -> None:
        self._code = child.exit_code_of(*args)

    async def start(self) -> None:
        self._thread.start()

    async def ended(self, seconds: float) -> int | None:
        end = asyncio.get_running_loop().time() + seconds
        while self._code is None and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.002)
        return self._code

    async def stop(self) -> None:
        self._thread.stopped = True
        await asyncio.to_thread(self._thread.join)


def use_threads(patch: pytest.MonkeyPatch) -> None:
    """Let jobs be done in threads, with the encoder of this process, and soon."""
    for module in (queue, running):
        patch.setattr(module, "JobProcess", ThreadProcess)
    patch.setattr(running, "POLL_SECONDS", 0.02)
    patch.setattr(running, "TICK_SECONDS", 0.02)
