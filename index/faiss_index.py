"""Exact search with FAISS: an `IndexFlatIP` in memory, and its file on disk."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import faiss
import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamagedError
from index.vectors import Hits, Rows, Scores, similarities


class FaissIndex:
    """A `VectorIndex` backed by FAISS's exact inner-product index."""

    def __init__(self, index: faiss.IndexFlat) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> FaissIndex:
        """Index unit vectors, shape ``(n, dimension)``; row numbers are their positions."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> FaissIndex:
        """Read an index that `save` wrote and whose checksum has been verified.

        Raises:
            IndexDamagedError: If the file does not hold an exact inner-product index.
        """
        try:
            index = faiss.read_index(str(file))
        except RuntimeError as error:
            raise IndexDamagedError(file, "cannot be read by FAISS") from error
        if not isinstance(index, faiss.IndexFlat) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise IndexDamagedError(file, "holds another kind of FAISS index")
        return cls(index)

    def save(self, file: Path) -> None:
        """Write the index to a file.

        Raises:
            OSError: If it cannot be written.
        """
        write_faiss(self._index, file)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._index.d)

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows to each query."""
        k = min(k, len(self))
        if k == 0 or len(queries) == 0:
            return Hits(np.zeros((len(queries), k), np.int64), np.zeros((len(queries), k), np.float32))
        # FAISS leaves open which of equal scores it returns, and in what order. Lower rows first makes
        # results repeatable, so it is asked for more until no tie is cut through.
        wanted = k
        while True:
            wanted = min(2 * wanted, len(self))
            scores, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), wanted)
            if wanted == len(self) or (scores[:, -1] < scores[:, k - 1]).all():
                break
        order = np.lexsort((rows, -scores), axis=1)[:, :k]
        return Hits(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(n_rows, dimension)``.

        Raises:
            IndexError: If a row does not exist; FAISS itself would return whatever lies in memory there.
        """
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise IndexError(f"rows go from 0 to {len(self) - 1}")
        found: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return found

    def similarities(self, queries: Vectors, rows: Rows) -> Scores:
        """Return each query's cosine with each of some rows, shape ``(n_queries, n_rows)``."""
        return similarities(queries, self._in_memory, rows)

    @cached_property
    def _in_memory(self) -> Vectors:
        """All vectors where FAISS keeps them, shape ``(n, dimension)``: not a copy."""
        vectors: Vectors = faiss.rev_swig_ptr(self._index.get_xb(), len(self) * self.dimension)
        return vectors.reshape(len(self), self.dimension)


def write_faiss(index: faiss.Index, file: Path) -> None:
    """Write any FAISS index to a file.

    Raises:
        OSError: If it cannot be written. FAISS itself says nothing of a disk that is full at the last bytes.
    """
    with file.open("wb") as stream:
        faiss.write_index(index, faiss.PyCallbackIOWriter(stream.write))  # type: ignore[attr-defined]
