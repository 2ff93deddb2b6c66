"""`warts match`: a file of concerns in, a file of answers out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, BinaryIO

import click
from tqdm import tqdm

from corpus.issues import Issue
from engine.queries import MOST_MATCHES, Query, read_queries
from service.commands.options import index_option, json_option, preference_options, preferences_of
from service.opening import open_matcher
from service.schemas import AnswerOut
from service.settings import load_settings


@click.command()
@click.argument("queries", type=click.File("rb"))
@click.option(
    "-k", "k", type=click.IntRange(1, MOST_MATCHES), default=10, show_default=True, help="Most matches."
)
@preference_options
@index_option
@json_option
def match(
    queries: BinaryIO,
    k: int,
    index_dir: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Answer a file of concerns, one JSON object a line; - reads standard input.

    A line in is {"id": "1", "text": "mobiles banned here", "context": {"phases": ["secondary"]}}; a line
    out, in the same order, is the answer that `warts ask --json` gives, with the id.

    The output is always JSON. A line that cannot be used is reported on standard error with its place; the
    others are answered, and the exit code is 1.
    """
    del as_json  # taken because every command takes it; there is no other form
    matcher, answered, broken = open_matcher(load_settings(), index_dir), 0, 0
    preferences = preferences_of(options)
    lines = tqdm(queries, unit=" lines", file=sys.stderr, leave=False, mininterval=1.0)
    for item in read_queries(lines, getattr(queries, "name", "<stdin>"), Query):
        if isinstance(item, Issue):
            broken += 1
            click.echo(str(item), err=True)
            continue
        answered += 1
        answer = matcher.match(item.text, item.context, k, preferences)
        click.echo(AnswerOut.of(answer, item.id).as_line())
    if broken:
        click.echo(f"{broken} of {broken + answered} lines could not be used", err=True)
    elif not answered:
        click.echo("there is no query in the input", err=True)
    if broken or not answered:
        sys.exit(1)
