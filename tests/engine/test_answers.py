"""Answers are values: nothing that has been answered can change under a reader."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from engine.answers import Verdict
from engine.confidence import verdict_of


def test_every_verdict_that_is_given_is_one_that_an_answer_may_hold():
    assert {verdict_of(number / 100) for number in range(101)} == set(get_args(Verdict))


def test_an_answer_its_matches_and_their_passages_cannot_be_changed(matcher):
    answer = matcher.match("parents cannot afford the tablets")
    parts = (answer, answer.concern, answer.matches[0], answer.matches[0].passages[0])
    for part in parts:
        name = dataclasses.fields(part)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, name, None)


def test_the_same_question_gives_an_equal_answer(matcher):
    assert matcher.match("parents cannot afford the tablets") == matcher.match(
        "parents cannot afford the tablets"
    )
