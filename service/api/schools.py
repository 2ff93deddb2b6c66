"""Schools of the register that the operator has loaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from service.access import allowed
from service.api.filtering import known_parameters_only
from service.problems import problem_responses
from service.schools.asked import TheSchools
from service.schools.register import MOST_FOUND
from service.schools.schemas import SchoolOut, SchoolsOut
from service.schools.words import LONGEST_QUERY

router = APIRouter(dependencies=[Depends(known_parameters_only)], tags=["schools"])


# Plain functions, which FastAPI calls in other threads: the file is read from the disk.


@router.get(
    "/v1/schools",
    responses=problem_responses(403, 404, 422, 429, 503),
    dependencies=[allowed("match", cost=1)],
)
def schools(
    register: TheSchools,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=LONGEST_QUERY,
            description="A number, or words of a name and perhaps a place; beginnings of words do.",
            examples=["st marys ce primary"],
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=MOST_FOUND, description="The most schools to return.")] = 10,
) -> SchoolsOut:
    """Find open schools by number, name, town, postcode or authority, the likeliest first."""
    return SchoolsOut.of(register.find(q, limit))


@router.get(
    "/v1/schools/{number}", responses=problem_responses(403, 404, 422, 503), dependencies=[allowed("match")]
)
def school(
    register: TheSchools,
    number: Annotated[str, Path(max_length=20, description="URN or NCES number.", examples=["010000500870"])],
) -> SchoolOut:
    """Return one open school."""
    return SchoolOut.of(register.school(number))
