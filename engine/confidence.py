"""How sure a match is, and whether to say "nobody here has faced this".

A logistic regression on a match's absolute nearness, never on its rank: the best of nothing is still
nothing. Its coefficients come from `benchmarks/calibrate.py`, which fits them on the judged queries of
the development part and on questions that have no answer here; the test part is not looked at.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.answers import Verdict

# Printed by `python -m benchmarks.calibrate`.
INTERCEPT = -5.77
COEFFICIENTS = {"whole": 8.12, "words": 8.45}

STRONG, PARTIAL = 0.5, 0.3  # of the surest match; from 0.5 it is likelier useful than not


def confidence_of(arms: Mapping[str, float]) -> float:
    """Return the probability that a match is useful (grade 2 or 3), from its nearness by arm."""
    logit = INTERCEPT + sum(coefficient * arms[arm] for arm, coefficient in COEFFICIENTS.items())
    return 1 / (1 + math.exp(-logit))


def verdict_of(best: float) -> Verdict:
    """Say in one word whether anybody here has faced this, from the best match's confidence."""
    return "strong" if best >= STRONG else "partial" if best >= PARTIAL else "none"
