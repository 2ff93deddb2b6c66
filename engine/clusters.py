"""Texts that say alike things, put together by their vectors.

Leader clustering, then rounds of k-means on the sphere: the heaviest text that is near no leader becomes one,
and each text goes with the centre that it is nearest to, if it is near enough. So their number follows from
the texts, what is like nothing else stays by itself, and nothing is drawn by lot.

Source: J. A. Hartigan, Clustering Algorithms, Wiley 1975 (leader); I. S. Dhillon and D. S. Modha, "Concept
decompositions for large sparse text data using clustering", Machine Learning 42 (2001),
doi:10.1023/A:1007612920971
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALONE = -1
MOST_CLUSTERS = 300
_ROUNDS, _BLOCK = 10, 4096
_DIGITS = 5  # of a cosine; the last ones depend on the number of threads

Floats = NDArray[np.float32]
Whole = NDArray[np.int64]


def clustered(vectors: Floats, weights: Whole, least: float) -> Whole:
    """Return the number of each text's cluster.

    Args:
        vectors: Unit vectors, shape ``(n, dimension)``.
        weights: How much each counts, shape ``(n,)``; above 0.
        least: Cosine with the centre of a cluster from which on a text belongs to it.

    Returns:
        Shape ``(n,)``: from 0 on, the heaviest cluster first; `ALONE` for a text that goes with none.
    """
    centres = _leaders(vectors, weights, least)
    belongs = np.full(len(vectors), ALONE, dtype=np.int64)
    for _ in range(_ROUNDS):
        before, belongs = belongs, _nearest_centre(vectors, centres, least)
        if np.array_equal(before, belongs):
            break
        centres = _centres(vectors, weights, belongs, centres)
    return _heaviest_first(belongs, weights, len(centres))


def _leaders(vectors: Floats, weights: Whole, least: float) -> Floats:
    """Return the leaders: in order of weight, each text that is near none of those before."""
    leaders = np.zeros((MOST_CLUSTERS, vectors.shape[1]), dtype=np.float32)
    count = 0
    for row in np.argsort(-weights, kind="stable"):
        if count == MOST_CLUSTERS:
            break
        if count == 0 or (leaders[:count] @ vectors[row]).max().round(_DIGITS) < least:
            leaders[count] = vectors[row]
            count += 1
    return leaders[:count]


def _nearest_centre(vectors: Floats, centres: Floats, least: float) -> Whole:
    belongs = np.full(len(vectors), ALONE, dtype=np.int64)
    if not len(centres):
        return belongs
    for start in range(0, len(vectors), _BLOCK):
        near = (vectors[start : start + _BLOCK] @ centres.T).round(_DIGITS)
        best = near.argmax(axis=1)
        belongs[start : start + _BLOCK] = np.where(near.max(axis=1) >= least, best, ALONE)
    return belongs


def _centres(vectors: Floats, weights: Whole, belongs: Whole, before: Floats) -> Floats:
    """Return the weighted mean direction of each cluster; an empty one stays where it was."""
    moved = before.copy()
    for number in np.unique(belongs[belongs != ALONE]):
        inside = belongs == number
        mean = (vectors[inside] * weights[inside, None]).sum(axis=0)
        moved[number] = mean / (np.linalg.norm(mean) or 1.0)
    return moved


def _heaviest_first(belongs: Whole, weights: Whole, count: int) -> Whole:
    inside = belongs != ALONE
    heavy = np.bincount(belongs[inside], weights=weights[inside], minlength=count)
    order = np.argsort(-heavy, kind="stable")
    place = np.empty(count + 1, dtype=np.int64)
    place[order], place[ALONE] = np.arange(count), ALONE
    numbered: Whole = place[belongs]
    return numbered
