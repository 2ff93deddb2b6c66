"""The form that asks for a report: its files and options, read off a request and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any, BinaryIO

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from engine.reports.rows import FORMATS as TABLES
from service.answering import ClientGoneError
from service.jobs.child import NO_PARQUET
from service.jobs.errors import NoRoomError, is_no_room
from service.jobs.job import JobAsked, JobInput, JobOptions

MOST_FILES = 10  # of schools
_MAPPINGS = (".yaml", ".yml", ".json")
_LONGEST_FIELD = 1_000  # bytes
_FILES = ("schools", "concerns", "mapping")
_FIELDS = tuple(JobOptions.model_fields)
_DESCRIBED = {
    name: {says: what for says, what in described.items() if says != "title"}
    for name, described in JobOptions.model_json_schema()["properties"].items()
}
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_TABLE = f"its name ends in {', '.join(TABLES)}"
_EXAMPLE = "id,name,phases,country,concern\nS1,Hill Primary,primary,GB,The wifi is slow\n"
DESCRIBED: dict[str, Any] = {  # for OpenAPI; FastAPI would read the whole body before it asks for the key
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["schools"],
                "additionalProperties": False,
                "properties": {
                    "schools": {
                        "type": "array",
                        "items": _FILE,
                        "minItems": 1,
                        "maxItems": MOST_FILES,
                        "description": f"Files of schools; {_TABLE}.",
                    },
                    "concerns": {**_FILE, "description": f"Concerns that stand apart; {_TABLE}."},
                    "mapping": {
                        **_FILE,
                        "description": f"Which columns tell what; its name ends in {', '.join(_MAPPINGS)}.",
                    },
                    "format": {
                        "type": "string",
                        "default": ",".join(JobOptions().format),
                        "description": _DESCRIBED["format"]["description"],
                    },
                    "k": _DESCRIBED["k"],
                    "closeness": {
                        **_DESCRIBED["closeness"]["anyOf"][0],  # the other is that it is left out
                        "description": _DESCRIBED["closeness"]["description"],
                    },
                },
            },
            "examples": {
                "a table of one school": {"value": {"schools": [_EXAMPLE], "format": "html,csv", "k": 3}}
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class ReportForm:
    """What a form asks for, and its files by the names that they get here."""

    asked: JobAsked
    files: Mapping[str, BinaryIO]


@asynccontextmanager
async def report_form(request: Request) -> AsyncIterator[ReportForm]:
    """Read the form of a request; its files are there while this is open.

    Raises:
        RequestValidationError: If it lacks something, or has what it should not.
        HTTPException: 400 if it is no form, 413 if it is too large, 415 if it is something else.
        ClientGoneError: If the client went while it was sending.
        NoRoomError: If the disk is full where files lie while they are sent.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(
            415, "Send a form with files: multipart/form-data, as `curl -F schools=@schools.csv`."
        )
    limits = {"max_files": MOST_FILES + 2, "max_fields": len(_FIELDS), "max_part_size": _LONGEST_FIELD}
    try:
        async with request.form(**limits) as form:
            yield _read(form)
    except ClientDisconnect:
        raise ClientGoneError from None
    except OSError as error:
        if is_no_room(error):
            raise NoRoomError from error
        raise


def _read(form: FormData) -> ReportForm:
    faults = list(_faults_of(form))
    if faults:
        raise RequestValidationError(faults)
    files: dict[str, BinaryIO] = {}
    names: dict[str, list[str]] = {}
    for field in _FILES:
        sent = [one for one in form.getlist(field) if isinstance(one, UploadFile)]
        for number, one in enumerate(sent, start=1):
            name = f"{field}{f'-{number}' if len(sent) > 1 else ''}{_ending(one)}"
            files[name] = one.file
            names.setdefault(field, []).append(name)
    told = {name: form[name] for name in _FIELDS if name in form}
    try:
        options = JobOptions.model_validate(told)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error
    if "parquet" in options.format and find_spec("pyarrow") is None:
        raise RequestValidationError([_fault("format", NO_PARQUET)])
    concerns, mapping = names.get("concerns"), names.get("mapping")
    sent_as = JobInput(
        schools=tuple(names["schools"]),
        concerns=concerns[0] if concerns else None,
        mapping=mapping[0] if mapping else None,
    )
    return ReportForm(JobAsked(options=options, input=sent_as), files)


def _faults_of(form: FormData) -> Iterator[dict[str, Any]]:
    if "schools" not in form:
        yield _fault("schools", "Field required: a file of schools")
    for name, value in form.multi_items():
        if name in _FILES:
            yield from _faults_of_file(name, value)
        elif name not in _FIELDS:
            yield _fault(name, f"There is no such field; there are {', '.join((*_FILES, *_FIELDS))}")
        elif isinstance(value, UploadFile):
            yield _fault(name, "Send this as text, not as a file")
    for name in {*form.keys()} - {"schools"}:
        if len(form.getlist(name)) > 1:
            yield _fault(name, "Send this once")
    if len(form.getlist("schools")) > MOST_FILES:
        yield _fault("schools", f"Send at most {MOST_FILES} files")


def _faults_of_file(name: str, value: object) -> Iterator[dict[str, Any]]:
    known = _MAPPINGS if name == "mapping" else TABLES
    if not isinstance(value, UploadFile):
        yield _fault(name, f"Send this as a file with a name, as `curl -F {name}=@FILE`")
    elif _ending(value) not in known:
        yield _fault(name, f"The name of the file must end in {', '.join(known)}")


def _ending(file: UploadFile) -> str:
    return PurePath(file.filename or "").suffix.lower()


def _fault(field: str, message: str) -> dict[str, Any]:
    return {"loc": ("body", field), "msg": message, "type": "value_error"}
