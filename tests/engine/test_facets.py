"""What cases are filtered and counted by: unknown is never a match, and under no value."""

from __future__ import annotations

import pytest

from engine.facets import FACETS, CaseFilter, facet_counts, unknown_counts, values_of


def themed(*themes):
    return [{"text": "Cost", "themes": list(themes)}, {"text": "More cost", "themes": ["cost"]}]


@pytest.mark.parametrize(
    ("facet", "values"),
    [
        ("phase", ("secondary",)),
        ("setting", ()),
        ("technology", ("phone-pouches",)),
        ("theme", ("distraction", "cost")),
        ("outcome", ("abandoned",)),
        ("country", ("GB",)),
        ("independence", ("independent",)),
        ("sector", ()),
        ("kind", ("school",)),
    ],
)
def test_a_case_has_the_values_of_its_record_each_once_and_none_where_unknown(make_case, facet, values):
    assert values_of(make_case(objections=themed("distraction", "cost")), facet) == values


def test_every_facet_named_must_be_met_by_any_of_its_values(three_cases):
    phones, broadband, tablets = three_cases
    wanted = CaseFilter({"country": ("GB",), "outcome": ("mixed", "scaled-back")})
    assert [wanted.passes(case) for case in three_cases] == [False, True, False]
    assert CaseFilter({"phase": ("primary", "further-education")}).apply(three_cases) == [broadband, tablets]
    assert CaseFilter({"phase": ()}).passes(phones)


def test_unknown_is_never_a_match(three_cases):
    assert not CaseFilter({"setting": ("rural", "urban")}).passes(three_cases[0])


def test_a_filter_says_whether_it_asks_anything():
    assert not CaseFilter()
    assert not CaseFilter({"phase": ()})
    assert CaseFilter({"phase": ("primary",)})
    assert not CaseFilter({"phase": ("primary",)}).without("phase")


def test_each_facet_is_counted_among_what_the_others_leave(three_cases):
    counts = facet_counts(three_cases, CaseFilter({"country": ("GB",), "setting": ("urban",)}))
    assert counts["country"] == [("US", 1), ("GB", 0)]  # of the urban one; what is chosen stays
    assert counts["setting"] == [("rural", 1), ("urban", 0)]  # of the two in Britain, one is not known
    assert counts["phase"] == []
    assert set(counts) == set(FACETS)


def test_without_a_filter_the_counts_are_those_of_all_the_commonest_first(three_cases):
    counts = facet_counts(three_cases)
    assert counts["country"] == [("GB", 2), ("US", 1)]
    assert counts["outcome"] == [("abandoned", 1), ("mixed", 1), ("scaled-back", 1)]


def test_cases_without_a_value_are_counted_beside_the_values_under_the_same_filters(three_cases):
    assert unknown_counts(three_cases)["setting"] == 1
    assert unknown_counts(three_cases)["sector"] == 3
    assert unknown_counts(three_cases)["country"] == 0
    chosen = CaseFilter({"country": ("US",), "setting": ("rural",)})
    assert unknown_counts(three_cases, chosen)["sector"] == 0
    assert unknown_counts(three_cases, chosen)["setting"] == 0
    for filtered in (CaseFilter(), CaseFilter({"country": ("GB",)})):
        known = sum(cases for _, cases in facet_counts(three_cases, filtered)["setting"])
        passing = len(filtered.without("setting").apply(three_cases))
        assert known + unknown_counts(three_cases, filtered)["setting"] == passing
