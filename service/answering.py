"""From a question that was read off a request to its answer: admitted, understood, encoded, answered.

Python's part of the work, reading a concern and ranking cases, has one thread: more would only take turns.
Encoding has another (`service.batching`), so that on two cores the one works while the other does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar, cast

from fastapi import Request
from starlette.exceptions import HTTPException

from engine.answers import Answer
from engine.concern import AS_UNDERSTOOD, Amendments
from engine.context import SchoolContext
from engine.matcher import Matcher
from engine.ranking import Preferences
from index.encoder import Vectors
from service.batching import Batcher, ClosingError

Presented = TypeVar("Presented")
Done = TypeVar("Done")


class BusyError(Exception):
    """As many questions wait already as may wait."""


class ClientGoneError(Exception):
    """Whoever asked has gone; there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Question:
    """What `engine.matcher.Matcher.match` is asked."""

    text: str
    context: SchoolContext | None
    k: int
    preferences: Preferences
    amendments: Amendments = AS_UNDERSTOOD


class Answering:
    """Answers questions for the API and the pages; to be used from one event loop."""

    def __init__(self, most: int) -> None:
        """Take how many questions may be waiting or in work at a time; ``tell`` hears how many are."""
        self._most, self._inside = most, 0
        self.tell: Callable[[int], object] = lambda _: None
        self.batcher = Batcher()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="match")

    async def answer(
        self,
        request: Request,
        matcher: Matcher,
        question: Question,
        present: Callable[[Answer], Presented],
    ) -> Presented:
        """Answer a question.

        What the log and the metrics may tell of it is noted in the state of the request: ``question``,
        ``verdict``, and in ``steps`` the seconds that each took.

        Args:
            request: Where it came from; when its client goes, whatever was not begun is left.
            matcher: Answers it from beginning to end, whichever index is published in between.
            question: What is asked.
            present: Makes of the answer what is to be sent; called in the thread that matches.

        Raises:
            BusyError: If too many questions wait already.
            ClientGoneError: If the client has gone.
            ClosingError: If the server is ending.
        """
        noted = request.scope["state"]
        noted["question"] = question.text
        async with self._admitted(request):
            return await self._steps(matcher, question, present, noted)

    async def encode(
        self,
        request: Request,
        matcher: Matcher,
        texts: Sequence[str],
        present: Callable[[Vectors], Presented],
    ) -> Presented:
        """Encode texts that are no question, and make of their vectors what is to be sent, as `answer` does.

        Raises:
            BusyError: If too many questions wait already.
            ClientGoneError: If the client has gone.
            ClosingError: If the server is ending.
        """
        async with self._admitted(request):
            vectors = await self.batcher.encode(matcher.encoder, texts)
            return await self._work(lambda: present(vectors))

    @asynccontextmanager
    async def _admitted(self, request: Request) -> AsyncIterator[None]:
        if self._inside >= self._most:
            raise BusyError
        self._count(1)
        try:
            async with _while_connected(request):
                yield
        finally:
            self._count(-1)

    def _count(self, change: int) -> None:
        self._inside += change
        self.tell(self._inside)

    async def _steps(
        self,
        matcher: Matcher,
        question: Question,
        present: Callable[[Answer], Presented],
        noted: dict[str, Any],
    ) -> Presented:
        def answered() -> Presented:
            answer = matcher.answer(understood, vectors, question.k, question.preferences)
            noted["verdict"] = answer.verdict
            return present(answer)

        times = [time.perf_counter()]
        understood = await self._work(
            lambda: matcher.understand(question.text, question.context, question.amendments)
        )
        times.append(time.perf_counter())
        vectors = await self.batcher.encode(matcher.encoder, understood.texts)
        times.append(time.perf_counter())
        presented = await self._work(answered)
        times.append(time.perf_counter())
        ends = zip(("understand", "encode", "answer"), pairwise(times), strict=True)
        noted["steps"] = {step: end - start for step, (start, end) in ends}
        return presented

    async def _work(self, step: Callable[[], Done]) -> Done:
        try:
            doing = asyncio.get_running_loop().run_in_executor(self._thread, step)
        except RuntimeError as error:  # the executor was shut down
            raise ClosingError from error
        return await doing

    def close(self) -> None:
        """End both threads; questions that still wait get a `ClosingError`."""
        self.batcher.close()
        self._thread.shutdown(wait=False)


@asynccontextmanager
async def _while_connected(request: Request) -> AsyncIterator[None]:
    """Cancel what is inside when the client goes.

    Raises:
        ClientGoneError: If it has gone.
    """
    inside = cast("asyncio.Task[object]", asyncio.current_task())

    async def watch() -> None:
        try:
            while (await request.receive())["type"] != "http.disconnect":
                pass  # a body that nobody reads
        except HTTPException:
            return  # one that is too large, and that nobody reads either
        inside.cancel()

    watching = asyncio.create_task(watch())
    try:
        yield
    except asyncio.CancelledError:
        if not watching.done():
            raise  # somebody else cancelled it
        inside.uncancel()
        raise ClientGoneError from None
    finally:
        watching.cancel()
