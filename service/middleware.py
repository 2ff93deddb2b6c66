"""What every answer has in common: headers, a log line without the question, HEAD, and the bound on bodies.

Plain ASGI, outside of everything else, so that it holds for every answer, those to unforeseen errors too.
"""

from __future__ import annotations

import logging
import time

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem_answer

logger = logging.getLogger("warts")
# The longest text, every character of it beyond the first plane and escaped, takes 120,000.
MOST_BODY = 131_072  # bytes
_TOO_LARGE = f"The request's body must be {MOST_BODY:,} bytes or fewer."
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The address of an answer holds the question; the sources a reader opens must not get it.
    "Referrer-Policy": "no-referrer",
}


class EveryAnswer:
    """Wraps the application; see the module."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        method, headers_only = scope["method"], scope["method"] == "HEAD"
        if headers_only:  # what GET would answer, without the body
            scope = {**scope, "method": "GET"}

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            elif headers_only:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._answer(scope, receive, finish)
        except Exception:
            logger.exception("%s %s failed", method, scope["path"])
            if status:
                raise  # half of the answer is out; the server cuts the connection
            sorry = problem_answer(Request(scope), 500, "Something went wrong here; it has been noted.")
            await sorry(scope, receive, finish)
        took = 1000 * (time.perf_counter() - began)
        logger.info("%s %s %d %.0f ms", method, scope["path"], status, took)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope).get("content-length", "0")
        if told.isdigit() and int(told) > MOST_BODY:
            await problem_answer(Request(scope), 413, _TOO_LARGE)(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive), send)


def _bounded(receive: Receive) -> Receive:
    """Refuse a body that turns out too long; one sent in chunks does not tell its length beforehand."""
    received = 0

    async def bounded() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > MOST_BODY:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return bounded
