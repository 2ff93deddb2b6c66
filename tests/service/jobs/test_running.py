"""Jobs worked on by processes: cancelled, killed, taken in turns, gone on with."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from service.jobs import child, failures, running, store
from service.jobs.errors import JobNotDoneError, JobNotFoundError, UnusableInputError
from service.jobs.job import INPUT, ZIP, Counted
from service.jobs.processes import JobProcess
from service.jobs.running import MOST_LOSSES
from service.settings import Settings
from tests.loops import run
from tests.service.jobs import small_make
from tests.service.jobs.conftest import TABLE, asked, ended, sent, table, until_true
from tests.service.threads_for_processes import InterruptedEncoder, use_threads

MANY = 330


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(running, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(running, "TICK_SECONDS", 0.02)


@pytest.fixture
def keep(state, folder):
    """Keep a job as if it had been sent, without looking through its table."""

    def keep(key, job_id, text=TABLE, schools=3):
        inside = folder / "reports" / job_id / INPUT
        inside.mkdir(parents=True)
        (inside / "schools.csv").write_text(text)
        return store.add_job(state, job_id, key.id, asked(), Counted(schools, 0, 0), 20)

    return keep


def lines_in(file: Path) -> list[bytes]:
    with zipfile.ZipFile(file) as packed:
        return packed.read("report/schools.jsonl").splitlines()


@pytest.fixture
def slow_threads(monkeypatch, encoder):
    """Let jobs be done in threads, slowly."""
    use_threads(monkeypatch)
    monkeypatch.setattr(Settings, "encoder", property(lambda _: InterruptedEncoder(encoder, 0.001)))


@pytest.fixture
def whole(tmp_path, index_dir, encoder, monkeypatch):
    """Return the lines of a run over a table that was never interrupted."""

    def lines(text):
        (tmp_path / "whole" / INPUT).mkdir(parents=True)
        (tmp_path / "whole" / INPUT / "schools.csv").write_text(text)
        monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
        child.make(tmp_path / "whole", asked(), index_dir, {}, MANY)
        return lines_in(tmp_path / "whole" / ZIP)

    return lines


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
            with pytest.raises(UnusableInputError, match="no school"):
                await queue.take(mine.id, asked(), sent("id,name\n"))
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
            assert (job.state, job.reason) == ("failed", failures.DIED)
            assert not (folder / "reports" / "dies").exists()
            with pytest.raises(JobNotDoneError, match="ended unexpectedly"):
                await queue.zip_of(mine.id, job.id)
            with pytest.raises(JobNotDoneError):  # the next one has its turn, too
                await queue.zip_of(mine.id, (await ended(queue, mine, keep(mine, "next"))).id)

    run(test)


def test_a_long_job_gives_way_where_others_wait_and_ends_as_if_it_had_not(
    queue_at_work, key, keep, slow_threads, whole
):
    long, short = key("long"), key("short")
    text = table(MANY)

    async def test():
        async with queue_at_work(child.make, report_turn_seconds=0.01) as queue:
            first, second = keep(long, "long", text, MANY), keep(short, "short")
            other = await ended(queue, short, second)
            waiting = await queue.find(long.id, first.id)
            assert other.state == "done"
            assert waiting.state in ("queued", "running")
            assert 0 < waiting.done < MANY
            assert (await ended(queue, long, first)).state == "done"
            return lines_in(await queue.zip_of(long.id, first.id))

    assert run(test) == whole(text)


def test_a_job_that_is_alone_does_not_give_way(queue_at_work, key, keep, slow_threads, monkeypatch):
    mine, claimed, claim_next = key(), [], store.claim_next

    def noted(connection, slot):
        job = claim_next(connection, slot)
        claimed.extend([job.id] if job else [])
        return job

    monkeypatch.setattr(store, "claim_next", noted)

    async def test():
        async with queue_at_work(child.make, report_turn_seconds=0.01) as queue:
            first, second = keep(mine, "first", table(MANY), MANY), keep(mine, "second")
            for job in (first, second):
                assert (await ended(queue, mine, job)).state == "done"

    run(test)
    assert claimed == ["first", "second"]


def test_a_server_that_ends_puts_its_job_back_and_the_next_one_goes_on(
    queue_at_work, key, keep, slow_threads, whole
):
    mine, text = key(), table(MANY)

    async def begin():
        async with queue_at_work(child.make) as queue:
            job = keep(mine, "job", text, MANY)

            async def has_begun():
                return (await queue.find(mine.id, job.id)).done

            await until_true(has_begun)

    async def go_on():
        async with queue_at_work(child.make) as queue:
            job = await queue.find(mine.id, "job")
            assert (job.state, job.losses) == ("queued", 0)
            assert 0 < job.done < MANY
            assert (await ended(queue, mine, job)).state == "done"
            return lines_in(await queue.zip_of(mine.id, "job"))

    run(begin)
    assert run(go_on) == whole(text)


def test_a_job_under_which_the_server_dies_again_and_again_is_given_up(
    queue_at_work, key, keep, state, folder
):
    mine = key()
    job = keep(mine, "job")
    for _ in range(MOST_LOSSES):
        store.claim_next(state, 0)
        store.take_over(state, 0)

    async def test():
        async with queue_at_work(small_make.make) as queue:
            assert (await ended(queue, mine, job)).reason == running._LOST

    run(test)
    assert not (folder / "reports" / "job").exists()


def test_a_job_whose_files_are_gone_fails_and_says_so(queue_at_work, key, keep, folder):
    mine = key()
    job = keep(mine, "job")
    (folder / "reports" / "job").rename(folder / "elsewhere")

    async def test():
        async with queue_at_work(small_make.make) as queue:
            assert (await ended(queue, mine, job)).reason == running._GONE

    run(test)


def test_one_job_runs_at_a_time_however_many_workers_there_are(queue_at_work, key, keep, state, monkeypatch):
    mine = key()
    use_threads(monkeypatch)
    at_once = []

    def make(*_):
        at_once.append(store.count_jobs(state)["running"])
        time.sleep(0.02)

    monkeypatch.setattr(running.JobRunner, "_settle", settle_without_zip)
    jobs = [keep(mine, f"job-{number}") for number in range(6)]

    async def test():
        async with queue_at_work(make) as one, queue_at_work(make):
            for job in jobs:
                await ended(one, mine, job)

    run(test)
    assert at_once == [1] * 6


async def settle_without_zip(self, job, end):
    await self._state.run(store.finish_job, job.id, job.slot, 1, size=1)


def test_the_sweep_removes_what_expired_what_was_left_behind_and_what_lost_its_files(
    queue_at_work, key, keep, state, folder
):
    mine, root = key(), folder / "reports"
    keep(mine, "0" * 32)
    store.claim_next(state, 0)
    store.finish_job(state, "0" * 32, 0, -1, size=1)
    keep(mine, "1" * 32)
    keep(mine, "2" * 32)
    (root / ("2" * 32)).rename(folder / "elsewhere")
    for name in ("3" * 32, ".new-" + "4" * 32, ".new-" + "5" * 32, "somebody else's"):
        (root / name).mkdir()
        if "5" not in name:
            os.utime(root / name, (0, 0))

    async def test():
        async with queue_at_work(small_make.sleep) as queue:
            await queue.runner.sweep()

    run(test)
    assert store.kept_jobs(state) == {"1" * 32: "queued"}
    left = {path.name for path in root.iterdir()} - {"slots"}
    assert left == {"1" * 32, ".new-" + "5" * 32, "somebody else's"}


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
