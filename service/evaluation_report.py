"""An evaluation as Markdown tables, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.evaluation import MEASURES, OURS, Evaluation, SystemResult
from engine.pairs import PairAccuracy
from engine.significance import Difference

Rows = list[list[Any]]


def as_plain(
    evaluation: Evaluation, pairs: PairAccuracy | None = None, context: dict[str, float] | None = None
) -> dict[str, Any]:
    """Return an evaluation as plain values."""
    return {
        "version": 1,
        "answerable_queries": len(evaluation.kinds),
        "systems": {system.system: _plain_system(system, evaluation) for system in evaluation.systems},
        "gain_in_ndcg@10_over": {
            other.system: _plain_difference(evaluation.ours.gain_over(other))
            for other in evaluation.systems
            if other.system != OURS
        },
        "ablation": {
            off.system: {
                **{name: _rounded(off.mean(name)) for name in MEASURES},
                "loss_in_ndcg@10": _plain_difference(evaluation.ours.gain_over(off)),
            }
            for off in evaluation.ablation
        },
        "unseen_cases": {
            system.system: {name: _rounded(system.mean(name)) for name in MEASURES}
            for system in evaluation.unseen
        },
        "passage_precision@5": _rounded(evaluation.passage_precision),
        "more_comparable_first": _rounded(pairs.accuracy) if pairs else None,
        "refusal_auroc": {kind: _rounded(value) for kind, value in evaluation.refusal_auroc.items()},
        "calibration_error": _rounded(evaluation.calibration_error),
        "context_f1": {facet: _rounded(value) for facet, value in (context or {}).items()},
        "verdicts": evaluation.verdicts,
    }


def as_markdown(
    evaluation: Evaluation, pairs: PairAccuracy | None = None, context: dict[str, float] | None = None
) -> str:
    """Return an evaluation as Markdown tables."""
    lines = [f"{len(evaluation.kinds)} answerable queries.", ""]
    lines += _table(["system", *MEASURES], _means(evaluation.systems))
    kinds = _by_kind(evaluation)
    for measure in MEASURES if kinds else ():
        header = [
            f"{measure} by kind (queries)",
            *(f"{kind} ({int(chosen.sum())})" for kind, chosen in kinds),
        ]
        rows = [[s.system, *(s.mean(measure, chosen) for _, chosen in kinds)] for s in evaluation.systems]
        lines += ["", *_table(header, rows)]
    others = [system for system in evaluation.systems if system.system != OURS]
    lines += ["", *_table(["gain in nDCG@10 over", "mean", "95% interval", "p"], _gains(evaluation, others))]
    if evaluation.unseen:
        count = len(evaluation.unseen[0].per_query["ndcg@10"])
        header = [f"cases kept from training ({count} queries)", *MEASURES]
        lines += ["", *_table(header, _means(evaluation.unseen))]
    lines += ["", *_table(["measure of ours", "value"], _own_rows(evaluation, pairs))]
    if context:
        header, rows = ["school context read from text", "F1"], [[f, value] for f, value in context.items()]
        lines += ["", *_table(header, rows)]
    if evaluation.ablation:
        header = ["one part off", *MEASURES, "nDCG@10 lost", "95% interval", "p"]
        lost = _gains(evaluation, evaluation.ablation)
        rows = [[*means, *loss[1:]] for means, loss in zip(_means(evaluation.ablation), lost, strict=True)]
        lines += ["", *_table(header, rows)]
    return "\n".join(lines)


def _means(systems: Sequence[SystemResult]) -> Rows:
    return [[system.system, *(system.mean(measure) for measure in MEASURES)] for system in systems]


def _gains(evaluation: Evaluation, others: Sequence[SystemResult]) -> Rows:
    rows: Rows = []
    for other in others:
        gain = evaluation.ours.gain_over(other)
        rows.append([other.system, f"{gain.mean:+.3f}", f"{gain.low:+.3f} to {gain.high:+.3f}", _p(gain.p)])
    return rows


def _p(value: float) -> str:
    return "< .001" if value < 0.001 else f"{value:.3f}"


def _own_rows(evaluation: Evaluation, pairs: PairAccuracy | None) -> Rows:
    rows: Rows = []
    if evaluation.passage_precision is not None:
        rows.append(["share of shown passages that a reader marked", evaluation.passage_precision])
    if pairs is not None:
        rows.append([f"more comparable of two equally relevant first ({pairs.pairs} pairs)", pairs.accuracy])
    rows += [[f"refusal AUROC, {kind}", value] for kind, value in evaluation.refusal_auroc.items()]
    rows.append(["expected calibration error", evaluation.calibration_error])
    for side, counts in evaluation.verdicts.items():
        told = ", ".join(f"{verdict} {count}" for verdict, count in counts.items())
        rows.append([f"verdicts, {side}", told])
    return rows


def _plain_system(system: SystemResult, evaluation: Evaluation) -> dict[str, Any]:
    by_kind = {
        f"{measure} by kind": {
            kind: _rounded(system.mean(measure, chosen)) for kind, chosen in _by_kind(evaluation)
        }
        for measure in MEASURES
    }
    return {**{name: _rounded(system.mean(name)) for name in MEASURES}, **by_kind}


def _plain_difference(difference: Difference) -> dict[str, float | None]:
    return {name: _rounded(getattr(difference, name)) for name in ("mean", "low", "high", "p")}


def _by_kind(evaluation: Evaluation) -> list[tuple[str, NDArray[np.bool_]]]:
    return [
        (kind, np.array([one == kind for one in evaluation.kinds]))
        for kind in sorted({kind for kind in evaluation.kinds if kind})
    ]


def _table(header: list[str], rows: Rows) -> list[str]:
    def cell(value: Any) -> str:
        return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)

    return [
        "| " + " | ".join(header) + " |",
        "|---" * len(header) + "|",
        *("| " + " | ".join(cell(value) for value in row) + " |" for row in rows),
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
