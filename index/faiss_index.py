"""Exact search with FAISS: an `IndexFlatIP` in memory, and its file on disk."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamagedError
from index.vectors import Hits, Rows


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
        """Write the index to a file."""
        faiss.write_index(self._index, str(file))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._index.d)

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows to each query."""
        scores, rows = self._index.search(np.ascontiguousarray(queries, dtype=np.float32), min(k, len(self)))
        # FAISS leaves the order of equal scores open; a lower row first makes results repeatable.
        order = np.lexsort((rows, -scores), axis=1)
        return Hits(np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1))

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(n_rows, dimension)``."""
        found: Vectors = self._index.reconstruct_batch(np.ascontiguousarray(rows, dtype=np.int64))
        return found
