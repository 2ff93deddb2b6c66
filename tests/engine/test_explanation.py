"""The passages that are shown: which, how many, in what order, and with what beside them."""

from __future__ import annotations

import pytest

from engine.concern import parse_concern
from engine.explanation import MOST_PASSAGES, mirroring_passages
from engine.retrieval import retrieve
from index.building import build_index
from index.case_index import CaseIndex


@pytest.fixture
def explain(tmp_path, encoder):
    """Explain the first of some cases, all of them indexed, for a concern."""

    def make(text, *cases, position=0):
        build_index(cases, encoder, tmp_path / "made")
        index = CaseIndex.open(tmp_path / "made")
        candidates = retrieve(index, encoder, parse_concern(text))
        return mirroring_passages(index, candidates, position)

    return make


def texts(passages):
    return [one.passage.text for one in passages]


def test_the_objection_that_mirrors_the_worry_comes_first_with_its_response_and_result(explain, make_case):
    case = make_case(
        objections=[
            {"text": "Cleaners had no keys", "response": "Keys were cut", "result": "resolved"},
            {
                "text": "Parents want to reach their children",
                "response": "The office takes messages",
                "result": "partly",
            },
        ]
    )
    first = explain("parents want to reach their children", case)[0]
    assert first.passage.field == "objections"
    assert first.passage.item == 1
    assert first.passage.response == "The office takes messages"
    assert first.passage.result == "partly"


def test_an_objection_that_nothing_was_done_about_has_no_response(explain, make_case):
    case = make_case(objections=[{"text": "Parents want to reach their children", "result": "unresolved"}])
    first = explain("parents want to reach their children", case)[0]
    assert (first.passage.response, first.passage.result) == (None, "unresolved")


def test_no_more_passages_than_the_most_are_shown_best_first(explain, make_case):
    objections = [{"text": f"Pouches are cut open number{number}"} for number in range(9)]
    shown = explain("pouches are cut open", make_case(objections=objections))
    assert len(shown) == MOST_PASSAGES == 5
    scores = [one.score for one in shown]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_every_passage_is_of_the_case_that_is_explained(explain, three_cases, position):
    for text in ("the broadband is too slow", "parents cannot afford tablets", "quokka"):
        shown = explain(text, *three_cases, position=position)
        assert {one.passage.case_id for one in shown} == {three_cases[position].id}


def test_the_story_of_a_case_is_no_passage_that_mirrors_a_worry(explain, make_case):
    worry = "Batteries swell in the charging trolley"
    case = make_case(summary=worry, aims=[worry], process=[{"when": "May 2020", "what": worry}])
    shown = explain(worry, case)
    assert {one.passage.field for one in shown} <= {"objections", "worked", "failed", "not_again"}
    assert worry not in texts(shown)


def test_of_the_same_words_an_objection_comes_before_what_failed_and_that_before_what_worked(
    explain, make_case
):
    worry = "Batteries swell in the charging trolley"
    case = make_case(objections=[{"text": worry}], failed=[worry], worked=[worry])
    assert [one.passage.field for one in explain(worry, case)] == ["objections", "failed", "worked"]


def test_a_statement_about_something_else_is_not_shown_beside_one_that_mirrors_the_worry(explain, make_case):
    case = make_case(
        objections=[{"text": "Batteries swell in the charging trolley"}, {"text": "Cleaners had no keys"}]
    )
    assert texts(explain("batteries swell in the charging trolley", case)) == [
        "Batteries swell in the charging trolley"
    ]


def test_a_statement_that_mirrors_any_one_of_the_worries_is_shown(explain, make_case):
    case = make_case(
        objections=[
            {"text": "Batteries swell in the charging trolley"},
            {"text": "Cleaners had no keys"},
            {"text": "Governors saw no evidence"},
        ]
    )
    shown = texts(explain("batteries swell in the charging trolley, governors saw no evidence", case))
    assert set(shown) == {"Batteries swell in the charging trolley", "Governors saw no evidence"}


def test_where_nothing_mirrors_the_worry_something_is_shown_with_a_score_of_nothing(explain, make_case):
    shown = explain("quokka zeppelin", make_case())
    assert 1 <= len(shown) <= MOST_PASSAGES
    assert {one.score for one in shown} == {0}
