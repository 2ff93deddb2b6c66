"""What is sent is looked through and kept: one at a time of a key, and nothing of what is refused."""

from __future__ import annotations

import asyncio
import errno
import sqlite3
from threading import Event

import pytest

from service.jobs import child, queue, store
from service.jobs.errors import (
    LookingError,
    NoLookFreeError,
    NoRoomError,
    NotLookedThroughError,
    UnusableInputError,
)
from service.jobs.job import INPUT
from service.jobs.queue import JobQueue
from service.settings import Settings
from service.state.database import State
from tests.loops import run
from tests.service.jobs.conftest import asked, sent, until_true
from tests.service.threads_for_processes import use_threads


@pytest.fixture
def taking(folder, index_dir, monkeypatch):
    """Run a coroutine of a queue that takes jobs in, and works on none."""
    use_threads(monkeypatch)

    def taking(test):
        async def whole():
            kept = State(folder)
            try:
                await test(JobQueue(Settings(state=folder), kept, index_dir))
            finally:
                kept.close()

        run(whole)

    return taking


def refused(taking, key, kind, folder):
    """Send a table that is refused; nothing of it is kept."""

    async def test(jobs):
        with pytest.raises(kind):
            await jobs.take(key.id, asked(), sent())
        assert await jobs.jobs_of(key.id) == []

    taking(test)
    assert not list((folder / "reports").glob("*"))


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


def test_a_look_that_fails_unforeseen_is_told_to_the_log_and_is_no_fault_of_the_input(
    taking, key, folder, monkeypatch, caplog
):
    """It was a fault of the schools, and nothing was logged."""
    monkeypatch.setattr(child, "look", failing(RuntimeError("a secret worry")))
    refused(taking, key(), NotLookedThroughError, folder)
    (record,) = caplog.records
    assert record.getMessage() == "a report could not be made"
    assert len(record.fields["job"]) == 32
    assert "RuntimeError" in record.traceback
    assert "secret" not in caplog.text + record.traceback


def test_a_look_that_dies_is_told_to_the_log(taking, key, folder, monkeypatch, caplog):
    monkeypatch.setattr(child, "exit_code_of", lambda *_: -9)
    refused(taking, key(), NotLookedThroughError, folder)
    assert "ended with -9" in caplog.text


def test_what_is_wrong_with_an_input_is_its_own_fault(taking, key, folder, monkeypatch, caplog):
    monkeypatch.setattr(child, "look", failing(UnusableInputError("not so", "concerns")))
    refused(taking, key(), UnusableInputError, folder)
    assert caplog.records == []


def test_a_full_disk_is_told_wherever_it_is_met(taking, key, folder, monkeypatch):
    mine, full = key(), OSError(errno.ENOSPC, "No space left on device")
    with monkeypatch.context() as patch:
        patch.setattr(child, "look", failing(full))
        refused(taking, mine, NoRoomError, folder)
    with monkeypatch.context() as patch:
        patch.setattr(queue, "_save", failing(full))
        refused(taking, mine, NoRoomError, folder)

    def fill(connection, *_):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        connection.execute("CREATE TABLE more AS SELECT zeroblob(100000)")

    monkeypatch.setattr(store, "add_job", fill)
    refused(taking, mine, NoRoomError, folder)


def test_one_input_of_a_key_is_looked_through_at_a_time_and_others_wait_no_longer_than_they_should(
    taking, key, monkeypatch
):
    keys = [key(name) for name in ("one", "two", "three")]
    gate, look, begun = Event(), child.look, []

    def held(*told):
        begun.append(told)
        assert gate.wait(30)
        look(*told)

    monkeypatch.setattr(child, "look", held)
    monkeypatch.setattr(queue, "SECONDS_TO_WAIT", 0.05)

    async def test(jobs):
        first, second = (asyncio.create_task(jobs.take(one.id, asked(), sent())) for one in keys[:2])

        async def both_have_begun():
            return len(begun) == 2

        await until_true(both_have_begun)
        for call in (jobs.take(keys[0].id, asked(), sent()), jobs.check_room(keys[0].id)):
            with pytest.raises(LookingError):
                await call
        with pytest.raises(NoLookFreeError):
            await jobs.take(keys[2].id, asked(), sent())
        gate.set()
        assert [(await task).state for task in (first, second)] == ["queued"] * 2
        for one in (keys[0], keys[2]):
            assert (await jobs.take(one.id, asked(), sent())).state == "queued"

    taking(test)


def test_files_are_on_the_disk_before_the_job_is_kept(taking, key, folder, monkeypatch):
    noted = []

    def note(path):
        noted.append((path.name, sorted(file.name for file in path.iterdir())))

    monkeypatch.setattr(queue, "sync_tree", note)
    monkeypatch.setattr(queue, "sync", note)
    monkeypatch.setattr(store, "add_job", lambda _, job_id, *__: noted.append(job_id))

    async def test(jobs):
        await jobs.take(key().id, asked(), sent())

    taking(test)
    (new, inside), (root, jobs), job_id = noted
    assert (new, inside) == (f".new-{job_id}", [INPUT, child.TOLD])
    assert (root, jobs) == ("reports", [job_id])
    assert (folder / "reports" / job_id / INPUT / "schools.csv").is_file()


def test_another_error_of_the_database_is_no_full_disk(taking, key, folder, monkeypatch):
    monkeypatch.setattr(store, "add_job", failing(sqlite3.OperationalError("database is locked")))
    refused(taking, key(), sqlite3.OperationalError, folder)
