"""The clients: one that waits, one for asyncio. Both send the calls of `service.client.calls`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self, Unpack

import httpx2

from corpus.records import CaseStudy
from service.case_schemas import CaseBrief, CompareOut, FacetsOut, SimilarOut, ThemesOut
from service.client import calls
from service.client.calls import Answered, Call, CaseFilters, MatchOptions, School
from service.client.errors import WartsConnectionError
from service.schemas import AnswerOut
from service.state.feedback import FeedbackKind

TIMEOUT = 30.0  # seconds
TRIES = 4


def _options(base_url: str, api_key: str | None, timeout: float) -> dict[str, Any]:
    headers = {"User-Agent": f"warts-and-all/{version('warts-and-all')}"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return {"base_url": base_url, "headers": headers, "timeout": timeout}


def _request(client: httpx2.Client | httpx2.AsyncClient, call: Call[Answered]) -> httpx2.Request:
    body = call.body.model_dump(mode="json", exclude_unset=True) if call.body else None
    return client.build_request(call.method, call.path, params=call.params or None, json=body)


def _unreachable(base_url: str, error: httpx2.RequestError) -> WartsConnectionError:
    return WartsConnectionError(base_url, str(error) or type(error).__name__)


class WartsClient:
    """Asks a server of Warts & All, and waits for each answer.

    Where a server says that it is busy or not ready yet (429, 503), and when to come back, it is asked again,
    at most three times. Every method raises

    - `WartsApiError` if the server answers with a problem,
    - `WartsConnectionError` if it cannot be reached or does not answer in time,
    - `WartsAnswerError` if it answers something else.

    ```python
    with WartsClient("http://127.0.0.1:8000") as warts:
        answer = warts.match("mobiles banned here", context={"phases": ["secondary"], "country": "GB"})
    ```
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        *,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Take where the server is.

        Args:
            base_url: Such as ``http://127.0.0.1:8000``; may end in a path, behind a proxy.
            api_key: Sent with every request; without it the server's limits for anybody hold.
            timeout: Seconds until a request is given up.
            transport: In place of the network; see httpx2.
        """
        self.base_url = base_url
        self._http = httpx2.Client(transport=transport, **_options(base_url, api_key, timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def match(self, text: str, **options: Unpack[MatchOptions]) -> AnswerOut:
        """Answer a worry: schools that felt the same, what they did and what went wrong.

        Args:
            text: The worry, in the leader's own words.
            **options: See `MatchOptions`.

        Raises:
            pydantic.ValidationError: If an option cannot be; nothing is sent then.
        """
        return self._send(calls.match(text, options))

    def cases(self, **filters: Unpack[CaseFilters]) -> Iterator[CaseBrief]:
        """Go through the cases that pass the filters, by id; pages are fetched as they are needed."""
        call: Call[Any] | None = calls.page(filters)
        while call is not None:
            page = self._send(call)
            yield from page.cases
            call = calls.page_after(page)

    def case(self, case_id: str) -> CaseStudy:
        """Return one case, whole."""
        return self._send(calls.case(case_id))

    def similar(self, case_id: str, k: int = 5) -> SimilarOut:
        """Return the ``k`` cases most like one, nearest first."""
        return self._send(calls.similar(case_id, k))

    def compare(self, case_ids: Sequence[str], school: School | None = None) -> CompareOut:
        """Return two to four cases side by side, each compared with a school if one is given."""
        return self._send(calls.compare(case_ids, school))

    def facets(self, **filters: Unpack[CaseFilters]) -> FacetsOut:
        """Return the cases counted by every value of every facet."""
        return self._send(calls.facets(filters))

    def themes(self) -> ThemesOut:
        """Return the kinds of objection, and how those ended."""
        return self._send(calls.themes())

    def export(self, **filters: Unpack[CaseFilters]) -> list[CaseStudy]:
        """Return the whole records of the cases that pass the filters."""
        return self._send(calls.export(filters))

    def feedback(
        self, case_id: str, kind: FeedbackKind, comment: str | None = None, worry: str | None = None
    ) -> int:
        """Say whether a case was useful, or that it is wrong or outdated; return the number it is kept by.

        Args:
            case_id: The case.
            kind: ``useful``, ``not-useful``, ``wrong`` or ``outdated``.
            comment: What there is to say besides.
            worry: What had been asked; only where the person agreed to send it.

        Raises:
            pydantic.ValidationError: If it cannot be; nothing is sent then.
        """
        return self._send(calls.feedback(case_id, kind, comment, worry))

    def _send(self, call: Call[Answered]) -> Answered:
        for left in reversed(range(TRIES)):
            try:
                response = self._http.send(_request(self._http, call))
            except httpx2.RequestError as error:
                raise _unreachable(self.base_url, error) from error
            wait = calls.seconds_to_wait(response)
            if wait is None or not left:
                break
            time.sleep(wait)
        return calls.answer_of(call, response)


class AsyncWartsClient:
    """The same as `WartsClient`, for asyncio."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        timeout: float = TIMEOUT,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """Take where the server is; see `WartsClient`."""
        self.base_url = base_url
        self._http = httpx2.AsyncClient(transport=transport, **_options(base_url, api_key, timeout))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def match(self, text: str, **options: Unpack[MatchOptions]) -> AnswerOut:
        """See `WartsClient.match`."""
        return await self._send(calls.match(text, options))

    async def cases(self, **filters: Unpack[CaseFilters]) -> AsyncIterator[CaseBrief]:
        """See `WartsClient.cases`."""
        call: Call[Any] | None = calls.page(filters)
        while call is not None:
            page = await self._send(call)
            for case in page.cases:
                yield case
            call = calls.page_after(page)

    async def case(self, case_id: str) -> CaseStudy:
        """See `WartsClient.case`."""
        return await self._send(calls.case(case_id))

    async def similar(self, case_id: str, k: int = 5) -> SimilarOut:
        """See `WartsClient.similar`."""
        return await self._send(calls.similar(case_id, k))

    async def compare(self, case_ids: Sequence[str], school: School | None = None) -> CompareOut:
        """See `WartsClient.compare`."""
        return await self._send(calls.compare(case_ids, school))

    async def facets(self, **filters: Unpack[CaseFilters]) -> FacetsOut:
        """See `WartsClient.facets`."""
        return await self._send(calls.facets(filters))

    async def themes(self) -> ThemesOut:
        """See `WartsClient.themes`."""
        return await self._send(calls.themes())

    async def export(self, **filters: Unpack[CaseFilters]) -> list[CaseStudy]:
        """See `WartsClient.export`."""
        return await self._send(calls.export(filters))

    async def feedback(
        self, case_id: str, kind: FeedbackKind, comment: str | None = None, worry: str | None = None
    ) -> int:
        """See `WartsClient.feedback`."""
        return await self._send(calls.feedback(case_id, kind, comment, worry))

    async def _send(self, call: Call[Answered]) -> Answered:
        for left in reversed(range(TRIES)):
            try:
                response = await self._http.send(_request(self._http, call))
            except httpx2.RequestError as error:
                raise _unreachable(self.base_url, error) from error
            wait = calls.seconds_to_wait(response)
            if wait is None or not left:
                break
            await asyncio.sleep(wait)
        return calls.answer_of(call, response)
