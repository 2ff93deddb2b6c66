"""The case record: what a case study says, as frozen and validated models.

The field names, allowed values and required parts are those of the interchange contract, version 1
(docs/case-record.md). Missing and null both mean *unknown*; nothing is filled in. Which keys a record
came with is remembered, so that it is written back with the same ones; a null list as an empty one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self

import pycountry
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticUndefined

Kind = Literal["school", "college", "trust", "district", "authority", "nation", "programme"]
Phase = Literal[
    "early-years", "primary", "secondary", "sixth-form", "further-education", "special", "alternative"
]
Setting = Literal["urban", "suburban", "town", "rural", "remote", "mixed", "online"]
Sector = Literal["state", "independent"]
Level = Literal["low", "average", "high"]
Party = Literal[
    "leaders", "teachers", "pupils", "parents", "governors", "it-staff", "unions", "public", "officials"
]
Result = Literal["resolved", "partly", "unresolved", "unknown"]
Outcome = Literal["scaled", "sustained", "mixed", "scaled-back", "abandoned", "unknown"]
Independence = Literal["independent", "self-reported", "vendor-supported"]
SourceKind = Literal["news", "evaluation", "academic", "government", "school", "blog", "vendor", "talk"]
FactorName = Literal[
    "focus", "leadership", "friction", "support-and-accountability", "pupil-power", "piloting", "timing"
]
Chooser = Literal["school", "trust", "authority", "government", "vendor"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100),
    Field(description="Lower-case letters, digits and single hyphens: place-topic-year."),
]
Year = Annotated[int, Field(ge=1900, le=2100)]


def _number_as_text(value: object) -> object:
    """Take ``when: 2013`` for the words it stands for: YAML reads an unquoted year as a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    return str(value)


def _no_truth_value(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("true and false are not numbers")  # noqa: TRY004 -- what pydantic expects
    return value


def _no_number(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("a number is not a date; write it as 2026-11-21")  # noqa: TRY004 -- likewise
    return value


def require_country(code: str) -> str:
    """Return a country code that ISO 3166-1 has.

    Raises:
        ValueError: If it has none such.
    """
    if pycountry.countries.get(alpha_2=code) is None:
        advice = "; the United Kingdom is GB" if code == "UK" else ""
        raise ValueError(f"no country has the code {code!r}{advice}")
    return code


NotTruth = BeforeValidator(_no_truth_value)
Words = Annotated[Text, BeforeValidator(_number_as_text)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_is_unknown(cls, data: Any) -> Any:
        """Read a null list as an empty one, and a null result as unknown: no source told."""
        if not isinstance(data, dict):
            return data
        fields = cls.model_fields

        def says_nothing(key: Any, value: Any) -> bool:
            return value is None and key in fields and fields[key].default not in (None, PydanticUndefined)

        return {
            key: fields[key].default if says_nothing(key, value) else value for key, value in data.items()
        }


class Institution(_Record):
    """The school, college or system a case study is about. None: no source says."""

    name: Text | None = None
    kind: Kind
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(
        description="ISO 3166-1 alpha-2, such as GB."
    )
    region: Text | None = None
    phases: tuple[Phase, ...] = Field(min_length=1)
    setting: Setting | None = None
    sector: Sector | None = None
    pupils: Annotated[int | None, NotTruth] = Field(None, gt=0, description="Head count at the time.")
    disadvantage: Level | None = Field(None, description="Relative to that country.")
    disadvantage_percent: Annotated[float | None, NotTruth] = Field(
        None, ge=0, le=100, description="Share eligible for free meals or the like, per cent."
    )

    @field_validator("country")
    @classmethod
    def _a_country(cls, value: str) -> str:
        return require_country(value)


class Years(_Record):
    """First and last year; ``end`` is None while it runs or where no source says."""

    start: Year | None = None
    end: Year | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise ValueError(f"the end year {self.end} lies before the start year {self.start}")
        return self


class Objection(_Record):
    """What stood against it, as a sceptic there would say it; what was done, and how that ended."""

    text: Text
    raised_by: tuple[Party, ...] = ()
    response: Text | None = None
    result: Result = "unknown"
    themes: tuple[Slug, ...] = ()


class Step(_Record):
    """One step of how it unfolded."""

    when: Words | None = None
    what: Text


class Evidence(_Record):
    """A figure that a reader can check; ``source`` is a 0-based position in the sources."""

    claim: Text
    figure: Words | None = None
    source: Annotated[int | None, NotTruth] = Field(None, ge=0)


class Pilot(_Record):
    """Whether there was a pilot, and whether it was like the real thing."""

    done: bool | None = None
    like_rollout: bool | None = None
    note: Text | None = None


class Factor(_Record):
    """Something in the implementation that helped or hindered."""

    factor: FactorName
    effect: Literal["helped", "hindered"]
    note: Text | None = None
    source: Annotated[int | None, NotTruth] = Field(None, ge=0)


class Source(_Record):
    """A published source."""

    title: Text
    url: Text
    publisher: Text | None = None
    year: Year | None = None
    kind: SourceKind | None = None


class Provenance(_Record):
    """Who says so."""

    independence: Independence
    sources: tuple[Source, ...] = Field(min_length=1)
    checked: Annotated[date | None, BeforeValidator(_no_number)] = Field(
        None, description="When it was last read again against its sources."
    )


class CaseStudy(_Record):
    """One case study, warts and all."""

    id: Slug
    title: Text
    summary: Text
    institution: Institution
    technology: tuple[Text, ...] = Field(min_length=1)
    aims: tuple[Text, ...] = ()
    years: Years | None = None
    objections: tuple[Objection, ...] = Field(min_length=1)
    worked: tuple[Text, ...] = ()
    failed: tuple[Text, ...] = ()
    not_again: tuple[Text, ...] = ()
    process: tuple[Step, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    chosen_by: Chooser | None = None
    pilot: Pilot | None = None
    factors: tuple[Factor, ...] = ()
    outcome: Outcome
    voices: tuple[Text, ...] = ()
    provenance: Provenance

    @model_validator(mode="after")
    def _has_warts(self) -> Self:
        if not self.failed and not self.not_again:
            raise ValueError(
                "a case without warts: give at least one statement in failed or not_again, from its sources"
            )
        return self

    def as_contract(self) -> dict[str, Any]:
        """Return plain JSON values with the keys the record came with, in the contract's order."""
        return self.model_dump(mode="json", exclude_unset=True)


def corpus_digest(cases: Iterable[CaseStudy]) -> str:
    """Return the SHA-256 of what the cases say: the same for any order, file format or layout."""
    texts = sorted(json.dumps(case.model_dump(mode="json"), sort_keys=True) for case in cases)
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
