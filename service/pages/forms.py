"""The fields of a question, as they stand in the address: the reader's school, filters, what is put right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from engine.comparability import WEIGHTS, Attribute
from engine.concern import Amendments
from engine.context import SchoolContext
from engine.facets import FACETS, CaseFilter
from engine.queries import MOST_MATCHES
from engine.ranking import Preferences, Unlike

SCHOOL_FIELDS = (
    *("school", "phase", "setting", "pupils", "country", "sector", "kind", "disadvantage"),
    *("closeness", "exclude"),
)
ONLY = "only-"  # before the name of a facet
AMENDING = ("as-written", "is-worry", "no-worry", "not-ours")
FIRST_SHOWN = 5
LONGEST_NAME = 200


class SchoolForm:
    """The fields about the school as they were sent, and what they amount to."""

    def __init__(self, sent: QueryParams) -> None:
        self.values: dict[str, Any] = {
            "name": sent.get("school", "").strip()[:LONGEST_NAME],
            "phases": [value for value in sent.getlist("phase") if value],
            "setting": sent.get("setting", ""),
            "pupils": sent.get("pupils", "").strip().replace(",", ""),
            "country": sent.get("country", "").strip().upper(),
            "sector": sent.get("sector", ""),
            "kind": sent.get("kind", ""),
            "disadvantage": sent.get("disadvantage", ""),
        }
        self.errors: dict[str, str] = {}
        self.context = SchoolContext()
        self.preferences = self._preferences(
            sent.get("closeness", "").strip(), [one for one in sent.getlist("exclude") if one]
        )
        try:
            self.context = SchoolContext.model_validate({k: v for k, v in self.values.items() if v})
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                field = str(fault["loc"][0])
                self.errors[field] = _FIELD_ERRORS.get(field, "Choose one of the values listed")

    def _preferences(self, closeness: str, exclude: list[str]) -> Preferences:
        """Read how schools are to be compared; what cannot be is an error of its field."""
        self.values |= {"closeness": closeness, "exclude": exclude}
        unlike: dict[Attribute, Unlike] = {known: "exclude" for known in WEIGHTS if known in exclude}
        if len(unlike) < len(set(exclude)):
            self.errors["exclude"] = "Choose among the listed differences"
        try:
            return Preferences(float(closeness) if closeness else None, unlike)
        except ValueError:
            self.errors["closeness"] = "How much your school should count must be from 0 to 1"
            return Preferences(None, unlike)

    @property
    def is_filled(self) -> bool:
        """Whether anything was said of the school."""
        return bool(self.context.known)


_FIELD_ERRORS = {
    "pupils": "Number of pupils must be a whole number, like 420",
    "country": "Choose a country from the list",
}


class AnswerForm:
    """How an answer is wanted, as it was sent: what was put right, filters, order, how many.

    A value that cannot be is passed over: these are links of our own pages, and an old one still answers.
    """

    def __init__(self, sent: QueryParams) -> None:
        self.only = CaseFilter({facet: tuple(sent.getlist(ONLY + facet)) for facet in FACETS})
        self.by_school = sent.get("order") == "school"
        shown = sent.get("k", "")
        self.shown = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 4 else FIRST_SHOWN
        self.shown = min(max(self.shown, 1), MOST_MATCHES)
        self.amendments = Amendments(
            bool(sent.get("as-written")),
            frozenset(sent.getlist("is-worry")),
            frozenset(sent.getlist("no-worry")),
            frozenset(sent.getlist("not-ours")),
        )

    def preferences(self, of_school: Preferences) -> Preferences:
        """Return a school's preferences with filters and order."""
        return replace(of_school, only=self.only, order="school" if self.by_school else "match")
