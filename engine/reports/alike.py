"""Schools that are alike: in what they worry about, and in what kind of school they are.

Two schools are as alike as the mean of two numbers: the cosine of their worries (the mean direction of a
school's concerns; below 0 counts as 0), and how comparable they are (`engine.comparability`, the mean of both
ways). A school that told no worry is like nobody: that is not known.

Neighbours are found among the schools whose worries are nearest; so comparing all with all takes little
memory, and of up to `LOOKED_AT` schools more than one nothing is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.corpus_map import neighbours_kept, principal_plane
from engine.neighbours import nearest
from engine.reports.across import Across
from engine.school_table import SchoolTable

NEIGHBOURS = 5  # told of each school
LOOKED_AT = 40  # nearest by worries, which are then compared as schools
MOST_PLACED = 400  # on the map; more could not be read
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A school that is like another.

    Attributes:
        position: Its position among the schools.
        alike: How alike they are, 0 to 1; the mean of the two others.
        worries: How alike their worries are, 0 to 1.
        school: How comparable the two schools are, 0 to 1; 0.5 where nothing is known.
    """

    position: int
    alike: float
    worries: float
    school: float


@dataclass(frozen=True, slots=True)
class SchoolMap:
    """Schools on a plane, like ones near each other.

    Attributes:
        positions: Which schools are on it: all that told a worry, or every so many-th of them.
        points: x and y of each, shape ``(n, 2)``, within 0 and 1.
        of: How many schools told a worry.
    """

    positions: tuple[int, ...]
    points: Floats
    of: int


def worry_vectors(across: Across) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the positions of the schools that told a worry, and the mean direction of what each told."""
    told = [position for position, school in enumerate(across.schools) if school.texts]
    means = np.zeros((len(told), across.vectors.shape[1]), dtype=np.float32)
    for row, position in enumerate(told):
        means[row] = across.vectors[list(across.schools[position].texts)].sum(axis=0)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.array(told, dtype=np.int64), (means / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def neighbours_of_all(across: Across) -> dict[int, tuple[Neighbour, ...]]:
    """Return the neighbours of each school that told a worry, the most alike first."""
    told, vectors = worry_vectors(across)
    rows, cosines = nearest(vectors, LOOKED_AT)
    school = _table(across, told).comparable_pairs(rows).round(5)
    worries = cosines.astype(np.float64).clip(0, 1).round(5)
    alike = (worries + school) / 2
    order = np.lexsort((rows, -alike))[:, :NEIGHBOURS]
    return {
        int(told[row]): tuple(
            Neighbour(
                int(told[rows[row, n]]), float(alike[row, n]), float(worries[row, n]), float(school[row, n])
            )
            for n in order[row]
        )
        for row in range(len(told))
    }


def draw_schools(across: Across) -> SchoolMap:
    """Return the map of the schools that told a worry."""
    told, vectors = worry_vectors(across)
    chosen = np.arange(len(told))
    if len(told) > MOST_PLACED:
        chosen = np.linspace(0, len(told) - 1, MOST_PLACED).round().astype(np.int64)
    on_it, vectors = told[chosen], vectors[chosen].astype(np.float64)
    everybody = np.tile(np.arange(len(chosen)), (len(chosen), 1))
    school = _table(across, on_it).comparable_pairs(everybody)
    alike = (((vectors @ vectors.T).clip(0, 1) + school) / 2).round(5)
    np.fill_diagonal(alike, 1.0)
    return SchoolMap(tuple(on_it.tolist()), _on_a_plane(alike), len(told))


def _table(across: Across, positions: NDArray[np.int64]) -> SchoolTable:
    return SchoolTable([across.schools[position].context for position in positions.tolist()])


def _on_a_plane(alike: Floats) -> Floats:
    """Return points for a matrix of how alike each pair is, by way of vectors with these products."""
    if len(alike) < 2:
        return np.full((len(alike), 2), 0.5)
    strengths, axes = np.linalg.eigh(alike)
    vectors = axes * np.sqrt(strengths.clip(0))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    points = principal_plane(vectors)
    if len(points) >= 4:
        points = neighbours_kept(vectors, points, perplexity=30)
    low, high = points.min(axis=0), points.max(axis=0)
    within: Floats = (points - (low + high) / 2) / (float((high - low).max()) or 1.0) + 0.5
    return within
