"""From nearness to an order: relevance first, then how comparable the school is, then who says so.

Comparability moves a score by at most a share of its own relevance (`Tuning.context_share` at full
closeness), so a very comparable school with another problem cannot overtake one that is met far better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from corpus.records import CaseStudy
from engine.comparability import ALIKE, NEUTRAL, WEIGHTS, Attribute
from engine.context import SchoolContext
from engine.fusion import convex_parts
from engine.retrieval import Candidates
from engine.school_table import SchoolTable, Similarities
from engine.tuning import TUNING, Tuning
from index.case_index import CaseIndex

Unlike = Literal["exclude", "count-less"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person says of how schools are to be compared.

    Attributes:
        closeness: How much the school counts, 0 (not at all) to 1; None for the default.
        unlike: What becomes of a case that differs on an attribute: ``exclude`` leaves out one that is known
            to be unlike, ``count-less`` moves it down by how much it differs. What is unknown stays.

    Raises:
        ValueError: If the closeness is not from 0 to 1, or an attribute is none that is compared.
    """

    closeness: float | None = None
    unlike: Mapping[Attribute, Unlike] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.closeness is not None and not 0 <= self.closeness <= 1:
            raise ValueError(f"closeness is {self.closeness}, but must be from 0 to 1")
        if unknown := sorted(self.unlike.keys() - WEIGHTS.keys()):
            raise ValueError(f"{unknown[0]!r} is not compared; choose among {', '.join(WEIGHTS)}")


NO_PREFERENCES = Preferences()


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate with the parts that sum to its score.

    Attributes:
        position: The case's position in the index.
        names: What the parts are called.
        values: How much each of them is.
    """

    position: int
    names: tuple[str, ...]
    values: tuple[float, ...]

    @property
    def parts(self) -> dict[str, float]:
        """The parts by name."""
        return dict(zip(self.names, self.values, strict=True))

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.values)


def rank(
    index: CaseIndex,
    candidates: Candidates,
    context: SchoolContext,
    preferences: Preferences = NO_PREFERENCES,
    tuning: Tuning = TUNING,
) -> list[Ranked]:
    """Return the candidates, best first; of equal scores the one that comes first in the index."""
    facts = _facts_of(index)
    here = candidates.positions
    similarities = facts.schools.similarities(context)
    alike = {attribute: values[here] for attribute, values in similarities.items()}
    parts = dict(convex_parts(candidates.fused_arms, tuning.fusion))
    relevance = np.sum(list(parts.values()), axis=0).astype(np.float64)
    closeness = tuning.closeness if preferences.closeness is None else preferences.closeness
    comparable = facts.schools.comparable(similarities)[here]
    shares = {
        "context": closeness * tuning.context_share * (comparable - NEUTRAL) / NEUTRAL,
        "story": tuning.story_share * facts.share_told[here],
        "independence": np.array([tuning.independence.get(one, 0.0) for one in facts.independence])[here],
    }
    if "count-less" in preferences.unlike.values():
        shares["unlike"] = -tuning.unlike_share * _largest_difference(alike, preferences, len(here))
    parts |= {part: relevance * share for part, share in shares.items()}
    columns = np.stack([np.asarray(values, dtype=np.float64) for values in parts.values()], axis=1)
    kept = np.flatnonzero(~_excluded(alike, preferences, len(here)))
    best_first = kept[np.lexsort((here[kept], -columns[kept].sum(axis=1)))]
    names = tuple(parts)
    return [
        Ranked(position, names, tuple(row))
        for position, row in zip(here[best_first].tolist(), columns[best_first].tolist(), strict=True)
    ]


def _excluded(alike: Similarities, preferences: Preferences, size: int) -> NDArray[np.bool_]:
    """Say which cases differ where no difference is wanted; what is unknown stays."""
    excluded = np.zeros(size, dtype=bool)
    for attribute, values in alike.items():
        if preferences.unlike.get(attribute) == "exclude":
            excluded |= values < ALIKE  # false for NaN
    return excluded


def _largest_difference(alike: Similarities, preferences: Preferences, size: int) -> NDArray[np.float64]:
    """Return how much each case differs, at most, on what counts less when unlike; 0 where unknown."""
    largest = np.zeros(size)
    for attribute, values in alike.items():
        if preferences.unlike.get(attribute) == "count-less":
            largest = np.maximum(largest, np.nan_to_num(1 - values))
    return largest


@dataclass(frozen=True, slots=True)
class _Facts:
    """What ranking needs to know of every case of an index, worked out once."""

    schools: SchoolTable
    share_told: NDArray[np.float64]
    independence: tuple[str, ...]


_FACTS: WeakKeyDictionary[CaseIndex, _Facts] = WeakKeyDictionary()


def _facts_of(index: CaseIndex) -> _Facts:
    if (known := _FACTS.get(index)) is None:
        known = _FACTS[index] = _Facts(
            SchoolTable([SchoolContext.of(case.institution) for case in index.cases]),
            np.array([_share_told(case) for case in index.cases]),
            tuple(case.provenance.independence for case in index.cases),
        )
    return known


def _share_told(case: CaseStudy) -> float:
    """Return how much a case tells of what a leader reads it for: a response, and a regret; 0 to 1."""
    responded = any(objection.response for objection in case.objections)
    return (responded + bool(case.not_again)) / 2
