"""The feed of new cases."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.caching import UNCHANGED, FromIndex
from service.feed import ATOM, atom_feed
from service.readiness import TheLive

router = APIRouter(route_class=FromIndex, responses=UNCHANGED, tags=["feed"])


@router.get(
    "/feed.atom",
    response_class=Response,
    responses={
        200: {"description": "An Atom feed (RFC 4287).", "content": {ATOM: {"schema": {"type": "string"}}}}
    },
)
def feed(request: Request, live: TheLive) -> Response:
    """Return the newest cases as an Atom feed: by when they were last checked, or their newest source."""
    written = atom_feed(live.index.cases, live.index.manifest.built_at, str(request.base_url))
    return Response(written, media_type=ATOM)
