from __future__ import annotations

import numpy as np
import pytest

from engine.neighbours import nearest


def unit_vectors(count, dimension=32, seed=5):
    vectors = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_neighbours_are_those_of_sorting_every_product():
    vectors = unit_vectors(700)
    rows, products = nearest(vectors, 20)
    exact = vectors.astype(np.float64) @ vectors.astype(np.float64).T
    np.fill_diagonal(exact, -np.inf)
    assert (rows == np.argsort(-exact, axis=1, kind="stable")[:, :20]).all()
    assert products == pytest.approx(-np.sort(-exact, axis=1)[:, :20], abs=1e-5)


def test_nothing_is_its_own_neighbour_even_where_many_are_the_same():
    vectors = np.repeat(unit_vectors(3), 40, axis=0)
    rows, products = nearest(vectors, 20)
    assert not (rows == np.arange(120)[:, None]).any()
    assert (rows // 40 == np.arange(120)[:, None] // 40).all()
    assert products == pytest.approx(1, abs=1e-5)
    assert all(len(set(row)) == 20 for row in rows.tolist())


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_there_are_no_more_neighbours_than_others(count):
    rows, products = nearest(unit_vectors(count), 20)
    assert rows.shape == products.shape == (count, max(0, count - 1))


def test_to_ask_for_no_neighbour_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        nearest(unit_vectors(3), 0)
