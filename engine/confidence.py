"""How sure a match is, and whether to say "nobody here has faced this".

A logistic regression on a match's absolute nearness, never on its rank: the best of nothing is still
nothing. It also knows how much was asked, because the more words a concern has, the smaller the share of
them that any one case can hold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.answers import Verdict
from engine.retrieval import Candidates

Nearness = TypeVar("Nearness", float, NDArray[np.float64])

# Printed by `python -m benchmarks.calibrate`, which fits them on the development part of the judged set, on
# judged queries that the adapter never saw, and on questions from outside the field; not on the test part.
INTERCEPT = -9.58
COEFFICIENTS = {"passage": 4.59, "whole": 5.94, "words": 6.37}
LENGTH = 1.11

MOST_TERMS = 40  # about the longest concern it was fitted on; a longer text is not a surer match

STRONG = 0.5  # of the surest match; from here on it is likelier useful than not
NEAR = 0.05  # comes near at all; on the development queries three in four relevant cases, 28 at the median
PARTIAL = 0.2  # where answerable and unanswerable questions are told apart best, on the same data


def confidence_of(arms: Mapping[str, Nearness], *, query_terms: int) -> Nearness:
    """Return the probability that a match is useful (grade 2 or 3).

    Args:
        arms: Its nearness by arm, each in [0, 1]; or that of many matches, each of shape ``(n,)``.
        query_terms: How many terms the concern has.
    """
    length = LENGTH * math.log1p(min(query_terms, MOST_TERMS))
    evidence = sum(coefficient * arms[arm] for arm, coefficient in COEFFICIENTS.items()) + INTERCEPT + length
    return 1 / (1 + np.exp(-evidence))  # type: ignore[no-any-return]


def confidences_of(candidates: Candidates, part: int | None = None) -> dict[int, float]:
    """Return every candidate's confidence by its position in the index.

    Args:
        candidates: What was found.
        part: The query part that alone counts; None for the concern with all its parts.
    """
    arms = candidates.fused_arms if part is None else {arm: s[part] for arm, s in candidates.arms.items()}
    exact = {arm: arms[arm].astype(np.float64) for arm in COEFFICIENTS}
    confidences = confidence_of(exact, query_terms=len(candidates.terms[part or 0].terms))
    return dict(zip(candidates.positions.tolist(), confidences.tolist(), strict=True))


def verdict_of(best: float) -> Verdict:
    """Say in one word whether anybody here has faced this, from the best match's confidence."""
    return "strong" if best >= STRONG else "partial" if best >= PARTIAL else "none"
