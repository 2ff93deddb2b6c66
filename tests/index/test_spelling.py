"""Slips read as words of the cases; everything that somebody may have meant is left alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from corpus.vocabulary import Concept, Vocabulary
from index.spelling import LONG, SHORTEST, Correction, Spelling, corrected, words_in_use

NO_CONCEPTS = Vocabulary((), digest="none")
TEXTS = (
    "Mobiles were banned in lessons",
    "Governors fear the cost of broadband",
    "Safeguarding and attendance were watched by the provider Zvezdochka",
)


@pytest.fixture(scope="module")
def spelling():
    return Spelling(words_in_use(TEXTS, NO_CONCEPTS))


def read(spelling, text):
    return corrected(text, spelling.corrections(text))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("moblies", "mobiles"),  # two letters swapped
        ("bannd", "banned"),  # one left out
        ("braodband", "broadband"),
        ("goverrnors", "governors"),  # one doubled
        ("lesxons", "lessons"),  # one for another
        ("safegaurdng", "safeguarding"),  # a long word may have two slips
        ("attendnce", "attendance"),
    ],
)
def test_a_slip_is_read_as_the_word_that_the_cases_use(spelling, written, meant):
    assert read(spelling, f"our {written} here") == f"our {meant} here"


@pytest.mark.parametrize(
    "text",
    [
        "mobiles banned in lessons",  # as the cases write it
        "governor's broadbands",  # a stem that they use
        "elephants marmalade trombone",  # English, though no case says it
        "colour color realise realize",
        "dont wont youre doesnt",  # contractions without the apostrophe
        "wfi bane",  # too short, or English
        "Ysgol Moblie BRAODBAND moBlies",  # names and capitals inside a text
        "mobl1es moblies-bannd",  # not words of letters alone
        "xylqwrt",  # like nothing
        "手机 öğrenci мобилы الهواتف",
        "",
        " \n ?!",
    ],
)
def test_what_may_be_meant_as_it_is_written_is_left_alone(spelling, text):
    assert spelling.corrections("see " + text) == ()


def test_a_short_word_is_never_changed():
    spelling = Spelling(words_in_use(["loud bell rang " * 3], NO_CONCEPTS))
    word = "blel"
    assert len(word) < SHORTEST
    assert spelling.corrections(word) == ()


def test_a_long_word_is_forgiven_two_slips_and_a_shorter_one_only_one():
    spelling = Spelling(words_in_use(["zweferdinal zwefer"], NO_CONCEPTS))
    assert len("zwefer") < LONG <= len("zweferdinal")
    assert read(spelling, "zwefredinl") == "zweferdinal"
    assert read(spelling, "zwfe") == "zwfe"
    assert read(spelling, "zwwfr") == "zwwfr"


def test_the_first_letter_is_taken_to_be_right_unless_letters_were_only_swapped():
    spelling = Spelling(words_in_use(["zwefer"], NO_CONCEPTS))
    assert read(spelling, "kwefer") == "kwefer"
    assert read(spelling, "wzefer") == "zwefer"


def test_a_capital_at_the_very_start_is_no_name_and_stays(spelling):
    assert read(spelling, "Moblies bannd") == "Mobiles banned"
    assert read(spelling, " “Moblies” bannd").startswith(" “Moblies”")  # a mark before it: it may be a name
    assert read(spelling, "at Moblies school") == "at Moblies school"


def test_a_dropped_g_is_put_back():
    spelling = Spelling(words_in_use(["vaping"], NO_CONCEPTS))
    assert read(spelling, "kids vapin and nickin") == "kids vaping and nicking"


def test_two_english_words_written_as_one_are_not_taken_apart_by_two_slips():
    assert read(Spelling(words_in_use(["trockpid"], NO_CONCEPTS)), "trackpad") == "trackpad"
    assert (
        read(Spelling(words_in_use(["trockpidz"], NO_CONCEPTS)), "trackpidz") == "trockpidz"
    )  # one slip, and no compound


def test_the_words_of_the_vocabulary_are_known_and_read_into():
    concept = Concept(id="robots", label="zwefer robots", words=("qadroid",))
    spelling = Spelling(words_in_use(["lemon"], Vocabulary((concept,), digest="one")))
    assert read(spelling, "qadriod and zweffer") == "qadroid and zwefer"
    assert spelling.corrections("qadroids") == ()


def test_a_correction_tells_where_and_what():
    spelling = Spelling(words_in_use(TEXTS, NO_CONCEPTS))
    text = "Moblies, bannd!"
    assert spelling.corrections(text) == (
        Correction(0, 7, "Moblies", "mobiles"),
        Correction(9, 14, "bannd", "banned"),
    )


def test_of_words_as_near_the_one_that_is_used_more_is_read():
    often = Spelling(words_in_use(["zwefan zwefan zwefan zwefin"], NO_CONCEPTS))
    seldom = Spelling(words_in_use(["zwefan zwefin zwefin zwefin"], NO_CONCEPTS))
    assert (read(often, "zwefqn"), read(seldom, "zwefqn")) == ("zwefan", "zwefin")


def test_nothing_is_read_into_no_words():
    assert Spelling(words_in_use([], NO_CONCEPTS)).corrections("moblies bannd") == ()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(), max_size=60) | st.text("mobliesand ’'-Z\u0130\u0301", max_size=60))
@example("İstanbull straßenn ﬁnance")
@example("\ud800 moblies")
def test_any_text_is_read_and_each_correction_lies_in_it_in_order(text):
    spelling = Spelling(words_in_use(TEXTS, NO_CONCEPTS))
    corrections = spelling.corrections(text)
    end = 0
    for one in corrections:
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.written != one.read_as
        end = one.end
    again = corrected(text, corrections)
    assert len(again) == len(text) + sum(len(one.read_as) - len(one.written) for one in corrections)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["moblies", "bannd", "Moblies", "phones", "braodband,", "cost"]), max_size=8))
def test_a_text_that_was_read_once_is_not_read_otherwise_again(words):
    spelling = Spelling(words_in_use(TEXTS, NO_CONCEPTS))
    once = read(spelling, " ".join(words))
    assert read(spelling, once) == once


@st.composite
def slips(draw):
    """A word of the texts and the same with one slip behind its first letter."""
    word = draw(st.sampled_from(["mobiles", "banned", "lessons", "governors", "broadband", "safeguarding"]))
    at = draw(st.integers(1, len(word) - 2))
    slip = draw(st.sampled_from(["swap", "drop", "double"]))
    if slip == "swap":
        return word, word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word, word[:at] + (word[at] * 2 if slip == "double" else "") + word[at + 1 :]


@settings(max_examples=150, deadline=None)
@given(slips())
def test_one_slip_in_a_word_of_the_cases_that_makes_no_other_word_is_read_as_that_word(pair):
    word, slip = pair
    spelling = Spelling(words_in_use(TEXTS, NO_CONCEPTS))
    assume(spelling.corrections(slip))  # else it is the word itself, or another that is known
    assert read(spelling, slip) == word


def test_corrections_are_made_from_left_to_right_with_the_rest_untouched():
    text = "Ab cd  ef\n"
    made = corrected(text, [Correction(0, 2, "Ab", "xyz"), Correction(7, 9, "ef", "q")])
    assert made == "Xyz cd  q\n"
    assert corrected(text, ()) == text
