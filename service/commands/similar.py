"""`warts similar`: how alike cases are, one beside the others or all of them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from service.commands.options import index_option, json_option
from service.settings import load_settings


@click.command()
@click.argument("case_id", required=False)
@click.option("--all", "of_all", is_flag=True, help="Of all cases: near-duplicates, clusters, neighbours.")
@click.option(
    "--html",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="OUT",
    help="With --all: write a page with the map into this folder.",
)
@index_option
@json_option
def similar(
    case_id: str | None, of_all: bool, out: Path | None, index_dir: Path | None, as_json: bool
) -> None:
    """Tell which cases are like a case, or how alike all of them are (--all)."""
    if of_all == (case_id is not None) or (out is not None and (as_json or not of_all)):
        raise click.UsageError("name a case, or say --all, which goes with --json or --html OUT")
    from engine.corpus_similarity import NEIGHBOURS, similarity_of_all
    from engine.similar import similar_cases
    from service.opening import open_index
    from service.similar_text import as_plain, as_text

    index = open_index(load_settings(), index_dir)
    if case_id is not None:
        found = similar_cases(index, case_id, NEIGHBOURS)
        if as_json:
            told = [{"case_id": case.id, "cosine": round(cosine, 4)} for case, cosine in found]
            click.echo(json.dumps({"version": 1, "case_id": case_id, "neighbours": told}, ensure_ascii=False))
        else:
            for case, cosine in found:
                click.echo(f"{cosine:.2f}\t{case.id}\t{case.title}")
        return
    similarity = similarity_of_all(index)
    if out is not None:
        from service.reports.similar_page import write_similar

        click.echo(write_similar(index.cases, similarity, out))
    elif as_json:
        click.echo(json.dumps({"version": 1, **as_plain(index.cases, similarity)}, ensure_ascii=False))
    else:
        click.echo(as_text(index.cases, similarity))
