"""BM25 against Lucene's formula written out here, over made-up words that no vocabulary knows."""

import math
import unicodedata
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.vocabulary import Concept, Vocabulary
from index.lexical import LexicalIndex, Met, met_in, terms_of

WORDS = ("zebra", "lemon", "quokka", "walnut", "kiosk", "tundra")
NO_CONCEPTS = Vocabulary((), digest="none")
TWO_CONCEPTS = Vocabulary(
    (
        Concept(id="striped", label="striped beast", words=("zebra", "quagga"), broader=("beasts",)),
        Concept(id="beasts", label="beast", words=("okapi",)),
    ),
    digest="two",
)


def lucene_share(texts, query, k1=1.2, b=0.75):
    """Return each text's BM25 score over the sum of the query words' idf.

    Lucene: idf = ln(1 + (N - df + 0.5) / (df + 0.5)), tf part = tf / (tf + k1 * (1 - b + b * dl / avgdl)).
    """
    documents = [Counter(text.split()) for text in texts]
    average = sum(document.total() for document in documents) / len(documents)

    def idf(word):
        df = sum(word in document for document in documents)
        return math.log(1 + (len(documents) - df + 0.5) / (df + 0.5))

    def score(document):
        norm = k1 * (1 - b + b * document.total() / average)
        return sum(idf(word) * document[word] / (document[word] + norm) for word in query.split())

    best = sum(idf(word) for word in query.split())
    return [score(document) / best for document in documents]


TEXTS = ("zebra lemon lemon", "zebra kiosk", "quokka", "lemon quokka zebra zebra walnut")


@pytest.mark.parametrize(
    "query",
    [
        "zebra",
        "zebra lemon",
        "zebra zebra lemon",
        "walnut unicorn",
        "quokka kiosk walnut lemon",
        "zebra " * 50,
    ],
)
def test_shares_are_lucenes_bm25_over_the_best_score_in_reach(query):
    shares = LexicalIndex.build(TEXTS, NO_CONCEPTS).shares(query)
    np.testing.assert_allclose(shares, lucene_share(TEXTS, query), rtol=1e-5)


texts = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8
)
queries = st.lists(st.sampled_from((*WORDS, "unicorn")), min_size=1, max_size=8).map(" ".join)


@settings(max_examples=50, deadline=None)
@given(texts=texts, query=queries)
def test_any_texts_and_query_agree_with_the_formula(texts, query):
    shares = LexicalIndex.build(texts, NO_CONCEPTS).shares(query)
    np.testing.assert_allclose(shares, lucene_share(texts, query), rtol=1e-5, atol=1e-7)


@settings(max_examples=50, deadline=None)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=6), query=st.text(max_size=40))
def test_any_text_at_all_gives_shares_from_zero_to_below_one(texts, query):
    shares = LexicalIndex.build(texts, TWO_CONCEPTS).shares(f"{query} zebra {texts[0]}")
    assert shares.shape == (len(texts),)
    assert shares.dtype == np.float32
    assert ((shares >= 0) & (shares < 1)).all()


def test_the_share_of_a_text_that_says_it_a_thousand_times_stays_below_one():
    index = LexicalIndex.build(["zebra " * 1000, "lemon " * 9, "zebra"], NO_CONCEPTS)
    assert 0.99 < index.shares("zebra")[0] < 1


def test_a_query_word_that_nobody_has_lowers_every_share_by_the_highest_weight():
    index = LexicalIndex.build(TEXTS, NO_CONCEPTS)
    zebra, unicorn = math.log(1 + 1.5 / 3.5), math.log(1 + 4.5 / 0.5)  # three of four have the zebra
    np.testing.assert_allclose(
        index.shares("zebra unicorn"), index.shares("zebra") * zebra / (zebra + unicorn), rtol=1e-5
    )
    assert index.weight("unicorn") == pytest.approx(unicorn)
    assert index.weight("zebra") == pytest.approx(zebra)


@pytest.mark.parametrize(
    "query", ["", "   ", "a", "the and of", "unicorn", "\x00", "\x01", "?!", "\U0001f993"]
)
def test_a_query_without_any_word_in_the_texts_shares_nothing(query):
    index = LexicalIndex.build([*TEXTS, "", "\x00"], TWO_CONCEPTS)
    np.testing.assert_array_equal(index.shares(query), np.zeros(6))


@pytest.mark.parametrize(
    "said",
    ["ZEBRA!", "zebras", "(zebra)", "ｚｅｂｒａ", "zebra's", "the zebra", "a\nzebra\tor"],
)
def test_capitals_endings_marks_width_and_stop_words_do_not_matter(said):
    index = LexicalIndex.build(TEXTS, NO_CONCEPTS)
    np.testing.assert_allclose(index.shares(said), index.shares("zebra"))


def test_accents_do_matter_but_not_how_they_are_encoded():
    index = LexicalIndex.build(["caf\u00e9", "cafe"], NO_CONCEPTS)
    assert (index.shares("cafe\u0301") > 0).tolist() == [True, False]


@pytest.mark.parametrize("texts", [TEXTS, ("",), ("", "the", "zebra")], ids=["some", "no word", "few words"])
@pytest.mark.parametrize("vocabulary", [NO_CONCEPTS, TWO_CONCEPTS], ids=["no concepts", "concepts"])
def test_a_saved_index_gives_the_same_shares(tmp_path, texts, vocabulary):
    built = LexicalIndex.build(texts, vocabulary)
    built.save(tmp_path / "words")
    loaded = LexicalIndex.load(tmp_path / "words", vocabulary)
    assert len(loaded) == len(built) == len(texts)
    for query in ("zebra lemon", "okapi unicorn", "walnut", ""):
        np.testing.assert_array_equal(loaded.shares(query), built.shares(query))


def test_nothing_is_ever_pickled(tmp_path):
    LexicalIndex.build(TEXTS, NO_CONCEPTS).save(tmp_path / "words")
    for file in (tmp_path / "words").rglob("*.npy"):
        np.load(file, allow_pickle=False)
    kinds = {file.suffix for file in (tmp_path / "words").rglob("*") if file.is_file()}
    assert kinds == {".npy", ".json"}


def test_a_synonym_finds_a_text_but_the_very_word_finds_it_better():
    index = LexicalIndex.build(["zebra tundra", "quagga tundra", "lemon tundra"], TWO_CONCEPTS)
    very_word, synonym, other = index.shares("zebra")
    assert very_word > synonym > 0
    assert other == 0


def test_a_narrower_word_finds_its_broader_concept_less_well_than_its_own():
    index = LexicalIndex.build(["okapi tundra", "zebra tundra", "lemon tundra"], TWO_CONCEPTS)
    broader, own, other = index.shares("quagga")
    assert own > broader > 0
    assert other == 0


def test_a_word_that_nobody_has_is_not_missing_where_its_concept_stands_for_it():
    index = LexicalIndex.build(["zebra lemon", "kiosk"], TWO_CONCEPTS)
    assert index.shares("quagga")[0] > index.shares("unicorn zebra")[0]


# Where a text meets a query


def met(text, *queries, vocabulary=TWO_CONCEPTS):
    return met_in(text, [terms_of(query, vocabulary) for query in queries], vocabulary)


def stretches(text, *queries):
    return [(text[one.start : one.end], one.concept) for one in met(text, *queries)]


def test_a_word_is_met_where_it_stands_in_any_form():
    text = "Lemons, and a LEMON’s walnut"
    assert stretches(text, "lemon") == [("Lemons", None), ("LEMON", None)]


def test_the_words_of_several_queries_are_met_in_the_order_of_the_text():
    assert stretches("walnut lemon kiosk", "kiosk", "walnut") == [("walnut", None), ("kiosk", None)]


def test_a_concept_is_met_under_another_name_with_its_label():
    assert stretches("a quagga slept", "zebra") == [("quagga", "striped beast")]
    assert stretches("a striped beast slept", "zebra") == [("striped beast", "striped beast")]


def test_the_very_word_is_met_as_a_word_and_not_as_a_concept():
    assert stretches("a zebra slept", "zebra") == [("zebra", None)]


def test_a_name_of_which_one_word_was_said_is_met_as_the_whole_name():
    assert stretches("a striped beast slept", "a striped zebra") == [("striped beast", "striped beast")]


def test_a_narrower_word_in_the_text_is_met_by_its_broader_concept():
    assert stretches("a quagga slept", "okapi") == [("quagga", "beast")]


def test_stop_words_are_never_met():
    assert stretches("the zebra and the walnut", "the lemon and the kiosk") == []


@pytest.mark.parametrize(("text", "query"), [("", "zebra"), ("zebra", ""), ("lemon", "kiosk"), ("?!", "?!")])
def test_where_nothing_is_shared_nothing_is_met(text, query):
    assert met(text, query) == ()


def test_without_a_query_nothing_is_met():
    assert met("zebra") == ()


def test_an_index_meets_with_its_own_vocabulary():
    texts = ["a quagga slept", "a lemon", "a kiosk", "a walnut"]
    index = LexicalIndex.build(texts, TWO_CONCEPTS)
    assert index.met_in(texts[0], [index.terms("zebra")]) == (Met(2, 8, "striped beast"),)
    plain = LexicalIndex.build(texts, NO_CONCEPTS)
    assert plain.met_in(texts[0], [plain.terms("zebra")]) == ()


def test_an_index_does_not_mark_what_stands_in_most_texts():
    texts = ["a zebra slept", "a zebra ate", "a zebra ran", "a walnut fell"]
    index = LexicalIndex.build(texts, NO_CONCEPTS)
    telling = index.telling([index.terms("zebra walnut")])
    assert index.met_in("a zebra and a walnut", telling) == (Met(14, 20, None),)


pieces = ("zebra", "Quagga", "striped", "beast", "beasts", "okapi", "the", "lemon", "İ", "ﬁ", "’s", ",", "\n")
some_text = st.lists(st.sampled_from(pieces), max_size=12).map(" ".join) | st.text(
    st.characters(), max_size=40
)


@settings(max_examples=150, deadline=None)
@given(some_text, st.lists(some_text, max_size=3))
def test_what_is_met_lies_in_the_text_in_order_and_does_not_overlap(text, queries):
    end = 0
    for one in met(text, *queries):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip() == text[one.start : one.end]
        end = one.end


@settings(max_examples=100, deadline=None)
@given(some_text, some_text)
def test_a_text_meets_a_query_exactly_where_bm25_finds_something(text, query):
    """A word that is counted and not marked, or marked and not counted, would explain nothing."""
    text = unicodedata.normalize("NFC", text)
    shares = LexicalIndex.build([text], TWO_CONCEPTS).shares(query)
    assert bool(met(text, query)) == bool(shares[0] > 0)


@pytest.mark.parametrize(
    ("text", "query", "word"),
    [
        pytest.param(
            "at Cafe\u0301 Rouge",
            "caf\u00e9",
            "Cafe\u0301",
        ),
        ("at Caf\u00e9 Rouge", "cafe\u0301", "Caf\u00e9"),
        ("a zebra\u00bd slept", "ZEBRA\u00bd", "zebra\u00bd"),
        ("the \uff5a\uff45\uff42\uff52\uff41 slept", "zebra", "\uff5a\uff45\uff42\uff52\uff41"),
        ("12\u33a1", "12", "12"),
    ],
)
def test_a_word_that_is_counted_is_marked_however_its_letters_are_encoded(text, query, word):
    """Words were looked for before signs were normalised and stemmed after it: some were never marked."""
    assert LexicalIndex.build([text], TWO_CONCEPTS).shares(query)[0] > 0
    assert stretches(text, query) == [(word, None)]


@pytest.mark.parametrize(("text", "query"), [("zebra\u00bd", "zebra1"), ("12\u33a1", "12m2")])
def test_a_sign_that_is_no_letter_makes_no_other_word_to_count_or_to_mark(text, query):
    assert LexicalIndex.build([text], TWO_CONCEPTS).shares(query)[0] == 0
    assert met(text, query) == ()
