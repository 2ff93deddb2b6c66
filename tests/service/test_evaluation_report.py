"""An evaluation told as tables and as plain values: the same numbers, and every part that was asked for."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.evaluation import MEASURES, OURS, Evaluation, SystemResult
from engine.pairs import PairAccuracy
from service.evaluation_report import as_markdown, as_plain


def result(name, *values):
    return SystemResult(name, {measure: np.array(values, dtype=float) for measure in MEASURES})


@pytest.fixture
def evaluation():
    """Two queries, one baseline and ours."""
    return Evaluation(
        kinds=("short", None),
        systems=(result("BM25", 0.25, 0.5), result(OURS, 0.75, 1.0)),
        passage_precision=0.4,
        refusal_auroc={"off-topic": 0.9, "all": 0.8},
        calibration_error=0.05,
        verdicts={"answerable": {"strong": 1, "partial": 1, "none": 0}, "unanswerable": {"strong": 0}},
    )


@pytest.fixture
def whole(evaluation):
    """The same with a part off and cases that kept from training."""
    return replace(
        evaluation,
        ablation=(result("without the words", 0.25, 0.75),),
        unseen=(result("BM25", 0.5), result(OURS, 1.0)),
    )


def test_each_system_has_its_means_and_those_of_each_kind(evaluation):
    told = as_plain(evaluation)
    assert told["answerable_queries"] == 2
    assert told["systems"]["BM25"]["ndcg@10"] == 0.375
    assert told["systems"][OURS]["useful@1 by kind"] == {"short": 0.75}
    text = as_markdown(evaluation)
    assert "| warts | 0.875 | 0.875 | 0.875 |" in text
    assert "| ndcg@10 by kind (queries) | short (1) |" in text


def test_the_gain_over_each_other_system_is_told_with_its_interval_and_p(evaluation):
    told = as_plain(evaluation)["gain_in_ndcg@10_over"]
    assert list(told) == ["BM25"]
    assert told["BM25"] == {"mean": 0.5, "low": 0.5, "high": 0.5, "p": pytest.approx(0.5, abs=0.02)}
    assert "| BM25 | +0.500 | +0.500 to +0.500 |" in as_markdown(evaluation)


def test_what_was_not_asked_for_is_empty_or_left_out(evaluation):
    told = as_plain(evaluation)
    assert (told["ablation"], told["unseen_cases"], told["context_f1"]) == ({}, {}, {})
    assert told["more_comparable_first"] is None
    text = as_markdown(evaluation)
    assert not any(part in text for part in ("one part off", "kept from training", "F1", "pairs"))


def test_what_was_asked_for_is_told_in_both_forms(whole):
    pairs, context = PairAccuracy(0.75, 4), {"phases": 0.9, "all": 0.85}
    told, text = as_plain(whole, pairs, context), as_markdown(whole, pairs, context)
    assert told["ablation"]["without the words"]["ndcg@10"] == 0.5
    assert told["ablation"]["without the words"]["loss_in_ndcg@10"]["mean"] == 0.375
    assert told["unseen_cases"][OURS]["recall@5"] == 1
    assert told["more_comparable_first"] == 0.75
    assert told["context_f1"] == context
    assert "| without the words | 0.500 | 0.500 | 0.500 | +0.375 |" in text
    assert "kept from training (1 queries)" in text
    assert "| more comparable of two equally relevant first (4 pairs) | 0.750 |" in text
    assert "| phases | 0.900 |" in text


def test_the_plain_values_are_json(whole):
    told = as_plain(whole, PairAccuracy(0.75, 4), {"all": 0.85})
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_a_set_without_an_answerable_query_is_told_too():
    nothing = Evaluation(
        kinds=(),
        systems=(result("BM25"), result(OURS)),
        passage_precision=None,
        refusal_auroc={},
        calibration_error=0.0,
        verdicts={},
    )
    assert as_plain(nothing)["systems"][OURS]["ndcg@10"] is None
    assert "| warts | - | - | - |" in as_markdown(nothing)
