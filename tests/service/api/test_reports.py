"""Reports over HTTP: asked for, told of, fetched and deleted, by the key that they belong to."""

from __future__ import annotations

import io
import logging
import zipfile

from service.jobs import child, store
from service.jobs.address import ADDRESS
from service.state.database import open_state
from service.state.keys import revoke_key
from tests.service.api.report_calls import (
    end_waiting,
    finished,
    left_in,
    problem,
    send,
    told,
    wait_for_ever,
)


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
