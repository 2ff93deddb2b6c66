"""The order of candidates: what a score is made of, and what comparability may not do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.comparability import ALIKE, WEIGHTS, compare_contexts
from engine.context import SchoolContext
from engine.ranking import Preferences, rank
from engine.retrieval import Candidates, QueryParts
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex
from index.lexical import Terms

ARMS = ("passage", "passages", "whole", "words")
SHARE = TUNING.closeness * TUNING.context_share  # of relevance that the school moves at most, unless told
VILLAGE = {
    "kind": "school",
    "country": "GB",
    "phases": ["primary"],
    "setting": "rural",
    "sector": "state",
    "pupils": 90,
    "disadvantage": "average",
}
METROPOLIS = {
    "kind": "nation",
    "country": "AR",
    "phases": ["further-education"],
    "setting": "urban",
    "sector": "independent",
    "pupils": 900_000,
    "disadvantage": "high",
}
HARDLY_KNOWN = {"kind": "school", "country": "US", "phases": ["special"]}
PROPERTY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def index_of(tmp_path, encoder):
    """Index some cases and open the index."""

    def make(*cases):
        build_index(cases, encoder, tmp_path / "made")
        return CaseIndex.open(tmp_path / "made")

    return make


@pytest.fixture
def index(index_of, make_case):
    """Three cases told alike: of a metropolis, of a school hardly known, and of a village school."""
    return index_of(
        make_case(id="metropolis", institution=METROPOLIS),
        make_case(id="hardly-known", institution=HARDLY_KNOWN),
        make_case(id="village", institution=VILLAGE),
    )


def candidates(*nearness):
    """Make candidates, each with its nearness by arm, or one number for all of its arms."""
    arms = {
        arm: np.array(
            [[near[arm] if isinstance(near, dict) else near for near in nearness]], dtype=np.float32
        )
        for arm in ARMS
    }
    nothing = np.zeros((1, 0), dtype=np.float32)
    return Candidates(
        QueryParts(("worry",), np.ones(1, dtype=np.float32), of_worry=(0,), meant=1),
        np.arange(len(nearness)),
        arms,
        np.arange(0),
        nothing,
        nothing,
        terms=(Terms((), {}),),
    )


def relevance(one):
    """Return what the nearness of a ranked candidate gives it, before anything moves it."""
    return sum(one.parts[arm] for arm in ARMS)


some_arms = st.fixed_dictionaries(dict.fromkeys(ARMS, st.floats(0, 1, width=32)))
some_context = st.builds(
    SchoolContext,
    kind=st.sampled_from([None, "school", "nation"]),
    country=st.sampled_from([None, "GB", "AR", "US"]),
    phases=st.lists(st.sampled_from(["primary", "secondary", "special", "further-education"]), max_size=3),
    setting=st.sampled_from([None, "rural", "urban", "online"]),
    pupils=st.one_of(st.none(), st.integers(1, 1_000_000)),
    disadvantage=st.sampled_from([None, "low", "high"]),
)


@PROPERTY
@given(st.tuples(some_arms, some_arms, some_arms), some_context)
def test_a_score_is_the_sum_of_its_parts_and_the_best_comes_first(index, nearness, context):
    ranked = rank(index, candidates(*nearness), context)
    for one in ranked:
        assert one.score == pytest.approx(sum(one.parts.values()), abs=1e-6)
        assert 0 <= relevance(one) <= 1 + 1e-6
    assert sorted(one.position for one in ranked) == [0, 1, 2]
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)


@PROPERTY
@given(st.tuples(some_arms, some_arms, some_arms), some_context)
def test_context_moves_a_score_by_at_most_its_share_of_relevance(index, nearness, context):
    for one in rank(index, candidates(*nearness), context):
        assert abs(one.parts["context"]) <= SHARE * relevance(one) + 1e-6


@PROPERTY
@given(st.tuples(some_arms, some_arms, some_arms))
def test_without_context_none_of_a_score_comes_from_it(index, nearness):
    ranked = rank(index, candidates(*nearness), SchoolContext())
    assert [one.parts["context"] for one in ranked] == [0, 0, 0]


def test_the_same_school_gains_the_whole_share_and_one_unlike_in_everything_loses_it(index):
    ranked = {one.position: one for one in rank(index, candidates(0.5, 0.5, 0.5), SchoolContext(**VILLAGE))}
    assert ranked[2].parts["context"] == pytest.approx(SHARE * 0.5)
    assert -SHARE * 0.5 <= ranked[0].parts["context"] < -SHARE * 0.4
    assert ranked[0].parts["context"] < ranked[1].parts["context"] < ranked[2].parts["context"]


@pytest.mark.parametrize(
    ("context", "first"),
    [(VILLAGE, 2), (METROPOLIS, 0), (HARDLY_KNOWN, 1)],
    ids=["village", "metropolis", "special"],
)
def test_of_two_cases_as_near_the_more_comparable_school_comes_first(index, context, first):
    assert rank(index, candidates(0.5, 0.5, 0.5), SchoolContext(**context))[0].position == first


def test_a_very_comparable_school_with_another_problem_does_not_overtake_the_right_problem(index):
    too_far = 0.6 * (1 - SHARE) / (1 + SHARE) * 0.98  # what the whole share cannot make up for
    ranked = rank(index, candidates(0.6, 0.01, too_far), SchoolContext(**VILLAGE))
    assert [one.position for one in ranked] == [0, 2, 1]


def test_comparability_decides_between_cases_that_are_nearly_as_near(index):
    ranked = rank(index, candidates(0.50, 0.0, 0.49), SchoolContext(**VILLAGE))
    assert [one.position for one in ranked] == [2, 0, 1]


def test_of_equal_scores_the_case_that_comes_first_in_the_index_leads(index):
    assert [one.position for one in rank(index, candidates(0.4, 0.4, 0.4), SchoolContext())] == [0, 1, 2]


def test_a_case_with_nothing_in_common_scores_nothing_however_comparable(index):
    ranked = rank(index, candidates(0.0, 0.0, 0.0), SchoolContext(**VILLAGE))
    assert [one.score for one in ranked] == [0, 0, 0]


def test_a_vendors_own_story_stands_behind_the_same_story_told_by_others(index_of, make_case):
    def told_by(independence):
        source = {"title": "Pouches", "url": f"https://example.org/{independence}"}
        return make_case(id=independence, provenance={"independence": independence, "sources": [source]})

    index = index_of(*map(told_by, ("vendor-supported", "self-reported", "independent")))
    tuning = replace(TUNING, independence={"vendor-supported": -0.04})
    ranked = rank(index, candidates(0.5, 0.5, 0.5), SchoolContext(), tuning=tuning)
    assert [one.position for one in ranked] == [1, 2, 0]
    assert ranked[0].parts["independence"] == ranked[1].parts["independence"] == 0
    assert ranked[2].parts["independence"] == pytest.approx(-0.04 * 0.5)


def test_a_vendors_story_of_the_right_problem_still_leads(index_of, make_case):
    source = {"title": "Pouches", "url": "https://example.org/pouches"}
    index = index_of(
        make_case(id="ours"),
        make_case(id="theirs", provenance={"independence": "vendor-supported", "sources": [source]}),
    )
    assert rank(index, candidates(0.45, 0.5), SchoolContext())[0].position == 1


# Preferences


def test_a_closeness_of_nothing_leaves_the_order_to_relevance_and_a_whole_one_lets_the_school_decide(index):
    near = candidates(0.50, 0.0, 0.45)
    mine = SchoolContext(**VILLAGE)
    by_relevance = rank(index, near, mine, Preferences(closeness=0))
    assert [one.position for one in by_relevance] == [0, 2, 1]
    assert {one.parts["context"] for one in by_relevance} == {0}
    assert rank(index, near, mine, Preferences(closeness=1))[0].position == 2


@PROPERTY
@given(some_context, st.floats(0, 1))
def test_the_share_of_the_school_grows_in_a_line_with_closeness(index, context, closeness):
    near = candidates(0.4, 0.5, 0.6)
    whole = {one.position: one for one in rank(index, near, context, Preferences(closeness=1))}
    for one in rank(index, near, context, Preferences(closeness=closeness)):
        expected = closeness * whole[one.position].parts["context"]
        assert one.parts["context"] == pytest.approx(expected, abs=1e-9)


def test_without_a_closeness_the_usual_one_is_taken(index):
    near, mine = candidates(0.4, 0.5, 0.6), SchoolContext(**VILLAGE)
    assert rank(index, near, mine) == rank(index, near, mine, Preferences(closeness=TUNING.closeness))


@PROPERTY
@given(some_context, st.sets(st.sampled_from(sorted(WEIGHTS))))
def test_what_is_excluded_when_unlike_is_exactly_what_is_known_to_be_unlike(index, context, attributes):
    preferences = Preferences(unlike=dict.fromkeys(attributes, "exclude"))
    kept = {one.position for one in rank(index, candidates(0.4, 0.5, 0.6), context, preferences)}
    for position, case in enumerate(index.cases):
        comparison = compare_contexts(context, SchoolContext.of(case.institution))
        unlike = {
            part.attribute
            for part in comparison.attributes
            if part.similarity is not None and part.similarity < ALIKE
        }
        assert (position in kept) == unlike.isdisjoint(attributes)


def test_a_school_of_which_an_attribute_is_unknown_is_not_excluded_by_it(index):
    preferences = Preferences(unlike={"setting": "exclude"})
    ranked = rank(index, candidates(0.4, 0.5, 0.6), SchoolContext(setting="rural"), preferences)
    assert {one.position for one in ranked} == {1, 2}  # the metropolis is urban, the second is not known


def test_a_school_that_counts_less_when_unlike_loses_by_its_greatest_difference_and_stays(index):
    preferences = Preferences(unlike={"setting": "count-less", "country": "count-less"})
    mine = SchoolContext(setting="rural", country="GB")
    ranked = {one.position: one for one in rank(index, candidates(0.5, 0.5, 0.5), mine, preferences)}
    assert ranked.keys() == {0, 1, 2}
    assert ranked[0].parts["unlike"] == pytest.approx(
        -TUNING.unlike_share * 0.5
    )  # another country altogether
    assert ranked[1].parts["unlike"] == pytest.approx(-TUNING.unlike_share * 0.5)
    assert ranked[2].parts["unlike"] == 0


def test_where_nothing_counts_less_no_part_of_a_score_says_so(index):
    for preferences in (Preferences(), Preferences(0.5, {"setting": "exclude"})):
        ranked = rank(index, candidates(0.5, 0.5, 0.5), SchoolContext(**VILLAGE), preferences)
        assert all("unlike" not in one.parts for one in ranked)


@pytest.mark.parametrize("closeness", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_closeness_beyond_nothing_and_all_is_a_callers_mistake(closeness):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Preferences(closeness)


def test_an_attribute_that_is_not_compared_is_named_with_those_that_are():
    with pytest.raises(ValueError, match="'colour' is not compared; choose among phases, kind"):
        Preferences(unlike={"colour": "exclude"})


# What a story tells


def test_a_case_that_tells_what_was_done_and_what_they_regret_gains_its_share(index_of, make_case):
    silent = [{"text": "Parents want to reach their children"}]
    index = index_of(
        make_case(id="neither", objections=silent, not_again=[]),
        make_case(id="regret", objections=silent),
        make_case(id="both"),
    )
    tuning = replace(TUNING, story_share=0.2)
    ranked = rank(index, candidates(0.5, 0.5, 0.5), SchoolContext(), tuning=tuning)
    assert [one.position for one in ranked] == [2, 1, 0]
    assert [one.parts["story"] for one in ranked] == pytest.approx([0.1, 0.05, 0])
