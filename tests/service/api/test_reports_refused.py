"""Reports over HTTP that are not made: what is sent cannot be used, or there is no room for it now."""

from __future__ import annotations

import errno
import time

from starlette.datastructures import UploadFile

from service.jobs import child, forms, queue
from service.jobs.address import ADDRESS
from service.jobs.errors import LookingError, NoLookFreeError, NoRoomError
from tests.service.api.report_calls import TABLE, finished, left_in, problem, send


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


def test_a_format_that_cannot_be_written_here_is_refused_in_the_words_of_a_form(served, key, monkeypatch):
    """The words were those of the command, and the field that of the schools."""
    mine = key()
    monkeypatch.setattr(forms, "find_spec", lambda _: None)
    with served() as client:
        answer = problem(send(client, mine, format="csv,parquet"), 422)
        assert answer["errors"] == [{"field": "format", "message": child.NO_PARQUET}]
        assert send(client, mine, format="csv").status_code == 202


def test_a_full_disk_is_told_as_such_also_while_files_are_sent(served, key, tmp_path, monkeypatch):
    """It was an error of the program."""

    async def write(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    mine = key()
    with served() as client:
        monkeypatch.setattr(UploadFile, "write", write)
        assert problem(send(client, mine), 507)["detail"] == str(NoRoomError())
    assert left_in(tmp_path) == set()


def test_who_is_to_wait_is_told_how_long_and_what_nobody_foresaw_is_no_fault_of_the_sender(
    served, key, monkeypatch
):
    mine = key()
    with served() as client:
        for kind, status, wait in ((LookingError, 429, "5"), (NoLookFreeError, 503, "60")):
            with monkeypatch.context() as patch:
                patch.setattr(queue.JobQueue, "take", failing(kind()))
                answer = send(client, mine)
            assert problem(answer, status)["detail"] == str(kind())
            assert answer.headers["retry-after"] == wait
        monkeypatch.setattr(child, "look", lambda *_: 1 / 0)
        answer = problem(send(client, mine), 500)
        assert answer["errors"] == []
        assert "log" in answer["detail"]


def failing(error):
    async def fail(*_):
        raise error

    return fail
