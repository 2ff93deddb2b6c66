"""The real model over the shipped cases: what a leader would notice first if it broke."""

from __future__ import annotations

import pytest

from corpus.vocabulary import shipped_vocabulary, stems_of

pytestmark = pytest.mark.model


def ids(answer):
    return [match.case.id for match in answer.matches]


def technology(match):
    return " ".join(match.case.technology)


def speaks_of_phones(match):
    return "phone" in technology(match)


def mentions(text, *concepts):
    vocabulary = shipped_vocabulary()
    return any(mention.concept in concepts for mention in vocabulary.mentions(stems_of(text)))


def test_a_worry_that_many_schools_had_gets_the_verdict_strong(real_matcher):
    answer = real_matcher.match("we can't trust our pupils with phones")
    assert answer.verdict == "strong"
    assert all(speaks_of_phones(match) for match in answer.matches[:3])


@pytest.mark.parametrize(
    "text",
    [
        "the swimming pool roof is leaking",
        "wasps have nested in the bike shed",
        "our netball team lost again",
        "asdf qwer zxcv",
        "quokka zeppelin",
    ],
)
def test_what_no_school_here_has_faced_gets_the_verdict_none_with_the_nearest_cases(real_matcher, text):
    answer = real_matcher.match(text)
    assert answer.verdict == "none"
    assert len(answer.matches) == 5


def test_a_long_text_about_something_else_gets_the_verdict_none(real_matcher):
    recipe = (
        "Rub the butter into the flour until it looks like crumbs, then stir in the sugar and some salt. "
        "Beat two eggs with the milk and pour them in slowly. Knead the dough on a floured board, roll it "
        "out as thick as a finger and cut out rounds with a glass. Brush the tops with egg and bake them for "
        "a quarter of an hour until they have risen and turned golden. Leave them on a rack until lukewarm. "
        "Serve them with clotted cream and strawberry jam, and argue about which of the two goes on first. "
    )
    assert real_matcher.match(recipe).verdict == "none"
    assert real_matcher.match(recipe * 5).verdict == "none"


def test_mobiles_are_phones(real_matcher):
    first_three = real_matcher.match("mobiles banned here").matches[:3]
    assert [match.case.technology for match in first_three if not speaks_of_phones(match)] == []


def test_one_word_is_enough_for_most_of_the_first_five(real_matcher):
    """The word itself, rare in the cases, weighed more than what it means: telephones came before phones."""
    assert sum(speaks_of_phones(match) for match in real_matcher.match("mobiles").matches) >= 3


@pytest.mark.parametrize(
    "worry", ["{} banned here", "handing in {} at the gate", "parents want pupils to keep {} on them"]
)
@pytest.mark.parametrize("word", ["handsets", "cells", "mobiles"])
def test_other_words_for_phones_bring_mostly_the_same_cases(real_matcher, worry, word):
    # Half of the first ten: of forty cases about phones many are equally near.
    phones, others = (ids(real_matcher.match(worry.format(name), k=10)) for name in ("phones", word))
    assert len(set(phones) & set(others)) >= 5


@pytest.mark.parametrize(
    "text",
    [
        "wifi is fine, it's the training",
        "No complaints about the laptops, the trouble is that nobody was trained",
    ],
)
def test_a_denial_leads_to_the_worry_that_is_left(real_matcher, text):
    answer = real_matcher.match(text)
    assert answer.concern.denied
    first = answer.matches[0]
    shown = " ".join(one.passage.text for one in first.passages)
    assert "training" in technology(first) or mentions(
        shown, "training", "staff-training", "teacher-training"
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Our broadband is too slow for a whole class", "our broadband is TOO SLOW for a whole class!!"),
        ("Teachers don't have time to learn it", "teachers don’t have time to learn it ..."),
    ],
)
def test_case_and_punctuation_do_not_change_the_first_result(real_matcher, text, same):
    assert ids(real_matcher.match(text))[0] == ids(real_matcher.match(same))[0]


def test_another_kind_of_school_does_not_change_what_the_first_results_are_about(real_matcher):
    without = real_matcher.match("pupils film each other with their phones")
    assert all(speaks_of_phones(match) for match in without.matches[:2])
    text = "pupils film each other with their phones. We are a rural primary of 60 pupils in Scotland."
    assert all(speaks_of_phones(match) for match in real_matcher.match(text).matches[:2])
