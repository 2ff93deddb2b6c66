"""The server's processes: workers that share an index, are replaced, and end in order."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from service import cli

pytestmark = pytest.mark.server


def workers_of(server):
    return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", server.log)]


def all_started(server, number):
    return server.log.count("Application startup complete") == number


def is_running(pid):
    return Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_server_that_is_told_to_end_answers_what_it_has_taken_first(start_server, until, options):
    server = start_server(*options, SMALL_ENCODER_SECONDS="2")
    if options:
        until(lambda: all_started(server, 2))
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(server.match), threads.submit(server.send, "GET", "/?q=phones")]
        time.sleep(1.0)  # until the encoder has it
        server.process.send_signal(signal.SIGTERM)
        assert [one.result().status for one in asked] == [200, 200]
    server.process.wait(timeout=10)
    assert server.process.returncode in (0, -signal.SIGTERM)
    assert not any(map(is_running, workers_of(server)))


def test_a_request_that_takes_too_long_does_not_hold_up_the_end(start_server):
    server = start_server(SMALL_ENCODER_SECONDS="4", WARTS_SHUTDOWN_SECONDS="1")
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(server.match)
        time.sleep(0.5)  # until the encoder has it
        server.process.send_signal(signal.SIGTERM)
        assert isinstance(asked.exception(timeout=20), OSError) or asked.result().status >= 500
    server.process.wait(timeout=10)
    assert "timeout graceful shutdown exceeded" in server.log


def test_all_workers_map_the_same_vectors(start_server, until):
    server = start_server("--workers", "2")
    until(lambda: all_started(server, 2))
    maps = [Path(f"/proc/{pid}/maps").read_text() for pid in workers_of(server)]
    inodes = [re.search(r"(\d+) +/\S+/vectors\.npy$", one, re.MULTILINE) for one in maps]
    assert len({found[1] for found in inodes if found}) == 1
    assert None not in inodes


def test_a_worker_that_dies_is_replaced_and_the_others_go_on(start_server, until):
    server = start_server("--workers", "2")
    until(lambda: all_started(server, 2))
    first, second = workers_of(server)
    os.kill(first, signal.SIGKILL)
    until(lambda: all_started(server, 3))
    assert workers_of(server)[1] == second
    assert is_running(second)
    until(server.is_ready)
    assert {server.match().status for _ in range(20)} == {200}  # it loads its model before it listens


def test_ctrl_c_ends_all_processes(start_server, until):
    server = start_server("--workers", "2")
    until(lambda: all_started(server, 2))
    for pid in (server.process.pid, *workers_of(server)):  # a terminal tells all of them
        os.kill(pid, signal.SIGINT)
    server.process.wait(timeout=10)
    assert not any(map(is_running, workers_of(server)))
    assert "Traceback" not in server.log


def test_a_worker_that_cannot_open_the_index_leaves_the_others_answering(start_server, until, index_dir):
    server = start_server("--workers", "2")
    until(lambda: all_started(server, 2))
    shutil.move(index_dir / "CURRENT", index_dir / "away")
    os.kill(workers_of(server)[0], signal.SIGKILL)
    until(lambda: "this worker ends, because the index cannot be opened" in server.log)
    assert server.match().status == 200
    shutil.move(index_dir / "away", index_dir / "CURRENT")
    until(lambda: all_started(server, 3))


@pytest.mark.parametrize("options", [[], ["--workers", "2"]])
def test_a_port_that_is_taken_is_told_and_ends_the_command(index_dir, options):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        second = serve(index_dir, port, *options)
    assert second.returncode == 1
    assert "address already in use" in second.stderr.lower()


def serve(index_dir, port, *options):
    script = Path(__file__).with_name("small_server.py")
    command = [sys.executable, script, "serve", "--port", port, "--index", index_dir, *options]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)


def test_no_workers_are_none():
    assert CliRunner().invoke(cli.warts, ["serve", "--workers", "0"]).exit_code == 2
