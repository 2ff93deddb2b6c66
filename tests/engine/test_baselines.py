"""The baselines against BM25, cosines, rank fusion and min-max scaling written out here."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from corpus.passages import split_passages
from engine.baselines import BLEND, DEPTH, Baselines
from engine.matcher import Matcher
from engine.queries import Query
from index.building import build_index
from index.case_index import CaseIndex
from index.lexical import LexicalIndex
from index.postings import K1, B

NAMES = ["BM25, best passage", "dense, best passage", "RRF of the two", "simple blend"]
QUERIES = ("walnut kiosk", "zebra", "zebra lemon quokka", "lemon tundra")


@pytest.fixture
def matcher(tmp_path, make_case, encoder):
    """Five cases over made-up words that no vocabulary knows."""
    words = ["zebra lemon", "lemon lemon quokka", "zebra quokka", "walnut kiosk tundra", "tundra okapi"]
    cases = [
        make_case(
            id=f"case-{number}",
            title=said,
            summary=said,
            objections=[{"text": said}],
            failed=[f"{said} {said} okapi"],
            not_again=[],
            technology=["sorrel"],
        )
        for number, said in enumerate(words)
    ]
    build_index(cases, encoder, tmp_path / "i")
    return Matcher(CaseIndex.open(tmp_path / "i"), encoder)


def ranked(matcher, text):
    return dict(Baselines(matcher).rank(Query(id="q", text=text)))


def bm25(texts, query):
    documents = [Counter(text.lower().split()) for text in texts]
    average = sum(document.total() for document in documents) / len(documents)

    def idf(word):
        df = sum(word in document for document in documents)
        return math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))

    def score(document):
        norm = K1 * (1 - B + B * document.total() / average)
        return sum(idf(word) * document[word] / (document[word] + norm) for word in query.split())

    return [score(document) / sum(idf(word) for word in query.split()) for document in documents]


def by_case(matcher, value_of_passage):
    """Return each case's passages' values, by case."""
    return [[value_of_passage(p) for p in split_passages(case)] for case in matcher.index.cases]


def order(matcher, scores):
    positions = sorted(range(len(scores)), key=lambda position: (-round(scores[position], 6), position))
    return [matcher.index.cases[position].id for position in positions]


def min_max(values):
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 0.0 for value in values]


def cosines(matcher, text):
    encode = matcher.encoder.encode_queries
    query = encode([text])[0].astype(float)
    return by_case(matcher, lambda passage: float(encode([passage.indexed_text])[0] @ query))


def test_there_are_four_in_the_order_of_the_tables(matcher):
    assert list(ranked(matcher, "zebra")) == NAMES
    assert NAMES[-1] == BLEND


@pytest.mark.parametrize("text", QUERIES)
def test_bm25_ranks_by_the_best_passage(matcher, text):
    texts = [passage.indexed_text for case in matcher.index.cases for passage in split_passages(case)]
    shares = iter(bm25(texts, text))
    best = [max(values) for values in by_case(matcher, lambda _: next(shares))]
    found = ranked(matcher, text)[NAMES[0]]
    assert [case for case, _ in found] == order(matcher, best)
    assert [score for _, score in found] == pytest.approx(sorted(best, reverse=True), abs=1e-5)


@pytest.mark.parametrize("text", QUERIES)
def test_dense_ranks_by_the_nearest_passage(matcher, text):
    best = [max(values) for values in cosines(matcher, text)]
    found = ranked(matcher, text)[NAMES[1]]
    assert [case for case, _ in found] == order(matcher, best)
    assert [score for _, score in found] == pytest.approx(sorted(best, reverse=True), abs=1e-5)


@pytest.mark.parametrize("text", QUERIES)
def test_rank_fusion_sums_the_reciprocal_ranks_of_the_two(matcher, text):
    found = ranked(matcher, text)
    fused = Counter()
    for name in NAMES[:2]:
        for rank, (case, _) in enumerate(found[name], start=1):
            fused[case] += 1 / (60 + rank)
    assert dict(found[NAMES[2]]) == pytest.approx(dict(fused))
    scores = [score for _, score in found[NAMES[2]]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", QUERIES)
def test_the_blend_scales_whole_best_three_and_words_to_one_and_weighs_them(matcher, text):
    near = cosines(matcher, text)
    whole = [values[0] for values in near]
    three = [float(np.mean(sorted(values, reverse=True)[:3])) for values in near]
    words = bm25([next(split_passages(case)).indexed_text for case in matcher.index.cases], text)
    parts = zip(min_max(whole), min_max(three), min_max(words), strict=True)
    blend = [0.4 * a + 0.3 * b + 0.3 * c for a, b, c in parts]
    found = ranked(matcher, text)[BLEND]
    assert [score for _, score in found] == pytest.approx(sorted(blend, reverse=True), abs=1e-5)
    assert dict(found) == pytest.approx(
        {case.id: score for case, score in zip(matcher.index.cases, blend, strict=True)}, abs=1e-5
    )


def test_a_query_that_nothing_shares_is_ranked_in_the_order_of_the_index(matcher):
    found = ranked(matcher, "unicorn")[NAMES[0]]
    assert found == [(case, 0.0) for case in order(matcher, [0.0] * 5)]


def test_no_more_ranks_are_kept_than_the_depth(matcher, monkeypatch):
    monkeypatch.setattr("engine.baselines.DEPTH", 2)
    assert DEPTH >= 10  # the deepest measure
    assert {name: len(found) for name, found in ranked(matcher, "zebra").items()} == dict.fromkeys(NAMES, 2)


def test_the_baselines_know_no_vocabulary(matcher, monkeypatch):
    built = []
    build = LexicalIndex.build
    monkeypatch.setattr(
        "engine.baselines.LexicalIndex.build", lambda texts, words: built.append(words) or build(texts, words)
    )
    Baselines(matcher)
    assert [vocabulary.concepts for vocabulary in built] == [{}, {}]
