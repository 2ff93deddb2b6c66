"""What is kept of each school: its own answers, whoever else is reported on."""

from __future__ import annotations

from itertools import count, islice

import pytest

from engine.context import SchoolContext
from engine.ranking import Preferences
from engine.reports.records import ReportSchool, SchoolKept
from engine.reports.run import report_on, themes_in

RURAL = SchoolContext(phases=("primary",), country="GB", pupils=85, setting="rural")


def school(number: int, *concerns: str, context: SchoolContext = RURAL) -> ReportSchool:
    return ReportSchool(str(number), f"School {number}", context, concerns)


SCHOOLS = [
    school(1, "slow broadband", "parents cannot afford the cost"),
    school(2),
    school(3, "slow broadband", context=SchoolContext()),
    school(4, "", "quantum chromodynamics"),
    school(5, "parents want to reach their children"),
]


def test_what_is_kept_is_what_match_answers(matcher):
    preferences = Preferences(closeness=0.9)
    kept = list(report_on(SCHOOLS, matcher, 2, preferences))
    assert [one.id for one in kept] == ["1", "2", "3", "4", "5"]
    for given, one in zip(SCHOOLS, kept, strict=True):
        answers = [matcher.match(text, given.context, 2, preferences) for text in given.concerns]
        assert [concern.verdict for concern in one.concerns] == [answer.verdict for answer in answers]
        for concern, answer in zip(one.concerns, answers, strict=True):
            assert concern.worries == answer.concern.worries
            assert concern.confidence == pytest.approx(answer.confidence, abs=1e-6)
            assert [match.case_id for match in concern.matches] == [m.case.id for m in answer.matches]
            assert [match.shared for match in concern.matches] == [m.context.shared for m in answer.matches]
            assert [match.mirror for match in concern.matches] == [
                m.passages[0].passage.text for m in answer.matches
            ]


@pytest.mark.parametrize("size", [1, 2, 64])
def test_a_school_is_kept_alike_in_any_company(matcher, size):
    alone = [next(report_on([one], matcher)) for one in SCHOOLS]
    assert list(report_on(SCHOOLS, matcher, batch=size)) == alone
    assert list(report_on(reversed(SCHOOLS), matcher, batch=size)) == alone[::-1]


def test_an_endless_stream_of_schools_is_reported_on_as_it_comes(matcher):
    assert len(list(islice(report_on((school(n) for n in count()), matcher, batch=3), 10))) == 10


def test_takeaways_are_drawn_from_every_concern_that_somebody_has_faced(matcher):
    both, without, _, unanswered, _ = report_on(SCHOOLS, matcher)
    faced = {
        match.case_id for concern in both.concerns if concern.verdict != "none" for match in concern.matches
    }
    assert {point.case_id for point in both.takeaways} <= faced
    assert both.takeaways
    assert both.questions
    assert (without.takeaways, without.questions) == ((), ())
    assert [concern.verdict for concern in unanswered.concerns] == ["none", "none"]
    assert (unanswered.takeaways, unanswered.questions) == ((), ())


def test_what_is_not_known_of_a_school_is_not_kept(matcher):
    kept = list(report_on(SCHOOLS, matcher))
    assert kept[0].context == {"country": "GB", "phases": ["primary"], "pupils": 85, "setting": "rural"}
    assert kept[2].context == {}


def test_a_line_is_read_back_as_it_was_kept(matcher):
    for one in report_on(SCHOOLS, matcher):
        assert "\n" not in one.as_line()
        assert SchoolKept.model_validate_json(one.as_line()) == one


def test_text_that_no_file_can_hold_is_cleaned(matcher):
    (kept,) = report_on([school(1, "slow \ud800 broad\u00adband\x00")], matcher)
    assert kept.concerns[0].text == "slow broadband"


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("too expensive, and the tablets are a distraction", ("cost", "distraction")),
        ("mobiles banned here", ()),
        ("", ()),
    ],
)
def test_themes_are_named_by_words_of_the_vocabulary(text, themes):
    assert themes_in(text) == themes


def test_what_is_ruled_out_names_no_theme(matcher):
    (kept,) = report_on([school(1, "It's not the cost. Staff have had no training.")], matcher)
    assert kept.concerns[0].denied
    assert kept.concerns[0].themes == ("staff-training",)


def test_one_match_at_least_is_asked_for(matcher):
    with pytest.raises(ValueError, match="k is 0"):
        report_on(SCHOOLS, matcher, 0)
