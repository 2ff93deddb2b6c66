"""What part of a story is asked for, and that a plain worry asks for none."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.records import CaseStudy
from engine.intent import FIELDS, Intent, Sought, fields_sought, sought_in, what_about

ASKED = [
    ("What would you not do again with one-to-one iPads?", "regrets"),
    ("what would they do differently", "regrets"),
    ("which schools regret buying tablets", "regrets"),
    ("in hindsight, was the rollout too fast", "regrets"),
    ("lessons learned from phone bans", "regrets"),
    ("What went wrong with chromebooks elsewhere?", "failures"),
    ("where did it go wrong", "failures"),
    ("why did schools give up pouches", "failures"),
    ("pitfalls of BYOD", "failures"),
    ("what has worked best with parents?", "successes"),
    ("any success stories with attendance apps", "successes"),
    ("has anyone made flipped lessons pay", "successes"),
    ("did it raise results?", "evidence"),
    ("is there any evidence that tablets help", "evidence"),
    ("what difference did it make", "evidence"),
    ("how did you get round the parents who refused", "responses"),
    ("How have other schools dealt with vaping sensors?", "responses"),
]
WORRIES = [
    "mobiles banned here",
    "parents fear the cost of tablets",
    "wifi doesn't work in the annexe",
    "teachers have no time to learn it",
    "we can't trust our pupils with phones",
    "the tablets keep breaking",
    "staff will not change how they teach",
    "governors worry about screen time",
    "pupils get round the filter",
    "our data was stolen",
    "workload",
    "",
    "?!",
]


@pytest.mark.parametrize(("text", "intent"), ASKED)
def test_a_question_asks_for_its_part_of_the_stories(text, intent):
    assert intent in [one.intent for one in sought_in(text)]


@pytest.mark.parametrize(("text", "intent"), ASKED)
def test_capitals_and_typographic_marks_do_not_change_what_is_asked_for(text, intent):
    assert intent in [one.intent for one in sought_in(text.upper().replace("'", "’"))]


@pytest.mark.parametrize("text", WORRIES)
def test_a_plain_worry_asks_for_nothing(text):
    assert sought_in(text) == ()


def test_two_things_asked_for_come_in_the_order_of_their_words():
    text = "how did others persuade the unions, and what went wrong?"
    assert [one.intent for one in sought_in(text)] == ["responses", "failures"]
    other = "what went wrong, and how did others persuade the unions?"
    assert [one.intent for one in sought_in(other)] == ["failures", "responses"]


def test_how_they_got_round_something_asks_for_responses_alone():
    """ "Did they get" was taken for a question after successes as well."""
    assert [one.intent for one in sought_in("how did they get round the unions")] == ["responses"]


@settings(max_examples=100, deadline=None)
@given(
    st.text(st.characters(), max_size=80)
    | st.lists(st.sampled_from([*(text for text, _ in ASKED), *WORRIES]), max_size=4).map(" ".join)
)
def test_any_text_is_read_and_what_asks_lies_in_it_each_intent_once(text):
    sought = sought_in(text)
    assert [one.start for one in sought] == sorted(one.start for one in sought)
    assert len({one.intent for one in sought}) == len(sought)
    assert all(0 <= one.start < one.end <= len(text) for one in sought)


def test_every_intent_is_answered_by_fields_that_a_record_has():
    assert FIELDS.keys() == set(get_args(Intent))
    assert {field for fields in FIELDS.values() for field in fields} <= CaseStudy.model_fields.keys()


def test_the_fields_of_two_intents_are_joined_each_once_the_first_asked_for_first():
    sought = (Sought("failures", 0, 1), Sought("regrets", 2, 3), Sought("successes", 4, 5))
    assert fields_sought(sought) == ("failed", "not_again", "worked")
    assert fields_sought(()) == ()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("what would you not do again with pouches?", "not_again"),
        ("what went wrong with pouches?", "failed"),
        ("what worked with pouches?", "worked"),
    ],
)
def test_of_statements_told_alike_the_one_that_was_asked_for_gains(tmp_path, make_case, encoder, text, field):
    from engine.matcher import Matcher
    from index.building import build_index
    from index.case_index import CaseIndex

    said = "Pouches were cut open with scissors"
    case = make_case(objections=[{"text": said}], failed=[said], not_again=[said], worked=[said])
    build_index([case], encoder, tmp_path / "i")
    matcher = Matcher(CaseIndex.open(tmp_path / "i"), encoder)

    def score_of(text):
        (match,) = matcher.match(text).matches
        return {one.passage.field: one.score for one in match.passages}

    plain, asked = score_of("pouches"), score_of(text)
    assert asked[field] / asked["objections"] > plain[field] / plain["objections"]


def test_words_that_ask_in_two_ways_at_once_are_cut_once():
    text = "How have the benefits of tablets convinced your angry governors"
    assert what_about(text, sought_in(text)) == "your angry governors"


@pytest.mark.parametrize("text", ["how do we help teachers who hate change?", "can we change suppliers?"])
def test_a_plain_question_asks_for_no_part_of_a_story(text):
    assert sought_in(text) == ()
