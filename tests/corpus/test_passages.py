from __future__ import annotations

from collections import Counter

import pytest

from corpus.passages import Passage, split_passages, whole_text


@pytest.fixture
def rich_case(make_case):
    return make_case(
        id="elm",
        title="Title",
        summary="Summary",
        technology=["phone-pouches", "tablets"],
        aims=["Aim"],
        objections=[
            {"text": "Too dear", "response": "A fund", "result": "partly"},
            {"text": "Too slow"},
        ],
        worked=["Worked"],
        failed=["Failed one", "Failed two"],
        not_again=["Not again"],
        process=[{"when": "May", "what": "Step one"}, {"what": "Step two"}],
        evidence=[{"claim": "Never a passage", "figure": "12"}],
        factors=[{"factor": "timing", "effect": "hindered", "note": "Nor this"}],
        pilot={"note": "Nor that"},
    )


def test_a_case_is_cut_into_its_statements_in_the_order_of_the_contract(rich_case):
    assert list(split_passages(rich_case)) == [
        Passage("elm", "case", None, whole_text(rich_case)),
        Passage("elm", "summary", None, "Title\nSummary"),
        Passage("elm", "aims", 0, "Aim"),
        Passage("elm", "objections", 0, "Too dear", "A fund", "partly"),
        Passage("elm", "objections", 1, "Too slow", None, "unknown"),
        Passage("elm", "worked", 0, "Worked"),
        Passage("elm", "failed", 0, "Failed one"),
        Passage("elm", "failed", 1, "Failed two"),
        Passage("elm", "not_again", 0, "Not again"),
        Passage("elm", "process", 0, "May: Step one"),
        Passage("elm", "process", 1, "Step two"),
    ]


def test_the_whole_text_begins_with_what_a_reader_needs_first(rich_case):
    assert whole_text(rich_case).split("\n") == [
        "Title",
        "Summary",
        "Too dear",
        "Too slow",
        "Failed one",
        "Failed two",
        "Not again",
        "Worked",
        "Aim",
        "phone pouches tablets",
    ]


def test_an_objection_is_indexed_together_with_its_response_and_shown_without(rich_case):
    answered, unanswered = [p for p in split_passages(rich_case) if p.field == "objections"]
    assert (answered.text, answered.indexed_text) == ("Too dear", "Too dear\nA fund")
    assert unanswered.indexed_text == "Too slow"


def test_a_case_with_nothing_but_the_required_parts_has_no_empty_passage(make_case):
    passages = list(split_passages(make_case(not_again=[])))
    assert [(p.field, p.item) for p in passages] == [
        ("case", None),
        ("summary", None),
        ("objections", 0),
        ("failed", 0),
    ]
    assert all(p.indexed_text.strip() for p in passages)


def test_field_and_item_name_one_passage_of_a_case(rich_case):
    names = Counter((p.case_id, p.field, p.item) for p in split_passages(rich_case))
    assert set(names.values()) == {1}
