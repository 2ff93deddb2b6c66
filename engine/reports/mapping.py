"""A mapping: which columns of somebody's own table tell what, and what its words mean.

columns:
  id: School code
  phases: Type
  concerns: [First worry, Second worry]
values:
  phases: {Upper: secondary, First: primary}
encoding: cp1252
sheet: Schools
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from corpus.issues import Issue
from corpus.parsing import parse_file
from corpus.reading import field_name
from engine.errors import ReportInputError
from engine.reports.rows import text_of
from engine.reports.values import READERS, UNKNOWN, plain

MappedField = Literal[
    "id",
    "name",
    "kind",
    "country",
    "region",
    "phases",
    "setting",
    "sector",
    "pupils",
    "disadvantage",
    "disadvantage_percent",
    "concerns",
]
_YES_NO = {"y": "yes", "true": "yes", "n": "no", "false": "no"}


class ColumnMapping(BaseModel):
    """A mapping file.

    Attributes:
        columns: Which of their columns tells each of our fields; of concerns several may.
        values: For each field, what their words mean in ours, by the word as `words_key` writes it.
        encoding: Of a CSV file; None to recognise it.
        sheet: Of a workbook; None for the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: dict[MappedField, tuple[str, ...]] = Field(min_length=1)
    values: dict[MappedField, dict[str, str]] = Field(default_factory=dict)
    encoding: str | None = None
    sheet: str | None = None

    @field_validator("columns", mode="before")
    @classmethod
    def _one_or_several(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            field: tuple(text_of(one) for one in columns)
            if isinstance(columns, list)
            else (text_of(columns),)
            for field, columns in given.items()
        }

    @field_validator("columns")
    @classmethod
    def _a_school_has_an_id(cls, columns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        if "id" not in columns:
            raise ValueError("it must say which column is the id")
        for field, names in columns.items():
            if len(names) != 1 and field != "concerns":
                raise ValueError(f"{field} is told by one column; only concerns may have several")
        return columns

    @field_validator("values", mode="before")
    @classmethod
    def _words_as_they_are_looked_up(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not all(isinstance(words, dict) for words in given.values()):
            return given
        return {
            field: {
                words_key(text_of(theirs)): "; ".join(text_of(one) for one in ours)
                if isinstance(ours, list)
                else text_of(ours)
                for theirs, ours in words.items()
            }
            for field, words in given.items()
        }

    @field_validator("values")
    @classmethod
    def _ours_are_understood(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for field, words in values.items():
            reader = READERS.get(field)
            if reader is None:
                raise ValueError(f"the words of {field} are taken as they are")
            for theirs, ours in words.items():
                if ours.casefold() not in UNKNOWN and reader(ours) is None:
                    raise ValueError(f"{ours!r}, for {theirs!r}, is no value of {field}")
        return values

    @field_validator("encoding")
    @classmethod
    def _a_known_encoding(cls, name: str | None) -> str | None:
        try:
            if name is not None:
                b"a".decode(name, "replace")
        except (LookupError, ValueError):
            raise ValueError(f"there is no encoding {name!r}; try utf-8 or cp1252") from None
        return name


def words_key(text: str) -> str:
    """Return a word of theirs as it is looked up: without case, dots and hyphens; "Y" and "true" are yes."""
    word = plain(text)
    return _YES_NO.get(word, word)


def read_mapping(file: Path) -> ColumnMapping:
    """Return the mapping of a YAML or JSON file.

    Raises:
        ReportInputError: If it is none, with the place and the reason.
    """
    found = next(iter(parse_file(file)), None)
    if found is None:
        raise ReportInputError(file, "it holds no mapping")
    if isinstance(found, Issue):
        raise ReportInputError(file, str(found.message))
    try:
        return ColumnMapping.model_validate(found.value)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        line = found.line_of(fault["loc"])
        where = f"{field_name(fault['loc']) or 'mapping'}{f' (line {line})' if line else ''}"
        raise ReportInputError(file, f"{where}: {fault['msg'].removeprefix('Value error, ')}") from error
