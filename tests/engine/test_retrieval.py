"""Candidates and their nearness, against cosines and means worked out one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.passages import split_passages
from corpus.vocabulary import Vocabulary
from engine.concern import parse_concern
from engine.denial import Denial
from engine.retrieval import query_parts, retrieve
from engine.tuning import TUNING
from index import case_index
from index.building import build_index
from index.case_index import CaseIndex
from index.spelling import Spelling, words_in_use

SLOW = "The broadband is too slow for a whole class"
SENTENCES = (
    "the wifi is fine",
    "parents cannot afford the monthly cost",
    "not phones",
    "pupils brought a second phone",
    "no complaints about the tablets",
    "it's the training",
)


@pytest.fixture
def open_index(tmp_path, encoder):
    """Index some cases and open the index."""

    def make(cases):
        build_index(cases, encoder, tmp_path / "made")
        return CaseIndex.open(tmp_path / "made")

    return make


@pytest.fixture
def index(index_dir):
    return CaseIndex.open(index_dir)


def cosines(encoder, case, query, fields):
    """Return the cosine of a query with each passage of some fields, highest first."""
    texts = [passage.indexed_text for passage in split_passages(case) if passage.field in fields]
    vector = encoder.encode_queries([query])[0].astype(float)
    return sorted((float(encoder.encode_queries([text])[0] @ vector) for text in texts), reverse=True)


def weight_by_text(parts):
    return dict(zip(parts.texts, parts.weights.tolist(), strict=True))


# What is searched for


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=7), st.sampled_from([", ", ". ", " - "]))
def test_the_weights_of_the_query_parts_sum_to_one(sentences, glue):
    concern = parse_concern(glue.join(sentences))
    parts = query_parts(concern)
    assert parts.weights.shape == (len(parts.texts),)
    assert len(set(parts.texts)) == len(parts.texts)
    assert sum(parts.weights.tolist()) == pytest.approx(1, abs=1e-6)
    assert parts.weights.min() > 0
    assert len(parts.of_worry) == len(concern.worries)
    assert all(0 <= part < parts.meant <= len(parts.texts) for part in parts.of_worry)


def test_one_worry_is_searched_for_once():
    parts = query_parts(parse_concern(SLOW))
    assert weight_by_text(parts) == {SLOW: 1.0}
    assert (parts.of_worry, parts.meant) == ((0,), 1)


def test_several_worries_are_searched_for_together_and_each_with_the_same_weight():
    worries = ("theft", "cost", "training")
    concern = replace(parse_concern("theft"), query="theft, cost, training", worries=worries)
    parts = query_parts(concern)
    weights = weight_by_text(parts)
    assert set(weights) == {"theft, cost, training", "theft", "cost", "training"}
    assert weights["theft"] == weights["cost"] == weights["training"]
    assert weights["theft"] == pytest.approx(TUNING.worries_share / 3)
    assert weights["theft, cost, training"] == pytest.approx(1 - TUNING.worries_share)
    assert [parts.texts[part] for part in parts.of_worry] == ["theft", "cost", "training"]


def test_what_is_surely_ruled_out_is_not_searched_for_at_all():
    parts = query_parts(parse_concern("The wifi is fine, nobody has been trained"))
    assert weight_by_text(parts) == {"nobody has been trained": 1.0}


def test_a_text_with_what_it_may_rule_out_has_its_share_beside_what_is_left(monkeypatch):
    monkeypatch.setattr("engine.concern.denial_in", lambda clauses: Denial((0,), surely=False))
    text = "The wifi is fine, nobody has been trained"
    parts = query_parts(parse_concern(text))
    assert weight_by_text(parts) == {
        "nobody has been trained": pytest.approx(1 - TUNING.denied_share),
        text: pytest.approx(TUNING.denied_share),
    }
    assert [parts.texts[part] for part in range(parts.meant)] == ["nobody has been trained"]


def test_misspelt_words_are_searched_for_as_they_were_read():
    spelling = Spelling(words_in_use(["the broadband is slow"], Vocabulary((), digest="")))
    concern = parse_concern("slow braodband", spelling=spelling)
    assert query_parts(concern).texts == ("slow broadband",)


# Nearness


def test_the_cosine_arms_are_those_of_the_best_passage_the_best_three_and_the_whole(
    index, encoder, three_cases
):
    found = retrieve(index, encoder, parse_concern(SLOW))
    statements = {"summary", "aims", "objections", "worked", "failed", "not_again"}
    assert list(found.positions) == [0, 1, 2]
    for number, case in enumerate(index.cases):
        near = cosines(encoder, case, SLOW, statements)
        (whole,) = cosines(encoder, case, SLOW, {"case"})
        assert found.arms["passage"][0, number] == pytest.approx(near[0], abs=1e-6)
        assert found.arms["passages"][0, number] == pytest.approx(sum(near[:3]) / 3, abs=1e-6)
        assert found.arms["whole"][0, number] == pytest.approx(whole, abs=1e-6)


def test_a_step_of_the_story_is_no_statement_that_mirrors_a_worry(open_index, make_case, encoder):
    step = "Zebras crossed the playground"
    case = make_case(process=[{"when": None, "what": step}])
    found = retrieve(open_index([case]), encoder, parse_concern(step))
    assert found.arms["passage"][0, 0] < 0.5  # the step itself has a cosine of 1


def test_the_fused_arms_of_two_worries_are_the_weighted_means_of_their_own(index, encoder):
    concern = parse_concern("slow broadband, broken tablets")
    found = retrieve(index, encoder, concern)
    weights = weight_by_text(query_parts(concern))
    for number, case in enumerate(index.cases):
        whole = {text: cosines(encoder, case, text, {"case"})[0] for text in weights}
        assert found.arms["whole"][:, number] == pytest.approx(list(whole.values()), abs=1e-6)
        expected = sum(weight * whole[text] for text, weight in weights.items())
        assert found.fused_arms["whole"][number] == pytest.approx(expected, abs=1e-6)


def test_the_words_of_a_case_count_by_its_concepts_too(index, encoder):
    phones = retrieve(index, encoder, parse_concern("handsets"))
    assert phones.arms["words"][0, 0] > 0
    assert phones.arms["words"][0, 2] == 0


@pytest.mark.parametrize("text", [SLOW, "quokka zeppelin", "wifi is fine, not the cost, it's theft", "12"])
def test_every_arm_lies_between_nothing_and_one(index, encoder, text):
    found = retrieve(index, encoder, parse_concern(text))
    for scores in found.arms.values():
        assert scores.shape == (len(found.parts.texts), len(found.positions))
        assert ((scores >= 0) & (scores <= 1 + 1e-6)).all()


def test_cosines_below_zero_count_as_nothing_in_common(index, encoder):
    class Opposite:
        """Queries point away from every text."""

        identity = encoder.identity

        def encode_queries(self, texts):
            return -encoder.encode_queries(texts)

    found = retrieve(index, Opposite(), parse_concern(SLOW))
    assert all((found.arms[arm] == 0).all() for arm in ("passage", "passages", "whole"))
    assert found.arms["words"].max() > 0


# Which cases, which rows


@pytest.fixture
def chosen(monkeypatch):
    """Choose candidates among even the fewest cases."""
    monkeypatch.setattr(case_index, "MOST_LOOKED_AT", 0)


def test_the_rows_are_all_passages_of_the_candidates_and_of_no_other_case(chosen, index, encoder):
    concern = parse_concern("parents cannot afford the monthly cost")
    found = retrieve(index, encoder, concern, depth=1)
    assert list(found.positions) == [2]
    assert {index.passages[row].case_id for row in found.rows} == {"oak-college-tablets-2018"}
    assert list(found.rows) == list(index.rows_of_case(2))
    assert found.passage_cosine.shape == found.passage_words.shape == (1, len(found.rows))


def test_of_few_cases_all_are_candidates(index, encoder):
    found = retrieve(index, encoder, parse_concern("parents cannot afford the monthly cost"), depth=1)
    assert found.positions.tolist() == [0, 1, 2]
    assert found.rows.tolist() == list(range(len(index.passages)))


def test_each_worry_brings_in_its_own_candidates(chosen, index, encoder):
    concern = parse_concern("Parents cannot afford the monthly cost. Pupils brought a second phone.")
    found = retrieve(index, encoder, concern, depth=1)
    assert {0, 2} <= set(found.positions.tolist())
    assert np.all(np.diff(found.positions) > 0)


def test_another_case_in_the_corpus_does_not_change_how_near_a_case_means(
    open_index, encoder, three_cases, make_case
):
    concern = parse_concern(SLOW)
    before = retrieve(open_index(three_cases), encoder, concern)
    other = make_case(
        id="yew-school-robots-2022", summary="Yew School bought robots that nobody could start."
    )
    after = retrieve(open_index((*three_cases, other)), encoder, concern)
    for arm in ("passage", "passages", "whole"):
        assert after.arms[arm][:, :3] == pytest.approx(before.arms[arm])


def test_a_candidate_is_found_by_its_position(chosen, index, encoder):
    found = retrieve(index, encoder, parse_concern("parents cannot afford the monthly cost"), depth=1)
    assert [found.number_of(position) for position in found.positions.tolist()] == [0]
    assert len(found.terms) == len(found.parts.texts)
