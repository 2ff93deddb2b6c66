"""The vectors of a generation: exact and in memory up to a size, compressed and on disk above it.

Which of the two it is, the files tell that the manifest names: ``vectors.npy`` is an exact index
(`index.faiss_index`); ``vectors.lists`` and ``vectors.rows`` are a compressed one (`index.compressed_index`).
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from index.encoder import Vectors
from index.faiss_index import FaissIndex
from index.vectors import VectorIndex

EXACT_MOST = 100_000  # vectors: 154 MB at 384 dimensions, and some 15 ms a search
EXACT, LISTS, ROWS = "vectors.npy", "vectors.lists", "vectors.rows"


def save_vectors(vectors: Vectors, folder: Path, *, exact_most: int = EXACT_MOST) -> None:
    """Write the index of some unit vectors into a folder that has none yet.

    Args:
        vectors: Shape ``(n, dimension)``; may be mapped from a file.
        folder: Of the generation that is being built.
        exact_most: Up to how many vectors the index is an exact one.
    """
    if len(vectors) <= exact_most:
        FaissIndex(vectors).save(folder / EXACT)
    else:
        from index.compressed_index import write_compressed

        write_compressed(vectors, folder / LISTS, folder / ROWS)


def open_vectors(folder: Path, files: Container[str]) -> VectorIndex:
    """Open what `save_vectors` wrote and whose checksums have been verified.

    Args:
        folder: Of the generation.
        files: The names of what was written there; others that may lie beside are left alone.

    Raises:
        IndexDamagedError: If a file is missing, or does not hold what its name says.
    """
    if EXACT in files:
        return FaissIndex.load(folder / EXACT)
    from index.compressed_index import CompressedIndex

    return CompressedIndex.open(folder / LISTS, folder / ROWS)
