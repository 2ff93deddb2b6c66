"""A concern understood: worries told apart, the school read, and no text that breaks it."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.vocabulary import Vocabulary
from engine.comparability import compare_contexts
from engine.concern import MOST_WORRIES, Amendments, clauses_of, clean_text, parse_concern
from engine.context import SchoolContext
from index.spelling import Spelling, words_in_use

ANYTHING = st.text(st.characters())  # lone surrogates and unassigned characters as well
PIECES = (
    "the wifi is fine",
    "not phones",
    "it's the training",
    "we are a rural primary school of 85 pupils",
    "60% fsm",
    "1,000,000,000 pupils",
    "٣٤ pupils",
    "in Scotland",
    "no complaints about the kit",
    "what worries me is the cost",
    "parents are furious",
    "not enough time",
    "2.5k students",
    "İstanbul",
)
GLUE = (", ", ". ", "; ", " - ", " but ", ": ", "? ", "\n", " — ", "\u2028", "!\u202e ")


@st.composite
def concerns(draw):
    """Text as leaders write it, in an order that nobody would."""
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=9))
    return "".join(piece + draw(st.sampled_from(GLUE)) for piece in pieces)


contexts = st.one_of(
    st.none(),
    st.builds(
        SchoolContext,
        kind=st.sampled_from([None, "school", "trust", "nation"]),
        country=st.sampled_from([None, "GB", "US", "NZ"]),
        phases=st.lists(st.sampled_from(["primary", "secondary", "special"]), max_size=3),
        setting=st.sampled_from([None, "rural", "mixed"]),
        pupils=st.one_of(st.none(), st.integers(1, 1_000_000)),
        disadvantage=st.sampled_from([None, "low", "high"]),
        disadvantage_percent=st.one_of(st.none(), st.floats(0, 100)),
    ),
)


@settings(max_examples=50, deadline=None)
@given(ANYTHING | concerns(), contexts)
@example("a school of 999,999,999 pupils", None)
@example("\ud800\udfff\x00", SchoolContext(country="GB"))
def test_no_text_and_no_context_make_understanding_fail(text, context):
    concern = parse_concern(text, context)
    assert len(concern.worries) <= MOST_WORRIES
    assert all(worry in concern.text or "," in worry for worry in concern.worries)


@settings(max_examples=50, deadline=None)
@given(concerns())
def test_what_is_ruled_out_stands_in_the_text_and_is_not_all_of_it(text):
    concern = parse_concern(text)
    assert all(denied in concern.text for denied in concern.denied)
    assert len(concern.denied) < max(1, len(clauses_of(concern.text)))


@pytest.mark.parametrize(
    "text",
    [
        "the wifi is fine, İstanbul, İstanbul, ",
        pytest.param(
            "What worries me is the cost. It's the training. What worries me is the cost.",
        ),
    ],
)
def test_what_is_ruled_out_is_no_worry(text):
    concern = parse_concern(text)
    assert set(concern.denied).isdisjoint(concern.worries)


@settings(max_examples=50, deadline=None)
@given(concerns())
def test_what_was_read_of_the_school_lies_where_the_reading_says(text):
    concern = parse_concern(text)
    for reading in concern.readings:
        assert concern.text[reading.start : reading.end].strip()
        if reading.attribute == "country":
            assert concern.text[reading.start : reading.end] == "Scotland"


@pytest.mark.parametrize("text", ["", "   ", "?!", "…", "👍", "\u202e\u202c", "\x00\x1b", "a", "- - -"])
def test_a_text_without_words_holds_no_worry(text):
    assert parse_concern(text).worries == ()


# Cleaning


@settings(max_examples=50, deadline=None)
@given(ANYTHING)
@example("cafe\u00ad\u0301")
def test_cleaning_twice_changes_nothing_more(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@settings(max_examples=50, deadline=None)
@given(ANYTHING)
def test_clean_text_can_be_written_to_a_file_and_has_no_control_characters(text):
    clean = clean_text(text)
    clean.encode("utf-8")
    assert not {unicodedata.category(character) for character in clean} & {"Cc", "Cs", "Zl", "Zp"}
    assert "  " not in clean
    assert clean == clean.strip()


@pytest.mark.parametrize("mark", [*"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2067\u2068\u2069"])
def test_marks_that_turn_text_round_are_taken_out(mark):
    assert clean_text(f"phones{mark} banned{mark}") == "phones banned"


@pytest.mark.parametrize("invisible", ["\u00ad", "\u200b", "\u2060", "\ufeff"])
def test_a_word_with_an_invisible_character_in_it_is_the_same_word(invisible):
    """Text copied from a document brings soft hyphens along; the word was searched for in halves."""
    assert clean_text(f"pho{invisible}nes banned") == "phones banned"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  wifi\tis\r\nslow  ", "wifi is slow"),
        ("wifi\u00a0is\u2003slow", "wifi is slow"),
        ("wifi\x00is\x1bslow", "wifi is slow"),
        ("cafe\u0301 wifi", "caf\u00e9 wifi"),
        ("الهواتف 📱 öğrenci", "الهواتف 📱 öğrenci"),
    ],
)
def test_white_space_is_evened_out_and_letters_of_every_script_stay(text, clean):
    assert clean_text(text) == clean


# Telling worries apart


@pytest.mark.parametrize(
    ("text", "worries"),
    [
        ("screen time, cost, staff training", ("screen time", "cost", "staff training")),
        ("Cost; broken screens; theft.", ("Cost", "broken screens", "theft")),
        (
            "battery life - lost chargers - cracked screens",
            ("battery life", "lost chargers", "cracked screens"),
        ),
        ("slow wifi and old laptops", ("slow wifi and old laptops",)),
        (
            "Parents think we watch their children. Teachers have had no training.",
            ("Parents think we watch their children", "Teachers have had no training"),
        ),
        ("cost, and the theft of tablets", ("cost", "the theft of tablets")),
        ("theft, theft, cost", ("theft", "cost")),
    ],
)
def test_the_parts_of_a_list_and_its_sentences_are_worries_of_their_own(text, worries):
    assert parse_concern(text).worries == worries


@pytest.mark.parametrize(
    "text",
    [
        "When the network goes down, which it does most weeks, teachers go back to paper and stay there",
        "Our governors, who met on Tuesday for the first time, want to know what the pupils gain from it",
        "If we let pupils bring their own laptops, the families who cannot buy one will feel left behind",
    ],
)
def test_a_sentence_with_commas_is_one_worry(text):
    (worry,) = parse_concern(text).worries
    assert worry == text


def test_a_short_worry_that_is_a_word_of_another_sentence_does_not_join_that_sentence():
    """A clause was looked for as a string, so a heading was added to every sentence with that word."""
    worries = parse_concern("phones - phones are stolen from the cloakroom every single week").worries
    assert worries == ("phones", "phones are stolen from the cloakroom every single week")


def test_more_than_the_most_worries_are_cut_but_the_search_is_for_the_whole_text():
    things = ["theft", "cost", "training", "wifi", "privacy", "batteries", "repairs", "cheating"]
    concern = parse_concern(", ".join(things))
    assert len(concern.worries) == MOST_WORRIES < len(things)
    assert concern.worries == tuple(things[:MOST_WORRIES])
    assert all(thing in concern.query for thing in things)


def test_a_clause_that_only_describes_the_school_is_no_worry():
    concern = parse_concern("We are a rural primary school with 85 pupils. The broadband is too slow.")
    assert concern.worries == ("The broadband is too slow",)
    assert (concern.context.setting, concern.context.phases, concern.context.pupils) == (
        "rural",
        ("primary",),
        85,
    )


def test_a_school_and_a_worry_in_one_clause_is_a_worry():
    assert parse_concern("our rural school has no broadband").worries == (
        "our rural school has no broadband",
    )


def test_a_text_that_only_describes_the_school_holds_no_worry():
    """ "Our school in Wales" was searched for like a worry, and answered with confidence."""
    concern = parse_concern("a small rural primary school")
    assert concern.worries == ()
    assert concern.context.phases == ("primary",)


# The query


def test_the_query_leaves_out_what_is_ruled_out():
    concern = parse_concern("The wifi is fine, it's the training that nobody has time for.")
    assert concern.denied == ("The wifi is fine",)
    assert concern.query == "it's the training that nobody has time for"


def test_the_query_of_a_text_that_rules_nothing_out_is_the_text():
    text = "Parents, and some governors, think that we watch their children."
    assert parse_concern(text).query == text.rstrip(".")


@pytest.mark.parametrize(
    "marked", ["phones?", "“phones”", "(phones)...", "- phones!", "«phones» —", "'phones'"]
)
def test_marks_around_a_text_are_no_part_of_the_query(marked):
    """The encoder read them, and put two near cases in another order."""
    assert parse_concern(marked).query == "phones"


def test_what_is_ruled_out_is_cut_only_where_it_was_ruled_out(monkeypatch):
    """The denied words were cut wherever they stood, so another sentence lost its subject."""
    monkeypatch.setattr("engine.denial.probability_of_denial", lambda clauses, number: 0.0)
    concern = parse_concern(
        "the wifi is fine. Parents say the wifi is fine until nine o'clock, then it dies."
    )
    assert concern.denied == ("the wifi is fine",)
    assert concern.query == "Parents say the wifi is fine until nine o'clock, then it dies"


# Explicit context


def test_explicit_context_wins_over_the_text_and_the_text_fills_its_gaps():
    explicit = SchoolContext(phases=("secondary",), country="IE")
    concern = parse_concern("our rural primary school in Scotland has slow broadband", explicit)
    assert concern.context.phases == ("secondary",)
    assert concern.context.country == "IE"
    assert concern.context.setting == "rural"


def test_an_explicit_level_of_disadvantage_wins_over_a_percentage_in_the_text():
    """The percentage was kept beside the level, and was what schools were compared by."""
    explicit = SchoolContext(country="GB", disadvantage="low")
    concern = parse_concern("the last school I led had 60% fsm, phones were stolen daily", explicit)
    theirs = SchoolContext(country="GB", disadvantage="low", disadvantage_percent=4)
    assert compare_contexts(concern.context, theirs) == compare_contexts(explicit, theirs)


def test_a_number_beyond_any_school_is_no_head_count():
    """It raised: the number was read, and then refused by the context."""
    concern = parse_concern("a school of 999,999,999 pupils with slow wifi")
    assert concern.context.pupils is None
    assert concern.worries


# Time


@pytest.mark.parametrize(
    "text",
    [
        "not " + "a" * 300 + "?, phones",
        "it's not the " + "long-" * 60 + "?, phones",
        "nobody here really " * 200 + ", phones",
        "ab, " * 500,
        "1,111" * 1000,
        "- " * 2000,
    ],
    ids=["long-word", "long-hyphens", "nobody", "clauses", "digits", "dashes"],
)
def test_no_text_takes_long_to_understand(text):
    """One long word after "not" was split in every possible way: 400 letters took most of a minute."""
    parse_concern("warm")
    begun = time.perf_counter()
    parse_concern(text)
    assert time.perf_counter() - begun < 2


# Misspelt words


SPELLING = Spelling(
    words_in_use(
        ["Mobiles are banned in lessons", "Governors fear the broadband in our primary school"],
        Vocabulary((), digest=""),
    )
)
SLIPS = ("moblies", "bannd", "goverors", "braodband", "prmary", "lesons", "Moblies")


def test_a_correction_lies_in_the_text_as_it_was_written():
    concern = parse_concern("Moblies  are bannd\there", spelling=SPELLING)
    assert concern.text == "Moblies are bannd here"
    assert concern.read_as == "Mobiles are banned here"
    assert [(c.written, c.read_as) for c in concern.corrections] == [
        ("Moblies", "mobiles"),
        ("bannd", "banned"),
    ]
    assert [concern.text[c.start : c.end] for c in concern.corrections] == ["Moblies", "bannd"]


def test_worries_and_query_are_of_the_text_as_it_was_read():
    concern = parse_concern("wifi is fine, braodband is not", spelling=SPELLING)
    assert "broadband" in concern.read_as
    assert all("braodband" not in part for part in (*concern.worries, concern.query))


def test_without_a_spelling_words_are_taken_as_they_are_written():
    concern = parse_concern("moblies bannd")
    assert concern.corrections == ()
    assert concern.read_as == concern.text == "moblies bannd"


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            (
                *SLIPS,
                "rural",
                "primary",
                "in Scotland",
                "85 pupils",
                "phones,",
                "are",
                "60% fsm",
                "secondary.",
            )
        ),
        min_size=1,
        max_size=10,
    )
)
def test_a_reading_lies_in_the_text_as_written_where_it_was_read_with_slips_around_it(pieces):
    """The span of a reading in the corrected text is carried back over the words that were read as others."""
    text = " ".join(pieces)
    concern = parse_concern(text, spelling=SPELLING)
    as_read = parse_concern(concern.read_as)
    assert len(concern.readings) == len(as_read.readings)
    for written, read in zip(concern.readings, as_read.readings, strict=True):
        assert (written.attribute, written.value) == (read.attribute, read.value)
        assert 0 <= written.start < written.end <= len(concern.text)
        there = concern.text[written.start : written.end]
        assert (
            corrected_within(there, written.start, concern.corrections)
            == (concern.read_as[read.start : read.end])
        )


def corrected_within(stretch, start, corrections):
    """Return a stretch of a text with the corrections that lie in it made, capitals aside."""
    inside = [c for c in corrections if start <= c.start and c.end <= start + len(stretch)]
    for one in reversed(inside):
        read_as = one.read_as.capitalize() if one.written[0].isupper() else one.read_as
        stretch = stretch[: one.start - start] + read_as + stretch[one.end - start :]
    return stretch


def test_a_reading_of_a_misspelt_word_has_the_span_of_the_word_as_it_was_written():
    concern = parse_concern("goverors of our prmary fear it", spelling=SPELLING)
    (reading,) = [one for one in concern.readings if one.attribute == "phases"]
    assert reading.value == "primary"
    assert concern.text[reading.start : reading.end] == "prmary"


# What is asked for


def test_what_is_asked_for_is_kept_and_a_plain_worry_asks_for_nothing():
    assert [one.intent for one in parse_concern("what would you not do again with phones?").sought] == [
        "regrets"
    ]
    assert parse_concern("parents fear the cost of tablets").sought == ()


# What a person puts right


def test_a_word_that_was_read_as_another_is_taken_as_written_when_told():
    spelling = Spelling(words_in_use(["phones phones"], Vocabulary((), digest="")))
    assert parse_concern("phonse", spelling=spelling).query == "phones"
    assert (
        parse_concern("phonse", spelling=spelling, amendments=Amendments(as_written=True)).query == "phonse"
    )


def test_what_was_taken_as_ruled_out_is_a_worry_after_all():
    text = "the wifi is fine, the cost is not"
    assert parse_concern(text).denied == ("the wifi is fine",)
    put_right = parse_concern(text, amendments=Amendments(worries_after_all=frozenset({"the wifi is fine"})))
    assert put_right.denied == ()
    assert put_right.worries == ("the wifi is fine", "the cost is not")


def test_a_worry_that_is_none_is_left_out_and_told_as_ruled_out():
    text = "slow broadband, angry parents, old laptops"
    left = parse_concern(text, amendments=Amendments(not_worries=frozenset({"angry parents"})))
    assert left.worries == ("slow broadband", "old laptops")
    assert left.denied == ("angry parents",)
    assert left.surely_denied
    assert "angry" not in left.query


def test_a_text_whose_every_worry_is_none_has_nothing_to_search_for():
    left = parse_concern("slow broadband", amendments=Amendments(not_worries=frozenset({"slow broadband"})))
    assert (left.worries, left.query) == ((), "")


def test_what_is_not_the_writers_school_is_unknown_again():
    text = "our rural primary fears the cost"
    told = parse_concern(text).context
    assert (told.setting, told.phases) == ("rural", ("primary",))
    put_right = parse_concern(text, amendments=Amendments(not_ours=frozenset({"phases"})))
    assert put_right.context.phases == ()
    assert put_right.context.setting == "rural"
    assert {one.attribute for one in put_right.readings}.isdisjoint({"phases"})


def test_putting_right_what_is_not_there_changes_nothing():
    text = "the wifi is fine, the cost is not"
    nothing = frozenset({"something else"})
    assert parse_concern(text, amendments=Amendments(False, nothing, nothing, nothing)) == parse_concern(text)


@pytest.mark.parametrize(
    ("text", "worry"),
    [
        ("parents won't pay for tablets, the wifi is fine", "parents won't pay for tablets"),
        ("governors worry about screen time, wifi is fine", "governors worry about screen time"),
    ],
)
def test_a_plain_complaint_beside_praise_stays_a_worry(text, worry):
    """The model took what stands beside "the wifi is fine" for praise as well."""
    assert worry in parse_concern(text).worries


@pytest.mark.parametrize(
    "text",
    [
        "mobiles banned here, we are a secondary in England",
        "We are a secondary in England. Mobiles banned here",
        "mobiles banned here, rural primary, 90 pupils",
    ],
)
def test_what_describes_the_school_does_not_make_the_worry_beside_it_ruled_out(text):
    """The model read the description as the worry, and the worry as what was ruled out."""
    read = parse_concern(text)
    assert [worry.lower() for worry in read.worries] == ["mobiles banned here"]
    assert read.denied == ()
    assert read.context.phases


@pytest.mark.parametrize(
    ("text", "worries"),
    [
        (
            "wouldn't work here: mobiles are banned, we can't trust ours with them",
            ("mobiles are banned", "we can't trust ours with them"),
        ),
        (
            "Wouldn’t work in my college. We can't trust our students with mobiles",
            ("We can't trust our students with mobiles",),
        ),
        ("it would never work here", ("it would never work here",)),
        ("the wifi would never work here", ("the wifi would never work here",)),
    ],
)
def test_who_only_says_no_has_a_worry_in_the_words_beside_it(text, worries):
    read = parse_concern(text)
    assert read.worries == worries
    assert read.denied == ()
    assert ("work" in read.query) == (len(clauses_of(text)) == 1)
