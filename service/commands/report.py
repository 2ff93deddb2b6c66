"""`warts report`: files of schools with their concerns in, a folder of reports out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from corpus.issues import Issue
from engine.matcher import DEFAULT_MATCHES
from engine.queries import MOST_MATCHES
from engine.ranking import Preferences
from engine.reports.reading import read_schools
from engine.reports.records import ReportSchool
from engine.tuning import TUNING
from service.commands.options import index_option
from service.reports.engines import Chosen, Engine
from service.reports.formats import FORMATS, USUAL_FORMATS, formats_of, require_formats, write_formats
from service.reports.run_file import RunFile
from service.reports.running import ISSUES, run_into

_TOLD = 20  # issues of each severity on standard error; issues.jsonl has them all
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


def _formats_of(_: click.Context, __: click.Parameter, told: str) -> tuple[str, ...]:
    try:
        return formats_of(told)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _print_template(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from engine.reports.template import template_text

        click.echo(template_text(), nl=False)
        context.exit()


@click.command()
@click.argument("schools", nargs=-1, required=True, type=_FILE)
@click.option("--concerns", type=_FILE, help="File with the columns id and text: concerns by school.")
@click.option("--mapping", type=_FILE, help="File that says which columns tell what.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default="report", show_default=True)
@click.option(
    "--format",
    "formats",
    default=USUAL_FORMATS,
    show_default=True,
    callback=_formats_of,
    help=f"Some of {','.join(FORMATS)}.",
)
@click.option(
    "-k",
    "--k",
    "k",
    type=click.IntRange(1, MOST_MATCHES),
    default=DEFAULT_MATCHES,
    show_default=True,
    help="Most matches a concern.",
)
@click.option(
    "--closeness",
    type=click.FloatRange(0, 1),
    help=f"How much the school counts, 0 to 1; default {TUNING.closeness}.",
)
@click.option("--resume", is_flag=True, help="Go on with the run in the folder, where it was interrupted.")
@click.option(
    "--template",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_template,
    help="Print an empty table to fill in, and end.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where the schools are worked out: on this machine, or on a Ray cluster.",
)
@click.option("--address", help="Of the Ray cluster; one on this machine without it.")
@click.option(
    "--processes",
    type=click.IntRange(1, 1024),
    help="Local ones that share the work; as many as there are processors without it.",
)
@index_option
def report(
    schools: tuple[Path, ...],
    concerns: Path | None,
    mapping: Path | None,
    out: Path,
    formats: tuple[str, ...],
    k: int,
    closeness: float | None,
    resume: bool,
    engine: Engine,
    address: str | None,
    processes: int | None,
    index_dir: Path | None,
) -> None:
    """Report on many schools at once: the cases that fit each, and what they share.

    SCHOOLS are CSV, XLSX, Parquet or JSON Lines: extracts of GIAS or the NCES, our template (--template), or
    any columns that --mapping describes. Rows that cannot be read are told, and the others reported on; the
    exit code is then 1. A run that was interrupted goes on with --resume, and ends as if it had not been.
    """
    from service.opening import open_matcher, progress_bar
    from service.settings import load_settings

    if address and engine != "ray":
        raise click.UsageError("--address is the address of a Ray cluster; add --engine ray")
    if processes and engine == "ray":
        raise click.UsageError("--processes is for this machine; a Ray cluster uses the processors it has")
    require_formats(formats)
    chosen = Chosen(engine, address, processes)
    chosen.require()
    files = [path for path in (*schools, concerns, mapping) if path is not None]
    matcher, preferences = open_matcher(load_settings(), index_dir), Preferences(closeness)
    about = RunFile.of(files, matcher, k, preferences)

    def read() -> Iterator[ReportSchool | Issue]:
        return read_schools(schools, mapping=mapping, concerns=concerns)

    told: Counter[str] = Counter()

    def tell(issue: Issue) -> None:
        told[issue.severity] += 1
        if told[issue.severity] <= _TOLD:
            click.echo(str(issue), err=True)

    with progress_bar("schools ") as progress:
        reporter = chosen.reporter(matcher, about)
        ran = run_into(out, about, read, reporter, resume=resume, progress=progress, tell=tell)
    for severity, there_are in (("error", ran.errors), ("warning", ran.warnings)):
        if there_are > _TOLD:
            click.echo(f"and {there_are - _TOLD:,} more such {severity}s, all in {out / ISSUES}", err=True)
    if not ran.schools:
        click.echo("there is no school in the input", err=True)
        sys.exit(1)
    write_formats(formats, ran.lines, matcher, out)
    left_out = f"; {ran.errors:,} rows or concerns left out" if ran.errors else ""
    click.echo(f"{ran.schools:,} schools reported on in {out}{left_out}")
    if ran.errors:
        sys.exit(1)
