"""From nearness to a probability and a word for it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.confidence import COEFFICIENTS, INTERCEPT, PARTIAL, STRONG, confidence_of, verdict_of

share = st.floats(0, 1)
RANK = {"none": 0, "partial": 1, "strong": 2}


def arms(**values):
    return {arm: values.get(arm, 0.0) for arm in ("passage", "passages", "whole", "words")}


@settings(max_examples=50, deadline=None)
@given(share, share)
def test_the_log_odds_of_a_match_grow_in_a_line_with_its_nearness(whole, words):
    probability = confidence_of(arms(whole=whole, words=words))
    assert 0 < probability < 1
    log_odds = math.log(probability) - math.log1p(-probability)
    expected = INTERCEPT + COEFFICIENTS["whole"] * whole + COEFFICIENTS["words"] * words
    assert log_odds == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("arm", sorted(COEFFICIENTS))
def test_a_nearer_case_is_a_surer_match(arm):
    steps = [confidence_of(arms(**{arm: value})) for value in (0.0, 0.25, 0.5, 1.0)]
    assert steps == sorted(set(steps))


def test_what_has_nothing_in_common_gives_the_verdict_none_and_the_very_same_text_strong():
    assert verdict_of(confidence_of(arms())) == "none"
    assert verdict_of(confidence_of(arms(passage=1.0, passages=1.0, whole=1.0, words=1.0))) == "strong"


@settings(max_examples=50, deadline=None)
@given(share, share)
def test_a_surer_match_never_gets_a_weaker_verdict(one, other):
    low, high = sorted((one, other))
    assert RANK[verdict_of(low)] <= RANK[verdict_of(high)]


def test_the_thresholds_themselves_belong_to_the_better_verdict():
    assert 0 < PARTIAL < STRONG < 1
    assert (verdict_of(STRONG), verdict_of(math.nextafter(STRONG, 0))) == ("strong", "partial")
    assert (verdict_of(PARTIAL), verdict_of(math.nextafter(PARTIAL, 0))) == ("partial", "none")
