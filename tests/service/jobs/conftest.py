"""Queues over the three cases, and keys that own jobs."""

from __future__ import annotations

import asyncio
import io
import zipfile
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from service.jobs import running, store
from service.jobs.job import INPUT, Counted, JobAsked, JobInput, JobOptions
from service.jobs.queue import JobQueue
from service.settings import Settings
from service.state.database import State, open_state
from service.state.keys import create_key

TABLE = """id,name,country,phases,pupils,concern_1,concern_2
1,Hill Primary,GB,primary,120,slow broadband,parents want to reach their children
2,,,,,the cost of tablets,
3,Town High,GB,secondary,,,
"""


def table(schools: int, concern: str = "slow broadband in class") -> str:
    """Return a table of many schools, each with a worry of its own."""
    rows = (f"{number},School {number},GB,{concern} {number}" for number in range(schools))
    return "\n".join(["id,name,country,concern", *rows, ""])


def asked(**options) -> JobAsked:
    """Return what is asked of a table."""
    return JobAsked(
        options=JobOptions(**{"format": "json", **options}), input=JobInput(schools=("schools.csv",))
    )


@pytest.fixture
def folder(tmp_path):
    """A state folder."""
    return tmp_path / "state"


@pytest.fixture
def state(folder):
    """A connection to its database."""
    with open_state(folder) as connection:
        yield connection


@pytest.fixture
def key(state):
    """Make a key; return what belongs to it."""

    def make(name="trust", *scopes):
        made, token = create_key(state, name, scopes or ("reports",))
        return SimpleNamespace(id=made.id, headers={"Authorization": f"Bearer {token}"})

    return make


@pytest.fixture
def queue_at_work(folder, index_dir):
    """Open queues whose jobs are worked on while they are open."""

    @asynccontextmanager
    async def at_work(make, **settings):
        kept = State(folder)
        queue = JobQueue(Settings(state=folder, **settings), kept, index_dir)
        queue.runner.make = make
        running = asyncio.create_task(queue.runner.run())
        try:
            yield queue
        finally:
            running.cancel()
            await asyncio.wait([running])
            kept.close()

    return at_work


@pytest.fixture
def keep(state, folder):
    """Keep a job as if it had been sent, without looking through its table."""

    def keep(key, job_id, text=TABLE, schools=3):
        inside = folder / "reports" / job_id / INPUT
        inside.mkdir(parents=True)
        (inside / "schools.csv").write_text(text)
        return store.add_job(state, job_id, key.id, asked(), Counted(schools, 0, 0), 20)

    return keep


@pytest.fixture
def soon(monkeypatch):
    """Let queues look often."""
    monkeypatch.setattr(running, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(running, "TICK_SECONDS", 0.02)


def lines_in(file: Path) -> list[bytes]:
    """Return the lines of a report that is packed."""
    with zipfile.ZipFile(file) as packed:
        return packed.read("report/schools.jsonl").splitlines()


def sent(text: str = TABLE) -> dict[str, io.BytesIO]:
    """Return the files of a form."""
    return {"schools.csv": io.BytesIO(text.encode())}


async def until_true(check, seconds=30.0):
    """Wait until a coroutine function returns what is true; return that."""
    async with asyncio.timeout(seconds):
        while not (found := await check()):
            await asyncio.sleep(0.01)
    return found


async def ended(queue, key, job):
    """Wait until a job is done or has failed; return it."""

    async def finished():
        found = await queue.find(key.id, job.id)
        return found if found.state in ("done", "failed") else None

    return await until_true(finished)
