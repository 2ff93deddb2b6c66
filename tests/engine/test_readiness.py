"""A plan held against five factors: its own words, others' trouble, and no score."""

from __future__ import annotations

import pytest

from engine.readiness import FACTORS, MOST_CLAUSES, MOST_WARNINGS, assess, nearness_to, texts_to_encode
from index.building import build_index
from index.case_index import CaseIndex


@pytest.fixture
def assessed(encoder, tmp_path):
    """Assess a plan over some cases."""

    def assess_over(cases, clauses=(), nearness=None):
        build_index(cases, encoder, tmp_path / "i")
        index = CaseIndex.open(tmp_path / "i")
        vectors = encoder.encode_queries(texts_to_encode(clauses))
        found = assess(index, clauses, vectors, nearness or nearness_to(index, ()))
        return {one.factor.name: one for one in found}

    return assess_over


def test_every_factor_is_there_in_order_whatever_the_plan(assessed, three_cases):
    assert list(assessed(three_cases)) == [factor.name for factor in FACTORS]
    assert all(one.said is None for one in assessed(three_cases).values())


def test_trouble_that_sounds_like_a_factor_is_told_with_its_case(assessed, make_case):
    wifi = make_case(
        id="wifi", failed=["The wifi was too slow for a class, and log-ins failed"], not_again=[]
    )
    found = assessed([wifi, make_case(id="other", failed=["Rain came in"], not_again=[])])
    (trouble,) = found["friction"].warnings
    assert (trouble.kind, trouble.case.id) == ("failed", "wifi")
    assert found["leadership"].warnings == ()


def test_what_worked_and_what_was_settled_warn_of_nothing(assessed, make_case):
    text = FACTORS[2].looked_for
    settled = [{"text": text, "result": "resolved"}]
    calm = make_case(objections=settled, worked=[text], failed=["Rain came in"], not_again=[])
    assert assessed([calm])["friction"].warnings == ()
    open_still = make_case(objections=[{"text": text, "result": "unresolved"}])
    assert assessed([open_still])["friction"].warnings[0].kind == "objections"


def test_what_a_record_says_of_a_factor_itself_comes_first(assessed, make_case):
    noted = {"factor": "friction", "effect": "hindered", "note": "Nobody could sign in", "source": 0}
    helped = {"factor": "leadership", "effect": "helped", "note": "The head used it daily", "source": 0}
    tagged = make_case(id="tagged", factors=[noted, helped])
    wifi = make_case(id="wifi", failed=["The wifi was too slow for a class, and log-ins failed"])
    found = assessed([wifi, tagged])
    first = found["friction"].warnings[0]
    assert (first.kind, first.text) == ("factor", "Nobody could sign in")
    assert "The head used it daily" not in [one.text for one in found["leadership"].warnings]


def test_each_case_warns_once_and_four_at_most(assessed, make_case):
    cases = [make_case(id=f"c{n}", failed=[FACTORS[2].looked_for, "log-ins failed"]) for n in range(6)]
    warnings = assessed(cases)["friction"].warnings
    assert len({one.case.id for one in warnings}) == len(warnings) == MOST_WARNINGS


def test_of_equal_trouble_that_of_the_case_nearer_to_the_plan_comes_first(assessed, make_case):
    cases = [make_case(id=f"c{n}", failed=[FACTORS[2].looked_for]) for n in range(3)]
    warnings = assessed(cases, nearness={0: 0.1, 1: 1.0, 2: 0.5})["friction"].warnings
    assert [one.case.id for one in warnings] == ["c1", "c2", "c0"]


def test_only_cases_that_may_warn_do(assessed, make_case):
    cases = [make_case(id=f"c{n}", failed=[FACTORS[2].looked_for]) for n in range(3)]
    assert [one.case.id for one in assessed(cases, nearness={1: 1.0})["friction"].warnings] == ["c1"]


def test_the_plans_own_words_are_found_for_the_factor_they_are_about(assessed, three_cases):
    clauses = ["the wifi, log-ins and repairs work on the first day", "rain"]
    found = assessed(three_cases, clauses)
    assert found["friction"].said == clauses[0]
    assert found["leadership"].said is None


def test_a_long_plan_is_read_up_to_a_bound(encoder):
    assert len(texts_to_encode(["word"] * 100)) == 2 * len(FACTORS) + MOST_CLAUSES


def test_the_nearest_match_counts_one_and_no_matches_count_all_cases_alike(matcher):
    answer = matcher.match("slow broadband", k=3)
    near = nearness_to(matcher.index, answer.matches)
    assert max(near.values()) == near[matcher.index.position_of[answer.matches[0].case.id]] == 1
    assert nearness_to(matcher.index, ()) == {0: 0.0, 1: 0.0, 2: 0.0}
