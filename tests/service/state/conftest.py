"""A state folder, and a connection to its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.state.database import open_state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A state folder that is not there yet."""
    return tmp_path / "state"


@pytest.fixture
def state(folder):
    """A connection to an empty state."""
    with open_state(folder) as connection:
        yield connection
