"""What every answer has in common: id, headers, a line in the log, HEAD, and the bounds on bodies.

Plain ASGI, outside of everything else, so that it holds for every answer, those to unforeseen errors too.
What is to be told of a request beyond that (its index, its question, the time of each step) is noted in
its state on the way: ``live`` by `service.readiness`, the rest by `service.answering`.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.headers import SecurityHeaders
from service.jobs.address import ADDRESS as REPORTS
from service.logs import log_failure, log_request, request_id_of, shown_path
from service.problems import CLIENT_GONE, problem_answer
from service.settings import Settings

if TYPE_CHECKING:
    from service.metrics import Metrics

# The longest text, every character of it beyond the first plane and escaped, takes 120,000.
MOST_BODY = 131_072  # bytes
_TOO_LARGE = "The request's body must be {:,} bytes or fewer."
_TOO_SLOW = "The request's body took too long to arrive."
_FULL = "More connections are open than can be answered on; try again in a few seconds."


class EveryAnswer:
    """Wraps the application; see the module."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics | None = None) -> None:
        self._app, self._settings, self._metrics = app, settings, metrics
        self._headers = SecurityHeaders(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        method, headers_only, path = scope["method"], scope["method"] == "HEAD", scope["path"]
        noted: dict[str, Any] = scope.setdefault("state", {})
        request_id = noted["request_id"] = request_id_of(Headers(scope=scope).get("x-request-id"))
        if headers_only:  # what GET would answer, without the body
            scope = {**scope, "method": "GET"}

        async def finish(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if standing := noted.get("standing"):  # against a limit
                    headers.update(standing.headers)
                for name, value in self._headers.of(path).items():
                    headers.setdefault(name, value)
            elif headers_only:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._answer(scope, receive, finish)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is logged and answered
            wholly = self._settings.log_queries
            log_failure(method, shown_path(path), request_id, error, wholly=wholly)
            if status:  # half of the answer is out: whatever is raised, the server cuts the connection
                raise RuntimeError("the answer broke off") from None
            sorry = problem_answer(Request(scope), 500, "Something went wrong here; it has been noted.")
            await sorry(scope, receive, finish)
        finally:
            self._tell(scope, method, path, status or CLIENT_GONE, time.perf_counter() - began)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = Headers(scope=scope).get("content-length", "0")
        most = self._settings.report_bytes if scope["path"] == REPORTS else MOST_BODY
        if scope["state"].get("refused"):  # by `service.connections`
            headers = {"Retry-After": "1", "Connection": "close"}
            await problem_answer(Request(scope), 503, _FULL, headers=headers)(scope, receive, send)
        elif told.isdigit() and int(told) > most:
            await problem_answer(Request(scope), 413, _TOO_LARGE.format(most))(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive, most, self._settings.body_seconds), send)

    def _tell(self, scope: Scope, method: str, path: str, status: int, seconds: float) -> None:
        """Tell the log and the metrics of a request."""
        noted = scope["state"]
        fields = {
            "method": method,
            "path": shown_path(path),
            "status": status,
            "milliseconds": round(1000 * seconds, 1),
            "request_id": noted["request_id"],
        }
        if "live" in noted:
            fields["generation"] = noted["live"].index.generation.name
        if self._settings.log_queries and "question" in noted:
            fields["question"] = noted["question"]
        log_request(fields)
        if self._metrics is not None:
            self._metrics.request(scope, method, status, seconds)


def _bounded(receive: Receive, most: int, seconds: float) -> Receive:
    """Refuse a body that turns out too long, or too slow; one sent in chunks does not tell its length.

    The time is that for as much as a question may have; the files of a report get it again for each as much.
    """
    received, whole = 0, False
    began = asyncio.get_running_loop().time()

    async def bounded() -> Message:
        nonlocal received, whole
        if whole:  # what may still come is that the client goes
            return await receive()
        try:
            async with asyncio.timeout_at(began + seconds * (1 + received // MOST_BODY)):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, _TOO_SLOW, headers={"Connection": "close"}) from None
        whole = not message.get("more_body", False)
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413, _TOO_LARGE.format(most))
        return message

    return bounded
