"""The bounds on connections: how many, how long a request may take to arrive, how long an answer to be taken.

uvicorn bounds neither the heads of requests nor connections that never send one, so that whoever opens many
and says little could hold them all. Here every wait for a client ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.middleware import MOST_BODY

MOST_HEAD = 65_536  # bytes of a request before its body; the longest question in an address takes 40,000
SECONDS_REFUSED = 2.0  # to send a request on a connection that is one too many
SECONDS_TO_TAKE = 30.0  # for the client to take what is left of an answer
_GRACE = 1.0  # for `service.middleware` to answer first, where a body is slow
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedConnection(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *of_uvicorn: Any, most: int, seconds: float, **more: Any) -> None:
        """Take what uvicorn gives, and the bounds.

        Args:
            of_uvicorn: Its own.
            most: Connections that are answered on; up to as many again are told 503, further ones cut.
            seconds: How long the head of a request, and then its body, may take to arrive.
            more: Its own.
        """
        super().__init__(*of_uvicorn, **more)
        self._most, self._seconds = most, seconds
        self._arriving: asyncio.TimerHandle | None = None
        self._leaving: asyncio.TimerHandle | None = None
        self._body = 0  # bytes of it so far
        self._head: int | None = 0  # bytes of it so far; None where no head is being received

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, refuse what is sent on it, or cut it, by how many there are."""
        super().connection_made(transport)
        if len(self.connections) > 2 * self._most:
            transport.abort()
        elif len(self.connections) > self._most:
            self.app_state = {**self.app_state, "refused": True}
            self._expect(SECONDS_REFUSED)
        else:
            self._expect(self._seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let go of the timers."""
        self._expect(None)
        self._await_taking(False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the head has become too long."""
        in_head = self._head is not None
        super().data_received(data)
        if self.transport.is_closing():
            return
        if in_head and self._head is not None:
            self._head += len(data)
            if self._head > MOST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self._arriving is None and self.timeout_keep_alive_task is None:
            self._expect(self._seconds)  # what came has ended uvicorn's wait, and begun no request

    def on_message_begin(self) -> None:
        """Give the head of a request its time."""
        super().on_message_begin()
        self._head = 0
        if not self.app_state.get("refused"):
            self._expect(self._seconds)

    def on_headers_complete(self) -> None:
        """Give the body its time."""
        super().on_headers_complete()
        self._head, self._body = None, 0
        self._expect(self._seconds + _GRACE)

    def on_body(self, body: bytes) -> None:
        """Give the next part of a long body its time, as long as it is wanted."""
        super().on_body(body)
        before, self._body = self._body, self._body + len(body)
        if before // MOST_BODY != self._body // MOST_BODY and not self.cycle.response_complete:
            self._expect(self._seconds + _GRACE)

    def on_message_complete(self) -> None:
        """Wait no more: what comes next is the server's turn, and uvicorn's limit on idle connections."""
        super().on_message_complete()
        self._expect(None)

    def on_response_complete(self) -> None:
        """See that what is left of the answer is taken."""
        super().on_response_complete()
        self._await_taking(self.transport.get_write_buffer_size() > 0)

    def pause_writing(self) -> None:
        """See that the client goes on taking the answer."""
        super().pause_writing()
        self._await_taking(True)

    def resume_writing(self) -> None:
        """Go on waiting for the little that is left."""
        super().resume_writing()
        self._await_taking(self.transport.get_write_buffer_size() > 0)

    def _expect(self, seconds: float | None) -> None:
        """Cut the connection if nothing ends the wait in time; None ends it."""
        if self._arriving is not None:
            self._arriving.cancel()
        self._arriving = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)

    def _await_taking(self, waiting: bool) -> None:
        if self._leaving is not None:
            self._leaving.cancel()
        self._leaving = self.loop.call_later(SECONDS_TO_TAKE, self._cut) if waiting else None

    def _cut(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
