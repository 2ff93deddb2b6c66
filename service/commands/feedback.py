"""`warts feedback`: what people said of cases."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict, fields

import click

from service.commands.options import json_option
from service.exports import defused
from service.settings import load_settings
from service.state.database import open_state
from service.state.feedback import Feedback, delete_feedback, list_feedback


@click.group()
def feedback() -> None:
    """Read and delete the feedback that people sent."""


@feedback.command("list")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a spreadsheet.")
def list_(as_json: bool, as_csv: bool) -> None:
    """List all feedback, in the order in which it came."""
    if as_json and as_csv:
        raise click.UsageError("choose one of --json and --csv")
    with open_state(load_settings().state) as state:
        found = list_feedback(state)
    if as_json:
        click.echo(json.dumps({"version": 1, "feedback": [asdict(one) for one in found]}, ensure_ascii=False))
    elif as_csv:
        writer = csv.writer(sys.stdout)
        names = [field.name for field in fields(Feedback)]
        writer.writerow(names)
        writer.writerows([defused(getattr(one, name)) for name in names] for one in found)
    else:
        for one in found:
            said = " ".join((one.comment or "").split())
            click.echo(f"{one.id}\t{one.received}\t{one.kind}\t{one.case_id}\t{said}")


@feedback.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@json_option
def delete(number: int, as_json: bool) -> None:
    """Delete the feedback numbered ID for good."""
    with open_state(load_settings().state) as state:
        delete_feedback(state, number)
    click.echo(json.dumps({"version": 1, "deleted": number}) if as_json else f"deleted {number}")
