"""From nearness to a probability and a word for it."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.confidence import COEFFICIENTS, PARTIAL, STRONG, confidence_of, verdict_of

share = st.floats(0, 1)
lengths = st.integers(1, 2000)
RANK = {"none": 0, "partial": 1, "strong": 2}


def confidence(query_terms=8, **nearness):
    arms = {arm: nearness.get(arm, 0.0) for arm in ("passage", "passages", "whole", "words")}
    return confidence_of(arms, query_terms=query_terms)


def log_odds(probability):
    return math.log(probability) - math.log1p(-probability)


@settings(max_examples=50, deadline=None)
@given(share, share, share, share, lengths)
def test_a_confidence_is_a_probability(passage, passages, whole, words, terms):
    assert 0 < confidence(terms, passage=passage, passages=passages, whole=whole, words=words) < 1


@pytest.mark.parametrize("arm", sorted(COEFFICIENTS))
def test_the_log_odds_of_a_match_grow_in_a_line_with_its_nearness(arm):
    odds = [log_odds(confidence(**{arm: value})) for value in (0.0, 0.25, 0.5, 0.75, 1.0)]
    steps = [after - before for before, after in itertools.pairwise(odds)]
    assert min(steps) > 0
    assert steps == pytest.approx([steps[0]] * 4)


def test_the_very_same_text_gets_the_verdict_strong():
    assert verdict_of(confidence(passage=1.0, passages=1.0, whole=1.0, words=1.0)) == "strong"


@pytest.mark.parametrize("query_terms", [0, 1, 3, 10, 30, 100, 300, 1000, 2000])
def test_what_has_nothing_in_common_gets_the_verdict_none_however_much_was_asked(query_terms):
    """The length of a concern alone made a long text about something else a sure match."""
    assert verdict_of(confidence(query_terms)) == "none"


@settings(max_examples=50, deadline=None)
@given(share, share)
def test_a_surer_match_never_gets_a_weaker_verdict(one, other):
    low, high = sorted((one, other))
    assert RANK[verdict_of(low)] <= RANK[verdict_of(high)]


def test_the_thresholds_themselves_belong_to_the_better_verdict():
    assert 0 < PARTIAL < STRONG < 1
    assert (verdict_of(STRONG), verdict_of(math.nextafter(STRONG, 0))) == ("strong", "partial")
    assert (verdict_of(PARTIAL), verdict_of(math.nextafter(PARTIAL, 0))) == ("partial", "none")
