from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from corpus.issues import Place
from corpus.parsing import RawRecord
from corpus.reading import validate_record
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex
from service.app import create_app
from service.schema_files import schema_of
from service.settings import Settings


def is_problem(response, status: int) -> bool:
    told = response.json()
    return (
        response.status_code == status == told["status"]
        and response.headers["content-type"] == "application/problem+json"
        and {"type", "title", "detail", "errors"} <= told.keys()
    )


def test_match_is_valid_against_the_published_schema(client):
    response = client.post(
        "/v1/match", json={"text": "slow broadband", "context": {"setting": "rural"}, "k": 2}
    )
    assert response.status_code == 200
    Draft202012Validator(schema_of("answer-v1.schema.json")).validate(response.json())
    assert response.json()["matches"][0]["case_id"] == "ash-primary-broadband-2015"


def test_match_equals_the_command_line(client, matcher):
    from service.schemas import AnswerOut

    told = client.post("/v1/match", json={"text": "parents and tablets"}).text
    assert told == AnswerOut.of(matcher.match("parents and tablets")).as_line()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x", "k": 0}, "k"),
        ({"text": "x", "k": 51}, "k"),
        ({"text": "x", "context": {"country": "UK"}}, "context.country"),
        ({"text": "x", "context": {"pupils": -3}}, "context.pupils"),
        ({"text": "x", "context": {"phases": ["village"]}}, "context.phases[0]"),
        ({"text": "x", "nearness": 1}, "nearness"),
        ({"text": "x", "closeness": 1.01}, "closeness"),
        ({"text": "x", "closeness": -1}, "closeness"),
        ({"text": "x", "closeness": "very"}, "closeness"),
        ({"text": "x", "unlike": {"phases": "forbid"}}, "unlike.phases"),
        ({"text": "x", "unlike": ["phases"]}, "unlike"),
        ([1], "body"),
    ],
)
def test_a_request_that_cannot_be_used_names_the_field(client, body, field):
    response = client.post("/v1/match", json=body)
    assert is_problem(response, 422)
    assert field in [error["field"] for error in response.json()["errors"]]


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"{", b"", b"[" * 60_000])
def test_a_body_that_is_not_json_is_a_problem_and_not_a_crash(client, body):
    response = client.post("/v1/match", content=body, headers={"Content-Type": "application/json"})
    assert is_problem(response, 422) or is_problem(response, 400)


@pytest.mark.parametrize("text", ["x" * 10_000, "a", "😀", "\u202eevil\u202c", "<b>bold</b>", "שלום"])
def test_odd_texts_are_answered(client, text):
    assert client.post("/v1/match", json={"text": text}).status_code == 200


def test_other_keys_of_the_context_are_passed_over(client):
    body = {"text": "phones", "context": {"setting": "town", "nickname": "x"}}
    assert client.post("/v1/match", json=body).json()["concern"]["context"] == {"setting": "town"}


def test_cases_are_filtered_and_paged_without_loss_or_repetition(client):
    whole = client.get("/v1/cases").json()
    assert whole["total"] == 3
    seen, address = [], "/v1/cases?limit=1"
    while address:
        page = client.get(address).json()
        assert page["total"] == 3
        seen += [case["case_id"] for case in page["cases"]]
        address = page["next"]
    assert seen == [case["case_id"] for case in whole["cases"]] == sorted(seen)
    filtered = client.get("/v1/cases", params={"country": ["GB"], "phase": ["primary", "special"]}).json()
    assert [case["case_id"] for case in filtered["cases"]] == ["ash-primary-broadband-2015"]


def test_an_unknown_setting_never_passes_a_filter_on_setting(client):
    found = client.get("/v1/cases", params={"setting": ["rural", "urban"]}).json()["cases"]
    assert "elm-school-phones-2020" not in [case["case_id"] for case in found]


def test_a_filter_value_that_cannot_be_is_a_problem(client):
    assert is_problem(client.get("/v1/cases?phase=village"), 422)
    assert is_problem(client.get("/v1/cases?limit=1000"), 422)


def test_a_case_comes_in_the_interchange_format(client, three_cases):
    told = client.get("/v1/cases/oak-college-tablets-2018").json()
    again, issues = validate_record(RawRecord(told, Place("answer")))
    assert issues == []
    assert again == three_cases[2]


def test_an_unknown_case_is_404_and_suggests_another(client):
    response = client.get("/v1/cases/oak-colege-tablets-2018")
    assert is_problem(response, 404)
    assert "oak-college-tablets-2018" in response.json()["detail"]
    assert is_problem(client.get("/v1/cases/..%2f..%2fetc%2fpasswd"), 404)
    assert is_problem(client.get("/v1/nothing"), 404)
    assert is_problem(client.get("/v1/match"), 405)


def test_similar_cases_leave_out_the_case_itself(client):
    told = client.get("/v1/cases/oak-college-tablets-2018/similar?k=10").json()
    assert len(told["similar"]) == 2
    assert "oak-college-tablets-2018" not in [one["case_id"] for one in told["similar"]]
    nearness = [one["similarity"] for one in told["similar"]]
    assert nearness == sorted(nearness, reverse=True)


def test_until_the_model_is_loaded_questions_get_503_and_a_time_to_come_back(monkeypatch, index_dir):
    def broken(_):
        raise OSError("no weights here")

    monkeypatch.setattr(Settings, "encoder", property(broken))
    with TestClient(
        create_app(CaseIndex.open(index_dir), Settings()), raise_server_exceptions=False
    ) as client:
        for address, ask in (
            ("/readyz", client.get),
            ("/v1/match", lambda a: client.post(a, json={"text": "x"})),
        ):
            response = ask(address)
            assert is_problem(response, 503)
            assert response.headers["retry-after"] == "5"
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/v1/cases").status_code == 200


def test_every_answer_carries_the_security_headers(client):
    for address in ("/", "/healthz", "/v1/cases", "/static/style.css", "/nothing", "/v1/nothing"):
        headers = client.get(address).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_no_question_reaches_the_log(client, caplog):
    caplog.set_level("DEBUG")
    client.get("/?q=our+secret+worry")
    client.post("/v1/match", json={"text": "our secret worry"})
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("warts", "uvicorn"))]
    assert any(message.startswith("GET / 200") for message in ours)
    assert not any("secret" in message for message in ours)


def test_the_examples_of_the_api_description_work(client):
    described = client.get("/v1/openapi.json").json()
    body = described["paths"]["/v1/match"]["post"]["requestBody"]["content"]["application/json"]
    assert len(body["examples"]) >= 2
    for example in body["examples"].values():
        assert client.post("/v1/match", json=example["value"]).status_code == 200
    for path in described["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["responses"].keys() & {"200", "201", "202", "204"}


def test_the_description_tells_of_the_errors_as_problem_details(client):
    responses = client.get("/v1/openapi.json").json()["paths"]["/v1/match"]["post"]["responses"]
    assert set(responses) == {"200", "400", "401", "403", "413", "422", "429", "503"}
    assert list(responses["422"]["content"]) == ["application/problem+json"]
    json.dumps(responses)


# How schools are to be compared


def matched(client, **body):
    response = client.post("/v1/match", json={"text": "tablets, phones and slow broadband", **body})
    assert response.status_code == 200
    Draft202012Validator(schema_of("answer-v1.schema.json")).validate(response.json())
    return {match["case_id"]: match for match in response.json()["matches"]}


def test_an_unknown_attribute_of_unlike_is_named(client):
    response = client.post("/v1/match", json={"text": "x", "unlike": {"colour": "exclude"}})
    assert is_problem(response, 422)
    assert any("colour" in error["field"] for error in response.json()["errors"])


def test_a_closeness_that_is_no_number_is_a_problem_and_not_a_crash(client):
    response = client.post(
        "/v1/match", content='{"text": "x", "closeness": NaN}', headers={"Content-Type": "application/json"}
    )
    assert response.status_code in (400, 422)


def test_closeness_says_how_much_the_school_counts_and_null_is_the_usual(client):
    mine = {"country": "US", "kind": "college"}
    none, whole = (matched(client, context=mine, closeness=closeness) for closeness in (0, 1))
    assert {match["parts"]["context"] for match in none.values()} == {0}
    assert any(match["parts"]["context"] for match in whole.values())
    assert matched(client, context=mine, closeness=None) == matched(client, context=mine)
    assert matched(client, context=mine, closeness=TUNING.closeness) == matched(client, context=mine)


def test_schools_unlike_are_excluded_or_count_less_and_unknown_ones_stay(client):
    mine = {"setting": "rural", "country": "GB"}
    found = matched(client, context=mine, unlike={"setting": "exclude"})
    assert set(found) == {"elm-school-phones-2020", "ash-primary-broadband-2015"}
    less = matched(client, context=mine, unlike={"country": "count-less"})
    assert less["oak-college-tablets-2018"]["parts"]["unlike"] < 0
    assert less["elm-school-phones-2020"]["parts"]["unlike"] == 0


def test_what_is_unlike_can_be_told_though_nothing_is_known_of_the_school(client):
    plain = matched(client)
    excluded = matched(client, unlike={"setting": "exclude", "country": "exclude"})
    assert excluded == plain


# What an answer tells


def test_a_correction_has_its_span_in_the_text(client):
    told = client.post("/v1/match", json={"text": "slow  braodband"}).json()["concern"]
    (one,) = told["corrections"]
    assert (one["written"], one["read_as"]) == ("braodband", "broadband")
    assert told["text"][one["start"] : one["end"]] == "braodband"


def test_what_met_has_its_spans_in_the_texts_of_the_passages(client):
    told = client.post("/v1/match", json={"text": "our lesson stalled"}).json()
    spans = [
        passage["text"][met["start"] : met["end"]]
        for match in told["matches"]
        for passage in match["passages"]
        for met in passage["met"]
    ]
    assert {"Lessons", "stalled"} <= set(spans)


def test_several_worries_are_answered_one_by_one(client):
    text = "The broadband is too slow for a whole class. Zeppelins land on the roof every week."
    met, unmet = client.post("/v1/match", json={"text": text}).json()["worries"]
    assert met["case_ids"][0] == "ash-primary-broadband-2015"
    assert (unmet["verdict"], unmet["case_ids"]) == ("none", [])


def test_what_is_asked_for_is_told(client):
    told = client.post("/v1/match", json={"text": "what would you not do again with tablets"}).json()
    assert told["concern"]["sought"] == ["regrets"]


def test_a_retold_story_is_named_under_the_one_that_is_shown(monkeypatch, tmp_path, make_case, encoder):
    build_index([make_case(), make_case(id="elm-again")], encoder, tmp_path / "i")
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    with TestClient(create_app(CaseIndex.open(tmp_path / "i"), Settings())) as client:
        while client.get("/readyz").status_code != 200:
            pass
        (match,) = client.post("/v1/match", json={"text": "phones in pouches"}).json()["matches"]
        assert match["retold"] == ["elm-again"]
        assert client.get("/v1/cases/elm-again").status_code == 200
