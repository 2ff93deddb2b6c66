"""The servers, the load on them, and the encoders that measure themselves."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.speeds.bench import THREADS, Bench
from benchmarks.speeds.processes import ROOT, Worker, run
from benchmarks.speeds.rows import RIVALS

_LONGEST_START_S = 180


@contextmanager
def encoder(bench: Bench, name: str, threads: int = THREADS) -> Iterator[Worker]:
    """Give an encoder's process: `ours`, `reference` or `published`."""
    script = str(ROOT / "benchmarks" / "rivals" / "encoding.py")
    environment = bench.environment(threads)
    if name == "published":
        worker = Worker([bench.rivals_python, script, name], environment)
    else:
        arguments = [name, str(bench.index)] if name == "ours" else [name]
        worker = Worker([sys.executable, script, *arguments], {**environment, "PYTHONPATH": str(ROOT)})
    try:
        yield worker
    finally:
        worker.end()


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    system: str
    port: int
    path: str
    pid: int


@contextmanager
def server(bench: Bench, system: str) -> Iterator[Server]:
    """Start a system's server, wait until it answers, and end it afterwards."""
    port = _free_port()
    if system in RIVALS:
        module, path = RIVALS[system], "/match"
        command = bench.rival(module, "serve", str(bench.store(module)), str(port))
    else:
        path = "/v1/match"
        command = bench.ours("serve", "--port", str(port), "--index", str(bench.index))
    log = bench.folder / f"server-{system.replace(' ', '-')}.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, env=bench.environment(), cwd=ROOT, stdout=said, stderr=said)
    try:
        started = Server(system, port, path, process.pid)
        _wait_until_it_answers(bench, started, process)
        yield started
    except RuntimeError as error:
        if process.poll() is not None:
            end = log.read_text(encoding="utf-8", errors="replace")[-1000:]
            raise RuntimeError(f"the server of {system} ended with {process.returncode}: {end}") from error
        raise
    finally:
        process.terminate()
        process.wait(timeout=30)


def load(
    bench: Bench,
    asked: Server,
    texts: Sequence[str],
    *,
    clients: int = 1,
    seconds: float | None = None,
    answers: int | None = None,
) -> dict[str, Any]:
    """Run the load generator on a server and return what it measured."""
    file = bench.file_of_texts("asked", texts)
    limit = ["--answers", str(answers)] if answers else ["--seconds", str(seconds)]
    where = ["--port", str(asked.port), "--path", asked.path, "--texts", file, "--clients", str(clients)]
    command = [sys.executable, "-m", "benchmarks.load", *where, *limit]
    measured: dict[str, Any] = json.loads(run(command, bench.environment()))
    return measured


def _wait_until_it_answers(bench: Bench, started: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _LONGEST_START_S
    while not _answers(bench, started):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the server of {started.system} does not answer")
        time.sleep(0.5)


def _answers(bench: Bench, asked: Server) -> bool:
    try:
        return load(bench, asked, bench.queries[:1], answers=1)["failed"] == 0
    except RuntimeError:  # nobody listens yet
        return False


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
