"""The numbers of the ranking are possible ones, and nothing changes them under a reader."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from corpus.records import Independence
from engine.concern import parse_concern
from engine.retrieval import retrieve
from engine.tuning import TUNING, Tuning

SHARES = (
    "worries_share",
    "denied_share",
    "surely_denied_share",
    "context_share",
    "closeness",
    "story_share",
    "unlike_share",
)


def test_the_weights_of_the_arms_sum_to_one_and_none_is_below_nothing():
    assert sum(TUNING.fusion.values()) == pytest.approx(1)
    assert min(TUNING.fusion.values()) >= 0


def test_every_arm_that_is_measured_has_a_weight_and_no_other_has(matcher):
    found = retrieve(matcher.index, matcher.encoder, parse_concern("phones"))
    assert found.arms.keys() == TUNING.fusion.keys()


@pytest.mark.parametrize("share", SHARES)
def test_a_share_lies_between_nothing_and_all(share):
    assert 0 <= getattr(TUNING, share) <= 1


def test_a_number_of_the_tuning_is_a_share_or_a_weight_or_a_switch():
    named = {field.name for field in dataclasses.fields(Tuning)}
    assert named == {*SHARES, "fusion", "independence", "diverse", "forgiving"}


def test_who_says_so_is_weighed_only_for_what_a_record_can_say_and_moves_little():
    assert TUNING.independence.keys() <= set(get_args(Independence))
    assert all(abs(share) <= 0.1 for share in TUNING.independence.values())


def test_no_score_can_be_moved_below_nothing():
    """Were all that is taken away more than the relevance, a better fit would stand behind a worse one."""
    most = TUNING.closeness * TUNING.context_share + TUNING.unlike_share
    assert most - min(TUNING.independence.values(), default=0) <= 1


def test_the_tuning_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TUNING.closeness = 1.0
    with pytest.raises(TypeError):
        TUNING.fusion["words"] = 1.0
    with pytest.raises(TypeError):
        TUNING.independence["independent"] = 1.0
