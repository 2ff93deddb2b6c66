"""Requests that come at the same time share a forward pass of the encoder.

A lone request is encoded at once. What arrives while a pass runs waits for its end and then shares the next
one: so nobody waits for company, and nobody longer than one pass before their own. Encoding has a thread of
its own and lets go of the interpreter while it computes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder, Vectors

MOST_TEXTS = 32  # of one pass, unless one request alone has more


class ClosingError(Exception):
    """The server is ending, and what still waits is not answered."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    encoder: Encoder
    texts: Sequence[str]
    vectors: asyncio.Future[Vectors]


class Batcher:
    """Encodes the queries of concurrent requests together; to be used from one event loop."""

    def __init__(self, most_texts: int = MOST_TEXTS) -> None:
        """Take the most texts of one pass."""
        self._most_texts = most_texts
        self._queue: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="encode")
        self._running: list[_Waiting] = []
        self._closed = False

    async def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """Return the vectors of some texts, shape ``(n_texts, dimension)``.

        A caller that is cancelled while it waits is not encoded.

        Raises:
            ClosingError: If the batcher was closed.
            Exception: What the encoder raised, in every request that shared the pass.
        """
        if self._closed:
            raise ClosingError
        vectors: asyncio.Future[Vectors] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(encoder, texts, vectors))
        if not self._running:
            self._start()
        return await vectors

    @property
    def waiting(self) -> int:
        """How many requests wait for the next pass."""
        return sum(not one.vectors.done() for one in self._queue)

    def close(self) -> None:
        """Let go of everything that waits; a pass that runs is not waited for."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)
        for one in (*self._running, *self._queue):
            if not one.vectors.done():
                one.vectors.set_exception(ClosingError())
        self._queue.clear()

    def _start(self) -> None:
        """Start a pass over what waits, if anything does."""
        self._running = self._take()
        if self._running:
            texts = [text for one in self._running for text in one.texts]
            loop = asyncio.get_running_loop()
            encoder = self._running[0].encoder
            loop.run_in_executor(self._thread, encoder.encode_queries, texts).add_done_callback(self._finish)

    def _take(self) -> list[_Waiting]:
        """Take the requests of the next pass from the queue: the first ones, as long as they fit together."""
        self._queue = deque(one for one in self._queue if not one.vectors.done())  # others' callers are gone
        if not self._queue:
            return []
        taken = [self._queue.popleft()]
        n_texts = len(taken[0].texts)
        while self._queue and self._queue[0].encoder is taken[0].encoder:
            n_texts += len(self._queue[0].texts)
            if n_texts > self._most_texts:
                break
            taken.append(self._queue.popleft())
        return taken

    def _finish(self, encoded: asyncio.Future[Vectors]) -> None:
        """Hand out the vectors of a pass, or what went wrong, and start the next."""
        if self._closed:
            return
        done, error = self._running, encoded.exception()
        self._start()
        ends = np.cumsum([len(one.texts) for one in done])
        for one, end in zip(done, ends, strict=True):
            if one.vectors.done():
                continue
            if error is not None:
                one.vectors.set_exception(error)
            else:
                one.vectors.set_result(encoded.result()[end - len(one.texts) : end])
