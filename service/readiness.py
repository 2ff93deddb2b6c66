"""Whether questions can be answered yet."""

from __future__ import annotations

from fastapi import Request

from engine.matcher import Matcher

LOADING = "The model is being loaded; try again in a few seconds."
NOT_LOADED = "The model could not be loaded; the server's log says why."


class NotReadyError(Exception):
    """The model is not loaded yet, or could not be."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def ready_matcher(request: Request) -> Matcher:
    """Return the matcher.

    Raises:
        NotReadyError: If its model is not loaded.
    """
    matcher: Matcher | None = request.app.state.matcher
    if matcher is None:
        raise NotReadyError(NOT_LOADED if request.app.state.load_error else LOADING)
    return matcher
