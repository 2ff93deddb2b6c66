"""Whether questions can be answered yet, and from what."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from engine.matcher import Matcher
from service.answering import Answering
from service.live import Live, LiveIndex

LOADING = "The model is being loaded; try again in a few seconds."
NOT_LOADED = "The model could not be loaded; the server's log says why."


class NotReadyError(Exception):
    """The model is not loaded yet, or could not be."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


# These are coroutines because FastAPI calls plain functions in another thread, which takes time.


async def the_live(request: Request) -> Live:
    """Return the index that answers a request: the one that was current when it was first asked for."""
    if not hasattr(request.state, "live"):
        holder: LiveIndex = request.app.state.live
        request.state.live = holder.current
    live: Live = request.state.live
    return live


async def the_answering(request: Request) -> Answering:
    """Return what answers questions."""
    answering: Answering = request.app.state.answering
    return answering


TheLive = Annotated[Live, Depends(the_live)]
TheAnswering = Annotated[Answering, Depends(the_answering)]


def matcher_of(live: Live) -> Matcher:
    """Return the matcher.

    Raises:
        NotReadyError: If its model is not loaded.
    """
    if live.matcher is None:
        raise NotReadyError(NOT_LOADED if live.load_error else LOADING)
    return live.matcher
