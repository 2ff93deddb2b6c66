"""`warts keys`: who may use the API, for what and how often."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any, get_args

import click

from service.commands.options import json_option
from service.settings import load_settings
from service.state.database import open_state
from service.state.keys import USUAL_SCOPES, Key, Scope, create_key, list_keys, revoke_key

_LONGEST_NAME = 100


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(get_args(Scope)),
    default=USUAL_SCOPES,
    show_default=True,
    help="What it may be used for; may be repeated.",
)
@click.option("--per-minute", type=click.IntRange(min=1), help="The most questions a minute; else no limit.")
@click.option("--per-day", type=click.IntRange(min=1), help="The most questions a day (UTC); else no limit.")
@json_option
def create(
    name: str, scopes: tuple[Scope, ...], per_minute: int | None, per_day: int | None, as_json: bool
) -> None:
    """Make a key for NAME, such as the site that will use it, and show it once."""
    if not name.isprintable() or not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise click.UsageError(f"a name has 1 to {_LONGEST_NAME} characters that can be printed")
    with open_state(load_settings().state) as state:
        made = create_key(
            state, name.strip(), tuple(dict.fromkeys(scopes)), per_minute=per_minute, per_day=per_day
        )
    key, token = made
    if as_json:
        click.echo(json.dumps({"version": 1, **_facts(key), "key": token}, ensure_ascii=False))
    else:
        click.echo(token)
        click.echo("Keep it now: it is not stored and cannot be shown again.", err=True)


@keys.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List all keys: name, beginning, scopes, limits, last use, and whether it was revoked."""
    with open_state(load_settings().state) as state:
        found = list_keys(state)
    if as_json:
        click.echo(json.dumps({"version": 1, "keys": [_facts(key) for key in found]}, ensure_ascii=False))
        return
    for key in found:
        limits = [
            f"{most:,} a {what}" for most, what in ((key.per_minute, "minute"), (key.per_day, "day")) if most
        ]
        state_of_it = f"revoked {key.revoked}" if key.revoked else f"last used {key.last_used or 'never'}"
        click.echo(
            "\t".join(
                (key.name, key.prefix, ",".join(key.scopes), ", ".join(limits) or "no limit", state_of_it)
            )
        )


@keys.command()
@click.argument("name")
@json_option
def revoke(name: str, as_json: bool) -> None:
    """Revoke the key of NAME, at once and for good; running servers refuse it from then on."""
    with open_state(load_settings().state) as state:
        key = revoke_key(state, name)
    click.echo(
        json.dumps({"version": 1, **_facts(key)}, ensure_ascii=False) if as_json else f"revoked {key.prefix}"
    )


def _facts(key: Key) -> dict[str, Any]:
    facts = asdict(key)
    del facts["id"]  # of use in the database alone
    return facts
