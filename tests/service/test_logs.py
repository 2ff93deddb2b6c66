"""Lines of the log: what they have, what they never have, and that nobody can forge one."""

from __future__ import annotations

import json
import logging
import logging.config
import re

import pytest
from fastapi.testclient import TestClient

from engine.matcher import Matcher
from index.case_index import CaseIndex
from service.app import create_app
from service.logs import JsonLines, TextLines, log_config, request_id_of, shown_path
from service.settings import Settings

WORRY = "our secret worry"
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ [\w.]+: ")


@pytest.fixture
def serving(monkeypatch, index_dir, encoder, until):
    """Make a client of an application with some settings."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    clients = []

    def make(**settings):
        app = create_app(CaseIndex.open(index_dir), Settings(anonymous_per_minute=0, **settings))
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client.__enter__())
        until(lambda: client.get("/readyz").status_code == 200)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


def requests_in(caplog):
    found = [record.fields for record in caplog.records if hasattr(record, "fields")]
    return [fields for fields in found if fields.get("event") == "request" and fields["path"] != "/readyz"]


@pytest.mark.parametrize("sent", ["abc-123", "A.b_c", "0" * 64])
def test_a_well_formed_id_of_a_request_is_kept_and_sent_back(client, sent):
    assert client.get("/healthz", headers={"X-Request-Id": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "0" * 65, "a b", "a\tb", "é", "a;b", '"', "a\nX-Evil: 1"])
def test_any_other_id_is_replaced(sent):
    assert re.fullmatch(r"[0-9a-f]{16}", request_id_of(sent))
    assert request_id_of(sent) != request_id_of(sent)


def test_the_line_of_a_request_has_all_but_the_question(serving, caplog):
    caplog.set_level("INFO")
    client = serving()
    answer = client.post("/v1/match", json={"text": WORRY})
    client.get("/", params={"q": WORRY})
    client.get("/healthz")
    match, page, health = requests_in(caplog)
    assert {key: match[key] for key in ("method", "path", "status")} == {
        "method": "POST",
        "path": "/v1/match",
        "status": 200,
    }
    assert match["request_id"] == answer.headers["x-request-id"]
    assert match["generation"] == client.get("/readyz").json()["generation"] == page["generation"]
    assert 0 < match["milliseconds"] < 30_000
    assert "generation" not in health
    assert "secret" not in "".join(
        r.getMessage() + str(r.__dict__) for r in caplog.records if r.name == "warts"
    )


def test_the_question_is_a_field_where_that_is_switched_on(serving, caplog):
    caplog.set_level("INFO")
    serving(log_queries=True).get("/", params={"q": WORRY})
    (page,) = requests_in(caplog)
    assert page["question"] == WORRY
    assert page["path"] == "/"


@pytest.mark.parametrize(("switched", "shown"), [(False, False), (True, True)])
def test_what_an_unforeseen_error_says_is_logged_only_where_questions_are(
    serving, monkeypatch, caplog, switched, shown
):
    """An error may quote the text that it was about."""

    def broken(*_):
        try:
            {}[WORRY]
        except KeyError as error:
            raise RuntimeError(f"cannot read {WORRY!r}") from error

    client = serving(log_queries=switched)
    monkeypatch.setattr(Matcher, "answer", broken)
    assert client.post("/v1/match", json={"text": WORRY}).status_code == 500
    (failure,) = [record for record in caplog.records if record.levelname == "ERROR"]
    for lines in (TextLines(), JsonLines()):
        told = lines.format(failure)
        assert "test_logs.py" in told
        assert "in broken" in told
        assert "RuntimeError" in told
        assert "KeyError" in told
        assert (WORRY in told) is shown


@pytest.mark.parametrize(
    "path", ["/a\n2026-11-22T00:00:00.000Z INFO warts: forged", "/\x1b[31m", "/\u2028x", "/\udcff"]
)
def test_a_path_cannot_begin_a_line(path):
    shown = shown_path(path)
    assert shown.isascii()
    assert shown.isprintable()
    assert " " not in shown


def test_a_long_path_is_cut():
    assert len(shown_path("/" + "a" * 100_000)) <= 300


def record_of(message, exception=None, **fields):
    info = (type(exception), exception, None) if exception else None
    record = logging.LogRecord("warts", logging.INFO, "", 0, message, (), info)
    record.fields = fields
    return record


FORGED = "x\n2026-11-22T00:00:00.000Z INFO warts: forged\r\x85\x1b[0m"


def test_text_has_one_line_an_event_and_what_goes_on_is_indented():
    told = TextLines().format(record_of(FORGED, ValueError(FORGED), question=FORGED, number=3))
    first, *others = told.split("\n")
    assert LINE.match(first)
    assert " number=3" in first
    assert others
    assert all(line.startswith("    ") for line in others)
    assert all(line.isprintable() for line in (first, *others))


def test_json_has_one_object_a_line():
    told = JsonLines().format(record_of(FORGED, ValueError(FORGED), question=FORGED))
    assert "\n" not in told
    assert told.isascii()
    read = json.loads(told)
    assert read["event"] == read["question"] == FORGED
    assert "ValueError" in read["traceback"]
    assert {"time", "level", "logger"} <= set(read)


@pytest.mark.parametrize(("log_format", "lines"), [("text", TextLines), ("json", JsonLines)])
def test_the_setting_chooses_the_lines(log_format, lines):
    config = log_config(Settings(log_format=log_format, log_level="warning"))
    assert config["root"]["level"] == "WARNING"
    resolved = logging.config.DictConfigurator(config).configure_formatter(config["formatters"]["lines"])
    assert isinstance(resolved, lines)


@pytest.mark.server
def test_every_line_of_a_server_is_json_where_that_is_set(start_server, until):
    server = start_server(WARTS_LOG_FORMAT="json")
    server.match("a secret worry")
    server.send("GET", "/?q=a+secret+worry%0Aforged")
    server.send("GET", "/nothing%0A%7B%7D")
    until(lambda: '"status": 404' in server.log)  # a line is written when its answer has been sent
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert len(lines) == len(server.log.splitlines()) - 1  # the first is for whoever started it
    events = [(line["method"], line["path"], line["status"]) for line in lines if line["event"] == "request"]
    assert events[-3:] == [("POST", "/v1/match", 200), ("GET", "/", 200), ("GET", "/nothing%0A%7B%7D", 404)]
    assert "secret" not in server.log
