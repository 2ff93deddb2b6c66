"""The clients against the application itself, and against servers that misbehave."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from index.case_index import CaseIndex
from service.app import create_app
from service.client import (
    AsyncWartsClient,
    WartsAnswerError,
    WartsApiError,
    WartsClient,
    WartsConnectionError,
    calls,
)
from service.schemas import AnswerOut
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import create_key

ROOT = Path(__file__).parents[3]
SLEEPERS = {"sync": "service.client.clients.time.sleep", "async": "service.client.async_client.asyncio.sleep"}


@pytest.fixture
def warts(client):
    """A client of the application over the three cases."""
    with WartsClient("http://testserver", transport=client._transport) as warts:
        yield warts


class Told:
    """A server that gives the answers it was told, in turn, and notes what it is asked."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.answers, self.asked = list(answers), []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((request.method, str(request.url), request.read(), request.headers))
        told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx2.Response(
            told.status_code, headers=told.headers, content=told.content
        )  # to be read once


def problem(status: int, **headers: str) -> httpx2.Response:
    body = {"title": "No", "status": status, "detail": "Not now.", "errors": []}
    return httpx2.Response(
        status, json=body, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def client_of(told) -> WartsClient:
    return WartsClient("http://warts.test", transport=httpx2.MockTransport(told))


def run(coroutine):
    """Run a coroutine away from the loop that browser tests leave in the main thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def all_of(told, ask):
    async with AsyncWartsClient("http://warts.test", transport=httpx2.MockTransport(told)) as warts:
        return await ask(warts)


def test_a_match_is_what_the_matcher_answers(warts, matcher):
    assert warts.match("parents and tablets") == AnswerOut.of(matcher.match("parents and tablets"))


def test_a_match_takes_the_school_and_the_filters(warts):
    school = {"phases": ["primary"], "setting": "rural", "country": "gb"}
    answer = warts.match("slow broadband", context=school, k=1, only={"outcome": ["mixed"]}, facets=True)
    assert [match.case_id for match in answer.matches] == ["ash-primary-broadband-2015"]
    assert answer.concern.context["country"] == "GB"
    assert answer.facets is not None


def test_cases_go_through_all_pages(warts, monkeypatch, three_cases):
    monkeypatch.setattr(calls, "PAGE", 2)
    assert [case.case_id for case in warts.cases()] == sorted(case.id for case in three_cases)


def test_pages_keep_their_filters(warts, monkeypatch):
    monkeypatch.setattr(calls, "PAGE", 1)
    found = [case.case_id for case in warts.cases(country=["GB", "IE"])]
    assert found == ["ash-primary-broadband-2015", "elm-school-phones-2020"]


def test_a_case_is_its_record(warts, three_cases):
    for case in three_cases:
        assert warts.case(case.id).as_contract() == case.as_contract()


def test_an_export_is_all_records(warts, three_cases):
    by_id = sorted(three_cases, key=lambda case: case.id)
    assert [case.as_contract() for case in warts.export()] == [case.as_contract() for case in by_id]
    assert [case.id for case in warts.export(setting=["rural"])] == ["ash-primary-broadband-2015"]


def test_similar_compare_facets_and_themes_answer(warts):
    assert len(warts.similar("elm-school-phones-2020", k=2).similar) == 2
    ids = ["elm-school-phones-2020", "ash-primary-broadband-2015"]
    compared = warts.compare(ids, {"phases": ["primary"], "name": "Ours", "pupils": 90})
    assert [case.case_id for case in compared.cases] == ids
    assert compared.school == {"phases": ["primary"], "pupils": 90}
    assert warts.facets(country=["GB"]).total == 2
    assert warts.themes().themes


def test_feedback_is_kept_under_a_number(warts):
    first = warts.feedback("elm-school-phones-2020", "useful")
    assert warts.feedback("elm-school-phones-2020", "wrong", comment="It was 2021.") > first


def test_a_problem_is_an_error_with_its_details(warts):
    with pytest.raises(WartsApiError, match="elm-school-phones-2020") as told:
        warts.case("elm-school-phone-2020")
    assert (told.value.status, told.value.title, told.value.retry_after) == (404, "Not Found", None)
    with pytest.raises(WartsApiError) as told:
        warts.facets(country=["GB"], colour=["red"])
    assert told.value.status == 422
    assert told.value.errors[0][0] == "colour"


@pytest.mark.parametrize(
    "options", [{"k": 0}, {"closeness": 2}, {"context": {"country": "UK"}}, {"wanted": 1}]
)
def test_what_cannot_be_asked_is_not_sent(options):
    told = Told(problem(500))
    with pytest.raises(ValidationError):
        client_of(told).match("mobiles", **options)
    assert told.asked == []


@pytest.mark.parametrize("case_id", ["../keys", "a/b", "a?b=c", "é", "%2e"])
def test_an_id_stays_one_part_of_the_address(case_id):
    told = Told(problem(404))
    with pytest.raises(WartsApiError):
        client_of(told).case(case_id)
    assert told.asked[0][1].count("/") == "http://warts.test/v1/cases/x".count("/")
    assert "?" not in told.asked[0][1]


@pytest.fixture(params=["sync", "async"])
def themes_of(request, monkeypatch):
    """Ask a server for its themes with either client; return what was slept, and the error if any."""
    slept = []

    def sleep(seconds):
        slept.append(seconds)

    async def async_sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(SLEEPERS[request.param], sleep if request.param == "sync" else async_sleep)

    def ask(told):
        try:
            if request.param == "sync":
                client_of(told).themes()
            else:
                run(all_of(told, lambda warts: warts.themes()))
        except WartsApiError as error:
            return slept, error
        return slept, None

    return ask


THEMES = httpx2.Response(200, json={"version": 1, "themes": []})


def test_a_busy_server_is_asked_again_when_it_says(themes_of):
    told = Told(problem(429, Retry_After="2"), problem(503, Retry_After="5"), THEMES)
    assert themes_of(told) == ([2, 5], None)


def test_a_server_that_stays_busy_is_given_up(themes_of):
    slept, error = themes_of(told := Told(problem(429, Retry_After="2")))
    assert slept == [2, 2, 2]
    assert len(told.asked) == 4
    assert (error.status, error.detail, error.retry_after) == (429, "Not now.", 2)


@pytest.mark.parametrize(
    "answer",
    [
        problem(503),
        problem(429, Retry_After="86400"),
        problem(500, Retry_After="1"),
        problem(429, Retry_After="soon"),
    ],
)
def test_nothing_is_waited_for_where_that_is_no_use(themes_of, answer):
    slept, error = themes_of(Told(answer))
    assert slept == []
    assert error.status == answer.status_code


def test_what_a_later_server_adds_is_passed_over(client, three_cases):
    answer = client.post("/v1/match", json={"text": "parents and tablets"}).json()
    answer["news"] = answer["matches"][0]["news"] = answer["concern"]["news"] = 1
    read = client_of(Told(httpx2.Response(200, json=answer))).match("parents and tablets")
    assert read.matches[0].title == answer["matches"][0]["title"]
    record = {**three_cases[0].as_contract(), "news": 1}
    assert client_of(Told(httpx2.Response(200, json=record))).case("x") == three_cases[0]


def test_the_page_of_a_proxy_is_no_answer():
    page = httpx2.Response(200, html="<title>Log in</title>")
    with pytest.raises(WartsAnswerError, match=r"http://warts\.test/v1/themes"):
        client_of(Told(page)).themes()
    with pytest.raises(WartsApiError, match="is the address right") as told:
        client_of(Told(httpx2.Response(502, html="<title>Bad gateway</title>"))).themes()
    assert told.value.status == 502


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(WartsConnectionError, match=r"http://127\.0\.0\.1:9 cannot be reached"):
        WartsClient("http://127.0.0.1:9").themes()
    with pytest.raises(WartsConnectionError, match="http://"):
        WartsClient("127.0.0.1:9").themes()


def test_the_key_is_sent_to_the_server_and_nowhere_else():
    brief = {
        "version": 1,
        "total": 2,
        "cases": [],
        "next": "https://elsewhere.test/v1/cases?after=a&phase=primary",
    }
    told = Told(httpx2.Response(200, json=brief), httpx2.Response(200, json={**brief, "next": None}))
    with WartsClient("http://warts.test/sub", "warts_k", transport=httpx2.MockTransport(told)) as warts:
        assert list(warts.cases()) == []
    assert [address for _, address, _, _ in told.asked] == [
        "http://warts.test/sub/v1/cases?limit=100",
        "http://warts.test/sub/v1/cases?after=a&phase=primary",
    ]
    assert {headers["Authorization"] for *_, headers in told.asked} == {"Bearer warts_k"}


def test_a_key_lets_in_where_one_is_required(monkeypatch, index_dir, encoder, tmp_path, until):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    with open_state(tmp_path) as state:
        _, token = create_key(state, "intranet", ("match",))
    app = create_app(CaseIndex.open(index_dir), Settings(state=tmp_path, require_key=True))
    with TestClient(app) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        with WartsClient("http://testserver", token, transport=client._transport) as warts:
            assert warts.match("slow broadband").matches
            with pytest.raises(WartsApiError) as told:
                warts.feedback("elm-school-phones-2020", "useful")
            assert told.value.status == 403
        with WartsClient("http://testserver", transport=client._transport) as warts:
            with pytest.raises(WartsApiError) as told:
                warts.match("slow broadband")
            assert told.value.status == 401


def test_both_clients_offer_the_same():
    def offered(kind):
        return {
            name: str(inspect.signature(method)).split(" -> ")[0]
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    assert offered(WartsClient) == offered(AsyncWartsClient)


def test_every_method_is_documented_and_none_besides():
    rows = re.findall(
        r"^\| (`[a-z_]+\(.*?) \|", (ROOT / "docs" / "client.md").read_text("utf-8"), re.MULTILINE
    )
    documented = {name for row in rows for name in re.findall(r"`([a-z_]+)\(", row)}
    offered = {name for name, _ in inspect.getmembers(WartsClient, inspect.isfunction) if name[0] != "_"}
    assert documented == offered - {"close"}


def test_both_clients_send_the_same(tmp_path):
    asked = {
        "match": (("mobiles",), {"context": {"phases": ["secondary"]}, "k": 2}),
        "case": (("a",), {}),
        "similar": (("a",), {"k": 3}),
        "compare": ((["a", "b"], {"country": "GB"}), {}),
        "facets": ((), {"phase": ["primary"]}),
        "themes": ((), {}),
        "export": ((), {"outcome": ["mixed"]}),
        "feedback": (("a", "useful"), {}),
        "make_report": ((ROOT / "README.md",), {"k": 3, "formats": ["csv", "html"]}),
        "reports": ((), {}),
        "report": (("a/b",), {}),
        "wait_for_report": (("a",), {}),
        "download_report": (("a", tmp_path / "report.zip"), {}),
        "delete_report": (("a",), {}),
    }
    for name, (arguments, options) in asked.items():
        by_one, by_other = Told(problem(404)), Told(problem(404))
        with pytest.raises(WartsApiError):
            getattr(client_of(by_one), name)(*arguments, **options)
        with pytest.raises(WartsApiError):
            run(
                all_of(
                    by_other, lambda warts, name=name, a=arguments, o=options: getattr(warts, name)(*a, **o)
                )
            )
        assert sent(by_one) == sent(by_other)


def sent(told):
    """Return the first request, without the line between the parts of a form, which is drawn by lot."""
    method, address, body, headers = told.asked[0]
    _, _, line = headers.get("content-type", "").partition("boundary=")
    return method, address, body.replace(line.encode(), b"LINE") if line else body


def test_the_client_for_asyncio_goes_through_all_pages():
    brief = {
        "case_id": "a",
        "title": "A",
        "summary": "A.",
        "institution": {},
        "technology": ["x"],
        "themes": [],
    }
    brief |= {"years": None, "outcome": "mixed", "independence": "independent"}
    first = {"version": 1, "total": 2, "cases": [brief], "next": "/v1/cases?after=a"}
    last = {**first, "cases": [{**brief, "case_id": "b"}], "next": None}

    async def ids(warts):
        return [case.case_id async for case in warts.cases()]

    told = Told(httpx2.Response(200, json=first), httpx2.Response(200, json=last))
    assert run(all_of(told, ids)) == ["a", "b"]


def test_importing_it_loads_nothing_that_answers_questions():
    code = "import json, sys, service.client; print(json.dumps(list(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "torch",
        "transformers",
        "openvino",
        "faiss",
        "sentence_transformers",
        "fastapi",
        "uvicorn",
        "symspellpy",
    }
    assert heavy.isdisjoint(json.loads(ran.stdout))
