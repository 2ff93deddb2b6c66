"""One case, whole, beside the reader's school."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.concern import parse_concern
from engine.queries import LONGEST_TEXT
from engine.similar import find_case, similar_cases
from service.caching import FromIndex
from service.metadata import metadata_block
from service.pages.addresses import Address
from service.pages.chosen import beside
from service.pages.forms import SCHOOL_FIELDS, SchoolForm
from service.readiness import TheLive
from service.rendering import render

router = APIRouter(route_class=FromIndex, include_in_schema=False)


@router.get("/cases/{case_id}", response_class=HTMLResponse)
def case(request: Request, case_id: str, live: TheLive) -> HTMLResponse:
    """Show one case."""
    found = find_case(live.index, case_id)
    sent = request.query_params
    school, worry = SchoolForm(sent), sent.get("q", "").strip()[:LONGEST_TEXT]
    yours = parse_concern(worry, school.context).context if worry else school.context
    about = Address.of("/", sent).only("q", *SCHOOL_FIELDS)
    here = f"{request.url.scheme}://{request.url.netloc}"
    content = {
        **{"case": found, "similar": similar_cases(live.index, case_id, 4)},
        **{"compared": beside(found, yours).context, "about": about, "q": worry, "asked_at": here},
        "metadata": metadata_block(found, f"{here}/cases/{case_id}"),
    }
    return render(request, "case.html", content)
