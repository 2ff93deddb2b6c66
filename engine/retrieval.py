"""Candidates for a concern, and how near each of them is: by meaning and by words, by passage and whole.

The concern as a whole and each of its worries are searched for. A case's nearness to one of them has
four arms, each on a fixed scale: its best passage, the mean of its three best, the case as one text
(cosines, below 0 taken as 0), and the words they share (share of the best possible BM25 score).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus.passages import FIELDS
from engine.concern import Concern
from engine.tuning import TUNING, Tuning
from index.case_index import CaseIndex
from index.encoder import Encoder, Vectors
from index.lexical import Terms
from index.vectors import Rows, Scores

DEPTH = 200  # passages, and cases by words, that each query part brings in
BEST_OF = 3
# A worry meets objections and failures; aims and what worked tell what the case is about.
_PASSAGE_FIELDS = ("summary", "aims", "objections", "worked", "failed", "not_again")
_IS_SEARCHED = np.isin(FIELDS, _PASSAGE_FIELDS)


@dataclass(frozen=True, slots=True)
class QueryParts:
    """What is searched for.

    Attributes:
        texts: The concern without what it rules out, each of its worries if there are several, and the text
            as it came if it rules something out.
        weights: Weight of each; they sum to 1. Shape ``(n_parts,)``.
        of_worry: Which part each worry of the concern is.
        meant: How many of the parts, the first ones, hold nothing that was ruled out.
    """

    texts: tuple[str, ...]
    weights: Scores
    of_worry: tuple[int, ...]
    meant: int


@dataclass(frozen=True)
class Candidates:
    """Cases worth ranking, and their nearness to the concern.

    Attributes:
        parts: What was searched for.
        positions: Positions of the cases in the index, ascending, shape ``(n,)``.
        arms: Nearness by arm, each of shape ``(n_parts, n)``, in [0, 1].
        rows: Passages of those cases, in order, shape ``(n_rows,)``.
        passage_cosine: Each passage's cosine with each query part, shape ``(n_parts, n_rows)``.
        passage_words: Each passage's share of words with each query part, same shape.
        terms: The terms of each query part: stems that are no stop words, and concepts.
    """

    parts: QueryParts
    positions: Rows
    arms: dict[str, Scores]
    rows: Rows
    passage_cosine: Scores
    passage_words: Scores
    terms: tuple[Terms, ...]

    @cached_property
    def fused_arms(self) -> dict[str, Scores]:
        """Each arm over all query parts by their weights, each of shape ``(n,)``."""
        return {arm: (self.parts.weights @ scores).astype(np.float32) for arm, scores in self.arms.items()}

    def number_of(self, position: int) -> int:
        """Return which of the candidates a case is."""
        return int(np.searchsorted(self.positions, position))


def query_parts(concern: Concern, tuning: Tuning = TUNING) -> QueryParts:
    """Return what is searched for, with the weight of each."""
    whole_share = 0.0
    if concern.denied:
        whole_share = tuning.surely_denied_share if concern.surely_denied else tuning.denied_share
    shares = {concern.query: 1.0}
    if len(concern.worries) > 1:
        shares = {concern.query: 1 - tuning.worries_share}
        for worry in concern.worries:
            shares[worry] = shares.get(worry, 0.0) + tuning.worries_share / len(concern.worries)
    parts = {text: (1 - whole_share) * share for text, share in shares.items()}
    if whole_share:
        parts[concern.read_as] = parts.get(concern.read_as, 0.0) + whole_share
    texts = tuple(parts)
    return QueryParts(
        texts,
        np.array(list(parts.values()), dtype=np.float32),
        tuple(texts.index(worry) if worry in texts else 0 for worry in concern.worries),
        len(texts) - bool(whole_share),
    )


def retrieve(
    index: CaseIndex, encoder: Encoder, concern: Concern, tuning: Tuning = TUNING, *, depth: int = DEPTH
) -> Candidates:
    """Encode a concern, and find the candidates for it; see `candidates_for`."""
    parts = query_parts(concern, tuning)
    return candidates_for(index, parts, encoder.encode_queries(parts.texts), depth=depth)


def candidates_for(
    index: CaseIndex, parts: QueryParts, queries: Vectors, *, depth: int = DEPTH
) -> Candidates:
    """Find the candidates for a concern and measure each arm for all of them.

    Args:
        index: What is searched.
        parts: What is searched for.
        queries: The same as unit vectors, shape ``(n_parts, dimension)``.
        depth: How many passages, and cases by words, each part brings in where there are many.

    Raises:
        ValueError: If there is not one vector a part.
    """
    if len(queries) != len(parts.texts):
        raise ValueError(f"there are {len(queries)} vectors for {len(parts.texts)} texts")
    terms = tuple(index.words_of_cases.terms(text) for text in parts.texts)
    words = np.stack([index.words_of_cases.shares(one) for one in terms])
    positions = index.candidates(queries, words, depth=depth)
    rows = np.flatnonzero(np.isin(index.case_of_row, positions))
    cosine = np.maximum(index.vectors.similarities(queries, rows), 0)
    starts = np.searchsorted(rows, index.first_row[positions])
    searched = _IS_SEARCHED[index.field_of_row[rows]]
    best, best_mean = _best_passages(np.where(searched, cosine, -1), starts)
    return Candidates(
        parts=parts,
        positions=positions,
        arms={
            "passage": best,
            "passages": best_mean,
            "whole": cosine[:, starts],
            "words": words[:, positions],
        },
        rows=rows,
        passage_cosine=cosine,
        passage_words=np.stack([index.words_of_passages.shares(one)[rows] for one in terms]),
        terms=terms,
    )


def _best_passages(cosine: Scores, starts: Rows) -> tuple[Scores, Scores]:
    """Return each case's best passage score, and the mean of its best three, shape ``(n_parts, n)``."""
    lengths = np.diff(starts, append=cosine.shape[1])
    place = np.arange(lengths.max())
    columns = np.minimum(starts[:, np.newaxis] + place, cosine.shape[1] - 1)
    each = np.where(place < lengths[:, np.newaxis], cosine[:, columns], -1)  # (n_parts, n, longest case)
    # A case has three at least: the contract demands an objection and a failure beside the summary.
    top = np.sort(np.partition(each, -BEST_OF, axis=2)[..., -BEST_OF:], axis=2)
    return np.maximum(top[..., -1], 0), np.maximum(top.mean(axis=2), 0)
