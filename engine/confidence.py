"""How sure a match is, and whether to say "nobody here has faced this".

A logistic regression on a match's absolute nearness, never on its rank: the best of nothing is still
nothing. It also knows how much was asked, because the more words a concern has, the smaller the share of
them that any one case can hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.answers import Verdict
from engine.retrieval import Candidates

# Printed by `python -m benchmarks.calibrate`, which fits them on the development part of the judged set, on
# judged queries that the adapter never saw, and on questions from outside the field; not on the test part.
INTERCEPT = -8.89
COEFFICIENTS = {"passage": 4.47, "whole": 5.98, "words": 7.41}
LENGTH = 0.95

MOST_TERMS = 40  # about the longest concern it was fitted on; a longer text is not a surer match

STRONG = 0.5  # of the surest match; from here on it is likelier useful than not
PARTIAL = 0.3  # where answerable and unanswerable questions are told apart best, on the same data


def confidence_of(arms: Mapping[str, float], *, query_terms: int) -> float:
    """Return the probability that a match is useful (grade 2 or 3).

    Args:
        arms: Its nearness by arm, each in [0, 1].
        query_terms: How many terms the concern has.
    """
    nearness = sum(coefficient * arms[arm] for arm, coefficient in COEFFICIENTS.items())
    return 1 / (1 + math.exp(-(INTERCEPT + nearness + LENGTH * math.log1p(min(query_terms, MOST_TERMS)))))


def confidences_of_part(candidates: Candidates, part: int) -> list[float]:
    """Return every candidate's confidence for one query part alone, in the order of the candidates."""
    terms = len(candidates.terms[part].terms)
    return [
        confidence_of(
            {arm: float(scores[part, number]) for arm, scores in candidates.arms.items()}, query_terms=terms
        )
        for number in range(len(candidates.positions))
    ]


def verdict_of(best: float) -> Verdict:
    """Say in one word whether anybody here has faced this, from the best match's confidence."""
    return "strong" if best >= STRONG else "partial" if best >= PARTIAL else "none"
