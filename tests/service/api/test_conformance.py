"""The API against its published description: requests that it allows and that it forbids, by Schemathesis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.python.asgi import ASGIClient, get_client

from index.case_index import CaseIndex
from service.app import create_app
from service.schema_files import FOLDER, OPENAPI
from service.settings import Settings

EXAMPLES = 20  # requests an operation, beside those at the edges of what is described
_CONFIG = SchemathesisConfig.from_dict({"generation": {"database": "none", "deterministic": True}})
described = schemathesis.openapi.from_path(str(FOLDER / OPENAPI), config=_CONFIG)


@pytest.fixture
def api(monkeypatch, index_dir, encoder, until) -> Iterator[ASGIClient]:
    """A client of the application over three cases."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    app = create_app(CaseIndex.open(index_dir), Settings(anonymous_per_minute=0))
    with get_client(app, max_stream_events=100) as client:
        until(lambda: client.get("http://testserver/readyz").status_code == 200)
        yield client


@described.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_as_described(case, api):
    case.call_and_validate(base_url="http://testserver", session=api)
