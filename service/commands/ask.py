"""`warts ask`: one concern, answered in plain text."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from engine.queries import LONGEST_TEXT, MOST_MATCHES
from service.commands.options import (
    context_of,
    context_options,
    index_option,
    json_option,
    preference_options,
    preferences_of,
)
from service.opening import open_matcher
from service.settings import load_settings
from service.text_answer import answer_as_text


@click.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "-k", "k", type=click.IntRange(1, MOST_MATCHES), default=5, show_default=True, help="Most matches."
)
@context_options
@preference_options
@index_option
@json_option
def ask(
    text: tuple[str, ...],
    k: int,
    index_dir: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Ask what worries you, in your own words.

    The answer shows schools that felt the same objection: what they did, what went wrong, what they would
    not do again, and who says so. The first use builds the index.
    """
    concern = " ".join(text).strip()
    if not concern:
        raise click.UsageError('say what worries you, such as: warts ask "mobiles banned here"')
    if len(concern) > LONGEST_TEXT:
        raise click.UsageError(f"the text has {len(concern):,} characters; keep it to {LONGEST_TEXT:,}")
    context = context_of(options)
    preferences = preferences_of(options)
    answer = open_matcher(load_settings(), index_dir).match(concern, context, k, preferences)
    if as_json:
        from service.schemas import AnswerOut

        click.echo(AnswerOut.of(answer).as_line())
    else:
        click.echo(answer_as_text(answer, index_dir))
    if not answer.matches:
        sys.exit(1)
