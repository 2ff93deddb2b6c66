"""The fields about the reader's school, as they stand in the address of every page that compares with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from starlette.datastructures import QueryParams

from engine.comparability import WEIGHTS, Attribute
from engine.context import SchoolContext
from engine.ranking import Preferences, Unlike


class SchoolForm:
    """The fields about the school as they were sent, and what they amount to."""

    def __init__(self, sent: QueryParams) -> None:
        self.values: dict[str, Any] = {
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
    def address(self) -> str:
        """The fields as part of an address, so that a link keeps them; empty where nothing was said."""
        pairs = [("phase", phase) for phase in self.values["phases"]]
        pairs += [(name, self.values[name]) for name in _SINGLE if self.values[name]]
        pairs += [("exclude", attribute) for attribute in self.values["exclude"]]
        return urlencode(pairs)

    @property
    def is_filled(self) -> bool:
        """Whether anything was said of the school."""
        return bool(self.context.known)


_SINGLE = ("setting", "pupils", "country", "sector", "kind", "disadvantage", "closeness")
_FIELD_ERRORS = {
    "pupils": "Number of pupils must be a whole number, like 420",
    "country": "Choose a country from the list",
}
