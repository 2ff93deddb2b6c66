"""Measure search among a million passages: our compressed index beside an exact one over the same vectors.

Run:  python -m benchmarks.large [--rows 1000000] [--queries 500] [--folder DIR]

Each index is opened in a process of its own that does nothing else, so that its memory can be read off, and
the two take turns query by query. The passages are made (see `benchmarks.large_corpus`); the queries are not:
they are training queries as the default model encodes them. Writes benchmarks/results/large.{md,json}.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import numpy as np

from benchmarks.large_corpus import SEED, likeness, write_large
from benchmarks.machine import describe_machine
from benchmarks.speeds.processes import note
from index import compressed_index
from index.encoder import Vectors
from index.vector_files import EXACT_MOST, ROWS, save_vectors

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
QUERIES = ROOT / "training" / "data" / "queries.jsonl"
DEPTHS = (10, 200)  # 200 is what the engine asks for: engine.retrieval.DEPTH
PROBES_TRIED = (16, 32, 64, 128, 256)
COLD = 50  # queries whose rows must come from disk
_VERSIONS = ("warts-and-all", "faiss-cpu", "numpy")
_SETTINGS = ("PROBES", "DEPTH", "DEPTH_LEAST", "ITERATIONS", "SAMPLE_PER_LIST")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--folder", type=Path, help="where the temporary files go: 5 GB for a million rows")
    options = parser.parse_args()
    if options.rows <= EXACT_MOST:
        parser.error(f"up to {EXACT_MOST:,} rows the index is an exact one")
    with tempfile.TemporaryDirectory(prefix="warts-large-", dir=options.folder) as folder:
        facts = measure(Path(folder), options.rows, options.queries)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "large.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    text = _text(facts)
    (RESULTS / "large.md").write_text(text, encoding="utf-8")
    print(text)


def measure(folder: Path, rows: int, n_queries: int) -> dict[str, Any]:
    """Make the passages, build, search in turns, and return everything that is to be written down."""
    from service.opening import progress_bar

    real, queries = _real_vectors(n_queries)
    np.save(folder / "queries.npy", queries)
    with progress_bar("passages made") as progress:
        vectors = write_large(real, rows, folder / "vectors.npy", progress)
    alike = np.random.default_rng(SEED).choice(rows, min(rows, len(real)), replace=False)
    made = {"real": likeness(real, queries), "made": likeness(vectors[np.sort(alike)], queries)}
    note("building: about five minutes for a million passages")
    index = folder / "index"
    index.mkdir()
    began = time.perf_counter()
    save_vectors(vectors, index)
    built = time.perf_counter() - began
    with _searcher(folder, "ours") as ours, _searcher(folder, "exact") as exact:
        taken, memory = _in_turns(ours, exact, len(queries), progress_bar)
        for probes in PROBES_TRIED:
            note(f"with {probes} lists scanned")
            for k in DEPTHS:
                taken[f"ours, {probes} lists", k] = [
                    ours.ask(query=query, k=k, probes=probes) for query in range(len(queries))
                ]
        ours.ask(query=0, k=10, probes=compressed_index.PROBES)
        cold = _cold(ours, min(COLD, len(queries)))
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.large --rows {rows}",
        "machine": describe_machine(),
        "versions": {name: version(name) for name in _VERSIONS},
        "passages": rows,
        "dimension": int(vectors.shape[1]),
        "queries": len(queries),
        "settings": {name.lower(): getattr(compressed_index, name) for name in _SETTINGS},
        "build_seconds": round(built, 1),
        "bytes": {file.name: file.stat().st_size for file in sorted(index.iterdir())},
        "memory_mb": memory,
        "results": [_row(name, k, taken) for k in DEPTHS for name in ("ours", "exact")],
        "other_settings": [
            _row(f"ours, {probes} lists", k, taken) for probes in PROBES_TRIED for k in DEPTHS
        ],
        "rows_not_in_page_cache_ms": {str(k): _quantiles(times) for k, times in cold.items()},
        "likeness": made,
    }


def _real_vectors(n_queries: int) -> tuple[Vectors, Vectors]:
    """Return the vectors of the shipped passages and of training queries."""
    from service.opening import encoder_for, open_index
    from service.settings import load_settings

    settings = load_settings()
    index = open_index(settings)
    texts = [json.loads(line)["text"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
    chosen = np.random.default_rng(SEED).choice(len(texts), min(n_queries, len(texts)), replace=False)
    queries = encoder_for(settings, index).encode_queries([texts[number] for number in np.sort(chosen)])
    return index.vectors.vectors(np.arange(len(index.vectors))), queries


class _Searcher:
    """A process that opened one index and answers what it is asked, one line each."""

    def __init__(self, to: IO[str], from_: IO[str]) -> None:
        self._to, self._from = to, from_

    def ask(self, **question: Any) -> Any:
        """Return the answer.

        Raises:
            RuntimeError: If the process has ended.
        """
        self._to.write(json.dumps(question) + "\n")
        self._to.flush()
        line = self._from.readline()
        if not line:
            raise RuntimeError("the searching process has ended")
        return json.loads(line)


@contextmanager
def _searcher(folder: Path, kind: str) -> Iterator[_Searcher]:
    command = [sys.executable, "-m", "benchmarks.large_searching", kind, str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        if process.stdin and process.stdout:  # always, as both are pipes
            yield _Searcher(process.stdin, process.stdout)


def _in_turns(ours: _Searcher, exact: _Searcher, n_queries: int, progress_bar: Any) -> tuple[Any, Any]:
    """Ask both the same; return times and rows by (kind, k), and memory in MB by kind and moment."""
    both = {"ours": ours, "exact": exact}
    memory = {name: {"opened": searcher.ask(memory=True)} for name, searcher in both.items()}
    taken: dict[tuple[str, int], list[Any]] = {(name, k): [] for name in both for k in DEPTHS}
    for searcher in both.values():
        searcher.ask(query=0, k=10)
    with progress_bar("queries asked") as progress:
        for query in range(n_queries):
            for k in DEPTHS:
                for name, searcher in both.items():
                    taken[name, k].append(searcher.ask(query=query, k=k))
            progress(query + 1, n_queries)
    for name, searcher in both.items():
        memory[name]["searched"] = searcher.ask(memory=True)
    return taken, memory


def _cold(ours: _Searcher, n_queries: int) -> dict[int, list[float]]:
    """Return milliseconds by k where the vectors of the candidates must come from disk."""
    return {k: [ours.ask(query=query, k=k, cold=True)["ms"] for query in range(n_queries)] for k in DEPTHS}


def _row(name: str, k: int, taken: dict[tuple[str, int], list[Any]]) -> dict[str, Any]:
    shared = [
        len(set(found["rows"]) & set(true["rows"])) / k
        for found, true in zip(taken[name, k], taken["exact", k], strict=True)
    ]
    times, work = ([answer[of] for answer in taken[name, k]] for of in ("ms", "cpu_ms"))
    cpu = {"cpu_p50_ms": round(float(np.median(work)), 2)}
    return {"index": name, "k": k, **_quantiles(times), **cpu, "recall": round(float(np.mean(shared)), 4)}


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    return {"p50_ms": round(float(np.median(times)), 2), "p95_ms": round(float(np.quantile(times, 0.95)), 2)}


def _text(facts: dict[str, Any]) -> str:
    versions = ", ".join(f"{package} {number}" for package, number in facts["versions"].items())
    settings = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts["settings"].items())
    lines = [
        f"# Search among {facts['passages']:,} passages\n",
        f"{facts['date']}, `{facts['command']}`. {versions}. {facts['machine']}.\n",
        f"{facts['queries']} queries, {facts['dimension']} dimensions. Memory is the resident memory of a "
        "process that only opens the index and searches. The exact index is FAISS's IndexFlatIP; the two "
        "take turns, each with one thread for a query. Processor time leaves out what was "
        "spent waiting for other programs' turns.\n",
        "| index | k | p50 | p95 | p50 of its processor time | recall of the exact k | memory opened "
        "| after all queries |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in facts["results"]:
        memory = facts["memory_mb"][row["index"]]
        opened, searched = memory["opened"], memory["searched"]
        lines.append(
            f"| {row['index']} | {row['k']} | {row['p50_ms']:.1f} ms | {row['p95_ms']:.1f} ms "
            f"| {row['cpu_p50_ms']:.1f} ms | {row['recall']:.3f} | {opened:.0f} MB | {searched:.0f} MB |"
        )
    sizes = ", ".join(f"`{name}` {size / 1e6:,.0f} MB" for name, size in facts["bytes"].items())
    cold = "; ".join(
        f"k={k}: p50 {times['p50_ms']:.1f} ms, p95 {times['p95_ms']:.1f} ms"
        for k, times in facts["rows_not_in_page_cache_ms"].items()
    )
    lines += [
        f"\nBuilt in {facts['build_seconds']:.0f} s in one thread, without encoding. On disk: {sizes}. "
        f"Settings: {settings}.\n",
        f"The times above are with `{ROWS}` in the system's page cache, which counts as nobody's resident "
        f"memory. With its pages dropped before every query: {cold}.\n",
        "With other numbers of lists scanned, and without the exact index in between, which reads all of its "
        "vectors for every query and so empties the processor's caches before each of ours:\n",
        "| lists | k | p50 | p95 | p50 of its processor time | recall |\n|---|---|---|---|---|---|",
        *(
            f"| {row['index'].split()[1]} | {row['k']} | {row['p50_ms']:.1f} ms | {row['p95_ms']:.1f} ms "
            f"| {row['cpu_p50_ms']:.1f} ms | {row['recall']:.3f} |"
            for row in facts["other_settings"]
        ),
        "\n## How like real passages the made ones are\n",
        "Both sets have the size of the real one: 5%, 50% and 95% quantiles. In the full set neighbours are "
        "nearer, as they would be in a larger real one.\n",
        "| | real | made |",
        "|---|---|---|",
    ]
    real, made = facts["likeness"]["real"], facts["likeness"]["made"]
    lines += [f"| {name} | {_values(real[name])} | {_values(made[name])} |" for name in real]
    return "\n".join(lines) + "\n"


def _values(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.3g}" for value in values)


if __name__ == "__main__":
    main()
