"""Reports over HTTP: asked for, told of, fetched and deleted, by the key that they belong to."""

from __future__ import annotations

import io
import logging
import time
import zipfile
from contextlib import contextmanager
from threading import Event
from types import SimpleNamespace

import httpx2
import pytest
from fastapi.testclient import TestClient

from index.case_index import CaseIndex
from service.app import create_app
from service.client import AsyncWartsClient, WartsApiError, WartsClient
from service.jobs import child, queue, store
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import create_key, revoke_key
from tests.service.threads_for_processes import use_threads

ADDRESS = "/v1/reports"
TABLE = "id,name,country,concern\n1,Hill Primary,GB,slow broadband\n2,Town High,GB,\n,No id,GB,phones\n"


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


def send(client, key, table=TABLE, name="Trust 2026.csv", files=None, **options):
    files = files or {"schools": (name, table)}
    return client.post(ADDRESS, headers=key.headers, files=files, data=options)


def told(client, key, job):
    answer = client.get(f"{ADDRESS}/{job['id']}", headers=key.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def finished(client, key, job, until):
    until(lambda: told(client, key, job)["state"] in ("done", "failed"))
    return told(client, key, job)


def problem(answer, status):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def left_in(folder):
    """Return what there is of jobs."""
    root = folder / "state" / "reports"
    return {path.name for path in root.iterdir()} - {"slots"} if root.exists() else set()


def wait_for_ever(folder, *_):
    while (folder / "input").exists():
        time.sleep(0.005)


def end_waiting(folder, job):
    """End what `wait_for_ever` does; a thread cannot be ended from outside."""
    (folder / "state" / "reports" / job["id"] / "input").rename(folder / "input")


def test_a_report_is_asked_for_made_and_fetched(served, key, until, tmp_path):
    mine = key()
    with served() as client:
        sent = send(client, mine, format="csv,json", k=2, closeness=0.5)
        assert sent.status_code == 202
        job = sent.json()
        assert sent.headers["location"] == f"{ADDRESS}/{job['id']}"
        assert (job["state"], job["schools"], job["rows_left_out"]) == ("queued", 2, 1)
        assert (job["format"], job["k"], job["closeness"]) == (["csv", "json"], 2, 0.5)
        done = finished(client, mine, job, until)
        assert (done["state"], done["schools_done"], done["reason"]) == ("done", 2, None)
        assert done["made"] <= done["finished"] < done["expires"]
        assert client.get(ADDRESS, headers=mine.headers).json()["reports"] == [done]
        fetched = client.get(done["download"], headers=mine.headers)
        assert fetched.headers["content-type"] == "application/zip"
        assert fetched.headers["content-disposition"].startswith("attachment; filename=")
        assert int(fetched.headers["content-length"]) == done["bytes"] == len(fetched.content)
        with zipfile.ZipFile(io.BytesIO(fetched.content)) as packed:
            assert "report/csv/matches.csv" in packed.namelist()
            assert b'"schools.csv", "line": 4' in packed.read("report/issues.jsonl")
        part = client.get(done["download"], headers={**mine.headers, "Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, fetched.content[:4])
        assert client.delete(f"{ADDRESS}/{job['id']}", headers=mine.headers).status_code == 204
        problem(client.get(f"{ADDRESS}/{job['id']}", headers=mine.headers), 404)
        problem(client.get(done["download"], headers=mine.headers), 404)
    assert left_in(tmp_path) == set()


def test_several_files_are_one_input(served, key, until):
    mine = key()
    files = [
        ("schools", ("a.csv", "id,name\n1,Hill\n")),
        ("schools", ("b.jsonl", '{"id": "2", "name": "Town"}\n')),
        ("concerns", ("c.CSV", "id,text\n2,slow broadband\n9,nobody's\n")),
        ("mapping", ("m.json", '{"columns": {"id": "id", "name": "name"}}')),
    ]
    with served() as client:
        job = send(client, mine, files=files, format="json").json()
        assert (job["schools"], job["rows_left_out"]) == (2, 1)
        done = finished(client, mine, job, until)
        packed = zipfile.ZipFile(io.BytesIO(client.get(done["download"], headers=mine.headers).content))
    assert b'"concerns.csv", "line": 3' in packed.read("report/issues.jsonl")


def test_a_job_belongs_to_its_key(served, key, until):
    mine, other = key("mine"), key("other")
    with served() as client:
        job = send(client, mine, format="json").json()
        done = finished(client, mine, job, until)
        for address in (f"{ADDRESS}/{job['id']}", done["download"]):
            problem(client.get(address, headers=other.headers), 404)
        problem(client.delete(f"{ADDRESS}/{job['id']}", headers=other.headers), 404)
        assert client.get(ADDRESS, headers=other.headers).json()["reports"] == []
        assert told(client, mine, job)["state"] == "done"


def test_it_takes_a_key_and_one_that_is_for_reports(served, key):
    usual = key("usual", "match", "export", "feedback")
    one = f"{ADDRESS}/x"
    routes = [("POST", ADDRESS), ("GET", ADDRESS), ("GET", one), ("DELETE", one), ("GET", f"{one}/download")]
    with served() as client:
        for method, address in routes:
            assert "API key" in problem(client.request(method, address), 401)["detail"]
            refused = client.request(method, address, headers=usual.headers)
            assert "'reports'" in problem(refused, 403)["detail"]


def test_what_is_too_large_is_refused_before_it_is_sent_and_while(served, key, tmp_path):
    mine = key()
    with served(report_bytes=10_000) as client:
        table = "id\n" + "1\n" * 10_000
        assert "10,000 bytes" in problem(send(client, mine, table), 413)["detail"]
        chunks = (chunk.encode() for chunk in ["--x\r\n", *["a" * 4_000] * 5])
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        problem(client.post(ADDRESS, headers={**mine.headers, **kind}, content=chunks), 413)
        assert send(client, mine).status_code == 202
        problem(client.post("/v1/match", content=b"x" * 200_000), 413)
    assert len(left_in(tmp_path)) == 1


UNUSABLE = [
    ({"schools": ("a.pdf", TABLE)}, {}, "schools", "must end in .csv"),
    ({"schools": ("", TABLE)}, {}, "schools", "as a file"),
    ({"concerns": ("a.csv", TABLE)}, {}, "schools", "Field required"),
    ({"schools": ("a.csv", "name\nHill\n")}, {}, "schools", "schools.csv cannot be read: it must have"),
    ({"schools": ("a.csv", "id,name\n")}, {}, "schools", child.NO_SCHOOL),
    ({"schools": ("a.xlsx", "id,name\n")}, {}, "schools", "no workbook"),
    ({"schools": ("a.csv", TABLE), "mapping": ("m.csv", "")}, {}, "mapping", "must end in .yaml"),
    ({"schools": ("a.csv", TABLE), "mapping": ("m.yaml", "- 1")}, {}, "mapping", "mapping.yaml cannot"),
    ({"schools": ("a.csv", TABLE), "concerns": ("c.xlsx", "id")}, {}, "concerns", "no workbook"),
    (None, {"format": "pdf"}, "format", "'pdf' is no format"),
    (None, {"k": "many"}, "k", "valid integer"),
    (None, {"k": "51"}, "k", "less than or equal to 50"),
    (None, {"closeness": "1.5"}, "closeness", "less than or equal to 1"),
    (None, {"fromat": "csv"}, "fromat", "no such field"),
    (None, {"k": ""}, "k", "valid integer"),
]


def test_what_cannot_be_reported_on_is_refused_and_nothing_of_it_is_kept(served, key, tmp_path):
    mine = key()
    with served() as client:
        for files, options, field, message in UNUSABLE:
            answer = problem(send(client, mine, files=files, **options), 422)
            assert [fault["field"] for fault in answer["errors"]] == [field], message
            assert message in answer["errors"][0]["message"]
            assert str(tmp_path) not in str(answer)
    assert left_in(tmp_path) == set()


def test_what_is_sent_otherwise_is_refused(served, key):
    mine = key()
    with served() as client:
        problem(client.post(ADDRESS, headers=mine.headers, json={"schools": TABLE}), 415)
        kind = {"Content-Type": "multipart/form-data"}
        problem(client.post(ADDRESS, headers={**mine.headers, **kind}, content=b"x"), 400)
        twice = [("schools", ("a.csv", TABLE)), ("k", (None, "2")), ("k", (None, "3"))]
        assert "once" in str(problem(send(client, mine, files=twice), 422))
        many = [("schools", (f"{number}.csv", TABLE)) for number in range(11)]
        assert "at most 10" in str(problem(send(client, mine, files=many), 422))
        problem(client.get(f"{ADDRESS}?limit=3", headers=mine.headers), 422)


def test_too_many_schools_are_refused(served, key, tmp_path):
    mine = key()
    with served(report_schools=1) as client:
        assert "more than 1 schools" in str(problem(send(client, mine), 422))
    assert left_in(tmp_path) == set()


def test_an_input_that_takes_too_long_to_look_through_is_refused(served, key, tmp_path, monkeypatch):
    mine = key()
    monkeypatch.setattr(queue, "SECONDS_TO_LOOK", 0)
    monkeypatch.setattr(child, "look", lambda *_: time.sleep(0.2))
    with served() as client:
        assert "send it in parts" in str(problem(send(client, mine), 422))
    assert left_in(tmp_path) == set()


def test_a_key_keeps_no_more_than_it_may(served, key, until):
    mine, other = key("mine"), key("other")
    with served(report_jobs=1) as client:
        job = send(client, mine, format="json").json()
        assert "delete one" in problem(send(client, mine), 409)["detail"]
        assert send(client, other, format="json").status_code == 202
        finished(client, mine, job, until)
        client.delete(f"{ADDRESS}/{job['id']}", headers=mine.headers)
        assert send(client, mine).status_code == 202


def test_asking_counts_as_questions_and_looking_does_not(served, key):
    mine = key(per_minute=15)
    with served() as client:
        assert send(client, mine).status_code == 202
        assert send(client, mine).status_code == 429
        for _ in range(20):
            assert client.get(ADDRESS, headers=mine.headers).status_code == 200


def test_there_is_nothing_to_fetch_before_it_is_done_and_a_job_at_work_can_be_cancelled(
    served, key, until, tmp_path
):
    mine = key()
    with served(wait_for_ever) as client:
        job = send(client, mine).json()
        until(lambda: told(client, mine, job)["state"] == "running")
        assert (
            "come back"
            in problem(client.get(f"{ADDRESS}/{job['id']}/download", headers=mine.headers), 409)["detail"]
        )
        assert client.delete(f"{ADDRESS}/{job['id']}", headers=mine.headers).status_code == 204
        problem(client.delete(f"{ADDRESS}/{job['id']}", headers=mine.headers), 404)
        assert client.get(ADDRESS, headers=mine.headers).json()["reports"] == []
        end_waiting(tmp_path, job)
        until(lambda: left_in(tmp_path) == set())


def test_why_a_job_failed_is_told_and_nothing_of_it_stays(served, key, until, tmp_path, caplog):
    mine, worry = key(), "a most secret worry"

    def fail(*_):
        raise RuntimeError(worry)

    with caplog.at_level(logging.DEBUG), served(fail) as client:
        job = finished(client, mine, send(client, mine, f"id,concern\n1,{worry}\n").json(), until)
        assert (job["state"], job["reason"]) == ("failed", child.UNFORESEEN)
        assert (
            child.UNFORESEEN
            in problem(client.get(f"{ADDRESS}/{job['id']}/download", headers=mine.headers), 409)["detail"]
        )
    assert left_in(tmp_path) == set()
    assert worry not in caplog.text
    assert "a report could not be made" in caplog.text


def test_a_job_goes_on_with_the_next_server(served, key, until, tmp_path):
    mine = key()
    with served(report_jobs_at_once=1) as client:
        job = send(client, mine, format="json").json()
        finished(client, mine, job, until)
        with open_state(tmp_path / "state") as state:  # as a server leaves it that is killed
            state.execute("UPDATE report_jobs SET state = 'queued', finished = NULL, expires = NULL")
    with served() as client:
        assert finished(client, mine, job, until)["state"] == "done"


def test_a_job_whose_report_is_gone_is_not_there(served, key, until, tmp_path):
    mine = key()
    with served() as client:
        done = finished(client, mine, send(client, mine, format="json").json(), until)
        (tmp_path / "state" / "reports" / done["id"] / "report.zip").unlink()
        problem(client.get(done["download"], headers=mine.headers), 404)


def test_the_reports_of_a_revoked_key_are_nobody_s(served, key, tmp_path):
    mine = key()
    with served(wait_for_ever) as client:
        job = send(client, mine).json()
        with open_state(tmp_path / "state") as state:
            revoke_key(state, "trust")
            problem(client.get(f"{ADDRESS}/{job['id']}", headers=mine.headers), 401)
            store.sweep_jobs(state)
            assert set(store.kept_jobs(state).values()) <= {"cancelled"}
        end_waiting(tmp_path, job)


def test_jobs_are_counted_by_state_in_the_figures(served, key, until):
    mine = key()
    with served(metrics=True) as client:
        finished(client, mine, send(client, mine, format="json").json(), until)
        figures = client.get("/metrics").text
    assert 'warts_reports{state="done"} 1.0' in figures
    assert 'warts_reports{state="queued"} 0.0' in figures


def test_an_address_names_all_that_it_takes(served):
    with served() as client:
        assert client.put(ADDRESS).headers["allow"] == "GET, POST"
        assert client.put(f"{ADDRESS}/x").headers["allow"] == "DELETE, GET"


@pytest.fixture
def asked_soon(monkeypatch, tmp_path):
    """A table to send, by clients that look often."""
    monkeypatch.setattr("service.client.report_calls.SECONDS_BETWEEN", 0.01)
    (tmp_path / "schools.csv").write_text(TABLE)
    return tmp_path / "schools.csv"


def test_the_client_sends_waits_fetches_and_deletes(served, key, tmp_path, asked_soon):
    mine = key()
    with (
        served() as client,
        WartsClient("http://testserver", mine.token, transport=client._transport) as warts,
    ):
        sent = warts.make_report(asked_soon, formats=["json"], k=1)
        done = warts.wait_for_report(sent.id, 30)
        assert (done.state, done.format, done.k) == ("done", ["json"], 1)
        assert [job.id for job in warts.reports()] == [sent.id]
        assert zipfile.is_zipfile(warts.download_report(sent.id, tmp_path / "mine.zip"))
        warts.delete_report(sent.id)
        with pytest.raises(WartsApiError) as raised:
            warts.download_report(sent.id, tmp_path / "none.zip")
        assert raised.value.status == 404
        assert not [path for path in tmp_path.iterdir() if "none" in path.name]


def test_the_client_for_asyncio_does_so_too(run_app, key, tmp_path, asked_soon, monkeypatch):
    use_threads(monkeypatch)
    mine, heard, gate = key(), [], Event()

    def make(*told):
        assert gate.wait(30)
        child.make(*told)

    async def test(calls):
        calls.app.state.jobs.runner.make = make
        transport = httpx2.ASGITransport(calls.app)
        async with AsyncWartsClient("http://testserver", mine.token, transport=transport) as warts:
            sent = await warts.make_report([asked_soon], formats=["json"])
            with pytest.raises(TimeoutError, match="the server goes on"):
                await warts.wait_for_report(sent.id, 0, tell=heard.append)
            gate.set()
            assert (await warts.wait_for_report(sent.id, 30)).state == "done"
            assert zipfile.is_zipfile(await warts.download_report(sent.id, tmp_path / "mine.zip"))
            await warts.delete_report(sent.id)
            assert await warts.reports() == []

    run_app(test, state=tmp_path / "state")
    assert [job.schools for job in heard] == [2]
