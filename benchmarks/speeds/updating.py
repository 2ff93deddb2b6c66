"""Updating an index after a hundredth of its passages changed, against building it anew."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.speeds.bench import Bench, passages_for_rivals
from benchmarks.speeds.corpora import COPIES, Record, changed, enlarged, records_of
from benchmarks.speeds.processes import note, run, seconds_of, write_lines
from benchmarks.speeds.rows import OURS, RIVALS, USUAL, Cell, Goal, Row, number
from corpus.records import CaseStudy

MOST_SHARE = 0.05  # of a full build


def measure(bench: Bench) -> list[Row]:
    """Time full builds and updates, of the shipped cases and of a larger corpus."""
    shipped = records_of(bench.cases)
    large = enlarged(shipped)
    return [
        *_of_corpus(bench, "shipped", "the shipped cases", shipped, fulls=bench.few),
        *_of_corpus(bench, "large", f"{COPIES} times as many cases", large, fulls=1),
    ]


def _of_corpus(bench: Bench, name: str, called: str, records: Sequence[Record], *, fulls: int) -> list[Row]:
    folder = bench.folder / f"updating-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    before = _passages(records)
    after_records = changed(records, len(before))
    after = _passages(after_records)
    new = [passage for old, passage in zip(before, after, strict=True) if old != passage]
    cases = write_lines(folder / "cases.jsonl", records)
    edited = write_lines(folder / "changed.jsonl", after_records)
    seed = _seed(bench, folder, records)
    inside = _inside(bench, [str(path) for path in (cases, edited, seed, folder)], fulls)
    whole = _commands(bench, folder, (cases, edited, seed), fulls)
    rivals = _rivals(bench, folder, before, new) if name == "shipped" else {}
    what = f"update of {called}, {len(new)} of {len(before):,} passages changed"
    return [
        _row(f"{what}: in one process", inside, {system: each["inside"] for system, each in rivals.items()}),
        _row(f"{what}: the command", whole, {system: each["whole"] for system, each in rivals.items()}),
    ]


def _row(what: str, taken: dict[str, list[float]], rivals: dict[str, Cell]) -> Row:
    full, update = Cell.of(taken["full"], "s"), Cell.of(taken["update"], "s")
    share = update.median / full.median
    cell = Cell(f"{update.text}; a full build {full.text}", update.values)
    goal = Goal(f"at most {MOST_SHARE:.0%} of a full build", f"{share:.1%}", share <= MOST_SHARE)
    return Row(what, {OURS: cell, **rivals}, goals=(goal,))


def _seed(bench: Bench, folder: Path, records: Sequence[Record]) -> Path:
    """Build an index of another case: a full build then finds the exported model and nothing to reuse."""
    told = {"title": "Another case", "summary": "It lends its exported model and nothing else."}
    objection = {**records[0]["objections"][0], "text": "Nothing is like it.", "response": "Nothing."}
    empty: dict[str, list[str]] = {name: [] for name in ("aims", "worked", "not_again", "process")}
    lists = {**empty, "objections": [objection], "failed": ["Nothing was like it."]}
    other = {**records[0], **told, **lists, "id": "another-case"}
    file = write_lines(folder / "other.jsonl", [other])
    note("updating: an index that lends its model")
    run(bench.ours("index", "--cases", str(file), "--index", str(folder / "seed")), bench.environment())
    return folder / "seed"


def _inside(bench: Bench, paths: list[str], fulls: int) -> dict[str, list[float]]:
    note(f"updating, in one process: {fulls} full builds and {bench.few} updates")
    command = [sys.executable, "-m", "benchmarks.speeds.building", *paths, str(fulls), str(bench.few)]
    taken: dict[str, list[float]] = json.loads(run(command, bench.environment()))
    return taken


def _commands(
    bench: Bench, folder: Path, files: tuple[Path, Path, Path], fulls: int
) -> dict[str, list[float]]:
    cases, edited, seed = files
    full, update = folder / "command-full", folder / "command-update"
    taken: dict[str, list[float]] = {"full": [], "update": []}
    for kind, start, to, source, times in (
        ("full", seed, full, cases, fulls),
        ("update", full, update, edited, bench.few),
    ):
        for turn in range(times):
            note(f"updating, the command: {kind}, turn {turn + 1} of {times}")
            shutil.rmtree(to, ignore_errors=True)
            shutil.copytree(start, to)
            command = bench.ours("index", "--cases", str(source), "--index", str(to))
            taken[kind].append(seconds_of(command, bench.environment()))
    return taken


def _rivals(
    bench: Bench, folder: Path, before: list[dict[str, str]], new: list[dict[str, str]]
) -> dict[str, dict[str, Cell]]:
    """Time the rivals' full builds, and the updates of those that have them."""
    everything, some = write_lines(folder / "passages.jsonl", before), write_lines(folder / "new.jsonl", new)
    cells: dict[str, dict[str, Cell]] = {
        system: {"inside": cell, "whole": cell} for system, cell in bench.not_installed().items()
    }
    for system, module in RIVALS.items():
        if not bench.installed(module):
            continue
        note(f"updating: {system}")
        full = _timed(bench, module, "build", everything, folder / module)
        if system == USUAL:
            texts = {kind: f"encodes all again: {number(seconds)} s" for kind, seconds in full.items()}
            cells[system] = {kind: Cell(text, (full[kind],)) for kind, text in texts.items()}
            continue
        update = _timed(bench, module, "update", some, folder / module)
        cells[system] = {
            kind: Cell(f"{number(update[kind])} s; a full build {number(full[kind])} s", (update[kind],))
            for kind in full
        }
    return cells


def _timed(bench: Bench, module: str, what: str, passages: Path, folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    told = json.loads(run(bench.rival(module, what, str(passages), str(folder)), bench.environment()))
    return {"inside": told["seconds"], "whole": time.perf_counter() - began}


def _passages(records: Sequence[Record]) -> list[dict[str, str]]:
    return passages_for_rivals([CaseStudy.model_validate(record) for record in records])
