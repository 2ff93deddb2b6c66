"""The cases: listed, exported, one whole, and those most like one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BeforeValidator

from corpus.records import CaseStudy
from engine.similar import find_case, similar_cases
from service.access import allowed
from service.api.filtering import TheFilter, known_parameters_only
from service.caching import UNCHANGED, FromIndex
from service.case_schemas import CaseBrief, CaseField, CasesOut, SimilarCase, SimilarOut
from service.exports import COLUMNS, as_csv, as_jsonl
from service.problems import problem_responses
from service.readiness import TheLive

router = APIRouter(
    route_class=FromIndex, dependencies=[Depends(known_parameters_only)], responses=UNCHANGED, tags=["cases"]
)
EXAMPLE = "auburn-maine-ipads-2013"
CaseId = Annotated[str, Path(max_length=100, description="As /v1/cases lists it.", examples=[EXAMPLE])]
CSV, JSONL = "text/csv", "application/jsonl"


def _split(values: Any) -> Any:
    return [name for value in values for name in value.split(",")] if isinstance(values, list) else values


@router.get("/v1/cases", response_model=None, responses={200: {"model": CasesOut}, **problem_responses(422)})
def cases(
    request: Request,
    live: TheLive,
    wanted: TheFilter,
    fields: Annotated[
        list[CaseField],
        BeforeValidator(_split),
        Query(
            default_factory=list,
            description="The fields of each case that are wanted, also several with commas; all without it.",
            examples=[["case_id", "title"]],
        ),
    ],
    limit: Annotated[int, Query(ge=1, le=100, description="The most cases on a page.")] = 20,
    after: Annotated[
        str, Query(max_length=100, description="The id after which the page begins.", examples=[EXAMPLE])
    ] = "",
) -> JSONResponse:
    """List the cases that pass the filters, by id. Several values of one filter mean any of them.

    A page begins after an id and not at a number, so that cases that come or go while somebody reads page
    after page make none of the others appear twice or get lost.
    """
    found = wanted.apply(live.index.cases)
    rest = [case for case in found if case.id > after]
    page = rest[:limit]
    following = request.url.include_query_params(after=page[-1].id) if len(rest) > limit else None
    more = f"{following.path}?{following.query}" if following else None
    out = CasesOut(total=len(found), cases=[CaseBrief.of(case) for case in page], next=more)
    shown = {*fields} or {*get_args(CaseField)}
    include: Any = {"version": True, "total": True, "next": True, "cases": {"__all__": shown}}
    return JSONResponse(out.model_dump(mode="json", include=include))


def _file_response(media_type: str, told: str, example: str) -> dict[int | str, dict[str, Any]]:
    content = {media_type: {"schema": {"type": "string"}, "example": example}}
    return {200: {"description": told, "content": content}, **problem_responses(403, 422)}


@router.get(
    "/v1/cases.jsonl",
    dependencies=[allowed("export")],
    response_class=StreamingResponse,
    responses=_file_response(JSONL, "One record a line, in the interchange format.", '{"id": "..."}\n'),
)
def cases_jsonl(live: TheLive, wanted: TheFilter) -> StreamingResponse:
    """Export the cases that pass the filters as JSON Lines, as `warts import` takes them."""
    return _file(as_jsonl, wanted.apply(live.index.cases), JSONL, "cases.jsonl")


@router.get(
    "/v1/cases.csv",
    dependencies=[allowed("export")],
    response_class=StreamingResponse,
    responses=_file_response(CSV, "One row a case, under a row of names.", ",".join(COLUMNS) + "\r\n"),
)
def cases_csv(live: TheLive, wanted: TheFilter) -> StreamingResponse:
    """Export the cases that pass the filters as a table for spreadsheets."""
    return _file(as_csv, wanted.apply(live.index.cases), CSV, "cases.csv")


def _file(
    written: Callable[[Sequence[CaseStudy]], Iterator[str]],
    found: list[CaseStudy],
    media_type: str,
    name: str,
) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(written(found), media_type=media_type, headers=headers)


@router.get(
    "/v1/cases/{case_id}",
    response_model=None,
    responses={200: {"model": CaseStudy}, **problem_responses(404, 422)},
)
def case(case_id: CaseId, live: TheLive) -> JSONResponse:
    """Return one case in the interchange format, with exactly the keys of its record."""
    return JSONResponse(find_case(live.index, case_id).as_contract())


@router.get("/v1/cases/{case_id}/similar", responses=problem_responses(404, 422))
def similar(
    case_id: CaseId,
    live: TheLive,
    k: Annotated[int, Query(ge=1, le=50, description="The most cases to return.")] = 5,
) -> SimilarOut:
    """Return the cases most like one by meaning."""
    found = [
        SimilarCase(case_id=other.id, title=other.title, similarity=round(similarity, 4))
        for other, similarity in similar_cases(live.index, case_id, k)
    ]
    return SimilarOut(case_id=case_id, similar=found)
