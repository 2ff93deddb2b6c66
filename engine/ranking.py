"""From nearness to an order: relevance first, then how comparable the school is, then who says so.

Comparability moves a score by at most a share of its own relevance, so a very comparable school with
another problem cannot overtake the right problem.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpus.records import CaseStudy
from engine.comparability import NEUTRAL, ContextComparison, compare_contexts
from engine.context import SchoolContext
from engine.fusion import convex_parts
from engine.retrieval import Candidates
from index.case_index import CaseIndex

# Chosen on training queries, which are not judged on: flat around these values.
FUSION_WEIGHTS = {"passage": 0.11, "passages": 0.18, "whole": 0.21, "words": 0.50}
CLOSENESS = 0.15  # of a case's relevance that full comparability adds, and full difference takes away
STORY = 0.10  # of its relevance that a case gains by telling what was done and what they would not do again
INDEPENDENCE = {"independent": 0.0, "self-reported": 0.0, "vendor-supported": -0.03}  # share of relevance


@dataclass(frozen=True, slots=True)
class Ranked:
    """One candidate with its score and the parts that sum to it."""

    position: int
    relevance: float
    parts: dict[str, float]
    context: ContextComparison

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return sum(self.parts.values())


def rank(index: CaseIndex, candidates: Candidates, context: SchoolContext) -> list[Ranked]:
    """Return the candidates, best first; of equal scores the one that comes first in the index."""
    parts = convex_parts(candidates.arms, FUSION_WEIGHTS)
    relevance = np.sum(list(parts.values()), axis=0)
    ranked = [
        _score(
            index.cases[position],
            int(position),
            float(relevance[number]),
            {arm: float(scores[number]) for arm, scores in parts.items()},
            context,
        )
        for number, position in enumerate(candidates.positions)
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.position))


def _score(
    case: CaseStudy, position: int, relevance: float, parts: dict[str, float], context: SchoolContext
) -> Ranked:
    comparison = compare_contexts(context, SchoolContext.of(case.institution))
    return Ranked(
        position=position,
        relevance=relevance,
        parts={
            **parts,
            "context": CLOSENESS * relevance * (comparison.shrunk - NEUTRAL) / NEUTRAL,
            "story": STORY * relevance * _share_told(case),
            "independence": relevance * INDEPENDENCE[case.provenance.independence],
        },
        context=comparison,
    )


def _share_told(case: CaseStudy) -> float:
    """Return how much a case tells of what a leader reads it for: a response, and a regret; 0 to 1."""
    responded = any(objection.response for objection in case.objections)
    return (responded + bool(case.not_again)) / 2
