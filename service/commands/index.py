"""`warts index`: from case studies to an index that can be searched."""

from __future__ import annotations

import json
from pathlib import Path

import click

from corpus.reading import files_digest
from index.building import build_index
from index.verifying import verify_index
from service.commands.options import json_option
from service.opening import progress_bar, read_all
from service.settings import load_settings


@click.command()
@click.option(
    "--cases",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File (.yaml, .json, .jsonl) or folder of case records; repeatable. Default: the shipped cases.",
)
@click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    help="Folder to write; default: the default index.",
)
@click.option(
    "--encoder",
    help="Model to embed with, such as all-MiniLM-L6-v2 (the default model without our adapter).",
)
@click.option("--skip-broken", is_flag=True, help="Index the sound records when some are broken.")
@click.option("--verify", is_flag=True, help="Build nothing: check everything about the index that is there.")
@json_option
def index(
    cases: tuple[Path, ...],
    index_dir: Path | None,
    encoder: str | None,
    skip_broken: bool,
    verify: bool,
    as_json: bool,
) -> None:
    """Build an index from case studies, or bring one up to date: only what has changed is encoded.

    It is written beside the one that is there, and takes its place only when it is complete.
    """
    if verify:
        if cases or encoder or skip_broken:
            raise click.UsageError("--verify builds nothing; it goes with --index and --json alone")
        _verify(index_dir or load_settings().index, as_json)
        return
    if encoder and not index_dir:
        raise click.UsageError("--encoder needs --index: the default index has the configured model")
    settings = load_settings()
    sources = "" if cases else files_digest([settings.cases])
    found = read_all(list(cases) or [settings.cases], skip_broken=skip_broken)
    directory = index_dir or settings.index
    model = (
        settings.encoder_named(encoder, settings.query_prompt, settings.passage_prompt)
        if encoder
        else settings.encoder
    )
    with progress_bar() as progress:
        built = build_index(found, model, directory, sources_digest=sources, progress=progress)
    manifest = built.manifest
    if as_json:
        click.echo(json.dumps({**manifest.model_dump(mode="json"), "encoded": built.encoded}))
    else:
        click.echo(
            f"Indexed {manifest.cases} cases in {manifest.passages} passages, "
            f"{built.encoded} of them encoded anew: {directory}"
        )


def _verify(directory: Path, as_json: bool) -> None:
    found = []
    for line in verify_index(directory):
        found.append(line)
        if not as_json:
            click.echo(line)
    if as_json:
        click.echo(json.dumps({"version": 1, "index": str(directory), "in_order": found}))
