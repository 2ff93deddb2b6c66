"""The JSON of everything about cases that is not an answer to a concern: lists, counts, comparisons.

Keys are only ever added within a version.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from corpus.records import CaseStudy, Independence, Objection, Outcome, Result, Years
from engine.comparability import compare_contexts
from engine.context import SchoolContext
from engine.facets import Facet, themes_of
from engine.themes import ThemeSummary
from service.schemas import ContextOut, CountOut, Out, SourceOut

CaseField = Literal[
    "case_id",
    "title",
    "summary",
    "institution",
    "technology",
    "themes",
    "years",
    "outcome",
    "independence",
]


def _any_of_them(schema: dict[str, Any]) -> None:
    """Let a list that was asked for some fields alone be what its schema says."""
    schema.pop("required", None)


class CaseBrief(Out):
    """A case in a list: all of these, or those that `fields` names."""

    model_config = ConfigDict(json_schema_extra=_any_of_them)

    case_id: str
    title: str
    summary: str
    institution: dict[str, Any] = Field(description="Keys of the contract; what is not known is left out.")
    technology: list[str]
    themes: list[str] = Field(description="Of all its objections, each once; see /v1/themes.")
    years: Years | None = Field(description="First and last year; null where no source says.")
    outcome: Outcome
    independence: Independence

    @classmethod
    def of(cls, case: CaseStudy) -> CaseBrief:
        """Present a case briefly."""
        return cls(
            case_id=case.id,
            title=case.title,
            summary=case.summary,
            institution=case.institution.model_dump(mode="json", exclude_none=True),
            technology=list(case.technology),
            themes=list(themes_of(case)),
            years=case.years,
            outcome=case.outcome,
            independence=case.provenance.independence,
        )


class CasesOut(Out):
    """A page of cases, in the order of their ids."""

    version: Literal[1] = 1
    total: int = Field(description="How many cases pass the filters.")
    cases: list[CaseBrief]
    next: str | None = Field(description="Address of the next page; null on the last.")


class SimilarCase(Out):
    """A case like another."""

    case_id: str
    title: str
    similarity: float = Field(ge=-1.0001, le=1.0001, description="Cosine of the two cases as whole texts.")


class SimilarOut(Out):
    """The cases most like one, nearest first."""

    version: Literal[1] = 1
    case_id: str
    similar: list[SimilarCase]


class FacetOut(Out):
    """How the cases spread over the values of a facet, among those that pass the other facets' filters."""

    values: list[CountOut] = Field(description="The commonest first. A case can have several values.")
    unknown: int = Field(description="Cases of which no value is known; no filter finds them.")


class FacetsOut(Out):
    """The cases, counted by every facet."""

    version: Literal[1] = 1
    total: int = Field(description="How many cases pass all the filters.")
    facets: dict[Facet, FacetOut]


class ThemeOut(Out):
    """A kind of objection, and how often it was met and how that ended."""

    theme: str
    label: str | None = Field(description="In plain words; null if the vocabulary does not have the theme.")
    cases: int = Field(description="How many cases have an objection of this theme.")
    objections: int
    results: dict[Result, int] = Field(description="How these objections ended; the sum is `objections`.")

    @classmethod
    def of(cls, summary: ThemeSummary) -> ThemeOut:
        """Present what is known of a theme."""
        return cls(
            theme=summary.theme,
            label=summary.label,
            cases=summary.cases,
            objections=summary.objections,
            results=dict(summary.results),
        )


class ThemesOut(Out):
    """The themes, those of most cases first."""

    version: Literal[1] = 1
    themes: list[ThemeOut]


class ComparedCase(Out):
    """One of the cases that stand side by side."""

    case_id: str
    title: str
    summary: str
    institution: dict[str, Any] = Field(description="Keys of the contract; what is not known is left out.")
    technology: list[str]
    years: Years | None
    outcome: Outcome
    independence: Independence
    objections: list[Objection]
    worked: list[str]
    failed: list[str]
    not_again: list[str]
    sources: list[SourceOut]
    context: ContextOut | None = Field(
        description="How its school compares with the one given; null where none was given."
    )

    @classmethod
    def of(cls, case: CaseStudy, school: SchoolContext) -> ComparedCase:
        """Present a case beside others, compared with a school of which something is known or nothing."""
        compared = compare_contexts(school, SchoolContext.of(case.institution)) if school.known else None
        return cls(
            case_id=case.id,
            title=case.title,
            summary=case.summary,
            institution=case.institution.model_dump(mode="json", exclude_none=True),
            technology=list(case.technology),
            years=case.years,
            outcome=case.outcome,
            independence=case.provenance.independence,
            objections=list(case.objections),
            worked=list(case.worked),
            failed=list(case.failed),
            not_again=list(case.not_again),
            sources=[SourceOut.of(source) for source in case.provenance.sources],
            context=ContextOut.of(compared) if compared else None,
        )


class CompareOut(Out):
    """Two to four cases side by side, in the order asked for."""

    version: Literal[1] = 1
    school: dict[str, Any] = Field(description="The school they are compared with; empty if none was given.")
    cases: list[ComparedCase]
