"""What can be asked of a server: each call as the request it makes and the answer it reads, without sending.

Both clients send these; see `service.client.clients`. Answers are read leniently: within version 1 keys are
only ever added, so one that this client does not know is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypedDict, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import httpx2
from pydantic import BaseModel, ValidationError

from corpus.records import CaseStudy, Independence, Kind, Outcome, Phase, Sector, Setting
from engine.comparability import Attribute
from engine.context import SchoolContext
from engine.facets import Facet
from engine.ranking import Order, Unlike
from service.case_schemas import CasesOut, CompareOut, FacetsOut, SimilarOut, ThemesOut
from service.client.errors import WartsAnswerError, WartsApiError
from service.questions import MatchIn
from service.schemas import AnswerOut, Problem
from service.state.feedback import FeedbackIn, FeedbackKind

School = SchoolContext | Mapping[str, Any]

Answered = TypeVar("Answered")
Model = TypeVar("Model", bound=BaseModel)
PAGE = 100  # cases a request: the most that the server gives at a time
LONGEST_WAIT = 60  # seconds that are waited at most before another try
_COMPARED = ("setting", "pupils", "country", "sector", "kind", "disadvantage", "disadvantage_percent")


class MatchOptions(TypedDict, total=False):
    """What a match may be told besides the worry; docs/api.md says what each does."""

    context: School | None
    k: int
    closeness: float | None
    unlike: Mapping[Attribute, Unlike]
    only: Mapping[Facet, Sequence[str]]
    order: Order
    facets: bool


class CaseFilters(TypedDict, total=False):
    """Which cases are wanted: every filter must be met, by any of its values."""

    phase: Sequence[Phase]
    setting: Sequence[Setting]
    country: Sequence[str]
    sector: Sequence[Sector]
    kind: Sequence[Kind]
    technology: Sequence[str]
    theme: Sequence[str]
    outcome: Sequence[Outcome]
    independence: Sequence[Independence]


@dataclass(frozen=True, slots=True)
class Call(Generic[Answered]):
    """A request, and how its answer is read."""

    method: str
    path: str
    read: Callable[[httpx2.Response], Answered]
    params: Mapping[str, Any] = field(default_factory=dict)
    body: BaseModel | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[tuple[str, tuple[str, bytes]]] = ()
    timeout: float | None = None  # where the usual one is too short


def match(text: str, options: MatchOptions) -> Call[AnswerOut]:
    """Ask about a worry.

    Raises:
        pydantic.ValidationError: If an option has a value that cannot be; nothing is sent then.
    """
    asked = MatchIn.model_validate({"text": text, **options})
    return Call("POST", "/v1/match", read_as(AnswerOut), body=asked)


def page(filters: CaseFilters) -> Call[CasesOut]:
    """Ask for the first page of the cases that pass some filters."""
    return Call("GET", "/v1/cases", read_as(CasesOut), params={**filters, "limit": PAGE})


def page_after(told: CasesOut) -> Call[CasesOut] | None:
    """Ask for the page after one; None after the last.

    Only the parameters of the address that the server told are taken, so that nothing is ever sent elsewhere.
    """
    if told.next is None:
        return None
    params: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(told.next).query):
        params.setdefault(name, []).append(value)
    return Call("GET", "/v1/cases", read_as(CasesOut), params=params)


def case(case_id: str) -> Call[CaseStudy]:
    """Ask for one case."""
    return Call("GET", f"/v1/cases/{quote(case_id, safe='')}", read_as(CaseStudy))


def similar(case_id: str, k: int) -> Call[SimilarOut]:
    """Ask for the cases most like one."""
    return Call("GET", f"/v1/cases/{quote(case_id, safe='')}/similar", read_as(SimilarOut), params={"k": k})


def compare(case_ids: Sequence[str], school: School | None) -> Call[CompareOut]:
    """Ask for cases side by side."""
    told = SchoolContext.model_validate(school or {}).known
    params = {name: told[name] for name in _COMPARED if name in told}
    params |= {"case": list(case_ids), "phase": told.get("phases", [])}
    return Call("GET", "/v1/compare", read_as(CompareOut), params=params)


def facets(filters: CaseFilters) -> Call[FacetsOut]:
    """Ask for the cases counted by every facet."""
    return Call("GET", "/v1/facets", read_as(FacetsOut), params=filters)


def themes() -> Call[ThemesOut]:
    """Ask for the kinds of objection."""
    return Call("GET", "/v1/themes", read_as(ThemesOut))


def export(filters: CaseFilters) -> Call[list[CaseStudy]]:
    """Ask for the whole records of the cases that pass some filters."""
    return Call("GET", "/v1/cases.jsonl", _records, params=filters)


def feedback(case_id: str, kind: FeedbackKind, comment: str | None, worry: str | None) -> Call[int]:
    """Say something of a case.

    Raises:
        pydantic.ValidationError: If it cannot be; nothing is sent then.
    """
    said = FeedbackIn(case_id=case_id, kind=kind, comment=comment, worry=worry)
    return Call(
        "POST", "/v1/feedback", lambda response: _validated(_Kept, response.content, response).id, body=said
    )


class _Kept(BaseModel):
    id: int


def answer_of(call: Call[Answered], response: httpx2.Response) -> Answered:
    """Read an answer.

    Raises:
        WartsApiError: If it is a problem.
        WartsAnswerError: If it is nothing that this client understands.
    """
    refuse_problem(response)
    return call.read(response)


def refuse_problem(response: httpx2.Response) -> None:
    """Make sure that an answer is none of a problem.

    Raises:
        WartsApiError: If it is.
    """
    if response.is_success:
        return
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:  # of a proxy, say
        problem = Problem(
            title=response.reason_phrase or "Error",
            status=response.status_code,
            detail=f"{response.url} did not answer as Warts & All does; is the address right?",
        )
    raise WartsApiError(problem, _retry_after(response))


def seconds_to_wait(response: httpx2.Response) -> int | None:
    """Return after how long to try again; None where that would not help or take too long."""
    if response.status_code not in (429, 503):
        return None
    wait = _retry_after(response)
    return wait if wait is not None and wait <= LONGEST_WAIT else None


def _retry_after(response: httpx2.Response) -> int | None:
    told = response.headers.get("Retry-After", "")
    return int(told) if told.isascii() and told.isdigit() else None


def read_as(model: type[Model]) -> Callable[[httpx2.Response], Model]:
    """Return what reads an answer as a model."""

    def read(response: httpx2.Response) -> Model:
        return _validated(model, response.content, response)

    return read


def _records(response: httpx2.Response) -> list[CaseStudy]:
    return [_validated(CaseStudy, line, response) for line in response.content.splitlines() if line.strip()]


def _validated(model: type[Model], told: bytes, response: httpx2.Response) -> Model:
    try:
        return model.model_validate_json(told, extra="ignore")
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in fault["loc"])
        reason = f"{place}: {fault['msg']}" if place else fault["msg"]
        raise WartsAnswerError(str(response.url), reason) from error
