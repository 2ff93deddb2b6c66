"""The cases: listed, one whole, and those most like one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from corpus.records import CaseStudy, Independence, Kind, Outcome, Phase, Sector, Setting
from engine.facets import CaseFilter
from engine.similar import find_case, similar_cases
from service.problems import problem_responses
from service.readiness import TheLive
from service.schemas import CaseBrief, CasesOut, SimilarCase, SimilarOut

router = APIRouter()
CaseId = Annotated[str, Path(max_length=100, examples=["lausd-ipads-2013"])]


@router.get("/v1/cases", responses=problem_responses(422))
def cases(
    request: Request,
    live: TheLive,
    phase: Annotated[list[Phase], Query(default_factory=list)],
    setting: Annotated[list[Setting], Query(default_factory=list)],
    country: Annotated[list[str], Query(default_factory=list, examples=[["GB"]])],
    sector: Annotated[list[Sector], Query(default_factory=list)],
    kind: Annotated[list[Kind], Query(default_factory=list)],
    technology: Annotated[list[str], Query(default_factory=list, examples=[["tablets"]])],
    theme: Annotated[list[str], Query(default_factory=list, examples=[["cost"]])],
    outcome: Annotated[list[Outcome], Query(default_factory=list)],
    independence: Annotated[list[Independence], Query(default_factory=list)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: Annotated[str, Query(max_length=100, description="The id after which the page begins.")] = "",
) -> CasesOut:
    """List the cases that pass the filters, by id. Several values of one filter mean any of them."""
    wanted = CaseFilter(
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
    found = wanted.apply(live.index.cases)
    rest = [case for case in found if case.id > after]
    page = rest[:limit]
    following = request.url.include_query_params(after=page[-1].id) if len(rest) > limit else None
    more = f"{following.path}?{following.query}" if following else None
    return CasesOut(total=len(found), cases=[CaseBrief.of(case) for case in page], next=more)


@router.get(
    "/v1/cases/{case_id}",
    response_model=None,
    responses={200: {"model": CaseStudy}, **problem_responses(404, 422)},
)
def case(case_id: CaseId, live: TheLive) -> JSONResponse:
    """Return one case in the interchange format, with exactly the keys of its record."""
    return JSONResponse(find_case(live.index, case_id).as_contract())


@router.get("/v1/cases/{case_id}/similar", responses=problem_responses(404, 422))
def similar(case_id: CaseId, live: TheLive, k: Annotated[int, Query(ge=1, le=50)] = 5) -> SimilarOut:
    """Return the cases most like one by meaning."""
    found = [
        SimilarCase(case_id=other.id, title=other.title, similarity=round(similarity, 4))
        for other, similarity in similar_cases(live.index, case_id, k)
    ]
    return SimilarOut(case_id=case_id, similar=found)
