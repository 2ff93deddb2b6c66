"""Two to four cases side by side, with the reader's school."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.answers import Answer
from engine.takeaways import Told
from service.access import counted
from service.pages.addresses import Address
from service.pages.chosen import chosen_cases, with_what_mirrors
from service.pages.forms import SCHOOL_FIELDS, SchoolForm
from service.readiness import TheAnswering, TheLive
from service.rendering import render

router = APIRouter(include_in_schema=False)
FEWEST, MOST = 2, 4


@router.get("/compare", response_class=HTMLResponse, dependencies=[counted(asks="q")])
async def compare(request: Request, live: TheLive, answering: TheAnswering) -> HTMLResponse:
    """Compare the chosen cases as a table."""
    cases, school = chosen_cases(request, live), SchoolForm(request.query_params)
    here = Address.of("/compare", request.query_params)
    fits = FEWEST <= len(cases) <= MOST

    def show(answer: Answer | None, told: tuple[Told, ...]) -> HTMLResponse:
        content = {
            **{"told": told, "answer": answer, "school": school, "here": here, "fits": fits},
            **{"about": here.only("q", *SCHOOL_FIELDS), "fewest": FEWEST, "most": MOST},
        }
        return render(request, "compare.html", content, status=200 if fits else 422)

    if not fits:
        return show(None, ())
    return await with_what_mirrors(request, live, answering, cases, school, show)
