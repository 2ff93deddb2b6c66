"""Measuring the engine on judged queries, beside what it has to beat, in one run.

Rankings are measured over the answerable queries with nDCG@10 (gain = grade), the share with a useful
case first, and recall@5 of useful cases; passages with the share of those shown that a reader marked;
refusals with the area under the ROC curve of the confidence, unanswerable against answerable; and the
confidence itself with the expected calibration error. Measures of rankings come from ir_measures.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import ir_measures
import numpy as np
from ir_measures import R, Success, nDCG
from numpy.typing import NDArray

from engine.answers import Answer
from engine.baselines import Baselines, Ranking
from engine.judgements import USEFUL, JudgedSet
from engine.matcher import Matcher
from engine.queries import JudgedQuery
from engine.significance import Difference, paired_difference

MEASURES = {"ndcg@10": nDCG @ 10, "useful@1": Success(rel=USEFUL) @ 1, "recall@5": R(rel=USEFUL) @ 5}
OURS = "warts"


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One system's measures: by name for every answerable query, in the order of the judged set."""

    system: str
    per_query: dict[str, NDArray[np.float64]]

    def mean(self, measure: str, chosen: NDArray[np.bool_] | None = None) -> float | None:
        """Return a measure's mean, over some queries only if asked; None over none."""
        values = self.per_query[measure] if chosen is None else self.per_query[measure][chosen]
        return float(values.mean()) if len(values) else None

    def gain_over(self, other: SystemResult, measure: str = "ndcg@10") -> Difference:
        """Return how much better this system is than another, query by query."""
        return paired_difference(self.per_query[measure], other.per_query[measure])


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything measured in one run.

    Attributes:
        kinds: The kind of each answerable query, None where it has none.
        systems: The baselines, then ours.
        ablation: Ours with one part off in turn; empty unless asked for.
        unseen: Every system over some cases only, which the adapter never saw; empty unless asked for.
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
    ablation: tuple[SystemResult, ...] = ()
    unseen: tuple[SystemResult, ...] = field(default=())

    @property
    def ours(self) -> SystemResult:
        """Our own result."""
        return next(system for system in self.systems if system.system == OURS)


def evaluate(
    matcher: Matcher,
    judged: JudgedSet,
    *,
    published: Matcher | None = None,
    ablated: Iterable[tuple[str, Matcher]] = (),
    unseen: Collection[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Run every system over a judged set and measure it.

    Args:
        matcher: Ours.
        judged: The judged set.
        published: Ours over the vectors of the published model; the baselines are measured with these, as
            somebody's own build would have them. Without it they are given ours.
        ablated: Names and matchers of ours with one part off.
        unseen: Ids of the cases that the adapter never saw.
        progress: Called with how many queries are done and how many there are.
    """
    runs: dict[str, dict[str, Ranking]] = {}
    baselines, answers = Baselines(published or matcher), {}
    depth = len(matcher.index.cases)
    for number, query in enumerate(judged.queries, start=1):
        for system, ranking in baselines.rank(query):
            runs.setdefault(system, {})[query.id] = ranking
        answers[query.id] = answer = matcher.match(query.text, query.context, k=depth)
        runs.setdefault(OURS, {})[query.id] = _ranking_of(answer)
        if progress is not None:
            progress(number, len(judged.queries))
    answerable = [query for query in judged.queries if judged.is_answerable(query)]
    parts_off = {
        name: {q.id: _ranking_of(other.match(q.text, q.context, k=20)) for q in answerable}
        for name, other in ablated
    }
    return Evaluation(
        kinds=tuple(query.kind for query in answerable),
        systems=_measure_all(runs, judged.qrels, answerable),
        passage_precision=_passage_precision(judged, answers),
        refusal_auroc=_refusal_auroc(judged, answers),
        calibration_error=_calibration_error(judged, answers),
        verdicts=_verdicts(judged, answers),
        ablation=_measure_all(parts_off, judged.qrels, answerable),
        unseen=_measure_unseen(runs, judged, frozenset(unseen)) if unseen else (),
    )


def _ranking_of(answer: Answer) -> Ranking:
    return [(match.case.id, match.score) for match in answer.matches]


def _measure_unseen(
    runs: Mapping[str, dict[str, Ranking]], judged: JudgedSet, unseen: frozenset[str]
) -> tuple[SystemResult, ...]:
    """Measure the rankings of some cases only, over the queries that one of them answers."""
    qrels = {
        query: {case: grade for case, grade in grades.items() if case in unseen}
        for query, grades in judged.qrels.items()
    }
    answered = [q for q in judged.queries if max(qrels.get(q.id, {}).values(), default=0) >= USEFUL]
    only = {
        system: {q.id: [one for one in run[q.id] if one[0] in unseen] for q in answered}
        for system, run in runs.items()
    }
    return _measure_all(only, qrels, answered)


def _measure_all(
    runs: Mapping[str, dict[str, Ranking]],
    qrels: Mapping[str, Mapping[str, int]],
    queries: Sequence[JudgedQuery],
) -> tuple[SystemResult, ...]:
    wanted = {q.id: {case: grade for case, grade in qrels[q.id].items() if grade > 0} for q in queries}
    return tuple(_measure(name, run, wanted) for name, run in runs.items())


def _measure(system: str, run: dict[str, Ranking], qrels: dict[str, dict[str, int]]) -> SystemResult:
    # Ranks decide, not scores: equal scores must not be put in another order by the measuring tool.
    by_rank = {query: {case: float(-rank) for rank, (case, _) in enumerate(run[query])} for query in qrels}
    found = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, by_rank)
    }
    return SystemResult(
        system,
        {
            name: np.array([found.get((query, str(measure)), 0.0) for query in qrels])
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
