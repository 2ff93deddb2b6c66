"""What is known of the leader's own school.

The keys are those of the contract's ``institution``, all of them optional: missing is unknown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, get_args

import pycountry
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from corpus.records import Institution, Kind, Level, NotTruth, Phase, Sector, Setting, require_country


def _a_known_code(schema: dict[str, Any]) -> None:
    """Describe what `require_country` takes."""
    schema["anyOf"][0] = {"type": "string", "enum": [country.alpha_2 for country in pycountry.countries]}


def _or_null(schema: dict[str, Any]) -> None:
    """Describe that null is taken for a list without anything in it."""
    listed = {key: schema.pop(key) for key in ("type", "items")}
    schema["anyOf"] = [listed, {"type": "null"}]


class SchoolContext(BaseModel):
    """What is known of the leader's own school: the keys of the contract's ``institution``, all optional.

    Other keys are passed over, so that a record's whole ``institution`` can be given as it is.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str | None = None
    kind: Kind | None = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="ISO 3166-1 alpha-2, such as GB.", examples=["GB"], json_schema_extra=_a_known_code
    )
    region: str | None = None
    phases: tuple[Phase, ...] = Field((), json_schema_extra=_or_null)
    setting: Setting | None = None
    sector: Sector | None = None
    pupils: Annotated[int | None, NotTruth] = Field(None, gt=0, description="Head count.")
    disadvantage: Level | None = Field(None, description="Relative to the country.")
    disadvantage_percent: Annotated[float | None, NotTruth] = Field(None, ge=0, le=100)

    @field_validator("phases", mode="before")
    @classmethod
    def _null_phases_are_unknown(cls, value: Any) -> Any:
        return () if value is None else value

    @field_validator("phases")
    @classmethod
    def _each_phase_once_by_age(cls, value: tuple[Phase, ...]) -> tuple[Phase, ...]:
        return tuple(phase for phase in get_args(Phase) if phase in value)

    @field_validator("country", mode="before")
    @classmethod
    def _in_capitals(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("country")
    @classmethod
    def _a_country(cls, value: str | None) -> str | None:
        return None if value is None else require_country(value)

    @classmethod
    def of(cls, institution: Institution) -> SchoolContext:
        """Return the context of a case's institution."""
        # Built without validation: the record has been validated, and this is done for every candidate.
        known = dict(institution)
        known["phases"] = tuple(phase for phase in get_args(Phase) if phase in institution.phases)
        return cls.model_construct(**known)

    @property
    def known(self) -> dict[str, Any]:
        """What is known, as plain values; unknown keys are left out."""
        return {key: value for key, value in self.model_dump(mode="json").items() if value not in (None, [])}

    def over(self, other: SchoolContext) -> SchoolContext:
        """Return this context, with what it does not know taken from another.

        Level and percentage of disadvantage are one thing: neither side's is mixed with the other's.
        """
        theirs = other.known
        if self.knows("disadvantage"):
            theirs = {key: value for key, value in theirs.items() if not key.startswith("disadvantage")}
        return SchoolContext(**{**theirs, **self.known})

    def knows(self, attribute: str) -> bool:
        """Say whether an attribute is known; level and percentage of disadvantage are one attribute."""
        if attribute == "disadvantage":
            return self.disadvantage is not None or self.disadvantage_percent is not None
        return bool(getattr(self, attribute))


@lru_cache(maxsize=256)
def country_name(code: str) -> str:
    """Return a country's everyday name; the code itself where there is none."""
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", None) or country.name) if country else code
