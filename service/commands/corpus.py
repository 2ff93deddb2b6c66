"""`warts import`, `warts check`, `warts show`: the case studies themselves."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from corpus.checks import check_cases
from corpus.errors import BrokenRecordsError, CorpusError
from corpus.importing import carry_out, plan_import
from corpus.issues import Issue, errors_among
from corpus.reading import read_cases, to_json
from corpus.sources import check_sources, compared
from corpus.vocabulary import shipped_vocabulary
from engine.coverage import coverage_of
from engine.errors import CaseNotFoundError
from service.commands.options import json_option
from service.coverage_schemas import CoverageOut
from service.coverage_text import coverage_as_text
from service.opening import open_index, read_all
from service.settings import load_settings
from service.text_answer import case_as_text

paths_argument = click.Path(path_type=Path)


@click.command("import")
@click.argument("paths", nargs=-1, required=True, type=paths_argument)
@click.option(
    "--cases", "into", type=paths_argument, help="Folder to import into; default: the shipped cases."
)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--skip-broken", is_flag=True, help="Take the sound records when some are broken.")
@click.option("--replace", is_flag=True, help="Write over records of the same id that say something else.")
@json_option
def import_(
    paths: tuple[Path, ...], into: Path | None, dry_run: bool, skip_broken: bool, replace: bool, as_json: bool
) -> None:
    """Bring case records into a folder, one YAML file each.

    Everything is read and checked first. If a record is broken, nothing is written, unless you say
    --skip-broken. Importing the same records again changes nothing; records that differ from those of the
    same id are written over only with --replace.
    """
    into = into or load_settings().cases
    try:
        plan = plan_import(paths, into, skip_broken=skip_broken)
    except BrokenRecordsError as error:
        if as_json:
            click.echo(_as_json(error.issues, new=[], changed=[], unchanged=0, written=False))
            sys.exit(1)
        raise
    if plan.changed and not replace and not dry_run:
        ids = ", ".join(case.id for case in plan.changed[:5]) + (", ..." if len(plan.changed) > 5 else "")
        raise CorpusError(
            f"{len(plan.changed)} records differ from those in {into} ({ids}); nothing was imported: "
            "look at them with --dry-run --json, and write over them with --replace"
        )
    if not dry_run:
        carry_out(plan, into)
    if as_json:
        new, changed = [case.id for case in plan.new], [case.id for case in plan.changed]
        facts = {"new": new, "changed": changed, "unchanged": len(plan.unchanged), "written": not dry_run}
        click.echo(_as_json(plan.issues, **facts))
    else:
        for issue in plan.issues:
            click.echo(str(issue), err=True)
        verb = "would be" if dry_run else "were"
        click.echo(
            f"{len(plan.new)} new and {len(plan.changed)} changed cases {verb} written to {into}; "
            f"{len(plan.unchanged)} are unchanged"
        )
    if any(errors_among(plan.issues)):
        sys.exit(1)


@click.command()
@click.argument("paths", nargs=-1, type=paths_argument)
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
@click.option("--sources", "with_sources", is_flag=True, help="Look closely at the sources, too.")
@click.option(
    "--excerpts",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="With --sources: folder with ID.txt, the passages a record was written from, to compare wording.",
)
@click.option("--coverage", "with_coverage", is_flag=True, help="Tell also what the sound cases cover.")
@json_option
def check(
    paths: tuple[Path, ...],
    strict: bool,
    with_sources: bool,
    excerpts: Path | None,
    with_coverage: bool,
    as_json: bool,
) -> None:
    """Check case records: their form, their sources, privacy, copied text, duplicates.

    Without PATH the shipped cases are checked. The exit code is 1 if there is an error.
    """
    if excerpts and not with_sources:
        raise click.UsageError("--excerpts is what --sources compares with; add --sources")
    reading = read_cases(list(paths) or [load_settings().cases])
    issues = (*reading.issues, *check_cases(reading.cases, reading.raw))
    if with_sources:
        issues += tuple(check_sources(reading.cases, reading.raw, excerpts))
        if excerpts:
            told = f"wording compared for {compared(reading.cases, excerpts)} of {len(reading.cases)} cases"
            click.echo(told, err=True)
    errors = sum(issue.severity == "error" for issue in issues)
    coverage = coverage_of(reading.cases, shipped_vocabulary()) if with_coverage else None
    if as_json:
        more = {"coverage": CoverageOut.of(coverage).model_dump(mode="json")} if coverage else {}
        click.echo(_as_json(issues, cases=len(reading.cases), errors=errors, **more))
    else:
        for issue in issues:
            click.echo(str(issue))
        sources = sum(len(case.provenance.sources) for case in reading.cases)
        warnings = len(issues) - errors
        click.echo(
            f"{len(reading.cases)} sound cases with {sources} sources; {errors} errors, {warnings} warnings"
        )
        if coverage:
            click.echo(coverage_as_text(coverage))
    if errors or (strict and issues):
        sys.exit(1)


@click.command()
@click.argument("case_id")
@click.option("--index", "index_dir", type=paths_argument, help="Folder of an index to take the case from.")
@json_option
def show(case_id: str, index_dir: Path | None, as_json: bool) -> None:
    """Show one case study, whole: from the shipped cases, or from an index that is named."""
    cases = open_index(load_settings(), index_dir).cases if index_dir else read_all([load_settings().cases])
    case = next((case for case in cases if case.id == case_id), None)
    if case is None:
        raise CaseNotFoundError.among(case_id, (case.id for case in cases))
    click.echo(to_json(case) if as_json else case_as_text(case))


def _as_json(issues: tuple[Issue, ...], **facts: object) -> str:
    return json.dumps(
        {"version": 1, **facts, "issues": [issue.as_json() for issue in issues]}, ensure_ascii=False
    )
