"""How sure a match is, and whether to say "nobody here has faced this".

A logistic regression on a match's absolute nearness, never on its rank: the best of nothing is still
nothing. Its coefficients come from `benchmarks/calibrate.py`, which fits them on the judged queries of
the development part and on questions that have no answer here; the test part is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.answers import Verdict

# Written by benchmarks/calibrate.py; see benchmarks/results/calibration.md.
INTERCEPT = -6.0
COEFFICIENTS = {"passage": 6.0, "passages": 0.0, "whole": 4.0, "words": 4.0}

STRONG, PARTIAL = 0.6, 0.3


def confidence_of(arms: Mapping[str, float]) -> float:
    """Return the probability that a match is useful (grade 2 or 3), from its nearness by arm."""
    logit = INTERCEPT + sum(COEFFICIENTS[arm] * value for arm, value in arms.items())
    return 1 / (1 + math.exp(-logit))


def verdict_of(best: float) -> Verdict:
    """Say in one word whether anybody here has faced this, from the best match's confidence."""
    return "strong" if best >= STRONG else "partial" if best >= PARTIAL else "none"
