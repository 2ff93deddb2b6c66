"""A client of the application over the three cases."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.case_index import CaseIndex
from service.app import create_app
from service.settings import Settings


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, index_dir: Path, encoder) -> Iterator[TestClient]:
    """A client whose application is ready."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    app = create_app(CaseIndex.open(index_dir), Settings())
    with TestClient(app, raise_server_exceptions=False) as client:
        for _ in range(500):
            if client.get("/readyz").status_code == 200:
                break
            time.sleep(0.01)
        yield client
