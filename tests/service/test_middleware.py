"""What every answer has in common: headers, HEAD, bounds on bodies, a proper form of unforeseen errors."""

from __future__ import annotations

import asyncio

import pytest

from engine.matcher import Matcher
from service.middleware import MOST_BODY, EveryAnswer
from service.settings import Settings
from tests.loops import run


def is_problem(response, status):
    told = response.json()
    return response.headers["content-type"] == "application/problem+json" and (
        response.status_code == status == told["status"]
    )


def chunks(n_bytes):
    yield b'{"text": "'
    for _ in range(n_bytes // 1000):
        yield b"x" * 1000
    yield b'"}'


@pytest.mark.parametrize("body", [b"x" * (MOST_BODY + 1), b"[" * 1_000_000, chunks(10 * MOST_BODY)])
def test_a_body_that_is_too_large_is_refused_whether_it_tells_its_length_or_not(client, body):
    response = client.post("/v1/match", content=body, headers={"Content-Type": "application/json"})
    assert is_problem(response, 413)
    assert f"{MOST_BODY:,}" in response.json()["detail"]
    assert client.post("/v1/match", json={"text": "phones"}).status_code == 200


def test_a_body_that_is_too_large_for_a_page_is_refused_with_a_page(client):
    response = client.request("GET", "/?q=phones", content=b"x" * (MOST_BODY + 1))
    assert response.status_code == 413
    assert response.headers["content-type"].startswith("text/html")
    assert '<a href="/">Ask a question</a>' in response.text


def test_the_longest_text_fits_however_it_is_escaped(client):
    body = b'{"text": "' + b"\\ud83d\\ude00" * 10_000 + b'"}'
    response = client.post("/v1/match", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/", "/?q=phones", "/healthz", "/readyz", "/v1/cases", "/static/style.css", "/nothing", "/v1/match"],
)
def test_head_is_answered_as_get_without_the_body(client, address):
    head, get = client.head(address), client.get(address)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers["content-type"] == get.headers["content-type"]


def test_an_error_that_nobody_foresaw_has_the_headers_and_a_line_in_the_log_without_the_question(
    client, monkeypatch, caplog
):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(Matcher, "answer", broken)
    caplog.set_level("INFO")
    told = client.post("/v1/match", json={"text": "our secret worry"})
    assert is_problem(told, 500)
    page = client.get("/?q=our+secret+worry")
    assert page.status_code == 500
    assert "Something went wrong here" in page.text
    for response in (told, page):
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
    ours = [one.getMessage() for one in caplog.records if one.name.startswith(("warts", "uvicorn"))]
    assert any(message.startswith("POST /v1/match 500") for message in ours)
    assert any(message.startswith("GET / 500") for message in ours)
    assert "GET / failed" in ours
    assert not any("secret" in message for message in ours)


def test_an_answer_that_breaks_off_is_cut_and_has_its_line_without_what_the_error_says(index_dir, caplog):
    async def broken(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ValueError(scope["path"][1:])

    async def call():
        scope = {"type": "http", "method": "GET", "path": "/secret", "headers": [], "state": {}}
        await EveryAnswer(broken, Settings())(scope, None, nothing)

    async def nothing(_):
        pass

    caplog.set_level("INFO")
    with pytest.raises(RuntimeError, match="broke off") as raised:
        run(call)
    assert raised.value.__suppress_context__
    messages = [record.getMessage() for record in caplog.records]
    assert messages[0] == "GET /secret failed"
    assert messages[1].startswith("GET /secret 200 ")
    assert "ValueError" in caplog.records[0].traceback
    assert "secret" not in caplog.records[0].traceback


def test_a_body_that_does_not_come_is_a_problem_with_the_headers_of_every_answer(run_app):
    async def test(calls):
        sent = []

        async def receive():
            if sent:
                await asyncio.sleep(60)
            sent.append(True)
            return {"type": "http.request", "body": b"{", "more_body": True}

        answers = []

        async def send(message):
            answers.append(message)

        scope = {
            **{"type": "http", "method": "POST", "path": "/v1/match", "raw_path": b"/v1/match"},
            **{"headers": [(b"content-type", b"application/json")], "query_string": b"", "state": {}},
            **{"root_path": "", "client": ("test", 1), "server": ("test", 80), "scheme": "http"},
        }
        await calls.app(scope, receive, send)
        headers = dict(answers[0]["headers"])
        assert answers[0]["status"] == 408
        assert headers[b"content-type"] == b"application/problem+json"
        assert headers[b"connection"] == b"close"
        assert headers[b"x-frame-options"] == b"DENY"

    run_app(test, body_seconds=0.05)
