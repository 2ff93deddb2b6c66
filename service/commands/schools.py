"""`warts schools`: the register that people find their school in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from service.commands.options import json_option
from service.settings import load_settings

_TOLD = 20  # issues of each severity on standard error


@click.group()
def schools() -> None:
    """Load a register of schools, so that people find theirs by name or number."""


@schools.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@json_option
def import_(files: tuple[Path, ...], as_json: bool) -> None:
    """Replace the register by extracts of GIAS (England) or NCES CCD (United States), as CSV.

    Files of one import are joined by the schools' numbers, so that the directory and the characteristics of
    the NCES are given together. Rows that cannot be used are told, and the others loaded; the exit code is
    then 1. A running server takes up the new register at once.
    """
    from service.opening import progress_bar
    from service.schools.building import import_registers

    state = load_settings().state
    with progress_bar() as progress:
        imported = import_registers(files, state, progress=progress)
    if as_json:
        facts = {
            name: getattr(imported, name)
            for name in ("rows", "kept", "closed", "joined", "unnamed", "unusable", "doubtful")
        }
        issues = [issue.as_json() for issue in imported.issues]
        click.echo(json.dumps({"version": 1, **facts, "issues": issues}, ensure_ascii=False))
    else:
        for severity, there_are in (("error", imported.unusable), ("warning", imported.doubtful)):
            told = [issue for issue in imported.issues if issue.severity == severity][:_TOLD]
            for issue in told:
                click.echo(str(issue), err=True)
            if there_are > len(told):
                click.echo(f"and {there_are - len(told):,} more such {severity}s", err=True)
        click.echo(
            f"{imported.kept:,} schools loaded from {imported.rows:,} rows; left out: "
            f"{imported.closed:,} closed, {imported.unnamed:,} without a name, "
            f"{imported.unusable:,} rows that could not be used"
        )
    if imported.unusable:
        sys.exit(1)


@schools.command()
@click.argument("text")
@click.option("--limit", type=click.IntRange(1, 50), default=10, show_default=True)
@json_option
def find(text: str, limit: int, as_json: bool) -> None:
    """Find schools by number, or by words of their name and place."""
    from service.schools.register import SchoolRegister
    from service.schools.schemas import SchoolsOut

    register = SchoolRegister(load_settings().state)
    found = register.find(text, limit)
    register.close()
    if as_json:
        click.echo(json.dumps({"version": 1, **SchoolsOut.of(found).model_dump()}, ensure_ascii=False))
        return
    for school in found.schools:
        where = (school.town, school.postcode, school.authority)
        click.echo("\t".join((school.number, school.name or "", ", ".join(part for part in where if part))))
    if not found.schools:
        click.echo("no open school has these words", err=True)
    elif found.near:
        click.echo("no school has all of these words; these have some of them", err=True)
    if found.more:
        click.echo("there are more; add a town or postcode, or raise --limit", err=True)


@schools.command()
def drop() -> None:
    """Remove the register; schools can then not be looked up."""
    from service.schools.building import drop_register

    dropped = drop_register(load_settings().state)
    click.echo("the register of schools was removed" if dropped else "there was no register of schools")
