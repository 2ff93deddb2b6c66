"""Feedback on a case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from engine.similar import find_case
from service.access import FEEDBACK_COST, TheKey, allowed
from service.problems import problem_responses
from service.readiness import TheLive
from service.state.database import State
from service.state.feedback import FeedbackIn, add_feedback

router = APIRouter(tags=["feedback"])
_EXAMPLES: dict[str, Any] = {
    "useful": {"value": {"case_id": "auburn-maine-ipads-2013", "kind": "useful"}},
    "outdated": {
        "value": {
            "case_id": "auburn-maine-ipads-2013",
            "kind": "outdated",
            "comment": "The first source has moved.",
        }
    },
}


class FeedbackKept(BaseModel):
    """Feedback was kept."""

    version: Literal[1] = 1
    id: int = Field(description="Its number, to be named if it is to be deleted.")


@router.post(
    "/v1/feedback",
    status_code=201,
    responses=problem_responses(400, 403, 404, 413, 422, 429),
    dependencies=[allowed("feedback", cost=FEEDBACK_COST)],
)
async def feedback(
    request: Request,
    said: Annotated[FeedbackIn, Body(openapi_examples=_EXAMPLES)],
    live: TheLive,
    key: TheKey,
) -> FeedbackKept:
    """Say whether a case was useful, or that it is wrong or outdated."""
    find_case(live.index, said.case_id)
    state: State = request.app.state.state
    return FeedbackKept(id=await state.run(add_feedback, said, key.id if key else None))
