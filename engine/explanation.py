"""Why a case matched: the passages that mirror the worry, best first, and the words that met in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus.passages import FIELDS
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


class Explanations:
    """Explains why cases matched one concern."""

    def __init__(self, index: CaseIndex, candidates: Candidates, sought: Sequence[str] = ()) -> None:
        """Take what was found.

        Args:
            index: The index searched.
            candidates: What was found there.
            sought: The fields that were asked for, if any.
        """
        self._index, self._candidates = index, candidates
        meant = slice(0, candidates.parts.meant)  # what was ruled out is mirrored by nothing
        nearness = (candidates.passage_cosine[meant] + WORDS_WEIGHT * candidates.passage_words[meant]).max(
            axis=0
        ) / (1 + WORDS_WEIGHT)
        weight_of_field = np.array([_weight(field, sought) for field in FIELDS])
        weights = weight_of_field[index.field_of_row[candidates.rows]]
        self._scores = np.minimum(1.0, nearness.astype(np.float64) * weights)
        self._shown = weights > 0
        self._matches: dict[int, tuple[MatchedPassage, ...]] = {}  # asked again where many share a concern
        self._telling = index.words_of_passages.telling(candidates.terms[meant])

    def mirroring_passages(self, position: int) -> tuple[MatchedPassage, ...]:
        """Return the one to five statements of a case that mirror the worry, each scored against it alone.

        Every part of the concern may be what a statement answers, so its best part counts.

        Args:
            position: The case's position in the index; one of the candidates.
        """
        if (known := self._matches.get(position)) is None:
            known = self._matches[position] = self._mirroring(position)
        return known

    def _mirroring(self, position: int) -> tuple[MatchedPassage, ...]:
        rows = self._index.rows_of_case(position)
        first = int(np.searchsorted(self._candidates.rows, rows.start))
        places = first + np.flatnonzero(self._shown[first : first + len(rows)])
        best = places[np.argsort(-self._scores[places], kind="stable")[:MOST_PASSAGES]]
        least = LEAST_OF_BEST * self._scores[best[0]]
        return tuple(
            self._matched(int(self._candidates.rows[place]), float(self._scores[place]))
            for place in best
            if self._scores[place] >= least
        )

    def _matched(self, row: int, score: float) -> MatchedPassage:
        passage = self._index.passages[row]
        met = self._index.words_of_passages.met_in(passage.text, self._telling)
        return MatchedPassage(passage, score, met)


def _weight(field: str, sought: Sequence[str]) -> float:
    """Return how much a field mirrors a worry; 0 for one that is not shown."""
    return _FIELD_WEIGHT.get(field, 0.0) * (_SOUGHT_WEIGHT if field in sought else 1.0)
