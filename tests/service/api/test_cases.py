"""Lists of cases: paged, narrowed, exported."""

from __future__ import annotations

import json

from corpus.issues import Place
from corpus.parsing import RawRecord
from corpus.reading import validate_record
from index.building import build_index
from index.case_index import CaseIndex
from service.live import Live


def ids(answer):
    return [case["case_id"] for case in answer["cases"]]


def test_pages_stay_right_while_the_index_changes_between_them(
    client, index_dir, three_cases, encoder, make_case
):
    """By numbers, a case that comes before the page would show another twice, and one that goes hide one."""
    first = client.get("/v1/cases?limit=1").json()
    assert ids(first) == ["ash-primary-broadband-2015"]
    added = [make_case(id="aaa-new-2026"), make_case(id="fir-new-2026")]
    build_index([*three_cases[::2], *added], encoder, index_dir)  # ash, on which the page ended, has gone
    holder = client.app.state.live
    holder.current = Live(CaseIndex.open(index_dir), holder.current.matcher)
    seen, address = ids(first), first["next"]
    while address:
        page = client.get(address).json()
        seen, address = seen + ids(page), page["next"]
    assert seen == [
        "ash-primary-broadband-2015",
        "elm-school-phones-2020",
        "fir-new-2026",
        "oak-college-tablets-2018",
    ]


def test_the_next_address_keeps_filters_and_fields(client):
    page = client.get("/v1/cases?country=GB&country=US&fields=case_id,title&fields=outcome&limit=2").json()
    following = client.get(page["next"]).json()
    assert following["total"] == 3
    assert following["next"] is None
    assert following["cases"] == [
        {
            "case_id": "oak-college-tablets-2018",
            "title": "Tablets that parents paid for",
            "outcome": "scaled-back",
        }
    ]


def test_an_unknown_field_is_refused_and_the_known_ones_are_named(client):
    answer = client.get("/v1/cases?fields=case_id,titel")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == "fields[1]"
    assert "'title'" in error["message"]
    assert client.get("/v1/cases?fields=").status_code == 422


def test_a_mistyped_filter_is_refused_and_not_lost(client):
    """It would list every case as if each passed."""
    for address in ("/v1/cases?phases=primary", "/v1/cases.csv?Phase=primary", "/v1/facets?fase=primary"):
        answer = client.get(address)
        assert answer.status_code == 422
        assert "known: " in answer.json()["errors"][0]["message"]
        assert "phase" in answer.json()["errors"][0]["message"]
    assert client.get("/v1/cases/elm-school-phones-2020?k=1").status_code == 422


def test_themes_are_of_objections_and_filter(client, index_dir, encoder, make_case):
    text = {"text": "No"}
    cases = [
        make_case(id="a", objections=[{**text, "themes": ["cost", "privacy"]}, {**text, "themes": ["cost"]}]),
        make_case(id="b", objections=[{**text, "themes": ["privacy"]}]),
        make_case(id="c"),
    ]
    build_index(cases, encoder, index_dir)
    client.app.state.live.current = Live(CaseIndex.open(index_dir))
    assert client.get("/v1/cases/a").status_code == 200
    told = client.get("/v1/cases?theme=cost").json()
    assert ids(told) == ["a"]
    assert told["cases"][0]["themes"] == ["cost", "privacy"]
    assert ids(client.get("/v1/cases?theme=cost&theme=privacy").json()) == ["a", "b"]
    assert client.get("/v1/cases/c").json()["id"] == "c"


def test_exports_hold_what_the_list_holds(client):
    for query in ("", "?country=GB", "?phase=primary&phase=secondary", "?technology=none-such"):
        listed = ids(client.get(f"/v1/cases{query}").json())
        lines = client.get(f"/v1/cases.jsonl{query}")
        assert lines.headers["content-type"] == "application/jsonl"
        assert [json.loads(line)["id"] for line in lines.text.splitlines()] == listed
        table = client.get(f"/v1/cases.csv{query}")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert table.headers["content-disposition"] == 'attachment; filename="cases.csv"'
        assert len(table.text.splitlines()) == 1 + len(listed)


def test_every_exported_line_is_a_record_as_it_was(client, three_cases):
    lines = client.get("/v1/cases.jsonl").text.splitlines()
    read = [validate_record(RawRecord(json.loads(line), Place("export")))[0] for line in lines]
    assert read == sorted(three_cases, key=lambda case: case.id)
