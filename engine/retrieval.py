"""Candidates for a concern, and how near each of them is: by meaning and by words, by passage and whole.

The concern as a whole and each of its worries are searched for. A case's nearness to one of them has
four arms, each on a fixed scale: its best passage, the mean of its three best, the case as one text
(cosines, below 0 taken as 0), and the words they share (share of the best possible BM25 score).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.concern import Concern
from index.case_index import CaseIndex
from index.encoder import Encoder
from index.vectors import Rows, Scores

DEPTH = 200  # passages, and cases by words, that each query part brings in
BEST_OF = 3
WORRIES_SHARE = 0.5  # of the separate worries together, beside the concern as a whole
# What a leader rules out still tells what the talk is about ("handing them out was no bother, now ..."):
# leaving it out altogether loses as much as heeding it gains.
DENIED_SHARE = 0.4  # of the text with what it rules out, beside the text without
# A worry meets objections and failures; aims, steps and what worked tell what the case is about.
_PASSAGE_FIELDS = ("summary", "aims", "objections", "worked", "failed", "not_again")


@dataclass(frozen=True, slots=True)
class Candidates:
    """Cases worth ranking, and their nearness to the concern.

    Attributes:
        positions: Positions of the cases in the index, ascending, shape ``(n,)``.
        arms: Nearness by arm, each of shape ``(n,)``, in [0, 1].
        rows: Passages of those cases, in order, shape ``(n_rows,)``.
        passage_cosine: Each passage's cosine with each query part, shape ``(n_parts, n_rows)``.
        passage_words: Each passage's share of words with each query part, same shape.
        parts_meant: How many of the query parts, the first ones, hold nothing that was ruled out.
        query_terms: How many terms the concern has: stems that are no stop words, and concepts.
    """

    positions: Rows
    arms: dict[str, Scores]
    rows: Rows
    passage_cosine: Scores
    passage_words: Scores
    parts_meant: int
    query_terms: int

    def arms_of(self, position: int) -> dict[str, float]:
        """Return the arms of one of the cases."""
        number = int(np.searchsorted(self.positions, position))
        return {arm: float(scores[number]) for arm, scores in self.arms.items()}


def query_parts(concern: Concern) -> dict[str, float]:
    """Return what is searched for, with the weight of each; the weights sum to 1.

    The concern without what it rules out, each of its worries if there are several, and the text as it
    came if it rules something out.
    """
    parts: dict[str, float] = {}
    rest = 1 - (DENIED_SHARE if concern.denied else 0.0)
    shares = {concern.query: 1.0}
    if len(concern.worries) > 1:
        shares = {concern.query: 1 - WORRIES_SHARE}
        for worry in concern.worries:
            shares[worry] = shares.get(worry, 0.0) + WORRIES_SHARE / len(concern.worries)
    for text, share in shares.items():
        parts[text] = rest * share
    if concern.denied:
        parts[concern.text] = parts.get(concern.text, 0.0) + DENIED_SHARE
    return parts


def retrieve(index: CaseIndex, encoder: Encoder, concern: Concern, *, depth: int = DEPTH) -> Candidates:
    """Find the candidates for a concern and measure each arm for all of them."""
    parts = query_parts(concern)
    texts, weights = list(parts), np.array(list(parts.values()), dtype=np.float32)
    queries = encoder.encode_queries(texts)
    positions = index.candidates(queries, texts, depth=depth)
    rows = np.concatenate([index.rows_of_case(int(position)) for position in positions])
    cosine = np.maximum(queries @ index.vectors.vectors(rows).T, 0)
    words = np.stack([index.words_of_cases.shares(text)[positions] for text in texts])
    starts = np.searchsorted(rows, index.first_row[positions])
    fields = np.array([index.passages[row].field for row in rows])
    searched = np.isin(fields, _PASSAGE_FIELDS)
    best, best_mean = _best_passages(np.where(searched, cosine, -1), starts)
    arms = {"passage": best, "passages": best_mean, "whole": cosine[:, starts], "words": words}
    return Candidates(
        positions=positions,
        arms={arm: (weights @ scores).astype(np.float32) for arm, scores in arms.items()},
        rows=rows,
        passage_cosine=cosine,
        passage_words=np.stack([index.words_of_passages.shares(text)[rows] for text in texts]),
        parts_meant=len(texts) - bool(concern.denied),
        query_terms=index.words_of_cases.count_terms(concern.query),
    )


def _best_passages(cosine: Scores, starts: Rows) -> tuple[Scores, Scores]:
    """Return each case's best passage score, and the mean of its best three, shape ``(n_parts, n)``."""
    runs = np.split(cosine, starts[1:], axis=1)
    # A case has three at least: the contract demands an objection and a failure beside the summary.
    top = [-np.sort(-run, axis=1)[:, :BEST_OF] for run in runs]
    best = np.stack([run[:, 0] for run in top], axis=1)
    mean = np.stack([run.mean(axis=1) for run in top], axis=1)
    return np.maximum(best, 0), np.maximum(mean, 0)
