"""What is advised, and that nothing is where nothing would help."""

from __future__ import annotations

import pytest

from engine.advice import SHORT, advice_for
from engine.concern import parse_concern
from engine.context import SchoolContext
from engine.ranking import Preferences

KNOWN = SchoolContext(phases=("primary",))
LONG = "parents fear the cost of the tablets"


def advice(text, verdict="strong", context=KNOWN, **more):
    return advice_for(parse_concern(text, context), verdict, **more)


@pytest.mark.parametrize("verdict", ["strong", "partial", "none"])
def test_a_whole_worry_of_a_known_phase_needs_no_advice(verdict):
    assert advice(LONG, verdict) == ()


def test_a_text_without_a_worry_is_asked_for_one_and_nothing_else():
    (line,) = advice("?!", "none", SchoolContext())
    assert line.startswith("Tell us in a few words")


def test_a_text_of_the_school_alone_is_told_that_it_was_understood():
    (line,) = advice("we are a small rural school", "none", SchoolContext())
    assert line.startswith("You told us about your school")


@pytest.mark.parametrize(("verdict", "lines"), [("strong", 0), ("partial", 1), ("none", 1)])
def test_a_worry_of_a_word_or_two_is_asked_for_more_unless_it_was_met(verdict, lines):
    found = advice("zeppelins", verdict)
    assert len(found) == lines
    assert all("a little more" in line for line in found)


def test_short_is_counted_in_words():
    just = "zeppelin " * SHORT
    assert any("a little more" in line for line in advice(just.rsplit(maxsplit=1)[0], "none"))
    assert not any("a little more" in line for line in advice(just, "none"))


def test_where_something_was_ruled_out_and_nothing_found_that_is_told():
    text = "The wifi is fine, nobody has been trained"
    (line,) = advice(text, "none")
    assert "ruled out" in line
    assert advice(text, "partial") == ()


def test_where_every_school_was_excluded_that_is_the_advice():
    found = advice("The wifi is fine, nobody has been trained", "none", all_excluded=True)
    assert len(found) == 1
    assert "leave out less" in found[0]


def test_an_unknown_phase_is_asked_for_last():
    found = advice("zeppelins", "none", SchoolContext())
    assert len(found) == 2
    assert "phase" in found[-1]


def test_an_answer_without_a_match_because_all_were_excluded_says_so(matcher):
    mine = SchoolContext(country="NZ", phases=("primary",))
    answer = matcher.match(
        "slow broadband in lessons", mine, preferences=Preferences(unlike={"country": "exclude"})
    )
    assert (answer.verdict, answer.confidence, answer.matches) == ("none", 0.0, ())
    assert any("leave out less" in line for line in answer.advice)


def test_an_attribute_that_is_to_set_schools_apart_is_asked_for_where_it_is_unknown():
    concern = parse_concern("slow broadband in lessons", SchoolContext(phases=("primary",)))
    (line,) = advice_for(concern, "strong", Preferences(unlike={"phases": "exclude", "country": "exclude"}))
    assert "country" in line
    assert "phase" not in line
