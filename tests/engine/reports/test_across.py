from __future__ import annotations

from collections import Counter

import pytest

from engine.reports.across import UNKNOWN, look_across, read_lines
from tests.report_lines import concern, match, school, write_lines

PHONES, PHONES_TOO = "phones distract the pupils in lessons", "pupils phones distract in the lessons"
BROADBAND, TUBA = "rural broadband too slow", "choir has no tuba player"


@pytest.fixture
def kept():
    ash, elm = match("ash-primary-broadband-2015"), match()
    return [
        school(
            1,
            [concern(PHONES), concern(BROADBAND, ("connectivity",), "partial", (ash, elm))],
            phases=["primary"],
            setting="rural",
        ),
        school(2, [concern(PHONES_TOO, ("distraction", "cost"))], phases=["primary", "secondary"]),
        school(3, [concern(BROADBAND, ("connectivity",), "partial", (ash,))], setting="rural"),
        school(4, [concern(TUBA, (), "none", (elm,))], phases=["secondary"], setting="urban"),
        school(5),
    ]


@pytest.fixture
def across(kept, encoder):
    return look_across(iter(kept), encoder)


def test_worries_of_one_meaning_are_one_whatever_their_words(across):
    told = {worry.theme: worry for worry in across.worries}
    assert told["distraction"].schools == (0, 1)
    assert {told["distraction"].wording, *told["distraction"].wordings} == {PHONES, PHONES_TOO}
    assert told["connectivity"].schools == (0, 2)
    assert told["connectivity"].cases == ("ash-primary-broadband-2015", "elm-school-phones-2020")
    assert told["connectivity"].verdicts == {"partial": 2}


def test_a_worry_of_one_school_is_not_shared(across):
    assert all(worry.wording != TUBA for worry in across.worries)


def test_counts_are_those_of_counting_the_lines(across, kept):
    assert dict(across.themes) == Counter(
        theme for one in kept for theme in {theme for told in one.concerns for theme in told.themes}
    )
    assert dict(across.cases) == Counter(
        case
        for one in kept
        for case in {met.case_id for told in one.concerns if told.verdict != "none" for met in told.matches}
    )
    assert across.verdicts == Counter(told.verdict for one in kept for told in one.concerns)
    assert across.unanswered == ((TUBA, 1),)


def test_a_school_is_counted_in_each_of_its_phases_and_an_unknown_one_as_unknown(across):
    assert across.schools_by("phase") == {"primary": 2, "secondary": 2, UNKNOWN: 2}
    assert across.schools_by("setting") == {"urban": 1, "rural": 2, UNKNOWN: 2}
    assert across.themes_by("phase")["primary"] == {"distraction": 2, "connectivity": 1, "cost": 1}
    assert across.themes_by("setting")["rural"] == {"distraction": 1, "connectivity": 2}
    assert across.verdicts_by("phase")["secondary"] == {"strong": 1, "none": 1}
    assert across.phase_by_setting()["primary"] == {"rural": 1, UNKNOWN: 1}


def test_the_most_worried_have_most_themes_and_who_told_nothing_is_not_among_them(across):
    assert across.most_worried(10) == [0, 1, 2, 3]


def test_each_text_is_encoded_once(kept, encoder, monkeypatch):
    asked = []
    encode = encoder.encode_queries
    monkeypatch.setattr(encoder, "encode_queries", lambda texts: asked.extend(texts) or encode(texts))
    look_across(kept * 3, encoder)
    assert sorted(asked) == sorted({PHONES, PHONES_TOO, BROADBAND, TUBA})


def test_lines_are_read_as_they_were_written(tmp_path, kept):
    assert list(read_lines(write_lines(tmp_path / "lines.jsonl", kept))) == kept


def test_of_no_schools_there_is_nothing(encoder):
    across = look_across([], encoder)
    assert (across.schools, across.worries, across.themes, across.unanswered) == ((), (), (), ())
