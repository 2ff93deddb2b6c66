"""`warts backup` and `warts restore`: the state as one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.options import json_option
from service.settings import Settings, load_settings, settings_file
from service.state.backup import REGISTER, SETTINGS, STATE, Manifest, back_up
from service.state.backup import restore as put_back

_file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@_file
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Write keys, feedback, the register of schools and the settings file into one archive, FILE.

    A server may go on meanwhile. FILE must not be there yet.
    """
    _tell(back_up(file, _places(load_settings())), file, "backed up into", as_json=as_json)


@click.command()
@_file
@click.option("--force", is_flag=True, help="Replace what is there.")
@json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put back what FILE holds; stop the server first.

    Everything in it is checked before anything is replaced. The checks find damage; they do not tell
    whether a stranger made the archive.
    """
    _tell(put_back(file, _places(load_settings()), force=force), file, "restored from", as_json=as_json)


def _places(settings: Settings) -> dict[str, Path]:
    return {
        STATE: settings.state / STATE,
        REGISTER: settings.state / REGISTER,
        SETTINGS: settings_file(),
    }


def _tell(manifest: Manifest, file: Path, done: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(manifest.model_dump_json())
    else:
        for name, member in manifest.files.items():
            click.echo(f"{name}, {member.bytes:,} bytes, {done} {file}")
