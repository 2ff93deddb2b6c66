"""The API against its published description: requests that it allows and that it forbids, by Schemathesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import ASGIClient, get_client

from index.case_index import CaseIndex
from service.app import create_app
from service.schema_files import FOLDER, OPENAPI
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import Scope, create_key
from tests.service.threads_for_processes import use_threads

EXAMPLES = 20  # requests an operation, beside those at the edges of what is described
# A schema can say that a file is sent, but neither how its name ends nor that it is a table of schools.
_FILES = {
    "include-name": "POST /v1/reports",
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "4xx"]}},
}
_CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {"database": "none", "deterministic": True},
        "checks": {"ignored_auth": {"enabled": False}},  # it asks over the network; ours is in jobs/
        "operations": [_FILES],
    }
)
described = schemathesis.openapi.from_path(str(FOLDER / OPENAPI), config=_CONFIG)


@pytest.fixture
def api(monkeypatch, index_dir, encoder, until, tmp_path) -> Iterator[ASGIClient]:
    """A client of the application over three cases."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    use_threads(monkeypatch)
    told = Settings(anonymous_per_minute=0, state=tmp_path / "state", report_jobs=10_000)
    with get_client(create_app(CaseIndex.open(index_dir), told), max_stream_events=100) as client:
        until(lambda: client.get("http://testserver/readyz").status_code == 200)
        yield client


@pytest.fixture
def headers(tmp_path) -> dict[str, str]:
    """Those of a key that may do everything."""
    with open_state(tmp_path / "state") as state:
        _, token = create_key(state, "all", get_args(Scope))
    return {"Authorization": f"Bearer {token}"}


@described.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_as_described(case, api, headers):
    keyed = headers if "reports" in case.path else {}
    case.call_and_validate(base_url="http://testserver", session=api, headers=keyed)
