"""Encoding: one short query, all passages, and whether the vectors are those of the reference."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from statistics import median
from typing import Any

import numpy as np

from benchmarks.speeds.bench import THREADS, Bench
from benchmarks.speeds.processes import in_turns, note
from benchmarks.speeds.rows import OURS, USUAL, Cell, Goal, Row, compared
from benchmarks.speeds.servers import encoder
from index.encoder import default_model_folder

SHORT = (9, 11)  # tokens of the queries, both marks counted
ROUNDS = 12  # over the short queries in one turn: about a hundred encodes
LONGEST = 256  # tokens of a passage; the model's own limit
BATCHES = (16, 32, 64, 128)
QUERY_TIMES, BULK_TIMES = 3, 2
LEAST_MEAN_COSINE = 0.999
_SETTLE_S = 0.3  # between turns, so that no thread of the other still spins


def query(bench: Bench) -> list[Row]:
    """Time single queries of about ten tokens, at one thread and at two."""
    low, high = SHORT
    short = [text for text in bench.queries if low <= len(tokens(text)) <= high]
    file = bench.file_of_texts("short", short)
    rows = []
    for threads in range(1, THREADS + 1):
        taken = _each_in_turns(bench, f"one query, {threads} threads", file, threads, ROUNDS)
        cells = {system: Cell.of(values, "ms") for system, values in taken.items()} | _missing(bench)
        plural = "s" if threads > 1 else ""
        what = (
            f"encoding one query of {low} to {high} tokens, {threads} thread{plural} "
            "(the usual way: `SentenceTransformer.encode`)"
        )
        rows.append(compared(what, cells, QUERY_TIMES))
    return rows


def _each_in_turns(bench: Bench, what: str, file: str, threads: int, rounds: int) -> dict[str, list[float]]:
    """Return the medians in milliseconds of each turn."""
    with ExitStack() as stack:
        workers = {OURS: stack.enter_context(encoder(bench, "ours", threads))}
        if bench.installed("usual"):
            workers[USUAL] = stack.enter_context(encoder(bench, "published", threads))
        takes = {
            system: (lambda worker=worker: each_ms(worker, file, rounds))
            for system, worker in workers.items()
        }
        return in_turns(what, takes, bench.repeats)


def each_ms(worker: Any, file: str, rounds: int) -> float:
    """Return the median time of one encode in milliseconds."""
    time.sleep(_SETTLE_S)
    return 1000 * median(worker.tell(do="each", texts=file, rounds=rounds))


def bulk(bench: Bench) -> list[Row]:
    """Count the tokens of the shipped passages that are encoded in a second; padding does not count."""
    texts = [passage["text"] for passage in bench.passages]
    file, part = bench.file_of_texts("passages", texts), bench.file_of_texts("part", texts[::4])
    n_tokens = sum(len(tokens(text)) for text in texts)
    with ExitStack() as stack:
        ours = stack.enter_context(encoder(bench, "ours"))
        takes = {OURS: lambda: n_tokens / ours.tell(do="bulk", texts=file)}
        batch = 0
        if bench.installed("usual"):
            usual = stack.enter_context(encoder(bench, "published"))
            taken_by = {}
            for size in BATCHES:
                note(f"passages: the best batch of the usual way, {size}")
                taken_by[size] = usual.tell(do="bulk", texts=part, batch=size)
            batch = min(taken_by, key=lambda size: taken_by[size])
            takes[USUAL] = lambda: n_tokens / usual.tell(do="bulk", texts=file, batch=batch)
        taken = in_turns("passages", takes, bench.few, warm=False)
    cells = {system: Cell.of(values, "tokens/s") for system, values in taken.items()} | _missing(bench)
    what = (
        f"encoding the {len(texts):,} shipped passages, {n_tokens:,} tokens without padding, {THREADS} "
        f"threads (the usual way: single precision, its best of batches of {_listed(BATCHES)}: {batch})"
    )
    if USUAL not in taken:
        return [Row(what, cells, goals=(Goal(f"{BULK_TIMES} times as many", "", None),))]
    factor = cells[OURS].median / cells[USUAL].median
    goal = Goal.at_least(f"{BULK_TIMES} times as many", factor, BULK_TIMES, "×")
    return [Row(what, cells, f"{factor:.2f}×", (goal,))]


def fidelity(bench: Bench) -> list[Row]:
    """Compare the vectors that serve with those of the same model run by sentence-transformers."""
    parts = {"passages": [passage["text"] for passage in bench.passages], "queries": bench.queries}
    made: dict[str, dict[str, np.ndarray]] = {}
    for name in ("ours", "reference"):
        note(f"vectors: {name}")
        with encoder(bench, name) as worker:
            made[name] = {}
            for part, texts in parts.items():
                to = str(bench.folder / f"{name}-{part}.npy")
                worker.tell(do="vectors", texts=bench.file_of_texts(part, texts), to=to, **{"as": part})
                made[name][part] = np.load(to)
    rows = []
    for part, texts in parts.items():
        cosines = (made["ours"][part] * made["reference"][part]).sum(axis=1, dtype=np.float64)
        mean, least = float(cosines.mean()), float(cosines.min())
        cell = Cell(f"mean {mean:.5f}, lowest {least:.5f}", (mean, least))
        reached = mean >= LEAST_MEAN_COSINE
        goal = Goal(f"mean at least {LEAST_MEAN_COSINE}", f"{mean:.5f}", reached)
        what = f"cosine of the vectors that serve with the reference's, {len(texts):,} {part}"
        rows.append(Row(what, {OURS: cell}, goals=(goal,) if part == "passages" else ()))
    return rows


def tokens(text: str) -> Sequence[int]:
    """Return the tokens that the model sees of a text, both marks counted."""
    ids: Sequence[int] = _tokenizer().encode(text).ids
    return ids


@cache
def _tokenizer() -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(default_model_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def _missing(bench: Bench) -> dict[str, Cell]:
    return {system: cell for system, cell in bench.not_installed().items() if system == USUAL}


def _listed(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes))
