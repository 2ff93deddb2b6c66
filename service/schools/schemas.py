"""Schools of a register as JSON, the same from the command line and over HTTP."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from engine.registers.school import RegisterSchool
from service.schemas import Out
from service.schools.register import Found


class SchoolOut(Out):
    """A school of the register."""

    number: str = Field(
        description="URN, or NCES number of twelve digits.", examples=["100000", "010000500870"]
    )
    name: str
    town: str | None
    postcode: str | None
    authority: str | None = Field(description="Local authority or school district.")
    context: dict[str, Any] = Field(
        description="What is known of it, as `context` of /v1/match takes it; what is not known is left out.",
        examples=[{"name": "Test Lane Primary", "country": "GB", "phases": ["primary"], "pupils": 210}],
    )

    @classmethod
    def of(cls, school: RegisterSchool) -> SchoolOut:
        """Present a school."""
        return cls(
            number=school.number,
            name=school.name or "",
            town=school.town,
            postcode=school.postcode,
            authority=school.authority,
            context=school.context.known,
        )


class SchoolsOut(Out):
    """Schools that were found, the likeliest first."""

    schools: list[SchoolOut]
    more: bool = Field(description="Whether there are others; a town or postcode tells namesakes apart.")
    near: bool = Field(description="Whether none has all of the words, and these have some of them.")

    @classmethod
    def of(cls, found: Found) -> SchoolsOut:
        """Present what was found."""
        return cls(
            schools=[SchoolOut.of(school) for school in found.schools], more=found.more, near=found.near
        )
