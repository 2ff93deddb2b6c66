"""The model of clauses' words: its features by hand, its probability by the formula, whatever its weights."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import denial_model
from engine.denial_model import INTERCEPT, WEIGHTS_FILE, features_of, probability_of_denial

some_clauses = st.lists(st.text(st.characters(), max_size=30), min_size=1, max_size=5)


@pytest.fixture
def weights(monkeypatch):
    """Put other weights in place of the trained ones."""

    def make(**given_weights):
        monkeypatch.setattr(denial_model, "_weights", lambda: {INTERCEPT: 0.0, **given_weights})

    return make


def test_the_features_of_a_clause_between_two_others_worked_out_by_hand():
    found = set(features_of(["it's new", "The WiFi’s fine", "who pays now then"], 1))
    assert found == {
        *("w:the", "w:wifi's", "w:fine"),
        *("b:^ the", "b:the wifi's", "b:wifi's fine", "b:fine $"),
        "t:the wifi's fine",
        *("starts:the wifi's", "ends:wifi's fine"),
        *("after starts:who", "after starts:who pays", "after starts:who pays now"),
        *("after:who", "after:pays", "after:now", "after:then"),
        *("before starts:it's new", "before:it's", "before:new"),
        "place:1 of 3",
    }


def test_a_clause_alone_is_first_and_last():
    assert {"first", "last", "place:0 of 1"} <= set(features_of(["phones"], 0))


def test_later_clauses_and_longer_texts_are_not_told_apart():
    clauses = ["phones"] * 9
    assert "place:3 of 4" in set(features_of(clauses, 5))
    assert "place:3 of 4" in set(features_of(clauses, 8))


def test_the_probability_is_the_logistic_function_of_the_sum_each_feature_once(weights):
    weights(**{"w:fine": 2.0, "b:^ fine": -0.5, "last": 0.25, "w:other": 9.0})
    assert probability_of_denial(["fine fine fine"], 0) == pytest.approx(1 / (1 + math.exp(-1.75)))


def test_without_a_feature_it_knows_the_intercept_decides(weights):
    weights(**{INTERCEPT: -1.0})
    assert probability_of_denial(["zebra"], 0) == pytest.approx(1 / (1 + math.exp(1)))


@settings(max_examples=100, deadline=None)
@given(some_clauses)
def test_any_clause_of_any_text_has_a_probability(clauses):
    for number in range(len(clauses)):
        assert 0 <= probability_of_denial(clauses, number) <= 1


@settings(max_examples=50, deadline=None)
@given(some_clauses)
def test_capitals_and_the_kind_of_apostrophe_do_not_matter(clauses):
    plain = [clause.replace("’", "'").lower() for clause in clauses]
    for number in range(len(clauses)):
        assert probability_of_denial(plain, number) == probability_of_denial(
            [clause.replace("'", "’") for clause in plain], number
        )


def test_the_shipped_weights_are_finite_numbers_with_an_intercept():
    weights = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    assert INTERCEPT in weights
    assert all(isinstance(weight, float | int) and math.isfinite(weight) for weight in weights.values())


def test_every_weight_belongs_to_a_feature_that_can_occur():
    kinds = (
        "w:",
        "b:",
        "t:",
        "starts:",
        "ends:",
        "after starts:",
        "after:",
        "before starts:",
        "before:",
        "place:",
    )
    names = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8")).keys() - {INTERCEPT, "first", "last"}
    assert [name for name in names if not name.startswith(kinds)] == []


def test_a_thing_said_to_be_fine_is_likelier_ruled_out_than_one_that_is_broken():
    fine, broken = ["the wifi is fine", "it's the training"], ["the wifi is broken", "it's the training"]
    assert probability_of_denial(fine, 0) > probability_of_denial(broken, 0)
