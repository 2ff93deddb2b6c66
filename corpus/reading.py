"""Files in, case studies and located issues out; and case studies back into files, losslessly.

`read_cases` never stops at the first fault: it returns everything that is sound and an issue, with
file, line, record and field, for everything that is not.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from corpus.errors import CaseFileNotFoundError
from corpus.issues import Issue, Place, errors_among
from corpus.parsing import FORMATS, FieldPath, RawRecord, parse_file
from corpus.records import CaseStudy

SHIPPED_CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read.

    Attributes:
        cases: The sound records, in the order of the files.
        raw: Each of them as it was parsed, same order: knows the line of every field.
        issues: One for each fault; a record with a fault is not among the cases.
    """

    cases: tuple[CaseStudy, ...]
    raw: tuple[RawRecord, ...]
    issues: tuple[Issue, ...]

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that kept something out."""
        return tuple(errors_among(self.issues))


def find_case_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files meant: a file as it is, a folder as all case files below it, sorted.

    Raises:
        CaseFileNotFoundError: If a path does not exist, has another ending, or a folder holds no case file.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted(file for file in path.rglob("*") if _is_case_file(file, below=path))
            if not below:
                raise CaseFileNotFoundError(path, "holds no case study")
            found.extend(below)
        elif not path.exists():
            raise CaseFileNotFoundError(path)
        elif path.suffix.lower() not in FORMATS:
            raise CaseFileNotFoundError(path, f"ends in {path.suffix or 'nothing'}, which is no case format")
        else:
            found.append(path)
    once: dict[Path, Path] = {}
    for file in found:
        once.setdefault(file.resolve(), file)
    return list(once.values())


def _is_case_file(file: Path, *, below: Path) -> bool:
    """Say whether a file is meant when its folder is named; what is hidden (an import at work) is not."""
    hidden = any(part.startswith(".") for part in file.relative_to(below).parts)
    return not hidden and file.suffix.lower() in FORMATS and file.is_file()


def files_digest(paths: Iterable[Path]) -> str:
    """Return the SHA-256 of the case files meant, names and contents: much sooner known than what they say.

    Raises:
        CaseFileNotFoundError: If a path does not exist or holds nothing that could be a case file.
    """
    digest = hashlib.sha256()
    for file in find_case_files(paths):
        content = file.read_bytes()
        digest.update(f"{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def read_cases(paths: Iterable[Path]) -> Reading:
    """Read every record in the files and folders named.

    Raises:
        CaseFileNotFoundError: If a path does not exist or holds nothing that could be a case file.
    """
    cases: list[CaseStudy] = []
    raw_records: list[RawRecord] = []
    issues: list[Issue] = []
    first_place: dict[str, Place] = {}
    for file in find_case_files(paths):
        for item in parse_file(file):
            if isinstance(item, Issue):
                issues.append(item)
                continue
            case, found = validate_record(item)
            issues.extend(found)
            if case is None:
                continue
            if case.id in first_place:
                message = f"the id stands already at {first_place[case.id]}; give one of the two another id"
                issues.append(Issue("duplicate-id", message, item.place, case.id, "id"))
                continue
            first_place[case.id] = item.place
            cases.append(case)
            raw_records.append(item)
    return Reading(tuple(cases), tuple(raw_records), tuple(issues))


def validate_record(raw: RawRecord) -> tuple[CaseStudy | None, list[Issue]]:
    """Return the record, or None and what is wrong with it."""
    if not isinstance(raw.value, Mapping):
        message = f"a record is a set of keys and values, but this is {_kind_of(raw.value)}"
        return None, [Issue("not-a-record", message, raw.place)]
    record_id = raw.value.get("id")
    try:
        return CaseStudy.model_validate(dict(raw.value)), []
    except ValidationError as error:
        faults = error.errors(include_url=False)
        around = {fault["loc"][:n] for fault in faults for n in range(len(fault["loc"]))}
        return None, [
            _issue_of(fault, raw, _printable(record_id) if isinstance(record_id, str) else None)
            for fault in faults
            if fault["type"] != "too_short" or fault["loc"] not in around
        ]


def _printable(text: str) -> str:
    """Return a text as it is, or escaped where a control character in it could forge a line of output."""
    return text if text.isprintable() else ascii(text)[1:-1]


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80


def _issue_of(fault: Any, raw: RawRecord, record_id: str | None) -> Issue:
    path: FieldPath = fault["loc"]
    place = Place(raw.place.file, raw.line_of(path))
    return Issue(*_described(fault, path), place, record_id, field_name(path) or None)


def _described(fault: Any, path: FieldPath) -> tuple[str, str]:
    """Return the rule's code and a message that says what to do."""
    kind, given = fault["type"], fault["input"]
    if kind == "missing":
        return "missing", "this part is required; add it from the sources"
    if kind == "extra_forbidden":
        known = _fields_at(path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(known)}"
        return "unknown-field", f"no such field in the case record; {advice}"
    if kind == "literal_error":
        return "not-allowed", f"{_SHORT.repr(given)} is not one of: {fault['ctx']['expected']}"
    if kind == "too_short":
        return (
            "missing",
            f"needs at least {fault['ctx']['min_length']}; it has {fault['ctx']['actual_length']}",
        )
    if kind == "value_error":
        return ("no-warts" if "without warts" in fault["msg"] else "contradiction"), str(
            fault["ctx"]["error"]
        )
    if kind == "string_pattern_mismatch" and path[-1:] == ("country",):
        advice = "; the United Kingdom is GB" if str(given).upper() == "UK" else ""
        return "not-allowed", f"{_SHORT.repr(given)} is not a two-letter country code in capitals{advice}"
    if kind == "string_pattern_mismatch":
        told = "is not a slug: lower-case letters, digits and single hyphens"
        return "not-allowed", f"{_SHORT.repr(given)} {told}"
    return "not-allowed", f"{fault['msg'][0].lower()}{fault['msg'][1:]} (it is {_kind_of(given)})"


def _fields_at(path: FieldPath) -> list[str]:
    """Return the names of the fields that the contract has at a path."""
    model: type[BaseModel] = CaseStudy
    for step in path:
        if isinstance(step, str) and step in model.model_fields:
            inner = model.model_fields[step].annotation
            options = [inner, *get_args(inner)]
            model = next((o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), model)
    return list(model.model_fields)


def field_name(path: FieldPath) -> str:
    """Write a path in the contract's words: ``("objections", 1, "result")`` as ``objections[1].result``."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{_printable(step)}" for step in path)
    return "".join(steps).lstrip(".")


def _kind_of(value: object) -> str:
    if value is None:
        return "empty"
    names = {
        str: "text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a set of keys",
    }
    shown = f" {value!r}" if isinstance(value, str | int | float) and len(str(value)) <= 60 else ""
    return names.get(type(value), type(value).__name__) + shown


def to_yaml(case: CaseStudy) -> str:
    """Write a record as YAML, with exactly the keys it came with; reading it gives an equal record."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(case.as_contract(), Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


def to_json(case: CaseStudy) -> str:
    """Write a record as one line of JSON, with exactly the keys it came with."""
    return json.dumps(case.as_contract(), ensure_ascii=False)
