"""A real server process whose index is built again while it answers; its encoder is the tests' small one."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from index.building import build_index

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[2]
TEXT = "parents, phones and a secret worry"
SERVE = """
import runpy
from service.cli import main
from service.settings import Settings

encoder = runpy.run_path("tests/conftest.py")["HashingEncoder"]()
Settings.encoder = property(lambda _: encoder)
main()
"""


@pytest.fixture
def server(index_dir, tmp_path, until):
    """A server process that is ready: its port, and the file of its log."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "log"
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--index", str(index_dir)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "WARTS_POLL_SECONDS": "0.05", "WARTS_ANONYMOUS_PER_MINUTE": "0"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until(lambda: process.poll() is not None or is_ready(port))
        assert process.poll() is None, log.read_text()
        yield port, log
    finally:
        process.terminate()
        process.wait(timeout=20)


def is_ready(port):
    try:
        return send(port, "GET", "/readyz")[0] == 200
    except OSError:
        return False


def send(port, method, address, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, address, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_an_index_that_is_built_again_while_clients_ask_loses_no_request(
    server, index_dir, encoder, make_case, until
):
    port, log = server
    stop, statuses = Event(), []

    def hammer():
        while not stop.is_set():
            statuses.append(send(port, "POST", "/v1/match", json.dumps({"text": TEXT}))[0])
            statuses.append(send(port, "GET", "/?q=" + TEXT.replace(" ", "+"))[0])

    with ThreadPoolExecutor(4) as threads:
        hammering = [threads.submit(hammer) for _ in range(4)]
        try:
            for generation in range(3):
                built = build_index([make_case(id=f"school-{generation}")], encoder, index_dir)
                until(lambda built=built: built.manifest.corpus_digest in send(port, "GET", "/readyz")[1])
        finally:
            stop.set()
        for one in hammering:
            one.result()
    assert set(statuses) == {200}
    told = json.loads(send(port, "POST", "/v1/match", json.dumps({"text": TEXT}))[1])
    assert [match["case_id"] for match in told["matches"]] == ["school-2"]
    assert "secret" not in log.read_text()


def test_clients_that_go_away_leave_a_server_that_answers(server):
    port, log = server
    body = json.dumps({"text": TEXT}).encode()
    head = b"POST /v1/match HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
    for _ in range(100):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(head + str(len(body)).encode() + b"\r\n\r\n" + body)
    assert send(port, "POST", "/v1/match", body)[0] in (200, 429)
    assert "Traceback" not in log.read_text()
