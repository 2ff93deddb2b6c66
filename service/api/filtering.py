"""What a list of cases is filtered by, as it stands in an address; the same wherever cases are listed."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from corpus.records import Independence, Kind, Outcome, Phase, Sector, Setting
from engine.facets import CaseFilter


def _asked(description: str, example: list[str]) -> Any:
    return Query(default_factory=list, description=description, examples=[example])


async def case_filter(
    phase: Annotated[list[Phase], _asked("Phase of education.", ["primary", "special"])],
    setting: Annotated[list[Setting], _asked("Where the school lies.", ["rural"])],
    country: Annotated[list[str], _asked("ISO 3166-1 alpha-2, such as GB.", ["GB"])],
    sector: Annotated[list[Sector], _asked("Who pays for the school.", ["state"])],
    kind: Annotated[list[Kind], _asked("What the case is about.", ["school", "trust"])],
    technology: Annotated[list[str], _asked("As /v1/facets names them.", ["tablets"])],
    theme: Annotated[list[str], _asked("Of an objection, as /v1/themes names them.", ["cost"])],
    outcome: Annotated[list[Outcome], _asked("How it ended.", ["abandoned", "scaled-back"])],
    independence: Annotated[list[Independence], _asked("Who says so.", ["independent"])],
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
