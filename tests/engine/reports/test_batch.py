"""Many questions at once: the answers of `Matcher.match`, whatever company a question is answered in."""

from __future__ import annotations

import json
from itertools import count, islice
from pathlib import Path

import numpy as np
import pytest

from engine.context import SchoolContext
from engine.matcher import Matcher
from engine.ranking import Preferences
from engine.reports import batch
from engine.reports.batch import ManyAnswers, Question
from index.case_index import CaseIndex

RURAL = SchoolContext(phases=("primary",), country="GB", pupils=85, setting="rural")
URBAN = SchoolContext(phases=("secondary",), country="US", pupils=1200, disadvantage_percent=40)
TEXTS = (
    "parents want to reach their children",
    "slow broadband, not the cost",
    "we are a small primary in Ireland: too much screen time, and the tablets break",
    "",
    "the cost. The wifi. Staff are not trained.",
)
QUESTIONS = [
    Question(text, context, k, preferences)
    for text in TEXTS
    for context, k, preferences in (
        (None, 5, Preferences()),
        (RURAL, 2, Preferences(closeness=1.0)),
        (URBAN, 3, Preferences(unlike={"phases": "exclude"})),
        (RURAL, 1, Preferences(order="school")),
    )
]


@pytest.mark.parametrize("size", [1, 3, 64])
def test_answers_are_those_of_match(matcher, size):
    one_by_one = [matcher.match(q.text, q.context, q.k, q.preferences) for q in QUESTIONS]
    assert list(ManyAnswers(matcher, size).answers(QUESTIONS)) == one_by_one


def test_a_text_that_was_forgotten_is_answered_alike(matcher, monkeypatch):
    monkeypatch.setattr(batch, "TEXTS", 1)
    monkeypatch.setattr(batch, "SEARCHES", 1)
    mixed = QUESTIONS[::3] + QUESTIONS[1::3] + QUESTIONS[2::3]
    expected = [matcher.match(q.text, q.context, q.k, q.preferences) for q in mixed]
    assert list(ManyAnswers(matcher, 2).answers(mixed)) == expected


def test_a_text_is_encoded_once_however_many_schools_ask(index_dir, encoder):
    encoded: list[str] = []

    class Noting:
        identity = encoder.identity

        def encode_passages(self, texts, *, progress=None):
            return encoder.encode_passages(texts, progress=progress)

        def encode_queries(self, texts):
            encoded.extend(texts)
            return encoder.encode_queries(texts)

    matcher = Matcher(CaseIndex.open(index_dir), Noting())
    asked = [Question("slow broadband", RURAL), Question("slow broadband", URBAN)] * 20
    assert len(list(ManyAnswers(matcher, 3).answers(asked))) == 40
    assert encoded == ["slow broadband"]


def test_an_endless_stream_is_answered_as_it_comes(matcher):
    asked = (Question(f"slow broadband {number}") for number in count())
    assert len(list(islice(ManyAnswers(matcher, 4).answers(asked), 10))) == 10


def test_batches_hold_one_question_at_least(matcher):
    with pytest.raises(ValueError, match="at least 1"):
        ManyAnswers(matcher, 0).answers([])


def _judged_texts(n: int) -> list[str]:
    lines = Path("tests/relevance/queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [str(json.loads(line)["text"]) for line in lines]
    return texts[:: len(texts) // n][:n]


@pytest.mark.model
def test_with_the_real_model_answers_are_those_of_match_bit_for_bit(real_matcher):
    asked = [
        Question(text, (None, RURAL, URBAN)[number % 3]) for number, text in enumerate(_judged_texts(50))
    ]
    asked += asked[::5]
    one_by_one = [real_matcher.match(q.text, q.context) for q in asked]
    for size in (1, 7, 64):
        assert list(ManyAnswers(real_matcher, size).answers(asked)) == one_by_one


@pytest.mark.model
def test_vectors_in_bulk_are_those_of_single_questions_bit_for_bit(real_matcher):
    questions = [real_matcher.understand(text).texts for text in _judged_texts(120)]
    in_bulk = real_matcher.encoder.encode_questions(questions)
    for texts, vectors in zip(questions, in_bulk, strict=True):
        assert np.array_equal(vectors, real_matcher.encoder.encode_queries(texts))
