"""How alike all cases of an index are: the same story told twice, cases that lie together, nearest cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.neighbours import NearDuplicate, near_duplicates
from engine.clusters import ALONE, clustered
from engine.corpus_map import CorpusMap, map_of
from engine.facets import Facet, values_of
from engine.neighbours import nearest
from index.case_index import CaseIndex

NEIGHBOURS = 5
# Cosine with the middle of a cluster, where there are too many cases for a map; whole cases are nearer to
# each other than worries are.
_TOGETHER = 0.6


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cases that are alike.

    Attributes:
        theme: The theme that they are named by; None where there is none.
        technology: The same of technologies.
        cases: Their positions in the index.
    """

    theme: str | None
    technology: str | None
    cases: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CorpusSimilarity:
    """How alike the cases are.

    Attributes:
        duplicates: Cases that look like one.
        clusters: The largest first; each case is in one.
        neighbours: The positions of the cases nearest to each by meaning, nearest first, shape
            ``(n_cases, at most NEIGHBOURS)``.
        cosines: How near, same shape.
        map: The cases on a plane, its regions being the clusters; None where there are too many.
    """

    duplicates: tuple[NearDuplicate, ...]
    clusters: tuple[Cluster, ...]
    neighbours: NDArray[np.int64]
    cosines: NDArray[np.float32]
    map: CorpusMap | None


def similarity_of_all(index: CaseIndex) -> CorpusSimilarity:
    """Return how alike all cases of an index are, by their texts as a whole."""
    vectors = index.vectors.vectors(index.first_row[:-1])
    neighbours, cosines = nearest(vectors, NEIGHBOURS)
    drawing = map_of(index)
    if drawing is None:
        clusters = _clusters(index, vectors)
    else:
        clusters = tuple(Cluster(one.theme, one.technology, one.cases) for one in drawing.regions)
    return CorpusSimilarity(tuple(near_duplicates(index.cases)), clusters, neighbours, cosines, drawing)


def _clusters(index: CaseIndex, vectors: NDArray[np.float32]) -> tuple[Cluster, ...]:
    numbers = clustered(vectors, np.ones(len(vectors), dtype=np.int64), _TOGETHER)
    found = [np.flatnonzero(numbers == number).tolist() for number in range(int(numbers.max()) + 1)]
    alone = [[position] for position in np.flatnonzero(numbers == ALONE).tolist()]
    return tuple(
        Cluster(_commonest(index, inside, "theme"), _commonest(index, inside, "technology"), tuple(inside))
        for inside in (*found, *alone)
    )


def _commonest(index: CaseIndex, inside: list[int], facet: Facet) -> str | None:
    counts = Counter(value for position in inside for value in values_of(index.cases[position], facet))
    return min(counts, key=lambda value: (-counts[value], value), default=None)
