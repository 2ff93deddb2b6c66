"""Queries in JSON Lines: ``{"id": ..., "text": ..., "context": {...} or null}``, one a line.

Other keys are passed over. A line that cannot be used gives a located issue, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from corpus.issues import Issue, Place
from corpus.parsing import load_json
from corpus.reading import field_name
from engine.context import SchoolContext

MOST_MATCHES = 50
LONGEST_TEXT = 10_000  # characters; a policy document is not a concern


class Query(BaseModel):
    """A concern to be answered, with the school it is asked for."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=1)
    text: str = Field(max_length=LONGEST_TEXT)
    context: SchoolContext | None = None

    @field_validator("id", mode="before")
    @classmethod
    def _number_as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class JudgedQuery(Query):
    """A query of a judged set."""

    kind: str | None = Field(None, description="Type of query, for tables of an evaluation.")
    split: str | None = Field(None, description="Part of a judged set: dev or test.")


AnyQuery = TypeVar("AnyQuery", bound=Query)


def read_queries(lines: Iterable[bytes], file: str, model: type[AnyQuery]) -> Iterator[AnyQuery | Issue]:
    """Yield a query, or what is wrong with it, for each line that is not blank.

    Args:
        lines: The lines of the file, as bytes.
        file: Its name, for the issues.
        model: What a line is: `Query` or `JudgedQuery`.
    """
    seen: dict[str, int] = {}
    for number, raw in enumerate(lines, start=1):
        if not raw.strip():
            continue
        place = Place(file, number)
        query = _read_query(raw, place, model)
        if isinstance(query, Query):
            if query.id in seen:
                message = (
                    f"the id {query.id!r} stands already on line {seen[query.id]}; give each query its own"
                )
                yield Issue("duplicate-id", message, place, query.id, "id")
                continue
            seen[query.id] = number
        yield query


def object_of_line(raw: bytes, place: Place, code: str, hint: str) -> dict[str, Any] | Issue:
    """Return the keys and values of a line of JSON Lines, or what is wrong with it.

    Args:
        raw: The line.
        place: Where it stands.
        code: Of the issue where the line is some other value.
        hint: What it says then.
    """
    try:
        value = load_json(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return Issue("not-text", f"byte {error.start} of this line is not UTF-8 text", place)
    except ValueError as error:
        return Issue("malformed", f"this line is not one JSON value: {error}", place)
    return value if isinstance(value, dict) else Issue(code, hint, place)


def _read_query(raw: bytes, place: Place, model: type[AnyQuery]) -> AnyQuery | Issue:
    hint = 'a query is a set of keys: {"id": "1", "text": "...", "context": null}'
    value = object_of_line(raw, place, "not-a-query", hint)
    if isinstance(value, Issue):
        return value
    given = value.get("id")
    query_id = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        message = (
            "this part is required"
            if fault["type"] == "missing"
            else fault["msg"].removeprefix("Value error, ")
        )
        return Issue("not-allowed", message, place, query_id, field_name(fault["loc"]))
