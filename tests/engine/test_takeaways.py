"""Points, questions and caveats: only what records say, every case heard, nothing twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.comparability import compare_contexts
from engine.context import SchoolContext
from engine.takeaways import (
    MOST_POINTS,
    MOST_QUESTIONS,
    OLD,
    ChosenCase,
    caveats,
    discussion_questions,
    name_of,
    newest_year,
    takeaways,
)


def chosen(case, **school):
    """Return a case beside a school."""
    return ChosenCase(case, compare_contexts(SchoolContext(**school), SchoolContext.of(case.institution)))


def statements(case):
    return {*case.failed, *case.not_again, *(objection.text for objection in case.objections)}


def sources(*years):
    listed = [{"title": "T", "url": f"https://example.org/{n}", "year": year} for n, year in enumerate(years)]
    return {"independence": "independent", "sources": listed}


def test_points_are_statements_of_the_records_and_none_twice(three_cases):
    points = takeaways([chosen(case) for case in three_cases])
    assert all(point.text in statements(point.case) for point in points)
    assert len({(point.case.id, point.text) for point in points}) == len(points)
    assert [point.kind for point in points if point.case.id == "elm-school-phones-2020"] == [
        "not_again",
        "failed",
    ]


def test_every_case_has_its_say_before_any_has_a_second(make_case):
    cases = [make_case(id=f"case-{n}", failed=[f"f{n}", f"g{n}"], not_again=[f"n{n}"]) for n in range(6)]
    points = takeaways([chosen(case) for case in cases])
    assert len(points) == MOST_POINTS
    assert [point.case.id for point in points[:6]] == [case.id for case in cases]


def test_what_mirrors_the_worry_comes_first(matcher):
    (match,) = matcher.match("governors fear screen time", k=1).matches
    assert match.case.id == "ash-primary-broadband-2015"
    told = [one.passage.text for one in match.passages if one.passage.field == "objections"]
    assert "Governors fear too much screen time" in told
    (question, *_) = discussion_questions([match])
    assert question.startswith("At Ash Primary this went wrong: “Lessons stalled whenever two classes")


def test_an_objection_that_was_never_settled_is_put_to_the_reader(matcher):
    match = matcher.match("parents cannot afford the monthly cost", k=1).matches[0]
    assert match.case.id == "oak-college-tablets-2018"
    asked = discussion_questions([match])
    assert asked[0] == (
        "At a college in US this objection was never settled: “Parents cannot afford the monthly cost” "
        "What would we answer?"
    )


def test_an_objection_without_a_response_is_no_point(matcher):
    match = matcher.match("parents cannot afford the monthly cost", k=1).matches[0]
    assert {point.kind for point in takeaways([match])} == {"failed"}


def test_questions_are_bounded_and_end_with_when_to_stop(three_cases):
    told = [chosen(case, phases=["primary"], country="IE") for case in three_cases * 3]
    asked = discussion_questions(told)
    assert len(asked) == MOST_QUESTIONS
    assert asked[-1] == "What would we have to see, and by when, to stop?"


@pytest.mark.parametrize(
    ("years", "newest"), [((2014, 2019), 2019), ((None, 2012), 2012), ((None, None), None)]
)
def test_the_newest_year_is_that_of_the_sources_and_unknown_where_none_is_given(make_case, years, newest):
    assert newest_year(make_case(provenance=sources(*years))) == newest


def test_caveats_tell_who_says_so_how_old_it_is_and_what_is_not_known(make_case):
    this_year = 2026
    cases = [
        make_case(id="a", provenance=sources(this_year - OLD - 1)),
        make_case(id="b", provenance=sources(this_year - OLD), outcome="unknown"),
        make_case(id="c", provenance={**sources(None), "independence": "vendor-supported"}),
        make_case(id="d", provenance={**sources(2026), "independence": "self-reported"}),
        make_case(id="e", provenance={**sources(2026), "independence": "self-reported"}),
    ]
    told = [chosen(case) for case in cases]
    assert caveats(told, this_year) == (
        "These are single stories. They show what can happen, not what usually does.",
        "One case is supported by a vendor: read with care.",
        "2 cases are told by the school or system itself.",
        "One case is told by sources more than 8 years old; technology has moved on.",
        "One case is told by sources that give no year.",
        "How it ended is not known of 1 of the 5 cases.",
    )


def test_schools_known_to_differ_are_named_and_the_unknown_are_not(make_case, three_cases):
    told = [chosen(case, setting="rural") for case in three_cases]
    assert caveats(told, 2026)[-1] == "Known to differ from your school: a college in US."


def test_a_case_without_a_name_is_called_by_what_and_where_it_is(make_case):
    case = make_case()
    unnamed = case.institution.model_copy(update={"name": None, "region": "Kent"})
    assert name_of(case) == "Elm School"
    assert name_of(case.model_copy(update={"institution": unnamed})) == "a school in Kent"


def test_a_match_and_a_chosen_case_are_told_alike_where_nothing_mirrors(matcher):
    match = matcher.match("phones", k=1).matches[0]
    alone = ChosenCase(match.case, match.context)
    assert takeaways([replace(match, passages=())]) == takeaways([alone])
