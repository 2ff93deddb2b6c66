"""Why a case matched: the passages that mirror the worry, best first, and the words that met in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.answers import MatchedPassage
from engine.retrieval import Candidates
from index.case_index import CaseIndex

MOST_PASSAGES = 5
WORDS_WEIGHT = 0.4  # of shared words beside the cosine
LEAST_OF_BEST = 0.75  # a passage is shown if it scores at least this share of the best one
# What a reader with a worry looks for first. Steps and aims tell a story; they mirror no worry.
_FIELD_WEIGHT = {"objections": 1.0, "failed": 0.95, "not_again": 0.95, "worked": 0.85}
_SOUGHT_WEIGHT = (
    1.4  # of a field that was asked for; on judged queries from 1.3 on what is shown first is best
)


def mirroring_passages(
    index: CaseIndex, candidates: Candidates, position: int, sought: Sequence[str] = ()
) -> Sequence[MatchedPassage]:
    """Return the one to five statements of a case that mirror the worry, each scored against it alone.

    Every part of the concern may be what a statement answers, so its best part counts.

    Args:
        index: The index searched.
        candidates: What was found there.
        position: The case's position in the index; one of the candidates.
        sought: The fields that were asked for, if any.
    """
    rows = index.rows_of_case(position)
    first = int(np.searchsorted(candidates.rows, rows.start))
    columns = slice(first, first + len(rows))
    meant = slice(0, candidates.parts.meant)  # what was ruled out is mirrored by nothing
    nearness = (
        candidates.passage_cosine[meant, columns] + WORDS_WEIGHT * candidates.passage_words[meant, columns]
    ).max(axis=0) / (1 + WORDS_WEIGHT)
    scored = [
        MatchedPassage(
            index.passages[row], min(1.0, float(score) * _weight(index.passages[row].field, sought))
        )
        for row, score in zip(rows, nearness, strict=True)
        if index.passages[row].field in _FIELD_WEIGHT
    ]
    best = sorted(scored, key=lambda one: -one.score)[:MOST_PASSAGES]
    shown = [one for one in best if one.score >= LEAST_OF_BEST * best[0].score]
    telling = index.words_of_passages.telling(candidates.terms[meant])
    return [replace(one, met=index.words_of_passages.met_in(one.passage.text, telling)) for one in shown]


def _weight(field: str, sought: Sequence[str]) -> float:
    return _FIELD_WEIGHT[field] * (_SOUGHT_WEIGHT if field in sought else 1.0)
