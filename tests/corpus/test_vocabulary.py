from __future__ import annotations

import hashlib
import json

import pytest

from corpus import vocabulary
from corpus.vocabulary import READ_VOCABULARY, Mention, Vocabulary, VocabularyError, stems_of

SMALL = """\
concepts:
  - id: mobile-phones
    label: mobile phones
    words: [phone, handset, "smart phone", cellphone]
  - id: phone-bans
    label: phone bans
    words: [ban phones, "away for the day"]
    broader: [mobile-phones]
  - id: bans
    label: bans
    words: [ban, forbid]
"""


@pytest.fixture
def load(tmp_path):
    """Write a vocabulary and load it."""

    def load_text(text):
        file = tmp_path / "vocabulary.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return Vocabulary.load(file)

    return load_text


def named(vocabulary, text):
    return [mention.concept for mention in vocabulary.mentions(stems_of(text))]


def test_a_vocabulary_knows_its_concepts_by_their_ids(load):
    concepts = load(SMALL).concepts
    assert list(concepts) == ["mobile-phones", "phone-bans", "bans"]
    assert concepts["phone-bans"].label == "phone bans"
    assert concepts["phone-bans"].broader == ("mobile-phones",)


def test_the_digest_is_that_of_the_bytes_of_the_file(load):
    assert load(SMALL).digest == hashlib.sha256(SMALL.encode()).hexdigest()
    assert load(SMALL + "# more\n").digest != load(SMALL).digest


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Handsets everywhere", ["mobile-phones"]),
        ("A HANDSET, a Cellphone; phones!", ["mobile-phones"] * 3),
        ("mobile phones", ["mobile-phones"]),
        ("a mobile home", []),
        ("smart phones", ["mobile-phones"]),
        ("They ban phones", ["phone-bans"]),
        ("They ban the phones", ["bans", "mobile-phones"]),
        ("phone ban", ["phone-bans"]),
        ("phone phone ban", ["mobile-phones", "phone-bans"]),
        ("ban phone ban", ["phone-bans", "bans"]),
        ("forbidden", []),
        ("forbids", ["bans"]),
        ("Phones stay away for the day.", ["mobile-phones", "phone-bans"]),
        ("telephones", []),
        ("", []),
        ("!? 1", []),
    ],
)
def test_a_text_names_concepts_by_stems_with_the_longest_phrase_first(load, text, concepts):
    assert named(load(SMALL), text) == concepts


def test_mentions_say_which_stems_named_the_concept_and_never_overlap(load):
    stems = ["the", "ban", "phone", "ban", "smart", "phone", "smart"]
    assert load(SMALL).mentions(stems) == [
        Mention("phone-bans", 1, 3),
        Mention("bans", 3, 4),
        Mention("mobile-phones", 4, 6),
    ]


def test_a_phrase_cut_off_at_the_end_is_no_mention(load):
    assert load(SMALL).mentions(["away", "for", "the"]) == []


def test_no_stems_and_no_concepts_give_no_mentions(load):
    assert load(SMALL).mentions([]) == []
    assert load("concepts: []").mentions(["phone"]) == []


# From the sample vocabulary published with Snowball's English stemmer.
@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("consistency", "consist"),
        ("consolations", "consol"),
        ("kneeling", "kneel"),
        ("knitted", "knit"),
        ("knives", "knive"),
        ("knights", "knight"),
    ],
)
def test_words_are_stemmed_as_snowball_publishes(word, stem):
    assert stems_of(word) == [stem]


@pytest.mark.parametrize(
    ("text", "stems"),
    [
        ("A 1:1 e-book scheme", ["book", "scheme"]),
        ("Pupil’s phone, pupil's PHONE", ["pupil", "phone", "pupil", "phone"]),
        ("caf\u0065\u0301", ["café"]),
        ("ﬁnes ｉＰａｄ", ["fine", "ipad"]),
        ("bell-to-bell", ["bell", "to", "bell"]),
        ("\u200b \u2028 😀", []),
    ],
)
def test_small_signs_fall_away_and_letters_are_one_however_encoded(text, stems):
    assert stems_of(text) == stems


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "concepts:\n",
        "concepts: phones\n",
        "concepts: [phones]\n",
        "concepts: []\ncolours: []\n",
        "concepts:\n  - {id: Phones, label: phones, words: [phone]}\n",
        "concepts:\n  - {id: phones, label: phones, words: []}\n",
        "concepts:\n  - {id: phones, label: phones}\n",
        "concepts:\n  - {id: phones, label: phones, words: [phone], wider: [things]}\n",
        "concepts:\n  - {id: phones, label: phones, words: [2013]}\n",
        "concepts:\n  - {id: phones, label: ' ', words: [phone]}\n",
        "concepts: [\n",
        "concepts: *x\n",
        "concepts: \x00\n",
        b"concepts: \xff\n",
        b"\xfe\xff",
    ],
    ids=ascii,
)
def test_a_file_that_is_no_vocabulary_is_refused_by_name(load, tmp_path, text):
    with pytest.raises(VocabularyError) as refused:
        load(text)
    assert str(refused.value).startswith(f"{tmp_path / 'vocabulary.yaml'}:")


@pytest.mark.parametrize(
    "text",
    [
        "concepts:\n  - {id: phones, label: phones, words: [!!timestamp 2013-13-45]}\n",
        "concepts: !!bool maybe\n",
        "concepts: !!int ''\n",
        "concepts: " + "[" * 3000 + "]" * 3000,
    ],
    ids=["date", "bool", "int", "deep"],
)
def test_a_value_that_yaml_cannot_make_is_refused_like_any_other_fault(load, text):
    """PyYAML raised ValueError, KeyError, IndexError or RecursionError, which nobody caught."""
    with pytest.raises(VocabularyError):
        load(text)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(VocabularyError, match=r"gone\.yaml"):
        Vocabulary.load(tmp_path / "gone.yaml")


def two(first, second):
    concepts = [
        f"  - {{id: {slug}, label: {word}, words: [{word}]}}\n"
        for slug, word in (("one", first), ("two", second))
    ]
    return "concepts:\n" + "".join(concepts)


@pytest.mark.parametrize(
    ("first", "second"), [("phone", "phone"), ("phone", "Phones"), ("banned phone", "ban-phones")]
)
def test_one_word_cannot_name_two_concepts(load, first, second):
    with pytest.raises(VocabularyError, match="stands under one and two; choose one"):
        load(two(first, second))


def test_a_longer_phrase_may_hold_the_words_of_a_shorter_one(load):
    assert named(load(two("phone", "phone ban")), "phones, phone bans") == ["one", "two"]


@pytest.mark.parametrize("word", ["'1:1'", "a", "'!'", "e-t-c"])
def test_a_word_that_no_text_can_hold_is_refused(load, word):
    with pytest.raises(VocabularyError, match="no word of two letters"):
        load(two("phone", word))


def test_one_concept_may_repeat_a_word_of_its_own(load):
    text = "concepts:\n  - {id: phones, label: phones, words: [phone, Phones, PHONE]}\n"
    assert named(load(text), "phone") == ["phones"]


def test_two_concepts_of_one_id_are_refused(load):
    """The second of them silently took the place of the first."""
    text = "concepts:\n  - {id: x, label: phones, words: [phone]}\n  - {id: x, label: pens, words: [pen]}\n"
    with pytest.raises(VocabularyError, match="x"):
        load(text)


def test_a_key_that_stands_twice_is_refused(load):
    """Of two lists of words under one concept, the first was silently lost."""
    with pytest.raises(VocabularyError):
        load("concepts:\n  - id: phones\n    label: phones\n    words: [handset]\n    words: [cellphone]\n")


def test_a_broader_concept_is_one_that_there_is(load):
    """A slip in `broader` went unnoticed, and the narrower concept was never found by the wider one."""
    with pytest.raises(VocabularyError, match="nowhere"):
        load("concepts:\n  - {id: phones, label: phones, words: [phone], broader: [nowhere]}\n")


def test_the_vocabulary_as_read_is_the_one_that_people_write():
    """After a change of it: python -m corpus.vocabulary."""
    written, as_read = Vocabulary.load(), json.loads(READ_VOCABULARY.read_bytes())
    assert as_read == json.loads(json.dumps(written.as_read()))
    again = Vocabulary.of_read(as_read)
    assert (again.concepts, again.themes, again.digest) == (written.concepts, written.themes, written.digest)
    assert again.as_read() == written.as_read()


@pytest.mark.parametrize("damage", [lambda text: text[:1000], lambda text: text.replace("digest", "d", 1)])
def test_where_the_vocabulary_as_read_cannot_be_used_the_written_one_is(monkeypatch, tmp_path, damage):
    (tmp_path / "damaged.json").write_text(damage(READ_VOCABULARY.read_text(encoding="utf-8")))
    for read in (tmp_path / "damaged.json", tmp_path / "missing.json"):
        monkeypatch.setattr(vocabulary, "READ_VOCABULARY", read)
        assert (
            vocabulary.shipped_vocabulary.__wrapped__().concepts == vocabulary.shipped_vocabulary().concepts
        )


def test_while_the_vocabulary_is_worked_on_the_written_one_counts(monkeypatch, tmp_path):
    text = "concepts:\n  - {id: pens, label: pens, words: [biro]}\n"
    (tmp_path / "vocabulary.yaml").write_text(text)
    monkeypatch.setattr(vocabulary, "SHIPPED_VOCABULARY", tmp_path / "vocabulary.yaml")
    assert list(vocabulary.shipped_vocabulary.__wrapped__().concepts) == ["pens"]
