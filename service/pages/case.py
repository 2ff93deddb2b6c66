"""One case, whole."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.similar import find_case, similar_cases
from service.readiness import TheLive
from service.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id}", response_class=HTMLResponse)
def case(request: Request, case_id: str, live: TheLive) -> HTMLResponse:
    """Show one case."""
    found = find_case(live.index, case_id)
    content = {"case": found, "similar": similar_cases(live.index, case_id, 4)}
    return render(request, "case.html", content)
