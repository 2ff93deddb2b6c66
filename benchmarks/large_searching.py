"""The process that `benchmarks.large` measures: opens one index and searches it, and nothing else.

Run by benchmarks.large:  python -m benchmarks.large_searching {ours,exact} FOLDER

A question is one line of JSON on standard input, and so is its answer on standard output.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from index import compressed_index
from index.encoder import Vectors
from index.vector_files import LISTS, ROWS, open_vectors
from index.vectors import VectorIndex

BLOCK = 50_000


def main() -> None:
    """Open, then answer until there are no more questions."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    queries = np.load(folder / "queries.npy")
    index = (
        open_vectors(folder / "index", (LISTS, ROWS)) if kind == "ours" else _exact(folder / "vectors.npy")
    )
    for line in sys.stdin:
        print(json.dumps(_answer(index, queries, folder, json.loads(line))), flush=True)


def _answer(
    index: VectorIndex | faiss.Index, queries: Vectors, folder: Path, question: dict[str, Any]
) -> Any:
    """Answer one question: how much memory is resident, or what is nearest to a query, in how long."""
    if question.get("memory"):
        return resident_mb()
    if "probes" in question:
        compressed_index.PROBES = question["probes"]
    if question.get("cold"):
        _drop_from_page_cache(folder / "index" / ROWS)
    query, k = queries[question["query"]][None], question["k"]
    began, worked = time.perf_counter(), time.thread_time()
    rows = index.search(query, k)[1 if isinstance(index, faiss.Index) else 0]
    taken, worked = time.perf_counter() - began, time.thread_time() - worked
    return {"ms": 1000 * taken, "cpu_ms": 1000 * worked, "rows": rows[0].tolist()}


def _exact(file: Path) -> faiss.Index:
    """Return what somebody would use without us: FAISS's own exact index, in memory."""
    vectors = np.load(file, mmap_mode="r")
    index = faiss.IndexFlatIP(vectors.shape[1])
    for start in range(0, len(vectors), BLOCK):
        index.add(np.ascontiguousarray(vectors[start : start + BLOCK]))
    del vectors  # its pages would count as memory
    return index


def resident_mb() -> float:
    """Return this process's resident memory (VmRSS) in MB of a million bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    kibibytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return round(kibibytes * 1024 / 1e6, 1)


def _drop_from_page_cache(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)  # only pages that have been written can be dropped
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    main()
