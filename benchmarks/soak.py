"""A server under a steady mix of pages and API for some minutes, its index switched under it: errors, memory.

Run:  python -m benchmarks.soak [--minutes 10] [--workers 1] [--index DIR] [--out DIR]

A copy of an index is served on loopback. Every minute, or every sixth of a shorter run, it is built again,
alternately without one of its cases and with it. Nothing may answer otherwise than it should, and memory must
not grow after the first switch back and forth; benchmarks/results/soak.{md,json} get the figures. The clients
share the processors, and wait a little between requests: this is no measure of speed.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from benchmarks.machine import describe_machine
from benchmarks.speeds.processes import memory_of
from corpus.reading import to_json
from corpus.records import CaseStudy
from index.case_index import CaseIndex
from service.settings import load_settings

RESULTS = Path(__file__).parent / "results"
HOST, CLIENTS, PAUSE = "127.0.0.1", 4, 0.05  # seconds between an answer and the next question of a client
MOST_GROWTH = 0.05  # of the memory after warm-up
SLACK = 8_000_000  # bytes; allocators give back when they like
EVERY = 2.0  # seconds between two looks at the memory
WORRIES = (
    "mobiles banned here",
    "we can't trust our pupils with phones",
    "rural primary, 90 pupils, awful broadband, governors worry about screen time",
    "staff have had no training on the new platform",
    "parents won't pay for tablets",
    "who mends them when they brake",
)
_VERSIONS = "warts-and-all openvino tokenizers numpy fastapi starlette uvicorn pydantic".split()


@dataclass
class Soaked:
    """What was seen.

    Attributes:
        answers: How many, by kind of request.
        errors: What was not as it should be, in words.
        latencies: Of all answers, in seconds.
        memory: When (seconds from the first question), and how many bytes all processes held.
        switched: When the server was seen to answer from another index.
    """

    answers: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    switched: list[float] = field(default_factory=list)


def main() -> None:
    """Soak and write; the exit code is 1 if something was wrong."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="warts-soak-") as passing:
        folder = Path(passing)
        shutil.copytree(options.index, folder / "index")
        with _server(folder, options.workers) as (process, port):
            soaked = asyncio.run(_soak(folder, process.pid, port, 60 * options.minutes))
        log = (folder / "log").read_text(encoding="utf-8")
    soaked.errors += [line for line in log.splitlines() if " ERROR " in line or "Traceback" in line]
    facts = _facts(options, soaked)
    _write(options.out, facts)
    if not facts["passed"]:
        sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--index", type=Path, default=load_settings().index, help="is copied, not changed")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for soak.md and soak.json")
    return parser.parse_args()


@contextmanager
def _server(folder: Path, workers: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve the index in a folder; its log goes beside it."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "WARTS_ANONYMOUS_PER_MINUTE": "0", "WARTS_STATE": str(folder / "state")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--index", folder / "index"], env=environment, stderr=log)
    try:
        for _ in range(240):
            if process.poll() is not None:
                raise RuntimeError(f"the server has ended: {(folder / 'log').read_text(encoding='utf-8')}")
            with suppress(OSError):
                _ready(port)
                break
            time.sleep(0.25)
        yield process, port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _ready(port: int) -> dict[str, Any]:
    with urlopen(f"http://{HOST}:{port}/readyz", timeout=10) as answer:
        told: dict[str, Any] = json.load(answer)
        return told


async def _soak(folder: Path, pid: int, port: int, seconds: float) -> Soaked:
    soaked, ends = Soaked(), asyncio.Event()
    cases = CaseIndex.open(folder / "index").cases
    began = time.monotonic()
    asking = [asyncio.create_task(_client(port, soaked, ends, cases, number)) for number in range(CLIENTS)]
    beside = [
        asyncio.create_task(_watch(pid, soaked, began)),
        asyncio.create_task(_switch(folder, port, soaked, cases, began, min(60.0, seconds / 6))),
    ]
    await asyncio.sleep(seconds)
    ends.set()
    await asyncio.gather(*asking)
    for task in beside:
        task.cancel()
    done = await asyncio.gather(*beside, return_exceptions=True)
    soaked.errors += [repr(one) for one in done if isinstance(one, Exception)]
    soaked.memory.append((time.monotonic() - began, 1024 * memory_of(pid)["Pss"]))
    return soaked


async def _client(
    port: int, soaked: Soaked, ends: asyncio.Event, cases: tuple[CaseStudy, ...], number: int
) -> None:
    """Ask one thing after another; every tenth on a new connection."""
    reader = writer = None
    for turn, (kind, request, expected) in enumerate(_requests(cases, number)):
        if ends.is_set():
            break
        try:
            if writer is None or reader is None or turn % 10 == 0:
                if writer is not None:
                    writer.close()
                reader, writer = await asyncio.open_connection(HOST, port)
            asked = time.perf_counter()
            writer.write(request)
            status, body = await asyncio.wait_for(_answer(reader), 30)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            soaked.errors.append(f"{kind}: {error!r}")
            reader = writer = None
            continue
        soaked.latencies.append(time.perf_counter() - asked)
        soaked.answers[kind] += 1
        if status != 200 or expected not in body:
            soaked.errors.append(f"{kind}: status {status}, {body[:200]!r}")
        await asyncio.sleep(PAUSE)
    if writer is not None:
        writer.close()


def _requests(cases: tuple[CaseStudy, ...], number: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield the kind of each request, its bytes, and what must stand in the answer."""
    kept = cases[:-1]  # the last one comes and goes
    for turn in itertools.count(number):
        text, case = WORRIES[turn % len(WORRIES)], kept[7 * turn % len(kept)]
        body = json.dumps({"text": text, "k": 5}).encode()
        yield "POST /v1/match", _request("POST", "/v1/match", body), b'"verdict":"'
        yield "GET /", _request("GET", f"/?q={quote(text)}&phase=secondary"), b"</html>"
        yield "GET /cases/...", _request("GET", f"/cases/{case.id}"), b"</html>"
        yield "GET /v1/cases/.../similar", _request("GET", f"/v1/cases/{case.id}/similar"), b'"similar":['
        yield "GET /v1/cases", _request("GET", "/v1/cases?limit=20"), b'"total":'
        yield "GET /static/style.css", _request("GET", "/static/style.css"), b"{"


def _request(method: str, address: str, body: bytes = b"") -> bytes:
    head = f"{method} {address} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


async def _watch(pid: int, soaked: Soaked, began: float) -> None:
    while True:
        soaked.memory.append((time.monotonic() - began, 1024 * memory_of(pid)["Pss"]))
        await asyncio.sleep(EVERY)


async def _switch(
    folder: Path, port: int, soaked: Soaked, cases: tuple[CaseStudy, ...], began: float, pause: float
) -> None:
    """Build the index again and again, without the last case and with it, and see that it is taken up."""
    for some in itertools.cycle((cases[:-1], cases)):
        await asyncio.sleep(pause)
        file = folder / "cases.jsonl"
        file.write_text("".join(to_json(case) + "\n" for case in some), encoding="utf-8")
        command = [sys.executable, "-m", "service.cli", "index", "--cases", file, "--index", folder / "index"]
        built = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if await built.wait():
            soaked.errors.append("the index could not be built")
        for _ in range(100):
            if (await asyncio.to_thread(_ready, port))["cases"] == len(some):
                soaked.switched.append(round(time.monotonic() - began, 1))
                break
            await asyncio.sleep(0.1)
        else:
            soaked.errors.append("the server has not taken up the index that was built")


def _facts(options: argparse.Namespace, soaked: Soaked) -> dict[str, Any]:
    """Return what is written; memory is that of the third of the time after warm-up, and of the last one."""
    warm = soaked.switched[1] if len(soaked.switched) > 1 else soaked.memory[-1][0] / 3
    after = [held for when, held in soaked.memory if when >= warm]
    third = max(1, len(after) // 3)
    at_first, at_end = statistics.median(after[:third]), statistics.median(after[-third:])
    grown = at_end - at_first
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.soak --minutes {options.minutes:g} --workers {options.workers}",
        "machine": describe_machine(),
        "versions": {name: version(name) for name in _VERSIONS},
        "clients": CLIENTS,
        "answers": dict(soaked.answers),
        "errors": soaked.errors[:20],
        "n_errors": len(soaked.errors),
        "median_ms": round(1000 * statistics.median(soaked.latencies), 1) if soaked.latencies else None,
        "slowest_ms": round(1000 * max(soaked.latencies), 1) if soaked.latencies else None,
        "switched_at_seconds": soaked.switched,
        "memory_mb": [(round(when, 1), round(held / 1e6, 1)) for when, held in soaked.memory],
        "warm_after_seconds": round(warm, 1),
        "memory_after_warm_up_mb": round(at_first / 1e6, 1),
        "memory_at_the_end_mb": round(at_end / 1e6, 1),
        "passed": not soaked.errors and grown <= MOST_GROWTH * at_first + SLACK and bool(soaked.switched),
    }


def _write(out: Path, facts: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "soak.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    answers = "".join(f"| `{kind}` | {number:,} |\n" for kind, number in sorted(facts["answers"].items()))
    text = (
        f"# Soak\n\n{facts['date']}, `{facts['command']}`. {facts['machine']}. {versions}.\n\n"
        f"{facts['clients']} clients, each waiting {1000 * PAUSE:.0f} ms after an answer; median "
        f"{facts['median_ms']} ms, slowest {facts['slowest_ms']} ms. The index was built again and taken up "
        f"{len(facts['switched_at_seconds'])} times. Errors: {facts['n_errors']}.\n\n"
        f"Memory of all processes (PSS): {facts['memory_after_warm_up_mb']} MB after warm-up "
        f"({facts['warm_after_seconds']:.0f} s, median of a third of the rest), "
        f"{facts['memory_at_the_end_mb']} MB at the end (median of the last third). "
        f"{'Passed' if facts['passed'] else 'NOT passed'}.\n\n| request | answers |\n|---|---|\n{answers}"
    )
    (out / "soak.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
