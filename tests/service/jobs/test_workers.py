"""Reports made by a real server of two workers, one of which is killed."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import time
import zipfile
from pathlib import Path

import pytest

from service.client import ReportJobOut, WartsClient
from service.jobs.address import ADDRESS
from service.middleware import MOST_BODY
from service.state.database import open_state
from service.state.keys import create_key
from tests.service.jobs.conftest import table

pytestmark = pytest.mark.server
SCHOOLS = 200  # a few batches, and more than a question may have of bytes


def send_slowly(server, token):
    """Send a table that takes longer to arrive than a question may; return the job."""
    worry = "a secret worry about broadband" + " " * 1000
    part = '--x\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    file = part.format('schools"; filename="s.csv', table(SCHOOLS, worry))
    body = f"{file}{part.format('format', 'json')}--x--\r\n".encode()
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.putrequest("POST", ADDRESS)
    for name, value in {**kind, "Content-Length": str(len(body))}.items():
        connection.putheader(name, value)
    connection.endheaders()
    parts = [body[at : at + MOST_BODY] for at in range(0, len(body), MOST_BODY)]
    assert len(parts) > 1
    for part in parts:
        connection.send(part)
        time.sleep(0.4)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    assert answer.status == 202, told
    return told


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def children_of(pid):
    """Return the processes of jobs of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes()
            if parent_of(folder.name) == pid and b"spawn_main" in told:
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes where Linux has them")
def test_the_job_of_a_worker_that_is_killed_is_taken_over_and_questions_are_answered_meanwhile(
    start_server, tmp_path, until, monkeypatch
):
    monkeypatch.setattr("service.client.report_calls.SECONDS_BETWEEN", 0.1)
    with open_state(tmp_path / "state") as state:
        _, token = create_key(state, "trust", ["reports", "match"])
    server = start_server(
        *("--workers", "2"),
        WARTS_STATE=str(tmp_path / "state"),
        WARTS_BODY_SECONDS="0.5",
        SMALL_ENCODER_SECONDS="0.003",
    )
    until(lambda: server.log.count("Application startup complete") == 2)
    with WartsClient(f"http://127.0.0.1:{server.port}", token) as warts:
        job = ReportJobOut.model_validate(send_slowly(server, token))
        assert job.schools == SCHOOLS
        lines = tmp_path / "state" / "reports" / job.id / "report" / "schools.jsonl"
        until(lambda: lines.exists() and lines.stat().st_size)
        workers = [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", server.log)]
        (at_work,) = [pid for pid in workers if children_of(pid)]
        (process,) = children_of(at_work)
        os.kill(at_work, signal.SIGKILL)
        began = time.monotonic()
        assert server.match().status == 200
        assert time.monotonic() - began < 5
        done = warts.wait_for_report(job.id, 60)
        assert (done.state, done.schools_done) == ("done", SCHOOLS)
        assert not children_of(at_work)
        assert process not in [one for pid in workers for one in children_of(pid)]
        file = warts.download_report(job.id, tmp_path / "report.zip")
    with zipfile.ZipFile(file) as packed:
        lines = packed.read("report/schools.jsonl").splitlines()
    assert [line.split(b",")[0] for line in lines] == [b'{"id":"%d"' % number for number in range(SCHOOLS)]
    assert "secret" not in server.log
    assert "Traceback" not in server.log
