"""`warts evaluate`: the engine on judged queries, beside what it has to beat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np

from engine.evaluation import MEASURES, Evaluation
from engine.evaluation import evaluate as run_evaluation
from engine.judgements import read_judged_set
from service.commands.options import index_option, json_option
from service.opening import open_matcher, progress_bar
from service.settings import load_settings

_file = click.Path(path_type=Path)


@click.command()
@click.option(
    "--queries", required=True, type=_file, help="JSON Lines: id, text, context; kind and split if any."
)
@click.option("--qrels", required=True, type=_file, help="TSV: query-id, corpus-id, score (0 to 3).")
@click.option("--passages", type=_file, help="TSV: query-id, corpus-id, field, item: passages that mirror.")
@click.option("--split", help="Only the queries with this split, such as test.")
@index_option
@json_option
def evaluate(
    queries: Path,
    qrels: Path,
    passages: Path | None,
    split: str | None,
    index_dir: Path | None,
    as_json: bool,
) -> None:
    """Measure the ranking on judged queries, with BM25, dense, RRF and a simple blend in the same run."""
    judged = read_judged_set(queries, qrels, passages)
    if split:
        judged = judged.of_split(split)
        if not judged.queries:
            raise click.BadParameter(f"no query has the split {split!r}", param_hint="--split")
    matcher = open_matcher(load_settings(), index_dir)
    with progress_bar("queries") as progress:
        evaluation = run_evaluation(matcher, judged, progress=progress)
    click.echo(json.dumps(as_plain(evaluation), indent=2) if as_json else as_markdown(evaluation))


def as_plain(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as plain values."""
    return {
        "version": 1,
        "answerable_queries": len(evaluation.kinds),
        "systems": {
            result.system: {
                **{name: _rounded(result.mean(name)) for name in MEASURES},
                "ndcg@10 by kind": {
                    kind: _rounded(result.mean("ndcg@10", chosen)) for kind, chosen in _by_kind(evaluation)
                },
            }
            for result in evaluation.systems
        },
        "passage_precision@5": _rounded(evaluation.passage_precision),
        "refusal_auroc": {kind: _rounded(value) for kind, value in evaluation.refusal_auroc.items()},
        "calibration_error": _rounded(evaluation.calibration_error),
        "verdicts": evaluation.verdicts,
    }


def as_markdown(evaluation: Evaluation) -> str:
    """Return an evaluation as Markdown tables."""
    kinds = _by_kind(evaluation)
    lines = [
        f"{len(evaluation.kinds)} answerable queries.",
        "",
        *_table(
            ["system", *MEASURES], [[s.system, *(s.mean(m) for m in MEASURES)] for s in evaluation.systems]
        ),
    ]
    if kinds:
        header = ["nDCG@10 by kind (queries)", *(f"{kind} ({int(chosen.sum())})" for kind, chosen in kinds)]
        rows = [[s.system, *(s.mean("ndcg@10", chosen) for _, chosen in kinds)] for s in evaluation.systems]
        lines += ["", *_table(header, rows)]
    lines += ["", *_table(["measure of ours", "value"], _own_rows(evaluation))]
    return "\n".join(lines)


def _own_rows(evaluation: Evaluation) -> list[list[Any]]:
    rows: list[list[Any]] = []
    if evaluation.passage_precision is not None:
        rows.append(["share of shown passages that a reader marked", evaluation.passage_precision])
    rows += [[f"refusal AUROC, {kind}", value] for kind, value in evaluation.refusal_auroc.items()]
    rows.append(["expected calibration error", evaluation.calibration_error])
    for side, counts in evaluation.verdicts.items():
        rows.append(
            [f"verdicts, {side}", ", ".join(f"{verdict} {count}" for verdict, count in counts.items())]
        )
    return rows


def _by_kind(evaluation: Evaluation) -> list[tuple[str, np.ndarray[Any, np.dtype[np.bool_]]]]:
    return [
        (kind, np.array([one == kind for one in evaluation.kinds]))
        for kind in sorted({kind for kind in evaluation.kinds if kind})
    ]


def _table(header: list[str], rows: list[list[Any]]) -> list[str]:
    def cell(value: Any) -> str:
        return "-" if value is None else f"{value:.3f}" if isinstance(value, float) else str(value)

    return [
        "| " + " | ".join(header) + " |",
        "|---" * len(header) + "|",
        *("| " + " | ".join(cell(value) for value in row) + " |" for row in rows),
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
