"""From nearness to an order: relevance first, then how comparable the school is, then who says so.

Comparability moves a score by at most a share of its own relevance (`Tuning.context_share` at full
closeness), so a very comparable school with another problem cannot overtake one that is met far better.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from corpus.records import CaseStudy
from engine.comparability import ALIKE, NEUTRAL, WEIGHTS, Attribute, ContextComparison, compare_contexts
from engine.context import SchoolContext
from engine.fusion import convex_parts
from engine.retrieval import Candidates
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
    """One candidate with the parts that sum to its score."""

    position: int
    parts: dict[str, float]
    context: ContextComparison

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())


def rank(
    index: CaseIndex,
    candidates: Candidates,
    context: SchoolContext,
    preferences: Preferences = NO_PREFERENCES,
    tuning: Tuning = TUNING,
) -> list[Ranked]:
    """Return the candidates, best first; of equal scores the one that comes first in the index."""
    parts = convex_parts(candidates.fused_arms, tuning.fusion)
    relevance = np.sum(list(parts.values()), axis=0)
    ranked = []
    for number, position in enumerate(candidates.positions):
        case = index.cases[position]
        comparison = compare_contexts(context, SchoolContext.of(case.institution))
        if _is_excluded(comparison, preferences):
            continue
        nearness = {arm: float(scores[number]) for arm, scores in parts.items()}
        shares = _shares(case, comparison, preferences, tuning)
        moved = {part: float(relevance[number]) * share for part, share in shares.items()}
        ranked.append(Ranked(int(position), {**nearness, **moved}, comparison))
    return sorted(ranked, key=lambda one: (-one.score, one.position))


def _is_excluded(comparison: ContextComparison, preferences: Preferences) -> bool:
    return any(
        part.similarity is not None
        and part.similarity < ALIKE
        and preferences.unlike.get(part.attribute) == "exclude"
        for part in comparison.attributes
    )


def _shares(
    case: CaseStudy, comparison: ContextComparison, preferences: Preferences, tuning: Tuning
) -> dict[str, float]:
    """Return by what shares of its relevance a case's score is moved, by part."""
    closeness = tuning.closeness if preferences.closeness is None else preferences.closeness
    shares = {
        "context": closeness * tuning.context_share * (comparison.shrunk - NEUTRAL) / NEUTRAL,
        "story": tuning.story_share * _share_told(case),
        "independence": tuning.independence.get(case.provenance.independence, 0.0),
    }
    if "count-less" in preferences.unlike.values():
        differences = (
            1 - part.similarity
            for part in comparison.attributes
            if part.similarity is not None and preferences.unlike.get(part.attribute) == "count-less"
        )
        shares["unlike"] = -tuning.unlike_share * max(differences, default=0.0)
    return shares


def _share_told(case: CaseStudy) -> float:
    """Return how much a case tells of what a leader reads it for: a response, and a regret; 0 to 1."""
    responded = any(objection.response for objection in case.objections)
    return (responded + bool(case.not_again)) / 2
