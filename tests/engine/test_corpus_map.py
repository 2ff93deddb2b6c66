from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.manifold import trustworthiness as published

from engine.corpus_map import NEIGHBOURS, draw_map, map_of, neighbours_kept, principal_plane, trustworthiness
from index.case_index import CaseIndex

SIZE = 60


def three_groups(seed=7, size=SIZE, dimension=24):
    """Unit vectors around three directions; the first third of them around the first, and so on."""
    noise = np.random.default_rng(seed).normal(size=(size, dimension)) * 0.15
    vectors = noise + np.eye(dimension)[np.arange(size) * 3 // size]
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def cases(make_case):
    themes, technologies = ("cost", "cheating", "behaviour"), ("tablets", "generative-ai", "phones")
    return [
        make_case(
            id=f"case-{n}",
            technology=["chromebooks", technologies[n * 3 // SIZE]],
            objections=[{"text": "No", "themes": ["workload", themes[n * 3 // SIZE]]}],
        )
        for n in range(SIZE)
    ]


def test_trustworthiness_is_that_of_scikit_learn():
    vectors = three_groups()
    points = principal_plane(vectors)
    for k in (1, 5, 10):
        theirs = published(vectors, points, n_neighbors=k, metric="cosine")
        assert trustworthiness(vectors, points, k) == pytest.approx(theirs)


def test_the_plane_is_that_of_the_singular_values():
    vectors = three_groups()
    covariance = np.cov(vectors.T, bias=True)
    assert principal_plane(vectors).var(axis=0) == pytest.approx(np.linalg.eigvalsh(covariance)[:-3:-1])


def test_refining_keeps_more_neighbours_than_the_plane_alone():
    vectors = np.random.default_rng(3).normal(size=(120, 30))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    plane = principal_plane(vectors)
    assert trustworthiness(vectors, neighbours_kept(vectors, plane)) > trustworthiness(vectors, plane) + 0.05


def test_groups_become_regions_named_by_what_sets_them_apart(cases):
    drawn = draw_map(cases, three_groups().astype(np.float32))
    assert drawn.points.min() >= 0
    assert drawn.points.max() <= 1
    assert drawn.trustworthiness > 0.9
    assert sorted(position for region in drawn.regions for position in region.cases) == list(range(SIZE))
    for region in drawn.regions:  # several may lie in one group, but none in two
        assert len({position * 3 // SIZE for position in region.cases}) == 1
    assert {region.theme for region in drawn.regions} >= {"cost", "cheating", "behaviour"}
    named = [region.technology for region in drawn.regions if region.technology]
    assert len(named) == len(set(named))


def test_the_neighbours_told_are_those_by_cosine(cases):
    vectors = three_groups()
    drawn = draw_map(cases, vectors.astype(np.float32))
    for position in (0, 25, 59):
        by_cosine = sorted(
            set(range(SIZE)) - {position}, key=lambda other: -vectors[position] @ vectors[other]
        )
        assert drawn.neighbours[position].tolist() == by_cosine[:NEIGHBOURS]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7])
def test_few_cases_have_a_map_too(cases, count):
    drawn = draw_map(cases[:count], three_groups()[:count].astype(np.float32))
    assert drawn.points.shape == (count, 2)
    assert np.isfinite(drawn.points).all()
    assert drawn.trustworthiness is None
    assert drawn.neighbours.shape == (count, min(count - 1, NEIGHBOURS))


def test_cases_of_the_same_text_do_not_break_the_map(cases):
    alike = np.repeat(three_groups()[:1], SIZE, axis=0).astype(np.float32)
    assert np.isfinite(draw_map(cases, alike).points).all()


def test_a_map_is_drawn_once_for_an_index(index_dir):
    index = CaseIndex.open(index_dir)
    assert map_of(index) is map_of(index)
    assert map_of(replace(index)) is not map_of(index)


def test_of_too_many_cases_there_is_no_map(monkeypatch, index_dir):
    monkeypatch.setattr("engine.corpus_map.MOST_PLACED", 2)
    assert map_of(CaseIndex.open(index_dir)) is None


def test_the_map_is_the_same_whatever_the_number_of_threads():
    code = (
        "import numpy as np; from engine.corpus_map import neighbours_kept, principal_plane;"
        "v = np.random.default_rng(1).normal(size=(150, 384)); v /= np.linalg.norm(v, axis=1, keepdims=True);"
        "print(neighbours_kept(v, principal_plane(v)).tobytes().hex())"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(drawn) == 1
