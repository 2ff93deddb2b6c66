"""What a user would build instead, to be measured against: BM25, dense, their RRF, and a simple blend.

The same passages and vectors as ours, and BM25 without our vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from corpus.vocabulary import Vocabulary
from engine.fusion import min_max, reciprocal_rank_fusion
from engine.matcher import Matcher
from engine.queries import Query
from index.lexical import LexicalIndex
from index.vectors import Scores

DEPTH = 100  # ranks kept; the deepest measure needs 10, and fusion gains by more
BLEND = "simple blend"
Ranking = list[tuple[str, float]]
"""Case ids with scores, best first."""


class Baselines:
    """The baselines over one index."""

    def __init__(self, matcher: Matcher) -> None:
        index, no_words = matcher.index, Vocabulary((), digest="")
        self._matcher, self._starts = matcher, index.first_row[:-1]
        texts = index.texts
        self._passages = LexicalIndex.build(texts, no_words)
        self._cases = LexicalIndex.build([texts[row] for row in self._starts], no_words)
        self._vectors = index.vectors.vectors(np.arange(len(index.vectors)))

    def rank(self, query: Query) -> Iterator[tuple[str, Ranking]]:
        """Yield each baseline's name and its ranking."""
        cosine = self._vectors @ self._matcher.encoder.encode_queries([query.text])[0]
        by_words = np.maximum.reduceat(self._passages.shares(query.text), self._starts)
        by_meaning = np.maximum.reduceat(cosine, self._starts)
        bm25, dense = _ranking(self._matcher, by_words), _ranking(self._matcher, by_meaning)
        yield "BM25, best passage", bm25
        yield "dense, best passage", dense
        ids = [[case for case, _ in ranking] for ranking in (bm25, dense)]
        fused = sorted(reciprocal_rank_fusion(ids).items(), key=lambda item: -item[1])
        yield "RRF of the two", fused[:DEPTH]
        runs = np.split(cosine, self._starts[1:])
        best_three = np.array([-np.sort(-run)[:3].mean() for run in runs])
        whole, words = cosine[self._starts], self._cases.shares(query.text)
        blend = 0.4 * min_max(whole) + 0.3 * min_max(best_three) + 0.3 * min_max(words)
        yield BLEND, _ranking(self._matcher, blend)


def _ranking(matcher: Matcher, scores: Scores | NDArray[np.float64]) -> Ranking:
    order = np.argsort(-scores, kind="stable")
    return [(matcher.index.cases[position].id, float(scores[position])) for position in order[:DEPTH]]
