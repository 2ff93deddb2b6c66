"""Differences of two rankings against exact tests worked out here over every exchange of names."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.significance import DRAWS, Difference, paired_difference


def exact_p(gaps):
    """Return the two-sided p value of a randomisation test over all exchanges of signs."""
    means = [abs(np.mean(np.multiply(gaps, signs))) for signs in itertools.product((-1, 1), repeat=len(gaps))]
    return np.mean([mean >= abs(np.mean(gaps)) - 1e-12 for mean in means])


@pytest.mark.parametrize(
    "gaps",
    [
        [0.1] * 8,
        [0.5, -0.1, 0.2, 0.4, 0.3, 0.1],
        [0.3, -0.3, 0.2, -0.2],
        [0.0, 0.0, 0.4, 0.1, 0.2],
        [-0.2, -0.4, -0.3, 0.1, -0.5, -0.2, -0.1],
    ],
)
def test_the_p_value_is_that_of_the_exact_test(gaps):
    theirs = np.full(len(gaps), 0.4)
    found = paired_difference(theirs + gaps, theirs)
    assert found.mean == pytest.approx(np.mean(gaps))
    assert found.p == pytest.approx(exact_p(gaps), abs=0.015)


def test_the_interval_is_about_two_standard_errors_wide_for_many_queries():
    gaps = np.random.default_rng(1).normal(0.05, 0.2, size=400)
    found = paired_difference(gaps, np.zeros(400))
    error = gaps.std() / np.sqrt(400)
    assert found.low == pytest.approx(gaps.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(gaps.mean() + 1.96 * error, abs=0.1 * error)


def test_a_ranking_is_not_better_than_itself():
    values = np.array([0.2, 0.9, 0.4])
    assert paired_difference(values, values) == Difference(0.0, 0.0, 0.0, 1.0)


def test_over_no_queries_there_is_no_difference():
    assert paired_difference(np.zeros(0), np.zeros(0)) == Difference(0.0, 0.0, 0.0, 1.0)


def test_one_query_proves_nothing():
    assert paired_difference(np.array([1.0]), np.array([0.0])).p == 1


values = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12)


@settings(max_examples=20, deadline=None)
@given(values)
def test_the_other_way_round_is_the_same_difference_with_another_sign(pairs):
    ours, theirs = (np.array(side) for side in zip(*pairs, strict=True))
    one, other = paired_difference(ours, theirs), paired_difference(theirs, ours)
    assert one.mean == pytest.approx(-other.mean)
    assert one.p == other.p
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(values)
def test_the_mean_lies_in_its_interval_and_the_p_value_is_never_nothing(pairs):
    found = paired_difference(*(np.array(side) for side in zip(*pairs, strict=True)))
    assert found.low - 1e-9 <= found.mean <= found.high + 1e-9
    assert 1 / (DRAWS + 1) <= found.p <= 1


def test_the_same_measures_give_the_same_difference_every_time():
    draw = np.random.default_rng(2)
    ours, theirs = draw.random(50), draw.random(50)
    assert paired_difference(ours, theirs) == paired_difference(ours, theirs)
