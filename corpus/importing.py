"""Bringing records into a folder of case studies, one YAML file each, all or nothing.

Nothing is written until everything has been read and checked. All files are then written to one side and
moved into place one by one, so that a reader sees an old record or a new one and never half of either.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.checks import check_cases
from corpus.errors import BrokenRecordsError, CaseFileNotFoundError, CorpusError
from corpus.issues import Issue, errors_among
from corpus.reading import Reading, find_case_files, read_cases, to_yaml
from corpus.records import CaseStudy


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do.

    Attributes:
        new: Records whose id the folder does not have.
        changed: Records that say something else than the folder's record of the same id.
        unchanged: Records that say the same; their files are left alone.
        issues: Everything found in the records that were read, refused ones included.
    """

    new: tuple[CaseStudy, ...]
    changed: tuple[CaseStudy, ...]
    unchanged: tuple[CaseStudy, ...]
    issues: tuple[Issue, ...]


def plan_import(paths: Iterable[Path], into: Path, *, skip_broken: bool = False) -> ImportPlan:
    """Read and check what is to be imported, and compare it with what the folder holds.

    Raises:
        CaseFileNotFoundError: If a path does not exist.
        CorpusError: If a changed record stands in a file with others.
        BrokenRecordsError: If a record is broken and ``skip_broken`` is false, or the folder itself is.
    """
    incoming = read_cases(paths)
    present = _present(into)
    checked = check_cases(incoming.cases, incoming.raw)
    issues = (*incoming.issues, *checked)
    errors = tuple(errors_among(issues))
    if errors and not skip_broken:
        hint = "nothing was imported; mend these records, or take the sound ones with --skip-broken"
        raise BrokenRecordsError(errors, hint=hint)
    refused = {issue.record_id for issue in errors_among(checked)}
    sound = [case for case in incoming.cases if case.id not in refused]
    known = {case.id: case for case in present.cases}
    changed = tuple(case for case in sound if case.id in known and known[case.id] != case)
    new = tuple(case for case in sound if case.id not in known)
    _require_own_files(new, changed, present, into)
    return ImportPlan(
        new=new,
        changed=changed,
        unchanged=tuple(case for case in sound if known.get(case.id) == case),
        issues=issues,
    )


def carry_out(plan: ImportPlan, into: Path) -> None:
    """Write the new and changed records of a plan, then move all of them into place.

    Raises:
        CorpusError: If the folder is a file.
    """
    if into.exists() and not into.is_dir():
        raise CorpusError(f"{into} is a file; name a folder for the cases")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".import-") as staging:
        for case in (*plan.new, *plan.changed):
            (Path(staging) / f"{case.id}.yaml").write_text(to_yaml(case), encoding="utf-8")
        for written in sorted(Path(staging).iterdir()):
            written.replace(into / written.name)


def _require_own_files(
    new: Iterable[CaseStudy], changed: Iterable[CaseStudy], present: Reading, into: Path
) -> None:
    """Refuse to write over another record's file, or a record that the folder keeps in another file."""
    homes = {case.id: Path(raw.place.file) for case, raw in zip(present.cases, present.raw, strict=True)}
    for case in new:
        if (into / f"{case.id}.yaml").exists():
            raise CorpusError(
                f"{into / case.id}.yaml holds another record than {case.id}; rename that file first"
            )
    for case in changed:
        if homes[case.id] != into / f"{case.id}.yaml":
            raise CorpusError(
                f"{case.id} stands in {homes[case.id]}, and an import writes {case.id}.yaml: "
                "change it there, or move it to a file of its own first"
            )


def _present(folder: Path) -> Reading:
    try:
        find_case_files([folder])
    except CaseFileNotFoundError:
        return Reading((), (), ())
    reading = read_cases([folder])
    if reading.errors:
        raise BrokenRecordsError(reading.errors, hint=f"mend what {folder} holds before importing into it")
    return reading
