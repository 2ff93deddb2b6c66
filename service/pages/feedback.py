"""The form for feedback, wherever it stands, and the thanks for it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from engine.similar import find_case
from service.access import FEEDBACK_COST, counted
from service.crossing import from_here
from service.readiness import TheLive
from service.rendering import render
from service.state.database import State
from service.state.feedback import FeedbackIn, add_feedback

router = APIRouter(include_in_schema=False)
_MOST_FIELDS = 20


@router.post("/feedback", dependencies=[from_here, counted(FEEDBACK_COST)])
async def feedback(request: Request, live: TheLive) -> Response:
    """Keep what the form says, and go on to the thanks."""
    said = _read(await request.body())
    find_case(live.index, said.case_id)
    state: State = request.app.state.state
    await state.run(add_feedback, said)
    # Going on by another address, so that to load the page again does not send the form again.
    return RedirectResponse("/feedback/thanks", 303)


@router.get("/feedback/thanks", response_class=HTMLResponse)
async def thanks(request: Request) -> HTMLResponse:
    """Thank for feedback."""
    return render(request, "feedback_thanks.html", {})


def _read(body: bytes) -> FeedbackIn:
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise HTTPException(422, "This is not what the form sends.") from error
    sent: dict[str, Any] = dict(pairs)
    agreed = sent.pop("send_worry", None)
    if not agreed:
        sent.pop("worry", None)
    try:
        return FeedbackIn.model_validate(sent)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise RequestValidationError(
            [{**fault, "loc": ("body", *fault["loc"])} for fault in faults]
        ) from error
