"""From nearness to an order: relevance first, then how comparable the school is, then who says so.

Comparability moves a score by at most a share of its own relevance (`Tuning.context_share` at full
closeness), so a very comparable school with another problem cannot overtake one that is met far better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args, overload
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from corpus.records import CaseStudy, Independence
from engine.comparability import ALIKE, NEUTRAL, WEIGHTS, Attribute
from engine.context import SchoolContext
from engine.facets import EVERYTHING, CaseFilter
from engine.fusion import convex_parts
from engine.retrieval import Candidates
from engine.school_table import SchoolTable, Similarities
from engine.tuning import TUNING, Tuning
from index.case_index import CaseIndex

Unlike = Literal["exclude", "count-less"]
Order = Literal["match", "school"]


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person says of which cases are wanted, and how schools are to be compared.

    Attributes:
        closeness: How much the school counts, 0 (not at all) to 1; None for the default.
        unlike: What becomes of a case that differs on an attribute: ``exclude`` leaves out one that is known
            to be unlike, ``count-less`` moves it down by how much it differs. What is unknown stays.
        only: Which cases are wanted; of those that come near the worry.
        order: Best match first, or the most comparable school first, of the cases that come near.
        cases: Ids of the only cases to tell of, in this order, whether they come near or not.

    Raises:
        ValueError: If the closeness is not from 0 to 1, or an attribute is none that is compared.
    """

    closeness: float | None = None
    unlike: Mapping[Attribute, Unlike] = field(default_factory=dict)
    only: CaseFilter = EVERYTHING
    order: Order = "match"
    cases: tuple[str, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[Ranked]):
    """Candidates, best first, kept as arrays: only what is looked at becomes a `Ranked`.

    Attributes:
        positions: The cases' positions in the index.
        names: What the parts of a score are called.
        values: The parts of each score, shape ``(n_cases, n_parts)``.
    """

    positions: tuple[int, ...]
    names: tuple[str, ...]
    values: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, place: int) -> Ranked: ...
    @overload
    def __getitem__(self, place: slice) -> Ranking: ...
    def __getitem__(self, place: int | slice) -> Ranked | Ranking:
        if isinstance(place, slice):
            return Ranking(self.positions[place], self.names, self.values[place])
        return Ranked(self.positions[place], self.names, tuple(self.values[place].tolist()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranking) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def at(self, places: Sequence[int]) -> Ranking:
        """Return some of them, in the order of their places."""
        return Ranking(tuple(self.positions[place] for place in places), self.names, self.values[places])


def rank(
    index: CaseIndex,
    candidates: Candidates,
    context: SchoolContext,
    preferences: Preferences = NO_PREFERENCES,
    tuning: Tuning = TUNING,
) -> Ranking:
    """Return the candidates, best first; of equal scores the one that comes first in the index."""
    facts = facts_of(index)
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
        "independence": facts.independence_shares(tuning)[here],
    }
    if "count-less" in preferences.unlike.values():
        shares["unlike"] = -tuning.unlike_share * _largest_difference(alike, preferences, len(here))
    parts |= {part: relevance * share for part, share in shares.items()}
    columns = np.stack([np.asarray(values, dtype=np.float64) for values in parts.values()], axis=1)
    kept = np.flatnonzero(~_excluded(alike, preferences, len(here)))
    best_first = kept[np.lexsort((here[kept], -columns[kept].sum(axis=1)))]
    return Ranking(tuple(here[best_first].tolist()), tuple(parts), columns[best_first])


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
class Facts:
    """What ranking and explaining need to know of every case of an index, worked out once.

    Attributes:
        contexts: What is known of each case's school.
        schools: The same, to be compared all at once.
        share_told: How much each case tells of what a leader reads it for, 0 to 1.
        independence: Who says so, as a place among the values of `Independence`.
    """

    contexts: tuple[SchoolContext, ...]
    schools: SchoolTable
    share_told: NDArray[np.float64]
    independence: NDArray[np.int64]

    def independence_shares(self, tuning: Tuning) -> NDArray[np.float64]:
        """Return what each case gains or loses by who says so, as a share of its relevance."""
        return np.array([tuning.independence.get(kind, 0.0) for kind in _INDEPENDENCE])[self.independence]


_INDEPENDENCE = get_args(Independence)
_FACTS: WeakKeyDictionary[CaseIndex, Facts] = WeakKeyDictionary()


def facts_of(index: CaseIndex) -> Facts:
    """Return the facts of an index; worked out at the first call."""
    if (known := _FACTS.get(index)) is None:
        contexts = tuple(SchoolContext.of(case.institution) for case in index.cases)
        known = _FACTS[index] = Facts(
            contexts,
            SchoolTable(contexts),
            np.array([_share_told(case) for case in index.cases]),
            np.array([_INDEPENDENCE.index(case.provenance.independence) for case in index.cases]),
        )
    return known


def _share_told(case: CaseStudy) -> float:
    """Return how much a case tells of what a leader reads it for: a response, and a regret; 0 to 1."""
    responded = any(objection.response for objection in case.objections)
    return (responded + bool(case.not_again)) / 2
