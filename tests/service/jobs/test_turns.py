"""Jobs that take turns, and go on where they were."""

from __future__ import annotations

from functools import partial

import pytest

from engine.reports import run as engine_run
from service.jobs import child, store
from service.jobs.job import INPUT, ZIP
from service.reports import running as reports_running
from service.settings import Settings
from tests.loops import run
from tests.service.jobs.conftest import asked, ended, lines_in, table, until_true
from tests.service.threads_for_processes import InterruptedEncoder, use_threads

MANY = 90
FEW = 8  # that are answered, and written, at a time


@pytest.fixture(autouse=True)
def slow_threads(monkeypatch, encoder):
    """Let jobs be done in threads, slowly and a few schools at a time."""
    use_threads(monkeypatch)
    monkeypatch.setattr(Settings, "encoder", property(lambda _: InterruptedEncoder(encoder, 0.005)))
    monkeypatch.setattr(engine_run, "report_on", partial(engine_run.report_on, batch=FEW))
    monkeypatch.setattr(reports_running, "FLUSHED", FEW)


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


def test_a_long_job_gives_way_where_others_wait_and_ends_as_if_it_had_not(queue_at_work, key, keep, whole):
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


def test_a_job_that_is_alone_does_not_give_way(queue_at_work, key, keep, monkeypatch):
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


def test_a_server_that_ends_puts_its_job_back_and_the_next_one_goes_on(queue_at_work, key, keep, whole):
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
