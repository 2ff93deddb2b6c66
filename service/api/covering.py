"""What the cases cover, and where they are thin."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from corpus.vocabulary import shipped_vocabulary
from engine.coverage import coverage_of
from service.api.filtering import known_parameters_only
from service.caching import UNCHANGED, FromIndex
from service.coverage_schemas import CoverageOut
from service.problems import problem_responses
from service.readiness import TheLive

router = APIRouter(
    route_class=FromIndex, dependencies=[Depends(known_parameters_only)], responses=UNCHANGED, tags=["counts"]
)


@router.get("/v1/coverage", responses=problem_responses(422))
def coverage(live: TheLive) -> CoverageOut:
    """Count what the cases cover: by phase, setting, country and more, with unknown told as unknown."""
    return CoverageOut.of(coverage_of(live.index.cases, shipped_vocabulary()))
