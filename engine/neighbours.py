"""The nearest of many vectors to each of them, exactly, without holding the comparison of all with all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_HELD = 1 << 23  # products at a time: 32 MB
_GROUP = 64  # columns of which only the greatest is looked at first


def nearest(vectors: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the nearest others of each vector by inner product.

    Args:
        vectors: Shape ``(n, dimension)``; of unit vectors the products are cosines.
        k: How many of each.

    Returns:
        Rows and products, nearest first, each of shape ``(n, min(k, n - 1))``. Of equally near ones the
        earlier stands first.

    Raises:
        ValueError: If ``k`` is below 1.
    """
    if k < 1:
        raise ValueError("at least one neighbour has to be asked for")
    count = len(vectors)
    k = min(k, max(0, count - 1))
    rows = np.zeros((count, k), dtype=np.int64)
    products = np.zeros((count, k), dtype=np.float32)
    if k == 0:
        return rows, products
    step = max(1, _HELD // count)
    for start in range(0, count, step):
        block = vectors[start : start + step] @ vectors.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf  # not its own neighbour
        row, column = np.nonzero(block >= _reached_by(block, k)[:, None])
        value = block[row, column]
        order = np.lexsort((column, -value, row))
        first = np.searchsorted(row, np.arange(len(block)))  # rows stand in order before and after sorting
        chosen = order[first[:, None] + np.arange(k)]
        rows[start : start + step], products[start : start + step] = column[chosen], value[chosen]
    return rows, products


def _reached_by(block: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    """Return for each row a product that at least ``k`` of its columns reach, and few more.

    The ``k`` th of the greatest of each group is such a one, and is found in a fraction of the time that
    the ``k`` th of all takes.
    """
    grouped = block.shape[1] // _GROUP * _GROUP
    if grouped < 4 * k * _GROUP:
        kth: NDArray[np.float32] = np.partition(block, -k, axis=1)[:, -k]
        return kth
    greatest = block[:, :grouped].reshape(len(block), -1, _GROUP).max(axis=2)
    bound: NDArray[np.float32] = np.partition(greatest, -k, axis=1)[:, -k]
    return bound
