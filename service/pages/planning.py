"""Check your plan: five things that decide how technology goes in, and what others' failures say of each."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.answers import Answer
from engine.concern import clauses_of, clean_text
from engine.queries import LONGEST_TEXT
from engine.readiness import assess, nearness_to, texts_to_encode
from index.encoder import Vectors
from service.access import counted
from service.answering import Question
from service.pages.addresses import Address
from service.pages.forms import SCHOOL_FIELDS, SchoolForm
from service.readiness import TheAnswering, TheLive, matcher_of
from service.rendering import render

router = APIRouter(include_in_schema=False)
CASES = 40  # nearest to the plan, that may warn


@router.get("/readiness", response_class=HTMLResponse, dependencies=[counted(asks="plan")])
async def readiness(request: Request, live: TheLive, answering: TheAnswering) -> HTMLResponse:
    """Hold a plan against the factors; without one, show what went wrong with each anywhere."""
    sent = request.query_params
    school, plan = SchoolForm(sent), clean_text(sent.get("plan", ""))
    errors = dict(school.errors)
    if len(plan) > LONGEST_TEXT:
        errors["plan"] = f"Your plan must be {LONGEST_TEXT:,} characters or fewer; it has {len(plan):,}"
    content = {"plan": plan, "school": school, "errors": errors}
    about = Address.of("/", sent).only(*SCHOOL_FIELDS)
    if errors:
        return render(request, "readiness.html", {**content, "found": (), "about": about}, status=422)
    matcher = matcher_of(live)
    clauses = [clause.text for clause in clauses_of(plan)]

    def show(vectors: Vectors, answer: Answer | None) -> HTMLResponse:
        nearness = nearness_to(matcher.index, answer.matches if answer else ())
        found = assess(matcher.index, clauses, vectors, nearness)
        context = answer.concern.context if answer else school.context
        return render(
            request, "readiness.html", {**content, "found": found, "about": about, "context": context}
        )

    texts = texts_to_encode(clauses)
    if not clauses:
        return await answering.encode(request, matcher, texts, lambda vectors: show(vectors, None))
    vectors = await answering.encode(request, matcher, texts, lambda vectors: vectors)
    question = Question(plan, school.context, CASES, school.preferences)
    return await answering.answer(request, matcher, question, lambda answer: show(vectors, answer))
