"""The governor pack: chosen cases as one page to print, and as a document to edit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from engine.answers import Answer
from engine.takeaways import Told
from service.access import counted
from service.answering import Answering
from service.governor_pack import Pack, pack_of
from service.live import Live
from service.pages.addresses import Address
from service.pages.chosen import chosen_cases, with_what_mirrors
from service.pages.forms import SCHOOL_FIELDS, SchoolForm
from service.readiness import TheAnswering, TheLive
from service.rendering import render

router = APIRouter(include_in_schema=False)
MOST = 6
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/pack", dependencies=[counted(asks="q")])
async def pack(request: Request, live: TheLive, answering: TheAnswering) -> Response:
    """Show the pack as a page."""
    return await _made(request, live, answering, lambda made: _page(request, made))


@router.get("/pack.docx", dependencies=[counted()])
async def pack_document(request: Request, live: TheLive, answering: TheAnswering) -> Response:
    """Send the pack as a document."""

    def send(made: Pack) -> Response:
        from service.pack_document import as_document  # the library is large, and seldom needed

        name = f"governor-pack-{made.made.isoformat()}.docx"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(as_document(made), media_type=_DOCX, headers=headers)

    return await _made(request, live, answering, send)


async def _made(
    request: Request, live: Live, answering: Answering, send: Callable[[Pack], Response]
) -> Response:
    """Make the pack of the cases that the address names, or say what to choose."""
    cases, school = chosen_cases(request, live), SchoolForm(request.query_params)
    if not 1 <= len(cases) <= MOST:
        return _page(request, None)
    here = Address.of("/pack", request.query_params)
    address, today = f"{request.url.scheme}://{request.url.netloc}{here}", datetime.now(UTC).date()

    def show(answer: Answer | None, told: tuple[Told, ...]) -> Response:
        return send(pack_of(told, answer, school.context, address, today))

    return await with_what_mirrors(request, live, answering, cases, school, show)


def _page(request: Request, made: Pack | None) -> Response:
    here = Address.of("/pack", request.query_params)
    content = {
        **{"pack": made, "document": here.at("/pack.docx"), "most": MOST},
        "about": here.only("q", *SCHOOL_FIELDS),
    }
    return render(request, "pack.html", content, status=200 if made else 422)
