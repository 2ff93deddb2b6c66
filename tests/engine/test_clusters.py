from __future__ import annotations

import numpy as np

from engine import clusters
from engine.clusters import ALONE, clustered


def around(directions, each, noise=0.1, dimension=16, seed=3):
    drawn = np.random.default_rng(seed).normal(size=(directions * each, dimension)) * noise
    vectors = drawn + np.eye(dimension)[np.repeat(np.arange(directions), each)]
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_texts_around_one_direction_are_one_cluster_the_heaviest_first():
    vectors = around(4, 10)
    weights = np.repeat([1, 5, 2, 9], 10)
    assert clustered(vectors, weights, 0.6).tolist() == np.repeat([3, 1, 2, 0], 10).tolist()


def test_the_order_of_the_texts_does_not_decide_what_goes_together():
    vectors, weights = around(5, 8), np.arange(1, 41)
    shuffled = np.random.default_rng(1).permutation(40)
    found, again = clustered(vectors, weights, 0.6), clustered(vectors[shuffled], weights[shuffled], 0.6)
    assert (again == found[shuffled]).all()


def test_what_is_like_nothing_else_is_put_with_nothing():
    vectors = np.eye(3, dtype=np.float32)
    assert sorted(clustered(vectors, np.ones(3, dtype=np.int64), 0.5).tolist()) == [0, 1, 2]


def test_beyond_the_most_clusters_a_text_stays_alone_unless_it_is_near_one(monkeypatch):
    monkeypatch.setattr(clusters, "MOST_CLUSTERS", 2)
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 2, 0]]
    assert clustered(vectors, np.array([9, 8, 1, 1]), 0.5).tolist() == [0, 1, ALONE, 0]


def test_of_no_texts_there_are_no_clusters():
    assert clustered(np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=np.int64), 0.5).tolist() == []
