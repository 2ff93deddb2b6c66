"""The head of the list meets what it ought to tell of; the rest keeps its order; retold stories fold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import SchoolContext
from engine.diversity import HEAD, LOOKED_AT, NEARLY, diversified, folded, roles_of
from engine.matcher import Matcher
from engine.ranking import Ranked, Ranking
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex


def ranking(*scores):
    """Make a ranking of cases at positions 0, 1, ... with given scores."""
    return [Ranked(number, ("words",), (score,)) for number, score in enumerate(scores)]


def positions(ranked):
    return [one.position for one in ranked]


EVEN = ranking(*(1 - number / 1000 for number in range(30)))


# Roles


@pytest.mark.parametrize(
    ("outcome", "result", "roles"),
    [
        ("abandoned", "resolved", ("gave-up",)),
        ("scaled-back", "unresolved", ("gave-up",)),
        ("sustained", "resolved", ("settled",)),
        ("scaled", "resolved", ("settled",)),
        ("sustained", "partly", ()),
        ("mixed", "resolved", ()),
        ("unknown", "unknown", ()),
    ],
)
def test_a_case_that_gave_up_or_settled_an_objection_adds_that(make_case, outcome, result, roles):
    case = make_case(outcome=outcome, objections=[{"text": "Cost", "result": result}])
    assert roles_of(case, SchoolContext()) == roles_of(case, SchoolContext(country="GB")) == roles


def test_elsewhere_is_another_country_than_the_leaders_where_that_is_known(make_case):
    case = make_case(outcome="mixed")
    assert roles_of(case, SchoolContext(country="IE")) == ("elsewhere",)
    assert roles_of(case, SchoolContext(country="GB")) == roles_of(case, SchoolContext()) == ()


# The head of the list


def test_without_needs_or_with_needs_that_are_met_the_order_stays():
    assert diversified(EVEN, []) == EVEN
    assert diversified(EVEN, [{0}, {HEAD - 1, 20}]) == EVEN


def test_a_case_that_meets_a_need_takes_the_place_of_the_last_in_the_head():
    assert positions(diversified(EVEN, [{7, 9}]))[: HEAD + 4] == [0, 1, 2, 3, 7, 4, 5, 6, 8]


def test_the_first_match_is_never_moved():
    needs = [{number} for number in range(HEAD, HEAD + 6)]
    assert diversified(EVEN, needs)[0] == EVEN[0]


def test_a_case_that_another_need_depends_on_keeps_its_place():
    found = positions(diversified(EVEN, [{4}, {3}, {10}]))
    assert found[:HEAD] == [0, 1, 3, 4, 10]


def test_a_place_that_one_need_took_is_not_given_to_the_next():
    assert positions(diversified(EVEN, [{10}, {11}]))[:HEAD] == [0, 1, 2, 10, 11]


def test_where_no_place_is_free_an_earlier_need_comes_first():
    needs = [{1}, {2}, {3}, {10}, {11}]
    assert positions(diversified(EVEN, needs))[:HEAD] == [0, 1, 2, 3, 10]


def test_a_case_that_is_not_nearly_as_good_is_left_where_it_is():
    just, short = NEARLY + 1e-6, NEARLY - 1e-6
    assert positions(diversified(ranking(*[1.0] * HEAD, just), [{HEAD}]))[HEAD - 1] == HEAD
    assert positions(diversified(ranking(*[1.0] * HEAD, short), [{HEAD}]))[HEAD - 1] == HEAD - 1


def test_a_case_too_far_down_is_not_looked_for():
    assert LOOKED_AT - 1 in positions(diversified(EVEN, [{LOOKED_AT - 1}]))[:HEAD]
    assert diversified(EVEN, [{LOOKED_AT}]) == EVEN


def test_a_short_list_and_none_are_left_alone():
    for length in range(HEAD + 1):
        assert diversified(EVEN[:length], [{99}, set()]) == EVEN[:length]


some_scores = st.lists(st.floats(0.01, 1), max_size=30).map(lambda scores: sorted(scores, reverse=True))
some_needs = st.lists(st.sets(st.integers(0, 29), max_size=4), max_size=5)


@settings(max_examples=200, deadline=None)
@given(some_scores, some_needs)
def test_diversity_loses_and_adds_no_case_and_breaks_no_need_that_was_met(scores, needs):
    before = ranking(*scores)
    after = diversified(before, needs)
    assert sorted(positions(after)) == positions(before)
    assert after[:1] == before[:1]
    head_before, head_after = set(positions(before[:HEAD])), set(positions(after[:HEAD]))
    for need in needs:
        assert need.isdisjoint(head_before) or not need.isdisjoint(head_after)
    for part in (after[:HEAD], after[HEAD:]):
        assert [one.score for one in part] == sorted((one.score for one in part), reverse=True)
    assert all(one.score >= NEARLY * before[: len(after)][-1].score for one in after)


@settings(max_examples=100, deadline=None)
@given(some_scores, some_needs)
def test_a_case_that_entered_the_head_meets_a_need(scores, needs):
    before = ranking(*scores)
    entered = set(positions(diversified(before, needs)[:HEAD])) - set(positions(before[:HEAD]))
    assert all(any(position in need for need in needs) for position in entered)


# Retold stories


@pytest.fixture
def retold(tmp_path, make_case, encoder):
    """Three cases, of which the third tells the story of the first again."""
    other = {"summary": "Yew School bought robots that nobody could start.", "failed": ["They fell over"]}
    yew = {"name": "Yew School", "kind": "school", "country": "GB", "phases": ["primary"]}
    pouches = {"summary": "Elm School locked phones in pouches for a year and then gave the pouches up."}
    cases = (
        make_case(id="first", **pouches),
        make_case(
            id="other",
            institution=yew,
            **other,
            not_again=["Buying robots"],
            objections=[{"text": "Robots are no teachers"}],
        ),
        make_case(id="again", title="Pouches again", **pouches),
    )
    build_index(cases, encoder, tmp_path / "i")
    return CaseIndex.open(tmp_path / "i")


@pytest.mark.parametrize(
    ("order", "kept", "under"),
    [
        ([0, 1, 2], [0, 1], {0: [2]}),
        ([2, 1, 0], [2, 1], {2: [0]}),
        ([1, 2], [1, 2], {}),
        ([], [], {}),
    ],
)
def test_a_retold_story_is_folded_under_whichever_is_ranked_first(retold, order, kept, under):
    ranked = Ranking(tuple(order), ("words",), np.zeros((len(order), 1)))
    found, folded_under = folded(ranked, retold)
    assert (positions(found), folded_under) == (kept, under)


def test_a_story_told_three_times_is_one_match_that_names_the_other_two(tmp_path, make_case, encoder):
    """The third account was folded under the second, which is folded itself, and so was named by nobody."""
    cases = [make_case(id=f"told-{number}") for number in range(3)]
    build_index(cases, encoder, tmp_path / "i")
    (match,) = Matcher(CaseIndex.open(tmp_path / "i"), encoder).match("phones in pouches", k=10).matches
    assert match.case.id == "told-0"
    assert match.retold == ("told-1", "told-2")


def test_a_chain_of_wording_and_of_sources_is_one_story(tmp_path, make_case, encoder):
    """The second shares its sources with the first and its wording with the third."""
    mine = {"independence": "independent", "sources": [{"title": "Elm", "url": "https://example.org/mine"}]}
    first = make_case(
        id="told-0",
        summary="A box at the gate took every handset in, until families asked for them back.",
        objections=[{"text": "Whoever is ill must call home"}],
        failed=["The box was broken open twice in the first week"],
        not_again=["A single box for nine hundred handsets"],
    )
    cases = [first, make_case(id="told-1"), make_case(id="told-2", provenance=mine)]
    build_index(cases, encoder, tmp_path / "i")
    ranked = Ranking((0, 1, 2), ("words",), np.zeros((3, 1)))
    found, under = folded(ranked, CaseIndex.open(tmp_path / "i"))
    assert (positions(found), under) == ([0], {0: [1, 2]})


# In an answer


def test_a_head_without_anybody_who_gave_up_gets_one_who_did_if_nearly_as_good(tmp_path, make_case, encoder):
    words = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel"]

    def told(number, outcome):
        name = words[number]
        return make_case(
            id=f"case-{number}",
            title=f"Pouches {name}",
            summary=f"{name.title()} locked phones in pouches.",
            institution={
                "name": f"{name} school",
                "kind": "school",
                "country": "GB",
                "phases": ["secondary"],
            },
            objections=[{"text": f"Pouches break {name}", "response": "They were mended"}],
            failed=[f"Pouches were lost {name}"],
            not_again=[f"Cheap pouches {name}"],
            outcome=outcome,
            provenance={
                "independence": "independent",
                "sources": [{"title": name, "url": f"https://example.org/{name}"}],
            },
        )

    cases = [told(number, "abandoned" if number == 7 else "mixed") for number in range(8)]
    build_index(cases, encoder, tmp_path / "i")
    index = CaseIndex.open(tmp_path / "i")
    plain = Matcher(index, encoder, replace(TUNING, diverse=False)).match("pouches break", k=8)
    diverse = Matcher(index, encoder, replace(TUNING, diverse=True)).match("pouches break", k=8)
    assert "case-7" not in [match.case.id for match in plain.matches[:HEAD]]  # else this test shows nothing
    assert [match.case.id for match in diverse.matches[:HEAD] if "gave-up" in match.roles] == ["case-7"]
    assert {m.case.id for m in plain.matches} == {m.case.id for m in diverse.matches}
    assert (plain.verdict, plain.confidence) == (diverse.verdict, diverse.confidence)
