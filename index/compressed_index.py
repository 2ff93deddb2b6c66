"""Search among more passages than fit comfortably in memory: compressed vectors find, exact ones decide.

Two files: an inverted file (Sivic and Zisserman 2003) with four bits a component, which FAISS maps into
memory, and the vectors themselves, row after row as little-endian float32. A search scans the lists nearest
to the query, takes more candidates than were asked for, and scores these again with their exact vectors.
So every score is exact, and what may be missing is a row in a list that was not scanned. The vectors are
read from disk as they are needed and never held in memory.

The settings were chosen by measurement on a million passages; see benchmarks/results/large.md.
"""

from __future__ import annotations

import math
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeGuard

import faiss
import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamagedError
from index.vectors import Hits, Rows, Scores

PROBES = 64  # lists that are scanned for one query
DEPTH = 2  # candidates for every row that was asked for
DEPTH_LEAST = 40  # but so many at least
SEED = 1
ITERATIONS = 10  # of k-means
SAMPLE_PER_LIST = 40  # vectors that k-means learns from
BLOCK = 50_000  # rows read or written at a time: 75 MB at 384 dimensions


class CompressedIndex:
    """A `VectorIndex` on disk: nearly all of the nearest rows, with exact scores and exact vectors."""

    def __init__(self, lists: faiss.IndexIVF, lists_file: Path, rows_file: Path) -> None:
        self._lists, self._lists_file, self._rows_file = lists, lists_file, rows_file
        self._descriptor = os.open(rows_file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._descriptor)

    @classmethod
    def open(cls, lists_file: Path, rows_file: Path) -> CompressedIndex:
        """Map files that `write_compressed` wrote and whose checksums have been verified.

        Raises:
            IndexDamagedError: If a file cannot be read, is of another kind or does not fit the other.
        """
        try:
            lists = faiss.read_index(str(lists_file), faiss.IO_FLAG_MMAP)
        except (RuntimeError, MemoryError) as error:  # a damaged length asks for any amount of memory
            raise IndexDamagedError(lists_file, "cannot be read by FAISS") from error
        mapped = _mapped_lists(lists)
        if not _is_ours(lists) or mapped is None:
            raise IndexDamagedError(lists_file, "holds another kind of FAISS index")
        mapped.prefetch_nthread = 0  # else up to 32 threads a search touch the lists before they are scanned
        if sum(map(lists.get_list_size, range(lists.nlist))) != lists.ntotal:
            raise IndexDamagedError(lists_file, "lacks some of its rows")
        expected = lists.ntotal * lists.d * np.dtype("<f4").itemsize
        try:
            size = rows_file.stat().st_size
        except OSError as error:
            raise IndexDamagedError(rows_file, "cannot be read") from error
        if size != expected:
            raise IndexDamagedError(rows_file, f"does not fit {lists_file.name} beside it")
        return cls(lists, lists_file, rows_file)

    def __len__(self) -> int:
        return int(self._lists.ntotal)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._lists.d)

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows to each query, with exact scores; a few of the rows may be missed.

        The more is asked for, the more is missed (benchmarks/results/large.md), until it is all there is.
        Each query is searched for by itself, which FAISS does in one thread, however many are set.

        Raises:
            ValueError: If a query holds something else than finite numbers.
            IndexDamagedError: If the files turn out to be damaged.
        """
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        if not np.isfinite(queries).all():
            raise ValueError("queries must be finite")
        k = min(k, len(self))
        rows, scores = np.zeros((len(queries), k), np.int64), np.zeros((len(queries), k), np.float32)
        if k:
            for number, query in enumerate(queries):
                rows[number], scores[number] = self._search_one(query, k)
        return Hits(rows, scores)

    def _search_one(self, query: Vectors, k: int) -> tuple[Rows, Scores]:
        """Return the rows nearest to one query, and their scores.

        The search widens while the lists that were scanned hold fewer than ``k`` rows, and deepens while
        the last of the candidates is as near as one of the best: then others like it may come behind it,
        as happens with passages that are the same.
        """
        depth, probes = max(DEPTH * k, DEPTH_LEAST), PROBES
        while True:
            depth, probes = min(depth, len(self)), min(probes, self._lists.nlist)
            candidates = self._candidates(query, depth, probes)
            if len(candidates) < k:
                if probes == self._lists.nlist:
                    raise IndexDamagedError(self._lists_file, "lacks some of its rows")
                probes *= 2
                continue
            rows = np.sort(candidates)
            scores = np.einsum("nd,d->n", self.vectors(rows), query)  # BLAS may round equal rows differently
            order = np.argsort(-scores, kind="stable")[:k]
            last = scores[np.searchsorted(rows, candidates[-1])]
            if len(rows) < depth or depth == len(self) or last < scores[order[-1]]:
                return rows[order], scores[order]
            depth *= 2

    def _candidates(self, query: Vectors, depth: int, probes: int) -> Rows:
        """Return the rows that the compressed vectors put first, best first; fewer if too few are there."""
        settings = faiss.SearchParametersIVF()
        settings.nprobe = probes
        found: Rows = self._lists.search(query[None], depth, params=settings)[1][0]
        found = found[found != -1]  # FAISS fills up with these
        if len(found) and (found.min() < 0 or found.max() >= len(self)):
            raise IndexDamagedError(self._lists_file, "names rows that do not exist")
        return found

    def vectors(self, rows: Rows) -> Vectors:
        """Return the exact vectors of some rows, shape ``(n_rows, dimension)``, read from disk.

        Raises:
            IndexError: If a row does not exist.
            IndexDamagedError: If the file has been cut since it was opened.
        """
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise IndexError(f"rows go from 0 to {len(self) - 1}")
        width = self.dimension * np.dtype("<f4").itemsize
        # Rows that follow one another are read at once, but at most a block: a read ends at 2 GiB.
        ends_run = np.flatnonzero(np.diff(rows) != 1) + 1
        starts = np.unique(np.concatenate([ends_run, np.arange(0, len(rows), BLOCK)]))
        read = b"".join(
            os.pread(self._descriptor, (stop - start) * width, int(rows[start]) * width)
            for start, stop in pairwise([*starts.tolist(), len(rows)])
        )
        if len(read) != len(rows) * width:
            raise IndexDamagedError(self._rows_file, "has been cut")
        return np.frombuffer(read, dtype="<f4").reshape(len(rows), self.dimension)

    def similarities(self, queries: Vectors, rows: Rows) -> Scores:
        """Return each query's cosine with each of some rows, shape ``(n_queries, n_rows)``."""
        return queries @ self.vectors(rows).T


def write_compressed(vectors: Vectors, lists_file: Path, rows_file: Path) -> None:
    """Write unit vectors as `CompressedIndex.open` reads them; the same vectors give the same bytes.

    Args:
        vectors: Shape ``(n, dimension)``; may be mapped from a file, as it is read block by block.
        lists_file: Where the compressed vectors go.
        rows_file: Where the exact vectors go.
    """
    n, dimension = vectors.shape
    n_lists = min(n, math.ceil(2 * math.sqrt(n)))
    coarse = faiss.IndexFlatIP(dimension)
    lists = faiss.IndexIVFScalarQuantizer(
        coarse,
        dimension,
        n_lists,
        faiss.ScalarQuantizer.QT_4bit,
        faiss.METRIC_INNER_PRODUCT,
        False,  # the vectors themselves and not what their centroid leaves: the same scale in every list
    )
    lists.cp.seed, lists.cp.niter, lists.cp.min_points_per_centroid = SEED, ITERATIONS, 1
    sampled = np.random.default_rng(SEED).choice(n, min(n, SAMPLE_PER_LIST * n_lists), replace=False)
    with _one_thread(), rows_file.open("wb") as rows:
        lists.train(_in_memory(vectors[np.sort(sampled)]))
        for start in range(0, n, BLOCK):
            block = _in_memory(vectors[start : start + BLOCK])
            lists.add(block)
            rows.write(block.astype("<f4", copy=False).data)
        with lists_file.open("wb") as stream:  # FAISS itself says nothing of a disk full at the last bytes
            faiss.write_index(lists, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]


def _in_memory(vectors: Vectors) -> Vectors:
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _mapped_lists(index: faiss.Index) -> faiss.OnDiskInvertedLists | None:
    lists = index.invlists if isinstance(index, faiss.IndexIVF) else None
    mapped = faiss.downcast_InvertedLists(lists) if lists else None
    return mapped if isinstance(mapped, faiss.OnDiskInvertedLists) else None


def _is_ours(index: faiss.Index) -> TypeGuard[faiss.IndexIVFScalarQuantizer]:
    return (
        isinstance(index, faiss.IndexIVFScalarQuantizer)
        and index.sq.qtype == faiss.ScalarQuantizer.QT_4bit
        and index.metric_type == faiss.METRIC_INNER_PRODUCT
        and isinstance(faiss.downcast_index(index.quantizer), faiss.IndexFlatIP)
        and index.quantizer.ntotal == index.nlist
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep FAISS to one thread, as the way work is shared out changes the last bits of its sums.

    The number belongs to the calling thread alone, and is put back.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
