"""Servers: one client, sixteen clients, and the memory of a server at rest."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from statistics import median
from typing import Any

import numpy as np

from benchmarks.speeds.bench import Bench
from benchmarks.speeds.encoding import each_ms
from benchmarks.speeds.processes import in_turns, memory_of, note
from benchmarks.speeds.rows import OURS, RIVALS, USUAL, Cell, Goal, Row, compared, number
from benchmarks.speeds.servers import Server, encoder, load, server

QUERIES = 30  # judged ones, from the shortest to the longest
ROUNDS = 3  # over them, one client in one turn
CLIENTS = 16
TURN_S = 10.0  # of sixteen clients
MOST_ENCODES, LONGEST_MS = 2, 8  # of an answer to one client
THROUGHPUT_TIMES, P99_TIMES = 4, 3
LEAST_MEMORY_SAVED = 2
ANSWERS_BEFORE_REST, REST_S = 20, 2.0
BARE, ALONE = "bare encode", "warts, one client"
_HTTP = "(the usual way, txtai and Chroma behind FastAPI, a plain function for a route)"


def one_client(bench: Bench) -> list[Row]:
    """Time answers to one client, and the bare encode of the same queries by our encoder."""
    texts = mixed_queries(bench)
    file = bench.file_of_texts("mixed", texts)
    with ExitStack() as stack:
        servers = _servers(bench, stack)
        worker = stack.enter_context(encoder(bench, "ours"))
        takes = {name: (lambda asked=asked: _p50_ms(bench, asked)) for name, asked in servers.items()}
        takes[BARE] = lambda: each_ms(worker, file, ROUNDS)
        taken = in_turns("one client", takes, bench.repeats)
    bare = median(taken.pop(BARE))
    cells = {system: Cell.of(values, "ms") for system, values in taken.items()} | bench.not_installed()
    p50 = cells[OURS].median
    goals = (
        Goal.at_most(
            f"at most {MOST_ENCODES} times the bare encode of the same queries ({number(bare)} ms)",
            p50 / bare,
            MOST_ENCODES,
            "×",
        ),
        Goal.at_most(f"at most {LONGEST_MS} ms", p50, LONGEST_MS, " ms"),
    )
    usual = cells.get(USUAL)
    ratio = f"{number(usual.median / p50)}×" if usual and usual.values else ""
    return [Row(f"HTTP, one client, {len(texts)} judged queries, p50 {_HTTP}", cells, ratio, goals)]


def many_clients(bench: Bench) -> list[Row]:
    """Count the answers to sixteen clients, and time the slowest hundredth."""
    with ExitStack() as stack:
        servers = _servers(bench, stack)
        takes = {name: (lambda asked=asked: _crowd(bench, asked)) for name, asked in servers.items()}
        takes[ALONE] = lambda: {"p50": _p50_ms(bench, servers[OURS])}
        taken = in_turns(f"{CLIENTS} clients", takes, bench.repeats)
    alone = median(turn["p50"] for turn in taken.pop(ALONE))
    cores = os.cpu_count() or 1
    rates, slowest = {}, {}
    for system, turns in taken.items():
        failed = sum(turn["failed"] for turn in turns)
        remark = f", {failed} failed" if failed else ""
        rates[system] = Cell.of([turn["rate"] for turn in turns], "answers/s", remark)
        slowest[system] = Cell.of([turn["p99"] for turn in turns], "ms", remark)
    bound = P99_TIMES * alone * CLIENTS / cores
    below = Goal.at_most(
        f"at most {P99_TIMES} × own p50 alone ({number(alone)} ms) × {CLIENTS} / {cores} cores, "
        f"{number(bound)} ms",
        slowest[OURS].median,
        bound,
        " ms",
    )
    what = f"HTTP, {CLIENTS} clients, {TURN_S:.0f} s a turn"
    return [
        _throughput(f"{what}: throughput {_HTTP}", rates | bench.not_installed()),
        Row(f"{what}: p99", slowest | bench.not_installed(), goals=(below,)),
    ]


def memory(bench: Bench) -> list[Row]:
    """Read the memory of each server alone, after a few answers and a rest."""
    takes = {system: (lambda system=system: _memory_at_rest(bench, system)) for system in _systems(bench)}
    taken = in_turns("memory", takes, bench.few, warm=False)
    rows = []
    for kind, told in (("PSS", "shared pages by share"), ("RSS", "shared pages whole")):
        values = {system: [turn[kind] for turn in turns] for system, turns in taken.items()}
        cells = {system: Cell.of(some, "MB") for system, some in values.items()} | bench.not_installed()
        what = f"memory of the server after {ANSWERS_BEFORE_REST} answers and {REST_S:.0f} s of rest, {kind}"
        row = compared(f"{what} ({told})", cells, LEAST_MEMORY_SAVED, text="times less than the usual way")
        rows.append(row if kind == "PSS" else Row(row.what, row.cells, row.ratio))
    return rows


def mixed_queries(bench: Bench) -> list[str]:
    """Return judged queries from the shortest to the longest, in an order that mixes them."""
    by_length = sorted(bench.queries, key=lambda text: len(text.split()))
    chosen = [by_length[place] for place in np.linspace(0, len(by_length) - 1, QUERIES).astype(int)]
    return [chosen[number * 7 % QUERIES] for number in range(QUERIES)]


def _throughput(what: str, cells: dict[str, Cell]) -> Row:
    usual, goal = cells.get(USUAL), f"{THROUGHPUT_TIMES} times the usual way"
    if usual is None or not usual.values:
        return Row(what, cells, goals=(Goal(goal, "", None),))
    factor = cells[OURS].median / usual.median
    return Row(what, cells, f"{number(factor)}×", (Goal.at_least(goal, factor, THROUGHPUT_TIMES, "×"),))


def _systems(bench: Bench) -> list[str]:
    return [OURS, *(system for system, module in RIVALS.items() if bench.installed(module))]


def _servers(bench: Bench, stack: ExitStack) -> dict[str, Server]:
    started = {}
    for system in _systems(bench):
        note(f"starting the server: {system}")
        started[system] = stack.enter_context(server(bench, system))
    return started


def _p50_ms(bench: Bench, asked: Server) -> float:
    texts = mixed_queries(bench)
    measured = load(bench, asked, texts, answers=ROUNDS * len(texts))
    if measured["failed"]:
        raise RuntimeError(
            f"{asked.system} did not answer {measured['failed']} of its only client's questions"
        )
    return 1000 * median(measured["latencies"])


def _crowd(bench: Bench, asked: Server) -> dict[str, Any]:
    measured = load(bench, asked, mixed_queries(bench), clients=CLIENTS, seconds=TURN_S)
    latencies = measured["latencies"]
    return {
        "rate": len(latencies) / measured["seconds"],
        "p99": 1000 * float(np.percentile(latencies, 99)),
        "failed": measured["failed"],
    }


def _memory_at_rest(bench: Bench, system: str) -> dict[str, float]:
    with server(bench, system) as asked:
        load(bench, asked, mixed_queries(bench), answers=ANSWERS_BEFORE_REST)
        time.sleep(REST_S)
        held = memory_of(asked.pid)
    return {"PSS": held["Pss"] / 1024, "RSS": held["Rss"] / 1024}
