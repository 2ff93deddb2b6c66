"""The vectors of a generation on disk."""

from __future__ import annotations

from pathlib import Path

from index.encoder import Vectors
from index.faiss_index import FaissIndex
from index.vectors import VectorIndex


def save_vectors(vectors: Vectors, folder: Path) -> None:
    """Write vectors into a generation's folder."""
    FaissIndex.build(vectors).save(folder / "vectors.faiss")


def open_vectors(folder: Path) -> VectorIndex:
    """Open what `save_vectors` wrote."""
    return FaissIndex.load(folder / "vectors.faiss")
