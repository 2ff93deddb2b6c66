"""Cases side by side, with a school if one is given."""

from __future__ import annotations

from typing import Annotated, Any

import pycountry
from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.json_schema import SkipJsonSchema

from corpus.records import Kind, Level, Phase, Sector, Setting, require_country
from engine.context import SchoolContext
from engine.similar import find_case
from service.api.filtering import known_parameters_only
from service.caching import UNCHANGED, FromIndex
from service.case_schemas import ComparedCase, CompareOut
from service.problems import problem_responses
from service.readiness import TheLive

router = APIRouter(
    route_class=FromIndex, dependencies=[Depends(known_parameters_only)], responses=UNCHANGED, tags=["cases"]
)
FEWEST, MOST = 2, 4
NotSent = SkipJsonSchema[None]  # an address says nothing by leaving a name out, and has no null
_EXAMPLE = ["auburn-maine-ipads-2013", "eanes-ipads-2011"]


def _each_once(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise ValueError("a case is named twice; name different ones")
    return ids


def _in_capitals(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


async def school_context(
    phase: Annotated[
        list[Phase], Query(default_factory=list, description="Of the school.", examples=[["secondary"]])
    ],
    setting: Annotated[Setting | NotSent, Query(description="Where the school lies.")] = None,
    pupils: Annotated[
        Annotated[int, Field(gt=0)] | NotSent, Query(description="Head count.", examples=[900])
    ] = None,
    country: Annotated[
        str | NotSent,
        BeforeValidator(_in_capitals),
        AfterValidator(require_country),
        Query(
            description="ISO 3166-1 alpha-2, such as GB.",
            examples=["GB"],
            json_schema_extra={"enum": [country.alpha_2 for country in pycountry.countries]},
        ),
    ] = None,
    sector: Annotated[Sector | NotSent, Query(description="Who pays for the school.")] = None,
    kind: Annotated[Kind | NotSent, Query(description="School, college, trust and so on.")] = None,
    disadvantage: Annotated[Level | NotSent, Query(description="Relative to the country.")] = None,
) -> SchoolContext:
    """Read what is told of the school."""
    return SchoolContext(
        phases=tuple(phase),
        setting=setting,
        pupils=pupils,
        country=country,
        sector=sector,
        kind=kind,
        disadvantage=disadvantage,
    )


@router.get("/v1/compare", responses=problem_responses(404, 422))
def compare(
    live: TheLive,
    case: Annotated[
        list[str],
        Query(
            min_length=FEWEST,
            max_length=MOST,
            description="Two to four different ids of cases, in the order in which they are to stand.",
            examples=[_EXAMPLE],
            json_schema_extra={"uniqueItems": True},
        ),
        AfterValidator(_each_once),
    ],
    school: Annotated[SchoolContext, Depends(school_context)],
) -> CompareOut:
    """Put two to four cases side by side: who, what, the objections and how they ended, the regrets.

    With anything told of a school, each case says how its own school compares with it.
    """
    found = [find_case(live.index, case_id) for case_id in case]
    return CompareOut(school=school.known, cases=[ComparedCase.of(one, school) for one in found])
