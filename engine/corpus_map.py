"""The cases as points on a plane, where those that tell of alike things lie near each other.

A case is placed by the vector of its whole text: first on the two main axes of all of them, then moved until
each has the neighbours on the plane that it has by meaning (t-SNE, exact). That keeps far more neighbours
than principal components or scaling do, and as many as scikit-learn's t-SNE, which a server would have to
load: benchmarks/results/corpus-map.md, by `python -m benchmarks.corpus_map`. Nothing is drawn by lot, and
what comes of matrix products, whose last digits depend on the number of threads, is rounded: the same index
gives the same map.

Only nearness can be read off such a map. Its axes mean nothing, and nor does how far apart two cases lie that
are not near each other.

Source: L. van der Maaten and G. Hinton, "Visualizing Data using t-SNE", JMLR 9 (2008); trustworthiness:
J. Venna and S. Kaski, "Neighborhood preservation in nonlinear projection methods", ICANN 2001,
doi:10.1007/3-540-44668-0_68
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from corpus.records import CaseStudy
from engine.facets import Facet, values_of
from index.case_index import CaseIndex

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

NEIGHBOURS = 3  # told of each case
# Of more cases a map could not be read, and drawing one takes the square of their number: here some seconds.
MOST_PLACED = 500
PERPLEXITY = 50.0  # about how many neighbours a case is held by
_STEPS, _EARLY, _EXAGGERATION = 400, 120, 12.0
_JUDGED_BY = 10  # neighbours, for trustworthiness


@dataclass(frozen=True, slots=True)
class Region:
    """Cases that lie together.

    Attributes:
        theme: What sets them apart: the theme whose share of them is furthest above its share of all cases,
            of those that name no larger region; None where there is none.
        technology: The same of technologies.
        cases: Their positions in the index, ascending.
        centre: Where it lies, x and y.
    """

    theme: str | None
    technology: str | None
    cases: tuple[int, ...]
    centre: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class CorpusMap:
    """Where each case lies.

    Attributes:
        points: x and y of each case, shape ``(n_cases, 2)``, within 0 and 1; in the order of the index.
        regions: The largest first; each case is in one.
        neighbours: The positions of the cases nearest to each by meaning (not on the plane), nearest first,
            shape ``(n_cases, at most NEIGHBOURS)``.
        trustworthiness: How far neighbours on the plane are neighbours by meaning, 0 to 1; None of too few
            cases.
    """

    points: Floats
    regions: tuple[Region, ...]
    neighbours: Whole
    trustworthiness: float | None


_MAPS: WeakKeyDictionary[CaseIndex, CorpusMap] = WeakKeyDictionary()
_ONE_AT_A_TIME = Lock()


def map_of(index: CaseIndex) -> CorpusMap | None:
    """Return the map of an index, drawn at the first call; None of more than `MOST_PLACED` cases."""
    if len(index.cases) > MOST_PLACED:
        return None
    with _ONE_AT_A_TIME:
        if (known := _MAPS.get(index)) is None:
            known = _MAPS[index] = draw_map(index.cases, index.vectors.vectors(index.first_row[:-1]))
        return known


def draw_map(cases: Sequence[CaseStudy], vectors: NDArray[np.float32]) -> CorpusMap:
    """Return the map of cases.

    Args:
        cases: The cases.
        vectors: Their texts as unit vectors, shape ``(n_cases, dimension)``.
    """
    exact = vectors.astype(np.float64)
    points = principal_plane(exact)
    if len(cases) >= 4:  # of fewer none has neighbours and others
        points = neighbours_kept(exact, points)
    nearness = (exact @ exact.T).round(6)
    np.fill_diagonal(nearness, -np.inf)
    nearest = np.argsort(-nearness, axis=1, kind="stable")[:, : min(NEIGHBOURS, max(0, len(cases) - 1))]
    within = _within_one(points)
    trusted = trustworthiness(exact, within) if len(cases) > 3 * _JUDGED_BY else None
    return CorpusMap(within, _regions(cases, within), nearest, trusted)


def principal_plane(vectors: Floats) -> Floats:
    """Return vectors on their two main axes, shape ``(n, 2)``."""
    centred = vectors - vectors.mean(axis=0)
    left, lengths, _ = np.linalg.svd(centred, full_matrices=False)
    plane = np.zeros((len(vectors), 2))
    found = min(2, len(lengths))
    plane[:, :found] = left[:, :found] * lengths[:found]
    # An axis may point either way; the case that is furthest out on it decides.
    ends = plane[np.abs(plane).argmax(axis=0), (0, 1)]
    directed: Floats = plane * np.where(ends < 0, -1.0, 1.0)
    return directed


def neighbours_kept(vectors: Floats, start: Floats, perplexity: float = PERPLEXITY) -> Floats:
    """Return points whose neighbours on the plane are those of the vectors, by exact t-SNE.

    Args:
        vectors: Unit vectors, shape ``(n, dimension)``, of four or more cases.
        start: Points to begin with, shape ``(n, 2)``.
        perplexity: About how many neighbours each is held by.
    """
    wanted = _affinities(vectors, min(perplexity, (len(vectors) - 1) / 3))
    spread = float(start.std()) or 1.0
    points, speed, gains = (start / spread).round(6) * 1e-4, np.zeros_like(start), np.ones_like(start)
    rate = max(len(vectors) / _EXAGGERATION / 4, 50.0)
    for step in range(_STEPS):
        early = step < _EARLY
        near = 1 / (1 + _squared_distances(points, points))
        np.fill_diagonal(near, 0)
        pull = ((_EXAGGERATION if early else 1.0) * wanted - near / near.sum()) * near
        pulled = np.stack([(pull * points[:, axis]).sum(axis=1) for axis in (0, 1)], axis=1)
        slope = 4 * (pull.sum(axis=1, keepdims=True) * points - pulled)
        gains = np.maximum(np.where((slope > 0) == (speed > 0), gains * 0.8, gains + 0.2), 0.01)
        speed = (0.5 if early else 0.8) * speed - rate * gains * slope
        points = points + speed
        points -= points.mean(axis=0)
    return points


def _affinities(vectors: Floats, perplexity: float) -> Floats:
    """Return how strongly each pair belongs together, shape ``(n, n)``; all of them sum to 1."""
    distances = np.maximum(2 - 2 * (vectors @ vectors.T).round(6), 0)
    np.fill_diagonal(distances, np.inf)
    distances -= distances.min(axis=1, keepdims=True)  # changes no share, and keeps them from underflowing
    count = len(vectors)
    low, high = np.full(count, 1e-3), np.full(count, 1e6)
    for _ in range(50):  # halving, on a scale of logarithms
        sharpness = np.sqrt(low * high)
        shares = np.exp(-distances * sharpness[:, None])
        shares /= shares.sum(axis=1, keepdims=True)
        entropy = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(axis=1)
        too_wide = entropy > math.log(perplexity)
        low, high = np.where(too_wide, sharpness, low), np.where(too_wide, high, sharpness)
    both: Floats = (shares + shares.T) / (2 * count)
    return both


def trustworthiness(vectors: Floats, points: Floats, k: int = _JUDGED_BY) -> float:
    """Return how far the ``k`` nearest points of each are near by meaning too, 0 to 1.

    Args:
        vectors: Unit vectors, shape ``(n, dimension)``.
        points: The same on a plane, shape ``(n, 2)``.
        k: How many neighbours, below n / 2.

    Source: Venna and Kaski 2001, see the module
    """
    count = len(vectors)
    far = 1 - (vectors @ vectors.T).round(6)
    np.fill_diagonal(far, -np.inf)
    ranks = far.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")  # 0 is the case itself
    apart = _squared_distances(points, points)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.argsort(axis=1, kind="stable")[:, :k]
    intruding = np.maximum(np.take_along_axis(ranks, nearest, axis=1) - k, 0).sum()
    return 1 - float(intruding) * 2 / (count * k * (2 * count - 3 * k - 1))


def _squared_distances(some: Floats, others: Floats) -> Floats:
    across = some[:, 0, None] - others[None, :, 0]
    along = some[:, 1, None] - others[None, :, 1]
    squared: Floats = across**2 + along**2
    return squared


def _within_one(points: Floats) -> Floats:
    """Return points moved and scaled, both axes alike, to lie within 0 and 1, in the middle."""
    low, high = points.min(axis=0), points.max(axis=0)
    size = float((high - low).max()) or 1.0
    within: Floats = (points - (low + high) / 2) / size + 0.5
    return within


def _regions(cases: Sequence[CaseStudy], points: Floats) -> tuple[Region, ...]:
    """Return the regions: k-means on the plane, about as many as the root of half the cases."""
    count = max(1, round(math.sqrt(len(cases) / 2)))
    centres = _spread_out(points, count)
    for _ in range(100):
        belongs = _squared_distances(points, centres).argmin(axis=1)
        moved = np.stack(
            [points[belongs == n].mean(axis=0) if (belongs == n).any() else centres[n] for n in range(count)]
        )
        if np.array_equal(moved, centres):
            break
        centres = moved
    groups = [tuple(np.flatnonzero(belongs == n).tolist()) for n in range(count)]
    regions: list[Region] = []
    for n in sorted(range(count), key=lambda n: (-len(groups[n]), groups[n])):
        if groups[n]:
            theme = _sets_apart(cases, groups[n], "theme", {region.theme for region in regions})
            technology = _sets_apart(
                cases, groups[n], "technology", {region.technology for region in regions}
            )
            x, y = centres[n].tolist()
            regions.append(Region(theme, technology, groups[n], (x, y)))
    return tuple(regions)


def _spread_out(points: Floats, count: int) -> Floats:
    """Return some of the points, each as far as can be from those before, beginning in the middle."""
    chosen = [int(((points - points.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    while len(chosen) < min(count, len(points)):
        apart = _squared_distances(points, points[chosen]).min(axis=1)
        chosen.append(int(apart.argmax()))
    return points[chosen]


def _sets_apart(
    cases: Sequence[CaseStudy], inside: Sequence[int], facet: Facet, taken: Set[str | None]
) -> str | None:
    everywhere = Counter(value for case in cases for value in values_of(case, facet))
    here = Counter(value for position in inside for value in values_of(cases[position], facet))

    def above(value: str) -> float:
        return here[value] / len(inside) - everywhere[value] / len(cases)

    return min(here.keys() - taken, key=lambda value: (-above(value), value), default=None)
