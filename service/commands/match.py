"""`warts match`: a file of concerns in, a file of answers out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

import click
from tqdm import tqdm

from corpus.issues import Issue
from engine.queries import Query, read_queries
from service.commands.options import index_option, json_option
from service.opening import open_matcher
from service.schemas import MOST_MATCHES, AnswerOut
from service.settings import load_settings


@click.command()
@click.argument("queries", type=click.File("rb"))
@click.option(
    "-k", "k", type=click.IntRange(1, MOST_MATCHES), default=10, show_default=True, help="Most matches."
)
@index_option
@json_option
def match(queries: BinaryIO, k: int, index_dir: Path | None, as_json: bool) -> None:
    r"""Answer a file of concerns, one JSON object a line; - reads standard input.

    \b
    In:   {"id": "1", "text": "mobiles banned here", "context": {"phases": ["secondary"]}}
    Out:  one answer a line, in the same order: that of `warts ask --json` with the id.

    The output is always JSON. A line that cannot be used is reported on standard error with its place; the
    others are answered, and the exit code is 1.
    """
    del as_json  # taken because every command takes it; there is no other form
    items = list(read_queries(queries, getattr(queries, "name", "<stdin>")))
    issues = [item for item in items if isinstance(item, Issue)]
    wanted = [item for item in items if isinstance(item, Query)]
    for issue in issues:
        click.echo(str(issue), err=True)
    if wanted:
        matcher = open_matcher(load_settings(), index_dir)
        for query in tqdm(wanted, unit=" queries", file=sys.stderr, leave=False, mininterval=1.0):
            answer = matcher.match(query.text, query.context, k)
            click.echo(AnswerOut.of(answer, query.id).as_line())
    if issues:
        click.echo(f"{len(issues)} of {len(items)} lines could not be used", err=True)
        sys.exit(1)
    if not wanted:
        click.echo("there is no query in the input", err=True)
        sys.exit(1)
