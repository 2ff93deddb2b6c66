"""Each part off is off, and everything else is as it was."""

from __future__ import annotations

import dataclasses

import pytest

from engine.ablation import TUNINGS, ablated, without_adapter
from engine.concern import parse_concern
from engine.context import SchoolContext
from engine.fusion import convex_parts
from engine.matcher import Matcher
from engine.retrieval import retrieve
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import DEFAULT_MODEL

RURAL = SchoolContext(phases=("primary",), setting="rural", country="GB")


def differences(tuning):
    return {
        field.name
        for field in dataclasses.fields(tuning)
        if getattr(tuning, field.name) != getattr(TUNING, field.name)
    }


@pytest.fixture
def parts_off(matcher):
    return dict(ablated(matcher, None))


def test_every_tuning_changes_one_part_of_the_shipped_one():
    both_of_denial = {"denied_share", "surely_denied_share"}
    for name, tuning in TUNINGS.items():
        assert len(differences(tuning)) == 1 or differences(tuning) == both_of_denial, name


def test_every_arm_of_meaning_and_words_is_turned_off_once():
    off = [{arm for arm, w in tuning.fusion.items() if w == 0} for tuning in TUNINGS.values()]
    assert sorted(arm for arms in off for arm in arms if len(arms) < 4) == [
        "passage",
        "passages",
        "whole",
        "words",
    ]
    assert all(sum(tuning.fusion.values()) > 0 for tuning in TUNINGS.values())


def test_every_name_stands_once_and_says_what_is_off(parts_off, matcher):
    names = [name for name, _ in ablated(matcher, None)]
    assert len(set(names)) == len(names)
    assert set(TUNINGS) | {"without the vocabulary"} == set(names)


def test_another_model_than_ours_has_no_adapter_to_do_without(matcher, parts_off):
    assert without_adapter(matcher) is None
    assert "without the adapter" not in parts_off


def parts_of(matcher, text="slow broadband. parents fear the cost of tablets", context=RURAL):
    return {m.case.id: m.parts for m in matcher.match(text, context, k=10).matches}


@pytest.mark.parametrize(
    ("name", "arms"),
    [
        ("without the words", {"words"}),
        ("without the whole case", {"whole"}),
        ("without the passages", {"passage", "passages"}),
    ],
)
def test_an_arm_that_is_off_gives_nothing_and_the_others_share_its_weight(matcher, parts_off, name, arms):
    whole = sum(TUNING.fusion.values())
    left = whole - sum(TUNING.fusion[arm] for arm in arms)
    before, after = parts_of(matcher), parts_of(parts_off[name])
    for case, parts in after.items():
        for arm in TUNING.fusion:
            expected = 0 if arm in arms else before[case][arm] * whole / left
            assert parts[arm] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "part"), [("school not counted", "context"), ("story not counted", "story")]
)
def test_a_share_that_is_off_moves_no_score(parts_off, name, part):
    assert {parts[part] for parts in parts_of(parts_off[name]).values()} == {0}


def test_worries_that_are_not_told_apart_are_searched_for_as_one_text(matcher, parts_off):
    concern = parse_concern("slow broadband. parents fear the cost of tablets")
    assert len(concern.worries) == 2  # else this test shows nothing
    found = retrieve(matcher.index, matcher.encoder, concern)
    together = convex_parts({arm: scores[0] for arm, scores in found.arms.items()}, TUNING.fusion)
    for case, parts in parts_of(parts_off["worries not told apart"]).items():
        number = found.number_of(matcher.index.position_of[case])
        for arm, scores in together.items():
            assert parts[arm] == pytest.approx(float(scores[number]), abs=1e-6)


def test_where_denial_is_not_heeded_the_text_is_searched_for_as_it_came(matcher, parts_off):
    text = "the broadband is fine, parents cannot afford the tablets"
    heeded = parts_of(matcher, text, None)
    not_heeded = parts_of(parts_off["denial not heeded"], text, None)
    left_out = parts_of(parts_off["what is ruled out left out altogether"], text, None)
    slow = "ash-primary-broadband-2015"
    assert matcher.match(text).concern.denied == ("the broadband is fine",)
    assert left_out[slow]["words"] <= heeded[slow]["words"] <= not_heeded[slow]["words"]
    assert left_out[slow]["words"] < not_heeded[slow]["words"]


def test_where_misspellings_are_not_forgiven_a_slip_is_searched_for_as_it_is(matcher, parts_off):
    assert matcher.match("slow braodband").concern.corrections
    assert parts_off["misspellings not forgiven"].match("slow braodband").concern.corrections == ()


def test_without_the_vocabulary_no_word_finds_another(matcher, parts_off):
    phones = "elm-school-phones-2020"
    assert parts_of(matcher, "handsets", None)[phones]["words"] > 0
    assert {p["words"] for p in parts_of(parts_off["without the vocabulary"], "handsets", None).values()} == {
        0
    }


def test_turning_parts_off_leaves_the_matcher_as_it_was(matcher):
    before = matcher.match("slow broadband and handsets", RURAL)
    for _, other in ablated(matcher, None):
        other.match("slow broadband and handsets", RURAL)
    assert matcher.match("slow broadband and handsets", RURAL) == before


@pytest.mark.model
def test_without_the_adapter_the_published_model_encodes_passages_and_queries(
    tmp_path, three_cases, real_encoder
):
    build_index(three_cases, real_encoder, tmp_path / "i")
    matcher, told = Matcher(CaseIndex.open(tmp_path / "i"), real_encoder), []
    assert matcher.index.manifest.encoder.model == DEFAULT_MODEL
    published = without_adapter(matcher, lambda done, of: told.append((done, of)))
    other = dict(ablated(matcher, published))["without the adapter"]
    assert told[-1] == (len(matcher.index.passages),) * 2
    assert other.index.manifest.encoder.adapter == ""
    before, after = parts_of(matcher), parts_of(other)
    assert any(before[case]["whole"] != pytest.approx(after[case]["whole"], abs=1e-3) for case in before)
    assert {case: parts["words"] for case, parts in before.items()} == pytest.approx(
        {case: parts["words"] for case, parts in after.items()}
    )
