"""What the headers of every answer tell a browser to refuse, and which sites' scripts may call the API."""

from __future__ import annotations

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from service.settings import Settings

EMBEDDED = "/embed/"  # what these addresses answer may be shown in frames of the sites that are set
API = "/v1/"
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # The address of an answer holds the question; the sources a reader opens must not get it. With
    # no-referrer browsers would not tell us either that a form of ours is ours (`service.crossing`).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    """The headers of an address."""

    def __init__(self, settings: Settings) -> None:
        self._usual = _framed_by(())
        self._embedded = _framed_by(settings.embed_ancestors)

    def of(self, path: str) -> dict[str, str]:
        """Return the headers of the answer at a path."""
        return self._embedded if path.startswith(EMBEDDED) else self._usual


def _framed_by(ancestors: tuple[str, ...]) -> dict[str, str]:
    """Return headers that let some sites show a page in a frame.

    X-Frame-Options is for browsers that do not know frame-ancestors. It cannot name sites, so where
    some are named it is left out.
    """
    named = " ".join("'self'" if one == "self" else one for one in ancestors) or "'none'"
    headers = {"Content-Security-Policy": f"{_POLICY}; frame-ancestors {named}", **_ALWAYS}
    if not ancestors:
        headers["X-Frame-Options"] = "DENY"
    elif ancestors == ("self",):
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return headers


class ApiForSites:
    """Lets the scripts of some sites call the API; the pages are nobody else's."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._api = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Request-Id"),
            expose_headers=(
                *("ETag", "Link", "Location", "Retry-After", "X-Request-Id"),
                *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
            ),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        of_api = scope["type"] == "http" and scope["path"].startswith(API)
        await (self._api if of_api else self._app)(scope, receive, send)
