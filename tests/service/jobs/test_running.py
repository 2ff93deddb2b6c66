"""What becomes of jobs: given up, lost, taken over, swept."""

from __future__ import annotations

import os
import time

import pytest

from service.jobs import child, running, store
from service.jobs.running import MOST_LOSSES
from tests.loops import run
from tests.service.jobs.conftest import ended, until_true
from tests.service.threads_for_processes import use_threads


@pytest.fixture(autouse=True)
def _threads(monkeypatch):
    use_threads(monkeypatch)


def nothing(*_):
    """Make nothing, and say that it was."""


def test_a_job_under_which_the_server_dies_again_and_again_is_given_up(
    queue_at_work, key, keep, state, folder
):
    mine = key()
    job = keep(mine, "job")
    for _ in range(MOST_LOSSES):
        store.claim_next(state, 0)
        store.take_over(state, 0)

    async def test():
        async with queue_at_work(nothing) as queue:
            assert (await ended(queue, mine, job)).reason == running._LOST

    run(test)
    assert not (folder / "reports" / "job").exists()


def test_a_job_whose_files_are_gone_fails_and_says_so(queue_at_work, key, keep, folder):
    mine = key()
    job = keep(mine, "job")
    (folder / "reports" / "job").rename(folder / "elsewhere")

    async def test():
        async with queue_at_work(nothing) as queue:
            assert (await ended(queue, mine, job)).reason == running._GONE

    run(test)


def test_one_job_runs_at_a_time_however_many_workers_there_are(queue_at_work, key, keep, state, monkeypatch):
    mine = key()
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
        async with queue_at_work(nothing) as queue:
            await queue.runner.sweep()

    run(test)
    assert store.kept_jobs(state) == {"1" * 32: "queued"}
    left = {path.name for path in root.iterdir()} - {"slots"}
    assert left == {"1" * 32, ".new-" + "5" * 32, "somebody else's"}


def test_a_process_that_others_end_again_and_again_is_given_up(queue_at_work, key, keep):
    """It was begun again for ever."""
    mine, begun = key(), []

    def ended_from_outside(folder, *_):
        begun.append(folder)
        raise child.Interrupted

    async def test():
        async with queue_at_work(ended_from_outside) as queue:
            assert (await ended(queue, mine, keep(mine, "job"))).reason == running._LOST

    run(test)
    assert len(begun) == MOST_LOSSES


def test_files_of_a_job_that_another_slot_has_by_now_stay(
    queue_at_work, key, keep, state, folder, monkeypatch
):
    """Whoever lost the job took it for cancelled, and removed it."""
    mine, settled = key(), []
    monkeypatch.setattr(running.JobRunner, "_settle", noted(running.JobRunner._settle, settled))

    def lose(*_):
        store.take_over(state, 0)
        assert store.claim_next(state, 7).id == "job"

    keep(mine, "job")

    async def test():
        async with queue_at_work(lose) as queue:
            monkeypatch.setattr(queue.runner, "_take_over_beyond", pass_by)

            async def is_settled():
                return settled

            await until_true(is_settled)
            job = await queue.find(mine.id, "job")
            assert (job.state, job.slot) == ("running", 7)
            assert (folder / "reports" / "job" / "input" / "schools.csv").exists()

    run(test)


def noted(settle, settled):
    async def noting(self, job, end):
        await settle(self, job, end)
        settled.append(job.id)

    return noting


async def pass_by():
    """Leave other slots alone."""


def test_a_slot_that_is_no_longer_used_is_freed_unless_a_server_still_runs_it(
    queue_at_work, key, keep, state, folder
):
    mine = key()
    keep(mine, "mine")
    keep(mine, "other's")
    store.claim_next(state, 1)
    store.claim_next(state, 2)

    async def test():
        async with queue_at_work(nothing, report_jobs_at_once=1) as queue, queue.runner._locked("2.lock"):
            assert (await ended(queue, mine, await queue.find(mine.id, "mine"))).reason == running._GONE
            await queue.runner.sweep()
            assert store.kept_jobs(state)["other's"] == "running"
        async with queue_at_work(nothing) as queue:
            await ended(queue, mine, await queue.find(mine.id, "other's"))

    run(test)
