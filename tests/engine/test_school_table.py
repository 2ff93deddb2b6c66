"""Many schools compared at once: the numbers of one comparison after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.comparability import WEIGHTS, compare_contexts
from engine.context import SchoolContext
from engine.school_table import SchoolTable

schools = st.builds(
    SchoolContext,
    phases=st.sets(st.sampled_from(("primary", "secondary", "special")), max_size=2).map(tuple),
    kind=st.sampled_from((None, "school", "college", "trust")),
    country=st.sampled_from((None, "GB", "IE", "US")),
    setting=st.sampled_from((None, "urban", "rural", "mixed")),
    sector=st.sampled_from((None, "state", "independent")),
    pupils=st.none() | st.integers(20, 3000),
    disadvantage=st.sampled_from((None, "low", "high")),
    disadvantage_percent=st.none() | st.floats(0, 100),
)


@settings(max_examples=200, deadline=None)
@given(schools, st.lists(schools, min_size=1, max_size=8))
def test_it_says_what_comparing_them_one_by_one_says(yours, theirs):
    table = SchoolTable(theirs)
    similarities = table.similarities(yours)
    comparisons = [compare_contexts(yours, school) for school in theirs]
    assert table.comparable(similarities) == pytest.approx([one.shrunk for one in comparisons])
    assert set(similarities) == {attribute for attribute in WEIGHTS if yours.knows(attribute)}
    for attribute, values in similarities.items():
        expected = [
            next(part.similarity for part in one.attributes if part.attribute == attribute)
            for one in comparisons
        ]
        assert [None if np.isnan(value) else value for value in values] == pytest.approx(expected)


def test_of_no_school_nothing_is_known():
    table = SchoolTable([SchoolContext(), SchoolContext(country="GB")])
    assert table.similarities(SchoolContext()) == {}
    assert table.comparable({}).tolist() == [0.5, 0.5]
    (unknown, same) = table.similarities(SchoolContext(country="GB"))["country"]
    assert np.isnan(unknown)
    assert same == 1
