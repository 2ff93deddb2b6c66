"""Jobs worked on by processes of their own: begun, cancelled, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from service.jobs import child
from service.jobs.errors import JobNotDoneError, JobNotFoundError
from service.jobs.failures import DIED
from service.jobs.job import ZIP, Counted
from service.jobs.processes import JobProcess
from tests.loops import run
from tests.service.jobs import small_make
from tests.service.jobs.conftest import asked, ended, lines_in, sent, until_true

pytestmark = pytest.mark.usefixtures("soon")


def test_what_is_sent_is_looked_through_made_and_handed_out(queue_at_work, key, folder):
    mine = key()

    async def test():
        async with queue_at_work(small_make.make) as queue:
            job = await queue.take(mine.id, asked(), sent())
            assert (job.state, job.counted) == ("queued", Counted(3, 0, 0))
            job = await ended(queue, mine, job)
            assert (job.state, job.done, job.reason) == ("done", 3, None)
            file = await queue.zip_of(mine.id, job.id)
            assert file.stat().st_size == job.bytes
            assert len(lines_in(file)) == 3
            assert [path.name for path in file.parent.iterdir()] == [ZIP]
            assert {path.name for path in (folder / "reports").iterdir()} == {"slots", job.id}

    run(test)


def test_a_job_that_is_cancelled_ends_its_process_and_leaves_nothing(queue_at_work, key, keep, folder):
    mine = key()

    async def test():
        async with queue_at_work(small_make.sleep) as queue:
            first, second = keep(mine, "first"), keep(mine, "second")
            begun = folder / "reports" / "first" / "begun"
            await until_true(lambda: asyncio.to_thread(begun.exists))
            await queue.cancel(mine.id, second.id)
            await queue.cancel(mine.id, first.id)
            assert await queue.jobs_of(mine.id) == []
            with pytest.raises(JobNotFoundError):
                await queue.cancel(mine.id, first.id)
            await until_true(lambda: asyncio.to_thread(lambda: not begun.parent.exists()))
            assert not (folder / "reports" / "second").exists()

    run(test)


def test_a_process_that_dies_fails_its_job_and_the_next_one_goes_on(queue_at_work, key, keep, folder):
    mine = key()

    async def test():
        async with queue_at_work(small_make.die) as queue:
            job = await ended(queue, mine, keep(mine, "dies"))
            assert (job.state, job.reason) == ("failed", DIED)
            assert not (folder / "reports" / "dies").exists()
            with pytest.raises(JobNotDoneError, match="ended unexpectedly"):
                await queue.zip_of(mine.id, job.id)
            with pytest.raises(JobNotDoneError):  # the next one has its turn, too
                await queue.zip_of(mine.id, (await ended(queue, mine, keep(mine, "next"))).id)

    run(test)


def test_a_process_gives_way_to_others_and_is_not_ended_by_ctrl_c(tmp_path):
    async def test():
        process = JobProcess(small_make.sleep, tmp_path)
        await process.start()
        await until_true(lambda: asyncio.to_thread((tmp_path / "begun").exists))
        pid = process._process.pid
        assert os.getpriority(os.PRIO_PROCESS, pid) > os.getpriority(os.PRIO_PROCESS, 0)
        command = Path(f"/proc/{pid}/cmdline")
        assert not command.exists() or str(tmp_path) not in command.read_text()
        os.kill(pid, signal.SIGINT)
        assert await process.ended(0.2) is None
        await process.stop()
        assert await process.ended(0) == child.INTERRUPTED

    run(test)


DYING_SERVER = """
import asyncio, os, sys
from pathlib import Path
from service.jobs.processes import JobProcess
from tests.service.jobs import small_make

async def main():
    folder = Path(sys.argv[1])
    process = JobProcess(small_make.sleep, folder)
    await process.start()
    while not (folder / "begun").exists():
        await asyncio.sleep(0.01)
    print(process._process.pid, flush=True)
    await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_the_process_of_a_server_that_is_killed_ends_too(tmp_path, until):
    script = tmp_path / "dying.py"
    script.write_text(DYING_SERVER)
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        pid = int(server.stdout.readline())
        server.kill()

    def has_ended():
        try:
            return (
                Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z" if os.kill(pid, 0) is None else True
            )
        except (ProcessLookupError, FileNotFoundError):
            return True

    until(has_ended)
