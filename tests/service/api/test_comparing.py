from __future__ import annotations

import pytest

from engine.comparability import compare_contexts
from engine.context import SchoolContext

ELM, ASH, OAK = "elm-school-phones-2020", "ash-primary-broadband-2015", "oak-college-tablets-2018"


def test_cases_stand_side_by_side_in_the_order_asked_for(client):
    told = client.get("/v1/compare", params={"case": [OAK, ELM]}).json()
    assert [case["case_id"] for case in told["cases"]] == [OAK, ELM]
    elm = told["cases"][1]
    assert elm["objections"][0]["result"] == "partly"
    assert elm["failed"] == ["Pupils brought a second phone"]
    assert elm["not_again"] == ["Starting in September"]
    assert elm["institution"] == {
        "name": "Elm School", "kind": "school", "country": "GB", "phases": ["secondary"]
    }  # fmt: skip
    assert told["school"] == {}
    assert [case["context"] for case in told["cases"]] == [None, None]


def test_a_school_is_compared_as_the_engine_compares_it(client, three_cases):
    params = {
        "case": [ELM, ASH, OAK],
        "phase": ["primary"],
        "pupils": 90,
        "country": "gb",
        "setting": "rural",
    }
    told = client.get("/v1/compare", params=params).json()
    assert told["school"] == {"country": "GB", "phases": ["primary"], "setting": "rural", "pupils": 90}
    yours = SchoolContext(phases=("primary",), pupils=90, country="GB", setting="rural")
    for case, shown in zip(three_cases, told["cases"], strict=True):
        compared = compare_contexts(yours, SchoolContext.of(case.institution))
        assert shown["context"]["similarity"] == round(compared.similarity, 4)
        assert shown["context"]["different"] == list(compared.different)
        assert shown["context"]["unknown"] == list(compared.unknown)


@pytest.mark.parametrize("wanted", [[], [ELM], [ELM, ELM], [ELM, ASH, OAK, "x", "y"]])
def test_one_case_five_or_the_same_twice_are_not_compared(client, wanted):
    answer = client.get("/v1/compare", params={"case": wanted})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "case"


def test_a_case_that_is_not_there_is_404_and_suggests_another(client):
    answer = client.get("/v1/compare", params={"case": [ELM, "oak-colege-tablets-2018"]})
    assert answer.status_code == 404
    assert OAK in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value"), [("country", "UK"), ("pupils", "0"), ("phase", "village"), ("pupil", "90")]
)
def test_a_school_that_cannot_be_is_told_by_its_field(client, field, value):
    answer = client.get("/v1/compare", params={"case": [ELM, ASH], field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)
