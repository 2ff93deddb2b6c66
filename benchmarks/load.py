"""A light load generator: clients that keep their connection and ask again as soon as they are answered.

Run:  python -m benchmarks.load --port N --path PATH --texts FILE [--clients N] (--seconds S | --answers N)

FILE holds a JSON list of texts; each client goes through it from another place. Raw HTTP/1.1 over asyncio
streams, because the generator takes its share of the same processor. Prints one line of JSON: `seconds`
from the first question to the last answer, `latencies` in seconds, and how many answers `failed`.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import time
from pathlib import Path

HOST = "127.0.0.1"
MATCHES = 5


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--answers", type=int, help="in all; without it as many as the seconds allow")
    options = parser.parse_args()
    texts = json.loads(options.texts.read_text(encoding="utf-8"))
    requests = [request_of(options.path, text) for text in texts]
    latencies, failed, seconds = asyncio.run(
        ask(options.port, requests, options.clients, options.seconds, options.answers)
    )
    print(json.dumps({"seconds": seconds, "latencies": latencies, "failed": failed}))


def request_of(path: str, text: str) -> bytes:
    """Return the bytes of one question."""
    body = json.dumps({"text": text, "k": MATCHES}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(
    port: int, requests: list[bytes], clients: int, seconds: float, answers: int | None
) -> tuple[list[float], int, float]:
    """Return the latencies in seconds, how many answers failed, and how long it all took."""
    latencies: list[float] = []
    failed = 0
    left = iter(range(answers)) if answers else itertools.count()
    began = time.perf_counter()

    async def client(first: int) -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(HOST, port)
        for request in itertools.islice(itertools.cycle(requests), first, None):
            if time.perf_counter() - began > seconds or next(left, None) is None:
                break
            asked = time.perf_counter()
            writer.write(request)
            try:
                answered = await _status(reader) == 200
            except (ConnectionError, asyncio.IncompleteReadError):  # the server hung up
                answered = False
                reader, writer = await asyncio.open_connection(HOST, port)
            if answered:
                latencies.append(time.perf_counter() - asked)
            else:
                failed += 1
        writer.close()

    await asyncio.gather(*(client(number * len(requests) // clients) for number in range(clients)))
    return latencies, failed, time.perf_counter() - began


async def _status(reader: asyncio.StreamReader) -> int:
    """Read one answer and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.split("content-length:", 1)[1].split("\r\n", 1)[0]))
    return int(head.split(" ", 2)[1])


if __name__ == "__main__":
    main()
