"""Cards that other sites show in a frame, one case or an answer; WARTS_EMBED_ANCESTORS says which sites."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.answers import Answer
from engine.queries import LONGEST_TEXT
from engine.similar import find_case
from service.access import counted
from service.answering import Question
from service.caching import FromIndex
from service.pages.addresses import Address
from service.pages.forms import SCHOOL_FIELDS, SchoolForm
from service.readiness import TheAnswering, TheLive, matcher_of
from service.rendering import render

_SHOWN = 3
_of_cases = APIRouter(route_class=FromIndex)
router = APIRouter(include_in_schema=False)


@_of_cases.get("/embed/cases/{case_id}", response_class=HTMLResponse)
def case_card(request: Request, case_id: str, live: TheLive) -> HTMLResponse:
    """Show one case in short."""
    return render(request, "embed.html", {"case": find_case(live.index, case_id)})


@router.get("/embed/ask", response_class=HTMLResponse, dependencies=[counted(asks="q")])
async def answer_card(request: Request, live: TheLive, answering: TheAnswering) -> HTMLResponse:
    """Ask, and the first cases of the answer; the school may stand in the address, as on the pages."""
    sent = request.query_params
    school, text = SchoolForm(sent), sent.get("q", "").strip()
    errors = list(school.errors.values())
    if len(text) > LONGEST_TEXT:
        errors.append(f"Your worry must be {LONGEST_TEXT:,} characters or fewer; it has {len(text):,}")
    about = Address.of("/embed/ask", sent).only("q", *SCHOOL_FIELDS)
    content = {"q": text, "about": about, "errors": errors}
    if errors or not text:
        return render(request, "embed.html", content, status=422 if errors else 200)

    def show(answer: Answer) -> HTMLResponse:
        return render(request, "embed.html", {**content, "answer": answer})

    question = Question(text, school.context, _SHOWN, school.preferences)
    return await answering.answer(request, matcher_of(live), question, show)


router.include_router(_of_cases)
