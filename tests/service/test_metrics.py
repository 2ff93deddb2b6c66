"""Figures for Prometheus: off unless switched on, right, and bounded in number."""

from __future__ import annotations

import os
import signal

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from index.building import build_index
from index.case_index import CaseIndex
from service.app import create_app
from service.settings import Settings


@pytest.fixture
def client(monkeypatch, index_dir, encoder, until):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    settings = Settings(metrics=True, poll_seconds=0.01, anonymous_per_minute=3)
    with TestClient(create_app(CaseIndex.open(index_dir), settings), raise_server_exceptions=False) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        yield client


def figures(text):
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def figures_of(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return figures(answer.text)


def test_there_are_no_figures_unless_they_are_switched_on(index_dir):
    client = TestClient(create_app(CaseIndex.open(index_dir), Settings()))
    assert client.get("/metrics").status_code == 404


def test_questions_are_counted_with_their_verdict_and_the_time_of_each_step(client):
    verdicts = [
        client.post("/v1/match", json={"text": text}).json()["verdict"] for text in ("phones", "qqq zzz")
    ]
    client.get("/?q=phones")
    found = figures_of(client)
    assert found["warts_requests_total", "/v1/match", "200", "POST"] == 2
    assert found["warts_requests_total", "/", "200", "GET"] == 1
    assert sum(value for key, value in found.items() if key[0] == "warts_verdicts_total") == 3
    assert found["warts_verdicts_total", verdicts[1]] >= 1
    for step in ("understand", "encode", "answer", "whole"):
        assert found["warts_question_seconds_count", step] == 3
    parts = sum(found["warts_question_seconds_sum", step] for step in ("understand", "encode", "answer"))
    assert 0 < parts < found["warts_question_seconds_sum", "whole"]
    assert found["warts_queue",] == 0


def test_routes_are_counted_by_template_however_many_addresses_are_tried(client):
    for number in range(30):
        client.get(f"/cases/case-{number}")
        client.get(f"/nothing/{number}")
        client.get(f"/static/{number}")
        client.request(f"M{number}", "/")
    routes = {key for key in figures_of(client) if key[0] == "warts_requests_total"}
    assert ("warts_requests_total", "/cases/{case_id}", "404", "GET") in routes
    assert ("warts_requests_total", "404", "GET", "none") in routes
    assert ("warts_requests_total", "/static", "404", "GET") in routes
    assert len(routes) <= 7


def test_refused_requests_are_counted_by_reason(client):
    client.post("/v1/match", content=b"x" * 200_000)
    statuses = [client.post("/v1/match", json={"text": "phones"}).status_code for _ in range(5)]
    assert statuses[-1] == 429
    found = figures_of(client)
    assert found["warts_refused_total", "large"] == 1
    assert found["warts_refused_total", "limit"] == statuses.count(429)


def test_the_index_that_answers_is_told_also_when_it_changes(client, index_dir, encoder, make_case, until):
    before = figures_of(client)
    assert before["warts_index_cases",] == 3
    built = build_index([make_case()], encoder, index_dir)
    until(lambda: figures_of(client)["warts_index_cases",] == 1)
    after = figures_of(client)
    assert after["warts_index_passages",] == built.manifest.passages
    assert after["warts_index_built_timestamp_seconds",] == built.manifest.built_at.timestamp()


def test_a_state_that_cannot_be_read_costs_only_the_figures_of_reports(client, caplog):
    state = client.app.state.state
    before = figures_of(client)["warts_reports", "done"]  # other tests have left theirs
    client.portal.call(
        state.run, lambda connection: connection.execute("ALTER TABLE report_jobs RENAME TO away")
    )
    for _ in range(2):
        found = figures_of(client)
        assert not [name for name in found if name[0] == "warts_reports"]
        assert found["warts_index_cases",] == 3
    assert caplog.text.count("reports are not counted") == 1
    client.portal.call(
        state.run, lambda connection: connection.execute("ALTER TABLE away RENAME TO report_jobs")
    )
    assert figures_of(client)["warts_reports", "done"] == before


@pytest.mark.server
def test_any_worker_tells_the_figures_of_all_and_a_dead_one_s_gauges_are_forgotten(start_server, until):
    server = start_server("--workers", "2", WARTS_METRICS="true")
    for _ in range(20):
        assert server.match().status == 200
    until(lambda: server.log.count("Application startup complete") == 2)
    for _ in range(5):
        found = figures(server.send("GET", "/metrics").text)
        assert found["warts_requests_total", "/v1/match", "200", "POST"] == 20
        assert found["warts_index_cases",] == 3
        assert found["warts_queue",] == 0
    worker = int(server.log.split("Started server process [")[1].split("]")[0])
    os.kill(worker, signal.SIGKILL)
    until(lambda: server.log.count("Application startup complete") == 3)
    found = figures(server.send("GET", "/metrics").text)
    assert found["warts_requests_total", "/v1/match", "200", "POST"] == 20
