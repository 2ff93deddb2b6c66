"""The passages that are shown: which, how many, in what order, and with what beside them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.vocabulary import shipped_vocabulary, stems_of
from engine.concern import parse_concern
from engine.explanation import MOST_PASSAGES, Explanations
from engine.retrieval import retrieve
from index.building import build_index
from index.case_index import CaseIndex
from index.lexical import terms_of


@pytest.fixture
def explain(tmp_path, encoder):
    """Explain the first of some cases, all of them indexed, for a concern."""

    def make(text, *cases, position=0, sought=()):
        build_index(cases, encoder, tmp_path / "made")
        index = CaseIndex.open(tmp_path / "made")
        candidates = retrieve(index, encoder, parse_concern(text))
        return Explanations(index, candidates, sought).mirroring_passages(position)

    return make


def met_texts(shown):
    return [shown.passage.text[one.start : one.end] for one in shown.met]


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


# What met


def test_the_words_that_met_are_marked_where_they_stand(explain, make_case):
    case = make_case(objections=[{"text": "Zebras crossed every lemon at noon"}])
    (first, *_) = explain("a zebra or lemons", case)
    assert met_texts(first) == ["Zebras", "lemon"]


def test_a_concept_that_met_under_another_name_is_marked_with_its_label(explain, make_case):
    case = make_case(objections=[{"text": "Handsets are hidden in socks"}])
    (first, *_) = explain("mobiles", case)
    (one,) = first.met
    assert first.passage.text[one.start : one.end] == "Handsets"
    assert one.concept is not None
    assert shipped_vocabulary().mentions(stems_of(one.concept))


def test_every_word_of_any_worry_is_marked(explain, make_case):
    case = make_case(objections=[{"text": "Zebras smell and quokkas object"}])
    (first, *_) = explain("smelling zebras. quokkas saw no walnuts", case)
    assert {word.lower() for word in met_texts(first)} >= {"zebras", "smell", "quokkas"}


def test_what_is_ruled_out_is_not_marked(explain, make_case):
    case = make_case(
        objections=[{"text": "The broadband is slow"}], failed=["Nobody trained the staff about broadband"]
    )
    shown = explain("the broadband is fine, nobody has been trained", case)
    assert "broadband" not in [word.lower() for one in shown for word in met_texts(one)]


def test_a_response_is_not_marked_in_the_text_of_its_objection(explain, make_case):
    case = make_case(objections=[{"text": "Cost", "response": "Trolleys were leased"}])
    for one in explain("trolleys", case):
        assert one.met == () or one.passage.text != "Cost"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                "phones",
                "Handsets",
                "the broadband",
                "parents’ cost",
                "İPads",
                "not tablets",
                "wi-fi",
                "second",
            ]
        ),
        min_size=1,
        max_size=6,
    ).map(", ".join)
    | st.text(st.characters(), max_size=40)
)
def test_what_met_lies_in_its_passage_in_order_and_is_said_by_the_worry(matcher, text):
    concern = parse_concern(text)
    said = set(terms_of(concern.query, shipped_vocabulary()).terms)
    for worry in concern.worries:
        said |= set(terms_of(worry, shipped_vocabulary()).terms)
    for match in matcher.match(text).matches:
        for shown in match.passages:
            end = 0
            for one in shown.met:
                assert end <= one.start < one.end <= len(shown.passage.text)
                end = one.end
                terms = terms_of(shown.passage.text[one.start : one.end], shipped_vocabulary()).terms
                assert said & set(terms)


# What was asked for


def test_of_two_statements_told_alike_the_field_asked_for_comes_first(explain, make_case):
    said = "Batteries swell in the charging trolley"
    case = make_case(objections=[{"text": "Cost"}], failed=[said], not_again=[said], worked=[said])
    assert [one.passage.field for one in explain(said, case)][:1] == ["failed"]
    assert [one.passage.field for one in explain(said, case, sought=("not_again",))][:1] == ["not_again"]


def test_a_score_stays_within_one_though_its_field_was_asked_for(explain, make_case):
    said = "Batteries swell in the charging trolley"
    case = make_case(objections=[{"text": said}])
    (first, *_) = explain(said, case, sought=("objections",))
    assert 0.9 < first.score <= 1
