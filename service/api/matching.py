"""Matching: a concern in, an answer out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response

from engine.answers import Answer
from service.access import allowed
from service.answering import Question
from service.problems import problem_responses
from service.questions import MatchIn
from service.readiness import TheAnswering, TheLive, matcher_of
from service.schemas import AnswerOut

router = APIRouter(tags=["match"])
_EXAMPLES: dict[str, Any] = {
    "a short worry": {"value": {"text": "mobiles banned here"}},
    "a worry and a school": {
        "value": {
            "text": "awful broadband, and governors worry about screen time",
            "context": {"phases": ["primary"], "setting": "rural", "pupils": 90, "country": "GB"},
            "k": 3,
        }
    },
}


@router.post(
    "/v1/match",
    response_model=None,
    responses={200: {"model": AnswerOut}, **problem_responses(400, 403, 413, 422, 429, 503)},
    dependencies=[allowed("match", cost=1)],
)
async def match(
    request: Request,
    asked: Annotated[MatchIn, Body(openapi_examples=_EXAMPLES)],
    live: TheLive,
    answering: TheAnswering,
) -> Response:
    """Answer a concern: schools that felt the same objection, what they did and what went wrong."""
    preferences = asked.preferences
    question = Question(asked.text, asked.context, asked.k, preferences, asked.amend.amendments)

    def present(answer: Answer) -> Response:
        out = AnswerOut.of(answer, counted=asked.facets, only=preferences.only)
        return Response(out.as_line(), media_type="application/json")

    return await answering.answer(request, matcher_of(live), question, present)
