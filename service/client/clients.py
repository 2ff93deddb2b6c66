"""The client that waits. It sends the calls of `service.client.calls`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

import httpx2

from corpus.records import CaseStudy
from service.case_schemas import CaseBrief, CompareOut, FacetsOut, SimilarOut, ThemesOut
from service.client import calls, report_calls
from service.client.calls import Answered, Call, CaseFilters, MatchOptions, School
from service.client.errors import WartsConnectionError
from service.client.report_calls import FINISHED, ReportOptions, Tell, written_beside
from service.jobs.schemas import ReportJobOut
from service.schemas import AnswerOut
from service.state.feedback import FeedbackKind

TIMEOUT = 30.0  # seconds
TRIES = 4


def http_options(base_url: str, api_key: str | None, timeout: float) -> dict[str, Any]:
    """Return what both clients are made with."""
    headers = {"User-Agent": f"warts-and-all/{version('warts-and-all')}"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return {"base_url": base_url, "headers": headers, "timeout": timeout}


def request(client: httpx2.Client | httpx2.AsyncClient, call: Call[Answered]) -> httpx2.Request:
    """Return the request of a call, to be sent once."""
    body = call.body.model_dump(mode="json", exclude_unset=True) if call.body else None
    more: dict[str, Any] = {"timeout": call.timeout} if call.timeout else {}
    if call.files:
        more |= {"data": dict(call.form), "files": list(call.files)}
    return client.build_request(call.method, call.path, params=call.params or None, json=body, **more)


def unreachable(base_url: str, error: httpx2.RequestError) -> WartsConnectionError:
    """Return the error of a server that does not answer."""
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
        self._http = httpx2.Client(transport=transport, **http_options(base_url, api_key, timeout))

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

    def make_report(self, schools: Path | Sequence[Path], **options: Unpack[ReportOptions]) -> ReportJobOut:
        """Ask for a report on the schools of one or more files, which the server makes as a job.

        Args:
            schools: Files as `warts report` takes them; the ending of a name tells the format.
            **options: See `ReportOptions`.

        Raises:
            OSError: If a file cannot be read.
        """
        return self._send(report_calls.make_report(schools, options))

    def reports(self) -> list[ReportJobOut]:
        """Return the reports of the key, the newest first."""
        return self._send(report_calls.reports()).reports

    def report(self, report_id: str) -> ReportJobOut:
        """Return how far a report is."""
        return self._send(report_calls.report(report_id))

    def wait_for_report(
        self, report_id: str, seconds: float | None = None, *, tell: Tell | None = None
    ) -> ReportJobOut:
        """Wait until a report is done or has failed.

        Args:
            report_id: The report.
            seconds: How long to wait at most; None for as long as it takes.
            tell: Called with how far it is, again and again.

        Raises:
            TimeoutError: If it takes longer; the server goes on with it.
        """
        end = None if seconds is None else time.monotonic() + seconds
        while (job := self.report(report_id)).state not in FINISHED:
            if tell is not None:
                tell(job)
            time.sleep(report_calls.next_look(end))
        return job

    def download_report(self, report_id: str, file: Path) -> Path:
        """Write the ZIP of a report that is done into a file, which appears when it is whole; return it."""
        path = report_calls.download_path(report_id)
        with written_beside(file) as stream:
            try:
                with self._http.stream("GET", path) as response:
                    if response.is_success:
                        for chunk in response.iter_bytes():
                            stream.write(chunk)
                    else:
                        response.read()
            except httpx2.RequestError as error:
                raise unreachable(self.base_url, error) from error
            calls.refuse_problem(response)
        return file

    def delete_report(self, report_id: str) -> None:
        """Cancel a report, whatever its state, and delete all that was sent and made."""
        self._send(report_calls.delete_report(report_id))

    def _send(self, call: Call[Answered]) -> Answered:
        for left in reversed(range(TRIES)):
            try:
                response = self._http.send(request(self._http, call))
            except httpx2.RequestError as error:
                raise unreachable(self.base_url, error) from error
            wait = calls.seconds_to_wait(response)
            if wait is None or not left:
                break
            time.sleep(wait)
        return calls.answer_of(call, response)
