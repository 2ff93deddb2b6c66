import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.fusion import convex_parts, min_max, reciprocal_rank_fusion


def arm(*scores):
    return np.array(scores, dtype=np.float32)


def test_parts_worked_out_by_hand():
    parts = convex_parts(
        {"meaning": arm(0.8, 0.2), "words": arm(0, 0.5)}, {"meaning": 3, "words": 1, "not asked for": 100}
    )
    assert parts.keys() == {"meaning", "words"}
    np.testing.assert_allclose(parts["meaning"], [0.6, 0.15], rtol=1e-6)
    np.testing.assert_allclose(parts["words"], [0, 0.125], rtol=1e-6)


scores = st.lists(
    st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32), st.floats(0, 1, width=32)),
    min_size=1,
    max_size=8,
)
weights = st.tuples(*[st.floats(0.01, 10)] * 3)


@settings(max_examples=50, deadline=None)
@given(scores=scores, weights=weights)
def test_the_parts_sum_to_the_weighted_mean_and_stay_between_the_arms(scores, weights):
    names = ("a", "b", "c")
    columns = np.array(scores, dtype=np.float32)
    parts = convex_parts(dict(zip(names, columns.T, strict=True)), dict(zip(names, weights, strict=True)))
    fused = np.sum(list(parts.values()), axis=0)
    np.testing.assert_allclose(fused, [np.average(row, weights=weights) for row in scores], atol=1e-5)
    assert (fused >= columns.min(axis=1) - 1e-6).all()
    assert (fused <= columns.max(axis=1) + 1e-6).all()


def test_a_case_that_joins_does_not_change_the_scores_of_the_others():
    weights = {"a": 0.7, "b": 0.3}
    before = convex_parts({"a": arm(0.2, 0.9), "b": arm(0.4, 0.1)}, weights)
    after = convex_parts({"a": arm(0.2, 0.9, 1), "b": arm(0.4, 0.1, 0)}, weights)
    for name in weights:
        np.testing.assert_array_equal(after[name][:2], before[name])


def test_arms_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"differ in shape.*\(2,\).*\(3,\)"):
        convex_parts({"a": arm(1, 2), "b": arm(1, 2, 3)}, {"a": 1, "b": 1})


def test_an_arm_without_a_weight_is_named():
    with pytest.raises(ValueError, match="no weight for b, c"):
        convex_parts({"c": arm(1), "a": arm(1), "b": arm(1)}, {"a": 1})


def test_reciprocal_ranks_worked_out_by_hand():
    fused = reciprocal_rank_fusion([["elm", "ash", "oak"], ["ash", "yew"]])
    assert fused == pytest.approx({"elm": 1 / 61, "ash": 1 / 62 + 1 / 61, "oak": 1 / 63, "yew": 1 / 62})
    assert reciprocal_rank_fusion([["elm", "ash"]], k=0) == {"elm": 1, "ash": 0.5}


def test_no_ranking_fuses_to_nothing():
    assert reciprocal_rank_fusion([]) == reciprocal_rank_fusion([[], []]) == {}


@settings(max_examples=50, deadline=None)
@given(ranking=st.permutations("abcdef"), times=st.integers(1, 4))
def test_rankings_that_agree_keep_their_order(ranking, times):
    fused = reciprocal_rank_fusion([ranking] * times)
    assert sorted(fused, key=lambda item: -fused[item]) == list(ranking)


def test_min_max_stretches_each_row_and_leaves_equal_scores_at_nothing():
    assert min_max(np.array([[1.0, 3.0, 2.0], [5.0, 5.0, 5.0]])).tolist() == [
        [0.0, 1.0, 0.5],
        [0.0, 0.0, 0.0],
    ]
