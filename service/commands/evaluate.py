"""`warts evaluate`: the engine on judged queries, beside what it has to beat."""

from __future__ import annotations

import json
from pathlib import Path

import click

from engine.ablation import ablated, without_adapter
from engine.context_evaluation import context_f1, read_context_gold
from engine.evaluation import evaluate as run_evaluation
from engine.judgements import read_judged_set
from engine.pairs import pair_accuracy, read_pairs
from service.commands.options import index_option, json_option
from service.evaluation_report import as_markdown, as_plain
from service.opening import open_matcher, progress_bar
from service.settings import load_settings

_file = click.Path(path_type=Path)


@click.command()
@click.option(
    "--queries", required=True, type=_file, help="JSON Lines: id, text, context; kind and split if any."
)
@click.option("--qrels", required=True, type=_file, help="TSV: query-id, corpus-id, score (0 to 3).")
@click.option("--passages", type=_file, help="TSV: query-id, corpus-id, field, item: passages that mirror.")
@click.option("--pairs", type=_file, help="JSON Lines: text, context, and two cases: nearer and farther.")
@click.option("--contexts", type=_file, help="JSON Lines: texts with the school context that they tell.")
@click.option(
    "--unseen", type=_file, help="Ids of cases, one a line: rankings of these alone are measured too."
)
@click.option("--split", help="Only the queries, pairs and texts with this split, such as test.")
@click.option("--ablation", is_flag=True, help="Measure with each part off in turn, too; takes minutes.")
@index_option
@json_option
def evaluate(
    queries: Path,
    qrels: Path,
    passages: Path | None,
    pairs: Path | None,
    contexts: Path | None,
    unseen: Path | None,
    split: str | None,
    ablation: bool,
    index_dir: Path | None,
    as_json: bool,
) -> None:
    """Measure the ranking on judged queries, with BM25, dense, RRF and a simple blend in the same run."""
    judged = read_judged_set(queries, qrels, passages)
    in_pairs, in_contexts = (
        read_pairs(pairs) if pairs else (),
        read_context_gold(contexts) if contexts else (),
    )
    only = _ids(unseen) if unseen else frozenset()
    if split:
        judged = judged.of_split(split)
        if not judged.queries:
            raise click.BadParameter(f"no query has the split {split!r}", param_hint="--split")
        in_pairs = tuple(pair for pair in in_pairs if pair.split == split)
        in_contexts = tuple(text for text in in_contexts if text.split == split)
    matcher = open_matcher(load_settings(), index_dir)
    with progress_bar("passages for the baselines") as progress:
        published = without_adapter(matcher, progress)
    with progress_bar("queries") as progress:
        result = run_evaluation(
            matcher,
            judged,
            published=published,
            ablated=ablated(matcher, published) if ablation else (),
            unseen=only,
            progress=progress,
        )
    accuracy, f1 = pair_accuracy(matcher, in_pairs), context_f1(in_contexts)
    click.echo(
        json.dumps(as_plain(result, accuracy, f1), indent=2) if as_json else as_markdown(result, accuracy, f1)
    )


def _ids(file: Path) -> frozenset[str]:
    try:
        return frozenset(file.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{file} cannot be read: {error}", param_hint="--unseen") from error
