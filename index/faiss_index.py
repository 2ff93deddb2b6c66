"""Exact search with FAISS over vectors in memory, and their file on disk.

The file is a plain array that is mapped into memory, so that processes that answer from one index share its
pages, and FAISS searches it where it lies: it is imported at the first search, which few cases never need
(`index.case_index`), and an answer is waited for.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamagedError
from index.vectors import Hits, Rows, Scores, similarities


class FaissIndex:
    """A `VectorIndex` that searches exactly, by inner product."""

    def __init__(self, vectors: Vectors) -> None:
        """Take unit vectors, shape ``(n, dimension)``; row numbers are their positions."""
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    @classmethod
    def load(cls, file: Path) -> FaissIndex:
        """Map vectors that `save` wrote and whose checksum has been verified.

        The file must stay as it is; that it is removed does no harm.

        Raises:
            IndexDamagedError: If the file does not hold vectors.
        """
        try:
            vectors = np.lib.format.open_memmap(file, mode="r")  # refuses objects, so nothing is unpickled
        except Exception as error:  # what numpy raises depends on where it trips over the header
            raise IndexDamagedError(file, "cannot be read by numpy") from error
        if vectors.dtype != np.float32 or vectors.ndim != 2:
            raise IndexDamagedError(file, "holds something else than vectors")
        return cls(vectors)

    def save(self, file: Path) -> None:
        """Write the vectors to a file.

        Raises:
            OSError: If it cannot be written.
        """
        with file.open("wb") as stream:
            np.lib.format.write_array(stream, self._vectors, allow_pickle=False)

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._vectors.shape[1])

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows to each query."""
        k = min(k, len(self))
        if k == 0 or len(queries) == 0:
            return Hits(np.zeros((len(queries), k), np.int64), np.zeros((len(queries), k), np.float32))
        import faiss

        # FAISS leaves open which of equal scores it returns, and in what order. Lower rows first makes
        # results repeatable, so it is asked for more until no tie is cut through.
        wanted = k
        while True:
            wanted = min(2 * wanted, len(self))
            asked = np.ascontiguousarray(queries, dtype=np.float32)
            scores, rows = faiss.knn(asked, self._vectors, wanted, metric=faiss.METRIC_INNER_PRODUCT)
            if wanted == len(self) or (scores[:, -1] < scores[:, k - 1]).all():
                break
        order = np.lexsort((rows, -scores), axis=1)[:, :k]
        return Hits(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(n_rows, dimension)``.

        Raises:
            IndexError: If a row does not exist.
        """
        if len(rows) and (rows.min() < 0 or rows.max() >= len(self)):
            raise IndexError(f"rows go from 0 to {len(self) - 1}")
        return self._vectors[rows]

    def similarities(self, queries: Vectors, rows: Rows) -> Scores:
        """Return each query's cosine with each of some rows, shape ``(n_queries, n_rows)``."""
        return similarities(queries, self._vectors, rows)
