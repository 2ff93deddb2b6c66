"""Nearest-neighbour search over passage embeddings.

`VectorIndex` is the contract. `FlatIndex` searches exactly with numpy and is the reference that every
other backend must agree with. Scores are cosine similarities in [-1, 1]: higher always means nearer.
Rows are the positions in which vectors were added.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


class Hits(NamedTuple):
    """Found rows and their scores, both ``(n_queries, k)``, best first; lower rows before equal ones."""

    rows: Rows
    scores: Scores


class VectorIndex(Protocol):
    """A set of unit vectors that can be searched by inner product."""

    def __len__(self) -> int:
        """Return how many vectors it holds."""
        ...

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        ...

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows (all of them where there are fewer) to each query."""
        ...

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows, shape ``(n_rows, dimension)``."""
        ...

    def similarities(self, queries: Vectors, rows: Rows) -> Scores:
        """Return each query's cosine with each of some rows, shape ``(n_queries, n_rows)``."""
        ...


class FlatIndex:
    """Exact search by one matrix product: simple, and the reference for the others."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self._vectors.shape[1])

    def search(self, queries: Vectors, k: int) -> Hits:
        """Return the ``k`` nearest rows to each query."""
        scores = queries @ self._vectors.T
        rows = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return Hits(rows, np.take_along_axis(scores, rows, axis=1))

    def vectors(self, rows: Rows) -> Vectors:
        """Return the vectors of some rows."""
        return self._vectors[rows]

    def similarities(self, queries: Vectors, rows: Rows) -> Scores:
        """Return each query's cosine with each of some rows."""
        return similarities(queries, self._vectors, rows)


def similarities(queries: Vectors, vectors: Vectors, rows: Rows) -> Scores:
    """Return each query's cosine with some rows of vectors in memory, shape ``(n_queries, n_rows)``."""
    if 2 * len(rows) > len(vectors):  # to copy most of them takes longer than to multiply the rest too
        return (queries @ vectors.T)[:, rows]
    return queries @ vectors[rows].T
