"""What a list of cases is filtered by, as it stands in an address; the same wherever cases are listed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from corpus.records import Independence, Kind, Outcome, Phase, Sector, Setting
from engine.facets import CaseFilter


async def case_filter(
    phase: Annotated[list[Phase], Query(default_factory=list, examples=[["primary", "special"]])],
    setting: Annotated[list[Setting], Query(default_factory=list)],
    country: Annotated[
        list[str],
        Query(default_factory=list, description="ISO 3166-1 alpha-2, such as GB.", examples=[["GB"]]),
    ],
    sector: Annotated[list[Sector], Query(default_factory=list)],
    kind: Annotated[list[Kind], Query(default_factory=list)],
    technology: Annotated[list[str], Query(default_factory=list, examples=[["tablets"]])],
    theme: Annotated[
        list[str], Query(default_factory=list, description="See /v1/themes.", examples=[["cost"]])
    ],
    outcome: Annotated[list[Outcome], Query(default_factory=list, examples=[["abandoned"]])],
    independence: Annotated[list[Independence], Query(default_factory=list)],
) -> CaseFilter:
    """Read the filters: every one given must be met, by any of its values."""
    return CaseFilter(
        {
            "phase": tuple(phase),
            "setting": tuple(setting),
            "country": tuple(code.upper() for code in country),
            "sector": tuple(sector),
            "kind": tuple(kind),
            "technology": tuple(technology),
            "theme": tuple(theme),
            "outcome": tuple(outcome),
            "independence": tuple(independence),
        }
    )


TheFilter = Annotated[CaseFilter, Depends(case_filter)]


async def known_parameters_only(request: Request) -> None:
    """Refuse an address with a parameter that its route does not have: a mistyped filter must not be lost.

    Raises:
        RequestValidationError: If there is one; it names those that there are.
    """
    route = request.scope["route"]
    assert isinstance(route, APIRoute)  # noqa: S101 -- told to mypy
    known = sorted(_parameters_of(route.dependant))
    told = f"there is no such parameter here; known: {', '.join(known) or 'none'}"
    faults = [
        {"type": "unknown_parameter", "loc": ("query", name), "msg": told, "input": name}
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
    if faults:
        raise RequestValidationError(faults)


def _parameters_of(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*map(_parameters_of, dependant.dependencies))
