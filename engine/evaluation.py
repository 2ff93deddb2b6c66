"""Measuring the engine on judged queries, beside what it has to beat, in one run.

Rankings are measured over the answerable queries with nDCG@10 (gain = grade), the share with a useful
case first, and recall@5 of useful cases; passages with the share of those shown that a reader marked;
refusals with the area under the ROC curve of the confidence, unanswerable against answerable; and the
confidence itself with the expected calibration error. Measures of rankings come from ir_measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import R, Success, nDCG
from numpy.typing import NDArray

from corpus.vocabulary import Vocabulary
from engine.answers import Answer
from engine.fusion import reciprocal_rank_fusion
from engine.judgements import USEFUL, JudgedSet
from engine.matcher import Matcher
from engine.queries import JudgedQuery, Query
from index.lexical import LexicalIndex
from index.vectors import Scores

DEPTH = 20  # ranks looked at; the deepest measure needs 10
MEASURES = {"ndcg@10": nDCG @ 10, "useful@1": Success(rel=USEFUL) @ 1, "recall@5": R(rel=USEFUL) @ 5}
OURS = "warts"
Ranking = list[tuple[str, float]]
"""Case ids with scores, best first."""


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system's measures: by name for every answerable query, in the order of the judged set."""

    system: str
    per_query: dict[str, NDArray[np.float64]]

    def mean(self, measure: str, chosen: NDArray[np.bool_] | None = None) -> float | None:
        """Return a measure's mean, over some queries only if asked; None over none."""
        values = self.per_query[measure] if chosen is None else self.per_query[measure][chosen]
        return float(values.mean()) if len(values) else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured in one run.

    Attributes:
        kinds: The kind of each answerable query, None where it has none.
        systems: The baselines, then ours.
        passage_precision: Share of the passages shown, in useful cases among the first five, that a reader
            marked; None without marks.
        refusal_auroc: By kind of unanswerable query, and ``all``; empty where every query is answerable.
        calibration_error: Expected calibration error of the matches' confidence, ten bins.
        verdicts: How often each verdict was given, by ``answerable`` and ``unanswerable``.
    """

    kinds: tuple[str | None, ...]
    systems: tuple[SystemResult, ...]
    passage_precision: float | None
    refusal_auroc: dict[str, float]
    calibration_error: float
    verdicts: dict[str, dict[str, int]]


def evaluate(
    matcher: Matcher, judged: JudgedSet, *, progress: Callable[[int, int], None] | None = None
) -> Evaluation:
    """Run every system over a judged set and measure it."""
    systems: dict[str, dict[str, Ranking]] = {}
    answers: dict[str, Answer] = {}
    baselines = _Baselines(matcher)
    for number, query in enumerate(judged.queries, start=1):
        for system, ranking in baselines.rank(query):
            systems.setdefault(system, {})[query.id] = ranking
        answer = matcher.match(query.text, query.context, k=DEPTH)
        answers[query.id] = answer
        ranking = [(match.case.id, match.score) for match in answer.matches]
        systems.setdefault(OURS, {})[query.id] = ranking
        if progress is not None:
            progress(number, len(judged.queries))
    answerable = [query for query in judged.queries if judged.is_answerable(query)]
    return Evaluation(
        kinds=tuple(query.kind for query in answerable),
        systems=tuple(_measure(name, run, judged, answerable) for name, run in systems.items()),
        passage_precision=_passage_precision(judged, answers),
        refusal_auroc=_refusal_auroc(judged, answers),
        calibration_error=_calibration_error(judged, answers),
        verdicts=_verdicts(judged, answers),
    )


class _Baselines:
    """What a user would build instead: the same passages and vectors, and BM25 without our vocabulary."""

    def __init__(self, matcher: Matcher) -> None:
        index, no_words = matcher.index, Vocabulary((), digest="")
        self._matcher, self._starts = matcher, index.first_row[:-1]
        texts = [passage.indexed_text for passage in index.passages]
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
        blend = 0.4 * _min_max(whole) + 0.3 * _min_max(best_three) + 0.3 * _min_max(words)
        yield "simple blend", _ranking(self._matcher, blend)


def _ranking(matcher: Matcher, scores: Scores | NDArray[np.float64]) -> Ranking:
    order = np.argsort(-scores, kind="stable")
    return [(matcher.index.cases[position].id, float(scores[position])) for position in order[: 5 * DEPTH]]


def _min_max(scores: Scores | NDArray[np.float64]) -> NDArray[np.float64]:
    spread = float(scores.max() - scores.min())
    return np.asarray((scores - scores.min()) / spread if spread else np.zeros(len(scores)), dtype=np.float64)


def _measure(
    system: str, run: dict[str, Ranking], judged: JudgedSet, answerable: Sequence[JudgedQuery]
) -> SystemResult:
    qrels = {query.id: judged.grades(query) for query in answerable}
    # Ranks decide, not scores: equal scores must not be put in another order by the measuring tool.
    by_rank = {
        query.id: {case: float(-rank) for rank, (case, _) in enumerate(run[query.id])} for query in answerable
    }
    found = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, by_rank)
    }
    return SystemResult(
        system,
        {
            name: np.array([found.get((query.id, str(measure)), 0.0) for query in answerable])
            for name, measure in MEASURES.items()
        },
    )


def _passage_precision(judged: JudgedSet, answers: dict[str, Answer]) -> float | None:
    marked = shown = 0
    for query_id, answer in answers.items():
        for match in answer.matches[:5]:
            wanted = judged.passages.get((query_id, match.case.id))
            if wanted is None:
                continue
            shown += len(match.passages)
            marked += sum((one.passage.field, one.passage.item) in wanted for one in match.passages)
    return marked / shown if shown else None


def _refusal_auroc(judged: JudgedSet, answers: dict[str, Answer]) -> dict[str, float]:
    """Probability that an answerable query gets a higher confidence than an unanswerable one."""
    good = np.array([answers[q.id].confidence for q in judged.queries if judged.is_answerable(q)])
    result = {}
    unanswerable = [q for q in judged.queries if not judged.is_answerable(q)]
    for kind in [*sorted({q.kind for q in unanswerable if q.kind}), "all"]:
        bad = np.array([answers[q.id].confidence for q in unanswerable if kind in ("all", q.kind)])
        if len(bad) and len(good):
            higher = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
            result[kind] = float(higher)
    return result


def _calibration_error(judged: JudgedSet, answers: dict[str, Answer], *, bins: int = 10) -> float:
    """Expected calibration error over the first ten matches of every query.

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017, arXiv:1706.04599
    """
    pairs = [
        (match.confidence, judged.qrels.get(query_id, {}).get(match.case.id, 0) >= USEFUL)
        for query_id, answer in answers.items()
        for match in answer.matches[:10]
    ]
    if not pairs:
        return 0.0
    confidence, useful = np.array([c for c, _ in pairs]), np.array([u for _, u in pairs])
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[which == b].mean() - useful[which == b].mean()) * (which == b).mean()
        for b in set(which)
    ]
    return float(sum(gaps))


def _verdicts(judged: JudgedSet, answers: dict[str, Answer]) -> dict[str, dict[str, int]]:
    counts = {side: {"strong": 0, "partial": 0, "none": 0} for side in ("answerable", "unanswerable")}
    for query in judged.queries:
        side = "answerable" if judged.is_answerable(query) else "unanswerable"
        counts[side][answers[query.id].verdict] += 1
    return counts
