"""Both backends against a dot product sorted in the test, and against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.faiss_index import FaissIndex
from index.vectors import FlatIndex

BACKENDS = [pytest.param(FlatIndex, id="flat"), pytest.param(FaissIndex, id="faiss")]


def unit_vectors(rng, n, dimension=24):
    vectors = rng.normal(size=(n, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def exact_vectors(rng, n, dimension=12):
    """Unit vectors of four halves each: their products are quarters, so equal scores are truly equal."""
    vectors = np.zeros((n, dimension), dtype=np.float32)
    for vector in vectors:
        vector[rng.choice(dimension, 4, replace=False)] = rng.choice([-0.5, 0.5], 4)
    return vectors


def sorted_rows(query, vectors, k):
    """Rank rows by a dot product written out, the lower row first where two are equal."""
    score = [sum(float(a) * float(b) for a, b in zip(query, vector, strict=True)) for vector in vectors]
    return sorted(range(len(vectors)), key=lambda row: (-score[row], row))[:k]


@pytest.mark.parametrize("build", BACKENDS)
@pytest.mark.parametrize("k", [1, 7, 90, 200])
def test_the_nearest_rows_are_those_of_a_sorted_dot_product(build, k):
    rng = np.random.default_rng(3)
    vectors, queries = unit_vectors(rng, 90), unit_vectors(rng, 25)
    rows, scores = build(vectors).search(queries, k)
    assert rows.tolist() == [sorted_rows(query, vectors, k) for query in queries]
    expected = [
        [np.dot(query.astype(float), vectors[row].astype(float)) for row in found]
        for query, found in zip(queries, rows, strict=True)
    ]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


@pytest.mark.parametrize("build", BACKENDS)
def test_of_equal_scores_the_lower_row_comes_first(build):
    rng = np.random.default_rng(4)
    vectors = np.repeat(exact_vectors(rng, 15), 4, axis=0)[rng.permutation(60)]
    queries = exact_vectors(rng, 30)
    assert build(vectors).search(queries, 60).rows.tolist() == [sorted_rows(q, vectors, 60) for q in queries]


@pytest.mark.parametrize("build", BACKENDS)
@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), k=st.integers(1, 70))
def test_where_the_cut_falls_among_equal_scores_the_lower_rows_are_kept(build, seed, n, k):
    rng = np.random.default_rng(seed)
    vectors, queries = exact_vectors(rng, n), exact_vectors(rng, 3)
    assert build(vectors).search(queries, k).rows.tolist() == [sorted_rows(q, vectors, k) for q in queries]


@pytest.mark.parametrize("build", BACKENDS)
def test_a_vector_finds_itself_with_cosine_one_and_its_opposite_last_with_minus_one(build):
    vectors = np.vstack([unit_vectors(np.random.default_rng(5), 20), np.zeros((1, 24), dtype=np.float32)])
    vectors[20] = -vectors[0]
    rows, scores = build(vectors).search(vectors[:1], 21)
    assert (rows[0, 0], rows[0, -1]) == (0, 20)
    assert scores[0, 0] == pytest.approx(1)
    assert scores[0, -1] == pytest.approx(-1)


@pytest.mark.parametrize("build", BACKENDS)
def test_vectors_come_back_by_row_in_the_order_asked_for(build):
    vectors = unit_vectors(np.random.default_rng(6), 9)
    index = build(vectors)
    assert len(index) == 9
    np.testing.assert_array_equal(index.vectors(np.array([7, 0, 7])), vectors[[7, 0, 7]])
    assert index.vectors(np.array([], dtype=np.int64)).shape == (0, 24)


@pytest.mark.parametrize("build", BACKENDS)
def test_no_query_has_no_hits(build):
    rows, scores = build(np.eye(4, dtype=np.float32)).search(np.zeros((0, 4), dtype=np.float32), 2)
    assert rows.shape == scores.shape == (0, 2)


@pytest.mark.parametrize("build", BACKENDS)
@pytest.mark.parametrize(("vectors", "k"), [(4, 0), (0, 3)], ids=["nothing asked for", "nothing there"])
def test_nothing_asked_for_or_nothing_there_finds_nothing(build, vectors, k):
    index = build(np.eye(4, dtype=np.float32)[:vectors])
    assert index.search(np.eye(4, dtype=np.float32)[:2], k).rows.shape == (2, 0)


def test_faiss_does_not_care_how_its_input_lies_in_memory():
    vectors = unit_vectors(np.random.default_rng(7), 30)
    columns_first = np.asfortranarray(vectors)
    doubles = vectors[:5].astype(np.float64)
    rows = FaissIndex(columns_first).search(doubles, 10).rows
    np.testing.assert_array_equal(rows, FlatIndex(vectors).search(vectors[:5], 10).rows)
