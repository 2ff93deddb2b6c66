"""Joining several rankings into one, one method a function, each with its paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


def convex_parts(arms: Mapping[str, Scores], weights: Mapping[str, float]) -> dict[str, Scores]:
    """Return each arm's share of a convex combination; their sum is the fused score.

    The arms are not rescaled by the candidates at hand: each is on a fixed scale already (cosines, and
    shares of the best possible BM25 score), so a score means the same from query to query, and a case
    that joins the corpus does not reorder the others.

    Args:
        arms: Scores by arm, each of shape ``(n_candidates,)``.
        weights: Weight of each arm; they are divided by their sum.

    Raises:
        ValueError: If the arms differ in shape, an arm has no weight, or the weights sum to nothing.

    Source: Bruch, Gai and Ingber, "An analysis of fusion functions for hybrid retrieval", ACM TOIS 2023,
        doi:10.1145/3596512 (the variant with theoretical minimum and maximum)
    """
    if len({scores.shape for scores in arms.values()}) > 1:
        raise ValueError(f"arms differ in shape: { {arm: s.shape for arm, s in arms.items()} }")
    if missing := arms.keys() - weights.keys():
        raise ValueError(f"no weight for {', '.join(sorted(missing))}")
    total = sum(weights[arm] for arm in arms)
    if total <= 0:
        raise ValueError("the weights sum to nothing")
    return {arm: np.float32(weights[arm] / total) * scores for arm, scores in arms.items()}


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]], *, k: int = 60) -> dict[str, float]:
    """Return each item's sum of ``1 / (k + rank)`` over the rankings that hold it; ranks count from 1.

    Here to be measured against; our own ranking uses `convex_parts`.

    Source: Cormack, Clarke and Büttcher, SIGIR 2009, doi:10.1145/1571941.1572114
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            fused[item] = fused.get(item, 0.0) + 1 / (k + rank)
    return fused


def min_max(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return scores stretched to [0, 1] by the last axis; all 0 where they are all the same.

    Here for what we measure against; see `convex_parts` for why our own ranking does without.
    """
    low, high = scores.min(axis=-1, keepdims=True), scores.max(axis=-1, keepdims=True)
    return np.asarray((scores - low) / np.where(high > low, high - low, 1), dtype=np.float64)
