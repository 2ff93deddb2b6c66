"""The nearest of many vectors to each of them, exactly, without holding the comparison of all with all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def nearest(vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the nearest others of each vector by inner product.

    Args:
        vectors: Shape ``(n, dimension)``; of unit vectors the products are cosines.
        k: How many of each.

    Returns:
        Rows and products, nearest first, each of shape ``(n, min(k, n - 1))``. Of equally near ones the
        earlier stands first; where more are equally near than there are places, any of them may be left out.

    Raises:
        ValueError: If ``k`` is below 1.
    """
    if k < 1:
        raise ValueError("at least one neighbour has to be asked for")
    count = len(vectors)
    k = min(k, max(0, count - 1))
    if k == 0:
        return np.zeros((count, 0), dtype=np.int64), np.zeros((count, 0), dtype=np.float32)
    import faiss

    contiguous = np.ascontiguousarray(vectors, dtype=np.float32)
    products, rows = faiss.knn(contiguous, contiguous, k + 1, metric=faiss.METRIC_INNER_PRODUCT)
    # A vector is mostly its own nearest; among more equal ones than there are places it may not be there.
    itself = rows == np.arange(count)[:, None]
    itself[~itself.any(axis=1), -1] = True
    rows, products = rows[~itself].reshape(count, k), products[~itself].reshape(count, k)
    order = np.lexsort((rows, -products))
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(products, order, axis=1)
