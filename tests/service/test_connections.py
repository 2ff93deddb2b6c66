"""Clients that are slow, silent or many: each wait ends, and whoever is in order is answered."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import time
from pathlib import Path

import pytest

from tests.loops import run

pytestmark = pytest.mark.server
MANY = 1500
HEAD = b"POST /v1/match HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SECONDS = 0.5


@pytest.fixture(scope="module")
def server(start_shared_server):
    return start_shared_server(WARTS_BODY_SECONDS=str(SECONDS), WARTS_KEEP_ALIVE_SECONDS="1")


def talk(server, *parts, pause=0.0):
    """Send some bytes and return all that comes until the server closes, and how long it took."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        with contextlib.suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        answer = b""
        with contextlib.suppress(ConnectionError):
            while received := connection.recv(65536):
                answer += received
    return answer, time.monotonic() - began


def test_a_body_that_is_slow_is_told_so_and_the_connection_closed(server):
    body = HEAD + b"Content-Length: 100\r\n\r\n{"
    answer, took = talk(server, body)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"took too long to arrive" in answer
    assert SECONDS <= took < SECONDS + 2


def test_a_body_in_drops_gets_no_longer_than_one_that_does_not_come(server):
    drops = [HEAD + b"Content-Length: 1000\r\n\r\n", *[b"{"] * 30]
    answer, _ = talk(server, *drops, pause=0.1)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")  # the answer is lost where drops cross it
    assert "POST /v1/match 408" in server.log


def test_a_body_that_nobody_reads_does_not_hold_the_connection(server):
    answer, took = talk(server, b"GET /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert took < SECONDS + 3


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([], id="nothing"),
        pytest.param([b"GET / HT"], id="half of a line"),
        pytest.param([b"GET / HTTP/1.1\r\n", *[b"X-A: b\r\n"] * 12], id="one header after another"),
        pytest.param([b"\r\n"], id="an empty line"),
    ],
)
def test_a_head_that_does_not_come_ends_the_connection(server, parts):
    answer, took = talk(server, *parts, pause=0.1)
    assert answer == b""
    assert took < 2 * SECONDS + 1.5


def test_an_empty_line_after_an_answer_does_not_hold_the_connection(server):
    """It ended uvicorn's wait on idle connections, and nothing took its place."""
    answer, took = talk(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", b"\r\n", pause=0.2)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert took < 3


def test_an_idle_connection_is_closed(server):
    answer, took = talk(server, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert took < 3


def test_a_head_without_end_is_refused(server):
    answer, _ = talk(server, b"GET / HTTP/1.1\r\n", *[b"X-A: " + b"b" * 8000 + b"\r\n"] * 60, pause=0.001)
    assert answer == b"" or b" 431 " in answer  # the answer is lost where more of the head crosses it
    answer, _ = talk(server, b"GET / HTTP/1.1\r\nX-A: " + b"b" * 70_000, pause=0.2)
    assert answer == b"" or b" 431 " in answer


def test_the_longest_question_fits_into_an_address(server):
    question = "%F0%9F%98%80" * 3000
    assert server.send("GET", f"/?q={question}").status == 200


def test_many_connections_are_refused_in_order_and_memory_stays_bounded(start_server, many_files):
    """Twenty are answered on, twenty more are told to come back, and the others are cut."""
    server = start_server(WARTS_CONNECTIONS="20")
    before = memory_of(server)
    first, told, silent = run(lambda: in_order(server.port))
    assert memory_of(server) - before < 30_000_000
    assert {answer[9:12] for answer in told} == {b"503"}
    assert all(b"retry-after: 1" in answer and b"connection: close" in answer for answer in told)
    assert all(b"More connections are open" in answer for answer in told)
    assert set(silent) == {b""}
    assert {answer[9:12] for answer in first} == {b"200"}
    assert server.match().status == 200
    assert "Traceback" not in server.log


@pytest.fixture
def many_files():
    """Allow this process more open files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < MANY + 100:
        pytest.skip(f"only {hard} files may be open")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, MANY + 100), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def in_order(port):
    """Return what those get that came first, that came too late, and that only opened connections."""
    first = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
    told = [await ask(*await asyncio.open_connection("127.0.0.1", port)) for _ in range(30)]
    silent = await asyncio.gather(*(wait(port) for _ in range(MANY)))
    return [await ask(*one) for one in first], told, silent


async def ask(reader, writer):
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


async def wait(port):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        answer = await reader.read()
        writer.close()
    except OSError:
        return b""
    return answer


def memory_of(server):
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return 1024 * int(status.split("VmRSS:")[1].split()[0])
