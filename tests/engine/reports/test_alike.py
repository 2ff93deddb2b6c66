from __future__ import annotations

import numpy as np
import pytest

from engine.comparability import compare_contexts
from engine.context import SchoolContext
from engine.reports import alike
from engine.reports.across import look_across
from engine.reports.alike import draw_schools, neighbours_of_all
from engine.school_table import SchoolTable
from tests.report_lines import concern, school

WORRIES = ("phones distract", "rural broadband slow", "tablets cost parents money", "screens harm eyes")
CONTEXTS = (
    {"phases": ["primary"], "setting": "rural", "pupils": 80, "country": "GB"},
    {"phases": ["primary", "secondary"], "pupils": 900, "country": "IE", "kind": "school"},
    {"setting": "urban", "sector": "state", "disadvantage": "high"},
    {"phases": ["secondary"], "country": "GB", "disadvantage_percent": 12.5, "kind": "trust"},
    {},
)


def schools(count):
    return [
        school(n, [concern(f"{WORRIES[n % 4]} {n % 3}")], **CONTEXTS[n % len(CONTEXTS)]) for n in range(count)
    ]


def expected(across, one, other):
    """How alike two schools are, from the definition."""
    first, second = (across.schools[n].context for n in (one, other))
    school = (compare_contexts(first, second).shrunk + compare_contexts(second, first).shrunk) / 2
    means = [across.vectors[list(across.schools[n].texts)].mean(axis=0) for n in (one, other)]
    worries = means[0] @ means[1] / np.linalg.norm(means[0]) / np.linalg.norm(means[1])
    return (max(0.0, float(worries)) + school) / 2


def test_pairs_of_schools_compare_as_two_schools_do():
    contexts = [SchoolContext.model_validate(one) for one in CONTEXTS]
    others = np.array([[n for n in range(5) if n != row] for row in range(5)])
    found = SchoolTable(contexts).comparable_pairs(others)
    for row in range(5):
        for place, other in enumerate(others[row]):
            there = compare_contexts(contexts[row], contexts[other]).shrunk
            back = compare_contexts(contexts[other], contexts[row]).shrunk
            assert found[row, place] == pytest.approx((there + back) / 2)


def test_neighbours_are_the_most_alike_of_all_others(encoder):
    across = look_across(schools(30), encoder)
    found = neighbours_of_all(across)
    for position in range(30):
        best = sorted((expected(across, position, n) for n in range(30) if n != position), reverse=True)
        assert [one.alike for one in found[position]] == pytest.approx(best[:5], abs=1e-4)
        for one in found[position]:
            assert one.alike == pytest.approx(expected(across, position, one.position), abs=1e-4)


def test_a_school_that_told_nothing_is_like_nobody(encoder):
    across = look_across([*schools(3), school("quiet", phases=["primary"])], encoder)
    found = neighbours_of_all(across)
    assert sorted(found) == [0, 1, 2]
    assert all(one.position != 3 for near in found.values() for one in near)
    assert draw_schools(across).positions == (0, 1, 2)


def test_on_the_map_the_nearest_of_a_school_is_of_its_own_kind_and_worry(encoder):
    kinds = [(WORRIES[0], CONTEXTS[0]), (WORRIES[2], CONTEXTS[3])]
    told = [school(n, [concern(kinds[n % 2][0])], **kinds[n % 2][1]) for n in range(20)]
    points = draw_schools(look_across(told, encoder)).points
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (apart.argmin(axis=1) % 2 == np.arange(20) % 2).all()
    assert ((points >= 0) & (points <= 1)).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_schools_are_drawn_too(encoder, count):
    across = look_across(schools(count), encoder)
    assert draw_schools(across).points.shape == (count, 2)
    assert all(len(near) == count - 1 for near in neighbours_of_all(across).values())


def test_of_too_many_schools_an_even_part_is_on_the_map(encoder, monkeypatch):
    monkeypatch.setattr(alike, "MOST_PLACED", 7)
    placed = draw_schools(look_across(schools(31), encoder))
    assert placed.positions == (0, 5, 10, 15, 20, 25, 30)
    assert placed.of == 31
