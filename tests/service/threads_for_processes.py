"""Jobs of reports done in threads: what tests that are not about processes put in the place of these."""

from __future__ import annotations

import asyncio
from threading import Thread

import pytest

from service.jobs import child, queue, running


class ThreadProcess:
    """As `service.jobs.processes.JobProcess`; it cannot be stopped: whoever stops it waits for its end."""

    def __init__(self, work, folder, *args) -> None:
        self._code = None
        self._thread = Thread(target=self._do, args=(work, folder, *args))

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
        await asyncio.to_thread(self._thread.join)


def use_threads(patch: pytest.MonkeyPatch) -> None:
    """Let jobs be done in threads, with the encoder of this process, and soon."""
    for module in (queue, running):
        patch.setattr(module, "JobProcess", ThreadProcess)
    patch.setattr(running, "POLL_SECONDS", 0.02)
    patch.setattr(running, "TICK_SECONDS", 0.02)
