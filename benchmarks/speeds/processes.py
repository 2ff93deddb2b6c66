"""Processes that are run and timed, one at a time, and told to take turns."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def write_lines(file: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Write JSON Lines."""
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return file


def note(text: str) -> None:
    """Show progress."""
    print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)


def run(command: Sequence[str], environment: dict[str, str]) -> str:
    """Run a command and return what it printed.

    Raises:
        RuntimeError: If it fails; with the end of what it said.
    """
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:4])} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def seconds_of(command: Sequence[str], environment: dict[str, str]) -> float:
    """Run a command and return how long it took."""
    began = time.perf_counter()
    run(command, environment)
    return time.perf_counter() - began


def memory_of(pid: int) -> dict[str, int]:
    """Return what a process and all below it hold, by Linux's names such as ``Pss``, in kilobytes.

    Pages that several share are counted once in ``Pss``, in each in ``Rss``; who has ended holds nothing.
    """
    held: Counter[str] = Counter()
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        with suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
            held.update({name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)})
            for told in Path(f"/proc/{one}/task").glob("*/children"):
                waiting += map(int, told.read_text(encoding="ascii").split())
    return dict(held)


def in_turns(
    what: str, takes: Mapping[str, Callable[[], Any]], times: int, *, warm: bool = True
) -> dict[str, list[Any]]:
    """Let every system take its turn, one after the other, and return what each turn gave.

    Args:
        what: For the progress.
        takes: One turn of each system.
        times: How many turns each has.
        warm: Whether each takes one turn before that does not count.
    """
    taken: dict[str, list[Any]] = {name: [] for name in takes}
    for number in range(0 if warm else 1, times + 1):
        for name, take in takes.items():
            note(f"{what}: {name}, {f'turn {number} of {times}' if number else 'warming up'}")
            given = take()
            if number:
                taken[name].append(given)
    return taken


class Worker:
    """A process that measures its own encoder; see `benchmarks.rivals.encoding`."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._answer()

    def tell(self, **told: Any) -> Any:
        """Tell it what to do and return its answer."""
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("an encoder ended without an answer")
        return json.loads(line)
