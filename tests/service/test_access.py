from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from index.case_index import CaseIndex
from service import access, api, pages, running
from service.access import FEEDBACK_COST
from service.app import create_app
from service.readiness import the_answering
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import create_key, list_keys, revoke_key
from tests.loops import run

ASKED = {"text": "slow broadband"}
BODY = json.dumps(ASKED).encode()


@pytest.fixture
def served(monkeypatch, index_dir, encoder, until, tmp_path):
    """Makes clients of applications with settings; they share one state folder."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))

    @contextmanager
    def client(address="192.0.2.1", **settings):
        app = create_app(CaseIndex.open(index_dir), Settings(state=tmp_path / "state", **settings))
        with TestClient(app, raise_server_exceptions=False, client=(address, 1)) as client:
            until(lambda: client.get("/readyz").status_code == 200)
            yield client

    return client


@pytest.fixture
def key(tmp_path):
    """Makes keys in that folder."""

    def key(name="intranet", *scopes, **limits):
        with open_state(tmp_path / "state") as state:
            made, token = create_key(state, name, scopes or ("match", "export", "feedback"), **limits)
        return SimpleNamespace(token=token, prefix=made.prefix, bearer={"Authorization": f"Bearer {token}"})

    return key


def ask(client, headers=None):
    return client.post("/v1/match", json=ASKED, headers=headers or {})


def is_problem(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    return response.json()["detail"]


# Keys


def test_a_key_is_taken_from_either_header_and_none_is_needed(served, key):
    mine = key()
    with served() as client:
        for headers in (
            {},
            mine.bearer,
            {"X-API-Key": mine.token},
            {"Authorization": f"bearer  {mine.token}"},
        ):
            assert ask(client, headers).status_code == 200


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/cases/elm-school-phones-2020", "/v1/facets"])
def test_a_wrong_key_is_401_wherever_it_is_sent(path, served, key):
    mine = key()
    with served() as client:
        for token in (mine.token + "x", mine.token.swapcase(), "warts_", "", "é", "x" * 5000):
            response = client.get(path, headers={"X-API-Key": token.encode("latin-1")})
            assert "not known, or was revoked" in is_problem(response, 401)
            assert response.headers["www-authenticate"] == 'Bearer realm="warts", error="invalid_token"'


def test_a_key_that_is_asked_for_is_asked_for_by_the_api_alone(served, key):
    mine = key()
    with served(require_key=True) as client:
        for response in (ask(client), client.get("/v1/cases"), client.get("/v1/cases.csv")):
            assert "Authorization: Bearer" in is_problem(response, 401)
            assert response.headers["www-authenticate"] == 'Bearer realm="warts"'
        for path in ("/", "/?q=phones", "/cases/elm-school-phones-2020", "/healthz", "/v1/openapi.json"):
            assert client.get(path).status_code == 200, path
        known = client.get("/v1/cases", headers=mine.bearer)
        assert known.status_code == 200
        assert is_problem(client.get("/v1/cases", headers={"If-None-Match": known.headers["etag"]}), 401)


def test_the_login_of_a_proxy_before_us_is_no_key(served):
    with served() as client:
        assert ask(client, {"Authorization": "Basic dXNlcjpwYXNz"}).status_code == 200


def test_a_revoked_key_is_refused_by_every_server_at_once(served, key, tmp_path):
    mine = key()
    with served() as one, served() as other:
        assert [ask(client, mine.bearer).status_code for client in (one, other)] == [200, 200]
        with open_state(tmp_path / "state") as state:
            revoke_key(state, "intranet")
        assert [ask(client, mine.bearer).status_code for client in (one, other)] == [401, 401]


def test_a_key_does_only_what_it_is_for(served, key):
    exporting = key("exporting", "export")
    with served() as client:
        response = ask(client, exporting.bearer)
        assert exporting.prefix in is_problem(response, 403)
        assert 'error="insufficient_scope", scope="match"' in response.headers["www-authenticate"]
        assert client.get("/v1/cases.jsonl", headers=exporting.bearer).status_code == 200
        assert client.get("/v1/cases", headers=exporting.bearer).status_code == 200
        matching = key("matching", "match")
        assert "'export'" in is_problem(client.get("/v1/cases.csv", headers=matching.bearer), 403)


def test_the_day_a_key_was_used_is_noted_for_whatever_it_was_used(served, key, tmp_path):
    mine = key()
    with served() as client:
        client.get("/v1/cases", headers=mine.bearer)
    with open_state(tmp_path / "state") as state:
        (now,) = list_keys(state)
    assert now.last_used == access._today()


def test_nothing_of_the_state_is_touched_without_a_key(served, tmp_path):
    with served() as client:
        assert ask(client).status_code == 200
    assert not (tmp_path / "state").exists()


def test_no_key_and_no_address_reaches_the_log(served, key, caplog):
    caplog.set_level("DEBUG")
    mine = key()
    with served(address="192.0.2.77", anonymous_per_minute=1) as client:
        ask(client, mine.bearer)
        ask(client, {"X-API-Key": mine.token + "x"})
        assert [ask(client).status_code for _ in range(2)] == [200, 429]
    told = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "/v1/match" in told
    assert mine.token not in told
    assert "192.0.2.77" not in told


# Limits


def test_without_a_key_an_address_has_its_questions_a_minute(served, monkeypatch):
    monkeypatch.setattr(access.MinuteCounter, "__init__", _stopped(access.MinuteCounter.__init__))
    with served(anonymous_per_minute=2) as client:
        first = ask(client)
        assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
        assert client.get("/?q=phones").status_code == 200
        for path in ("/", "/?q=", "/v1/cases", "/healthz"):  # these cost nothing
            assert client.get(path).status_code != 429
        refused = ask(client)
        assert "without an API key" in is_problem(refused, 429)
        assert refused.headers["retry-after"] == "30"
        assert refused.headers["ratelimit-remaining"] == "0"
        assert refused.headers["ratelimit-reset"] == "30"
        page = client.get("/?q=phones")
        assert page.status_code == 429
        assert page.headers["retry-after"] == "30"
        assert "<h1>" in page.text
        assert client.head("/?q=phones").status_code == 429


def _stopped(usual):
    return lambda self: usual(self, lambda: 90.0)


def test_no_limit_is_a_limit_that_can_be_chosen(served):
    with served(anonymous_per_minute=0) as client:
        responses = [ask(client) for _ in range(130)]
    assert {response.status_code for response in responses} == {200}
    assert "ratelimit-limit" not in responses[0].headers


def test_a_key_has_a_quota_of_its_own(served, key, monkeypatch):
    monkeypatch.setattr(access.MinuteCounter, "__init__", _stopped(access.MinuteCounter.__init__))
    by_minute, unlimited = key("by minute", per_minute=2), key("unlimited")
    with served(anonymous_per_minute=1) as client:
        assert [ask(client, by_minute.bearer).status_code for _ in range(3)] == [200, 200, 429]
        assert by_minute.prefix in is_problem(ask(client, by_minute.bearer), 429)
        assert [ask(client, unlimited.bearer).status_code for _ in range(5)] == [200] * 5
        assert [ask(client).status_code for _ in range(2)] == [200, 429]


def test_the_quota_of_a_day_is_counted_across_servers_and_restarts(served, key):
    mine = key(per_day=3)
    with served() as one, served() as other:
        assert [ask(client, mine.bearer).status_code for client in (one, other)] == [200, 200]
    with served() as again:
        assert ask(again, mine.bearer).headers["ratelimit-remaining"] == "0"
        refused = ask(again, mine.bearer)
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
        is_problem(refused, 429)


def routes_within(routers):
    """Every route of routers, those of routers within them too."""
    for router in routers:
        for route in router.routes:
            inner = getattr(route, "original_router", None)
            yield from routes_within([inner]) if inner else [route]


def test_whatever_costs_an_answer_is_counted():
    asking = {
        route.path: {one.call.__module__ for one in route.dependant.dependencies}
        for route in routes_within([*api.ROUTERS, *pages.ROUTERS])
        if the_answering in {one.call for one in route.dependant.dependencies}
    }
    assert {"/", "/v1/match", "/readiness", "/pack.docx"} <= asking.keys()
    assert [path for path, modules in asking.items() if access.__name__ not in modules] == []


def test_feedback_counts_for_more_than_a_question(served):
    said = {"case_id": "elm-school-phones-2020", "kind": "useful"}
    with served(anonymous_per_minute=FEEDBACK_COST + 1) as client:
        assert client.post("/v1/feedback", json=said).headers["ratelimit-remaining"] == "1"
        assert client.post("/v1/feedback", json=said).status_code == 429
        assert ask(client).status_code == 200


@pytest.mark.parametrize(
    ("host", "whom"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", ""),
        (None, ""),
    ],
)
def test_an_address_of_ipv6_stands_for_its_network(host, whom):
    client = None if host is None else SimpleNamespace(host=host)
    assert access._whence(SimpleNamespace(client=client)) == whom


def test_the_description_tells_of_keys(served):
    with served() as client:
        described = client.get("/v1/openapi.json").json()
    schemes = described["components"]["securitySchemes"]
    assert schemes["bearer"] == {"type": "http", "scheme": "bearer"}
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert ("security" in operation) == ("401" in operation["responses"]) == path.startswith("/v1/")


@contextmanager
def behind(served, address, **settings):
    """A client at an address of an application as uvicorn would run it, which looks at proxies' headers."""
    with served(anonymous_per_minute=1, **settings) as client:
        config = running._config(client.app, Settings(**settings), "127.0.0.1", 0, 1)
        app = (
            ProxyHeadersMiddleware(client.app, config.forwarded_allow_ips)
            if config.proxy_headers
            else client.app
        )
        yield TestClient(app, raise_server_exceptions=False, client=(address, 1))


def test_the_word_of_a_proxy_counts_only_where_it_is_trusted(served):
    first, second = {"X-Forwarded-For": "198.51.100.1"}, {"X-Forwarded-For": "198.51.100.2"}
    with behind(served, "192.0.2.9", trusted_proxies="192.0.2.0/28, 203.0.113.1") as client:
        assert [ask(client, one).status_code for one in (first, second, first)] == [200, 200, 429]
        made_up = {"X-Forwarded-For": "198.51.100.99, 198.51.100.2"}  # its own proxy adds the last
        assert ask(client, made_up).status_code == 429
    for settings in ({}, {"trusted_proxies": "203.0.113.1"}):
        with behind(served, "192.0.2.9", **settings) as client:
            assert [ask(client, one).status_code for one in (first, second)] == [200, 429]


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.0/33", "10.0.0.1/8", "* x"])
def test_a_proxy_that_is_no_address_is_refused(wrong):
    with pytest.raises(ValidationError):
        Settings(trusted_proxies=wrong)


def test_while_another_process_writes_a_quota_waits_and_everybody_else_is_answered(run_app, key, tmp_path):
    mine = key(per_day=5)

    async def test(calls):
        with open_state(tmp_path / "state") as other:
            other.execute("BEGIN IMMEDIATE")
            counting = asyncio.create_task(
                calls.call("POST", "/v1/match", BODY, headers=[(b"x-api-key", mine.token.encode())])
            )
            assert (await calls.call("POST", "/v1/match", BODY)).status == 200
            assert not counting.done()
            other.execute("COMMIT")
        assert (await counting).headers["ratelimit-remaining"] == "4"

    run_app(test, state=tmp_path / "state")


def test_every_one_of_many_is_counted_and_the_log_is_emptied_meanwhile(key, tmp_path):
    mine = key(per_day=5_000)
    counting = access.Access(Settings(state=tmp_path / "state"))

    async def count():
        request = SimpleNamespace(headers={"x-api-key": mine.token}, state=SimpleNamespace())
        for _ in range(4_000):
            await counting.count(request, await counting.key(request))

    run(count)
    log = (tmp_path / "state" / "state.sqlite-wal").stat().st_size
    assert log < 2_000 * 4_096
    counting.close()
    with open_state(tmp_path / "state") as state:
        (now,) = list_keys(state)
    assert now.used == 4_000
