"""Errors as problem details (RFC 9457) for tools, and as a page for people."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from corpus.reading import field_name
from engine.errors import CaseNotFoundError
from service.answering import BusyError, ClientGoneError
from service.batching import ClosingError
from service.jobs.errors import (
    JobError,
    JobNotDoneError,
    JobNotFoundError,
    LookingError,
    NoLookFreeError,
    NoRoomError,
    TooManyJobsError,
    UnusableInputError,
)
from service.readiness import NotReadyError
from service.rendering import error_page
from service.schemas import Problem
from service.schools.errors import NoRegisterError, SchoolsError, UnknownSchoolError

logger = logging.getLogger("warts")
PROBLEM_JSON = "application/problem+json"
BUSY = "More questions are waiting than can be answered at once; try again in a few seconds."
HEADINGS = {  # of pages
    403: "This was not accepted",
    429: "Too many questions at once",
    503: "Not ready to answer",
}
NO_SCHOOLS = "The register of schools cannot be read; the server's log says why."
CLOSING = "The server is ending; try again in a few seconds."
_OF_JOBS: dict[type[JobError], int] = {
    **{JobNotFoundError: 404, JobNotDoneError: 409, TooManyJobsError: 409},
    **{LookingError: 429, NoLookFreeError: 503, NoRoomError: 507},
}
_SECONDS_UNTIL_LOOKED = {429: "5", 503: "60"}  # Retry-After
CLIENT_GONE = 499  # nobody reads it but the log; the number is the one that web servers use for this


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe error answers for the API docs."""
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def install_handlers(app: FastAPI) -> None:
    """Let every error that is foreseen leave the service in its proper form; `middleware` has the others."""

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        places = [_fault(fault) for fault in error.errors()]
        return problem_answer(request, 422, "The request cannot be used as it is.", errors=places)

    @app.exception_handler(CaseNotFoundError)
    async def no_case(request: Request, error: CaseNotFoundError) -> Response:
        return problem_answer(request, 404, str(error))

    @app.exception_handler(SchoolsError)
    async def no_school(request: Request, error: SchoolsError) -> Response:
        if isinstance(error, NoRegisterError | UnknownSchoolError):
            return problem_answer(request, 404, str(error))
        logger.error("%s", error)
        return problem_answer(request, 503, NO_SCHOOLS)

    @app.exception_handler(JobError)
    async def no_report(request: Request, error: JobError) -> Response:
        if isinstance(error, UnusableInputError):
            fault = {"field": error.field, "message": str(error)}
            return problem_answer(request, 422, "This cannot be reported on.", errors=[fault])
        status = _OF_JOBS.get(type(error), 500)
        wait = {"Retry-After": _SECONDS_UNTIL_LOOKED[status]} if status in _SECONDS_UNTIL_LOOKED else None
        return problem_answer(request, status, str(error), headers=wait)

    @app.exception_handler(NotReadyError)
    async def not_ready(request: Request, error: NotReadyError) -> Response:
        return problem_answer(request, 503, error.detail, headers={"Retry-After": "5"})

    @app.exception_handler(BusyError)
    async def busy(request: Request, _: BusyError) -> Response:
        return problem_answer(request, 429, BUSY, headers={"Retry-After": "1"})

    @app.exception_handler(ClosingError)
    async def closing(request: Request, _: ClosingError) -> Response:
        return problem_answer(request, 503, CLOSING, headers={"Retry-After": "5"})

    @app.exception_handler(ClientGoneError)
    async def gone(_: Request, __: ClientGoneError) -> Response:
        return Response(status_code=CLIENT_GONE)

    @app.exception_handler(HTTPException)
    async def other(request: Request, error: HTTPException) -> Response:
        methods = _methods_at(request) if error.status_code == 405 else []
        headers = {"Allow": ", ".join(methods)} if methods else error.headers
        return problem_answer(request, error.status_code, str(error.detail), headers=headers)


def problem_answer(
    request: Request,
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Any = None,
) -> Response:
    """Say what went wrong: to a tool as problem details, to a person as a page."""
    title = HTTPStatus(status).phrase
    if _wants_page(request):
        title = HEADINGS.get(status, title)
        return error_page(request, status, title, detail, errors or [], headers=headers)
    problem = Problem(title=title, status=status, detail=detail, errors=errors or [])
    return JSONResponse(problem.model_dump(), status, headers=headers, media_type=PROBLEM_JSON)


def _methods_at(request: Request) -> list[str]:
    """Return the methods of an address; each of them is a route of its own, which knows only itself."""
    here = (route for route in request.app.state.routes if route.matches(request.scope)[0] != Match.NONE)
    return sorted({method for route in here for method in route.methods})


def _wants_page(request: Request) -> bool:
    path = request.url.path
    return not path.startswith("/v1") and path not in ("/healthz", "/readyz")


def _fault(fault: Any) -> dict[str, str]:
    # The first step says where it came from (body, query, path); the name of the field is what helps.
    path = tuple(step for step in fault["loc"][1:] if isinstance(step, str | int))
    return {
        "field": field_name(path) or str(fault["loc"][0]),
        "message": fault["msg"].removeprefix("Value error, "),
    }
