"""Whether one ranking is better than another on the same queries, or only luckier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 20_000
SEED = 7


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better a ranking is: the mean difference, its 95% interval, and the p value (two-sided)."""

    mean: float
    low: float
    high: float
    p: float


def paired_difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Difference:
    """Compare two rankings' measures query by query, each of shape ``(n_queries,)``.

    The p value comes from a randomisation test: how often would a mean difference as large come about if
    the two names were exchanged at random for each query? The interval is a percentile bootstrap.

    Source: Smucker, Allan and Carterette, "A comparison of statistical significance tests for information
        retrieval evaluation", CIKM 2007, doi:10.1145/1321440.1321528
    """
    gaps = ours - theirs
    if not len(gaps):
        return Difference(0.0, 0.0, 0.0, 1.0)
    draw = np.random.default_rng(SEED)
    signs = draw.choice(np.array([-1.0, 1.0]), size=(DRAWS, len(gaps)))
    as_large = np.abs((signs * gaps).mean(axis=1)) >= abs(gaps.mean()) - 1e-12
    resampled = gaps[draw.integers(0, len(gaps), size=(DRAWS, len(gaps)))].mean(axis=1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return Difference(float(gaps.mean()), float(low), float(high), float((as_large.sum() + 1) / (DRAWS + 1)))
