"""The client for asyncio; its methods are those of the one that waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

import httpx2

from corpus.records import CaseStudy
from service.case_schemas import CaseBrief, CompareOut, FacetsOut, SimilarOut, ThemesOut
from service.client import calls, report_calls
from service.client.calls import Answered, Call, CaseFilters, MatchOptions, School
from service.client.clients import TIMEOUT, TRIES, http_options, request, unreachable
from service.client.report_calls import FINISHED, ReportOptions, Tell, written_beside
from service.jobs.schemas import ReportJobOut
from service.schemas import AnswerOut
from service.state.feedback import FeedbackKind


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
        self._http = httpx2.AsyncClient(transport=transport, **http_options(base_url, api_key, timeout))

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

    async def make_report(
        self, schools: Path | Sequence[Path], **options: Unpack[ReportOptions]
    ) -> ReportJobOut:
        """See `WartsClient.make_report`."""
        return await self._send(await asyncio.to_thread(report_calls.make_report, schools, options))

    async def reports(self) -> list[ReportJobOut]:
        """See `WartsClient.reports`."""
        return (await self._send(report_calls.reports())).reports

    async def report(self, report_id: str) -> ReportJobOut:
        """See `WartsClient.report`."""
        return await self._send(report_calls.report(report_id))

    async def wait_for_report(
        self, report_id: str, seconds: float | None = None, *, tell: Tell | None = None
    ) -> ReportJobOut:
        """See `WartsClient.wait_for_report`."""
        end = None if seconds is None else time.monotonic() + seconds
        while (job := await self.report(report_id)).state not in FINISHED:
            if tell is not None:
                tell(job)
            await asyncio.sleep(report_calls.next_look(end))
        return job

    async def download_report(self, report_id: str, file: Path) -> Path:
        """See `WartsClient.download_report`."""
        path = report_calls.download_path(report_id)
        with written_beside(file) as stream:
            try:
                async with self._http.stream("GET", path) as response:
                    if response.is_success:
                        async for chunk in response.aiter_bytes():
                            await asyncio.to_thread(stream.write, chunk)
                    else:
                        await response.aread()
            except httpx2.RequestError as error:
                raise unreachable(self.base_url, error) from error
            calls.refuse_problem(response)
        return file

    async def delete_report(self, report_id: str) -> None:
        """See `WartsClient.delete_report`."""
        await self._send(report_calls.delete_report(report_id))

    async def _send(self, call: Call[Answered]) -> Answered:
        for left in reversed(range(TRIES)):
            try:
                response = await self._http.send(request(self._http, call))
            except httpx2.RequestError as error:
                raise unreachable(self.base_url, error) from error
            wait = calls.seconds_to_wait(response)
            if wait is None or not left:
                break
            await asyncio.sleep(wait)
        return calls.answer_of(call, response)
