"""The application over the shipped cases, with an encoder that needs no model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient

from corpus.reading import SHIPPED_CASES, read_cases
from index.building import build_index
from index.case_index import CaseIndex
from service.api.reports import EXAMPLE_ID
from service.app import create_app
from service.jobs import child
from service.jobs.job import ZIP, Counted, JobAsked, JobInput, JobOptions
from service.jobs.store import add_job, claim_next, finish_job
from service.schools.building import import_registers
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import create_key
from tests.registers import NCES_DIRECTORY_COLUMNS, nces_row, write_rows
from tests.service.threads_for_processes import use_threads

_built: list[Path] = []


@pytest.fixture
def shipped_index(tmp_path_factory: pytest.TempPathFactory, encoder) -> Path:
    """A folder with an index of the shipped cases; built once."""
    if not _built:
        folder = tmp_path_factory.mktemp("shipped") / "index"
        build_index(read_cases([SHIPPED_CASES]).cases, encoder, folder)
        _built.append(folder)
    return _built[0]


@pytest.fixture
def report_key(tmp_path: Path) -> dict[str, str]:
    """The headers of a key that has the report of the examples, done."""
    with open_state(tmp_path / "state") as state:
        key, token = create_key(state, "trust", ["reports"])
        asked = JobAsked(options=JobOptions(), input=JobInput(schools=("schools.csv",)))
        add_job(state, EXAMPLE_ID, key.id, asked, Counted(1, 0, 0), 1)
        claim_next(state, 0)
        finish_job(state, EXAMPLE_ID, 0, 1, size=4)
    folder = tmp_path / "state" / "reports" / EXAMPLE_ID
    folder.mkdir(parents=True)
    (folder / ZIP).write_bytes(b"PK..")
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def shipped(
    monkeypatch: pytest.MonkeyPatch, shipped_index: Path, encoder, until, tmp_path: Path
) -> Iterator[TestClient]:
    """A client whose application has the shipped cases and a register of one school, and is ready."""
    extract, state = tmp_path / "directory.csv", tmp_path / "state"
    school = nces_row(NCESSCH="010000500870", SCH_NAME="ST MARYS CE PRIMARY")
    write_rows(extract, [school], NCES_DIRECTORY_COLUMNS, encoding="utf-8")
    import_registers([extract], state)
    use_threads(monkeypatch)
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    app = create_app(CaseIndex.open(shipped_index), Settings(anonymous_per_minute=0, state=state))
    with TestClient(app, raise_server_exceptions=False) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        yield client


@pytest.fixture
def served(monkeypatch, index_dir, encoder, until, tmp_path):
    """Make clients of applications with settings; they share one state."""
    use_threads(monkeypatch)
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))

    @contextmanager
    def client(make=child.make, **settings):
        app = create_app(CaseIndex.open(index_dir), Settings(state=tmp_path / "state", **settings))
        app.state.jobs.runner.make = make
        with TestClient(app, raise_server_exceptions=False) as client:
            until(lambda: client.get("/readyz").status_code == 200)
            yield client

    return client


@pytest.fixture
def key(tmp_path):
    """Make keys in that state."""

    def key(name="trust", *scopes, **limits):
        with open_state(tmp_path / "state") as state:
            made, token = create_key(state, name, scopes or ("reports",), **limits)
        return SimpleNamespace(id=made.id, token=token, headers={"Authorization": f"Bearer {token}"})

    return key
