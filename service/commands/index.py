"""`warts index`: from case studies to an index that can be searched."""

from __future__ import annotations

from pathlib import Path

import click

from index.building import build_index
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
@json_option
def index(
    cases: tuple[Path, ...], index_dir: Path | None, encoder: str | None, skip_broken: bool, as_json: bool
) -> None:
    """Build an index from case studies.

    It is written beside the one that is there, and takes its place only when it is complete.
    """
    if encoder and not index_dir:
        raise click.UsageError("--encoder needs --index: the default index has the configured model")
    settings = load_settings()
    found = read_all(list(cases) or [settings.cases], skip_broken=skip_broken)
    directory = index_dir or settings.index
    model = (
        settings.encoder_named(encoder, settings.query_prompt, settings.passage_prompt)
        if encoder
        else settings.encoder
    )
    with progress_bar("passages") as progress:
        manifest = build_index(found, model, directory, from_configured_cases=not cases, progress=progress)
    if as_json:
        click.echo(manifest.model_dump_json())
    else:
        click.echo(f"Indexed {manifest.cases} cases in {manifest.passages} passages: {directory}")
