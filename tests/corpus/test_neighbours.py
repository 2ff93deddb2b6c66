from __future__ import annotations

import pytest

from corpus.neighbours import NearDuplicate, near_duplicates


@pytest.fixture
def ten_words(make_case):
    """Make a case of exactly ten words of prose, the first few of which are shared, so of seven shingles."""

    def make(slug, *, shared, institution=None, sources=None):
        own = [f"{slug}{number}" for number in range(10 - shared)]
        words = [f"word{number}" for number in range(shared)] + own
        changes = {"institution": institution} if institution else {}
        urls = sources or [f"https://example.org/{slug}"]
        return make_case(
            id=slug,
            summary=" ".join(words[:7]),
            objections=[{"text": words[7]}],
            worked=[words[8]],
            failed=[words[9]],
            not_again=[],
            provenance={
                "independence": "independent",
                "sources": [{"title": "Of the school", "url": url} for url in urls],
            },
            **changes,
        )

    return make


# Ten words have seven runs of four. Seven shared words share four of them: 4 of 7 + 7 - 4 = 10, so 40 %.
# Six shared words share three: 3 of 11, so 27 %. Eight share five: 5 of 9, so 56 %. Ten share all.
@pytest.mark.parametrize(("shared", "percent"), [(6, None), (7, "40%"), (8, "56%"), (10, "100%")])
def test_two_tellings_are_alike_from_two_fifths_of_the_same_wording_on(ten_words, shared, percent):
    found = list(near_duplicates([ten_words("a", shared=shared), ten_words("b", shared=shared)]))
    expected = [NearDuplicate("b", "a", f"{percent} of their wording is the same")] if percent else []
    assert found == expected


def test_capitals_and_punctuation_do_not_hide_a_copy(make_case):
    one = make_case(id="one", summary="Elm School locked phones in pouches, for a year.")
    two = make_case(id="two", summary="ELM SCHOOL: locked phones (in pouches) for a year!")
    assert [(pair.case_id, pair.other) for pair in near_duplicates([one, two])] == [("two", "one")]


def test_each_pair_is_named_once_with_the_later_case_first(ten_words):
    cases = [ten_words(slug, shared=10) for slug in "abc"]
    assert [(pair.case_id, pair.other) for pair in near_duplicates(cases)] == [
        ("b", "a"),
        ("c", "a"),
        ("c", "b"),
    ]


A, B, C = "https://example.org/a", "https://example.org/b", "https://example.org/c"
ELM = {"name": "Elm School", "kind": "school", "country": "GB", "phases": ["primary"]}


@pytest.mark.parametrize(
    ("first", "second", "percent"),
    [([A, B], [A], "50%"), ([A], [A], "100%"), ([A, B], [A, C], None), ([A], [B], None)],
)
def test_one_institution_with_half_of_its_sources_the_same_is_alike(ten_words, first, second, percent):
    cases = [
        ten_words("x", shared=0, institution=ELM, sources=first),
        ten_words("y", shared=0, institution=ELM, sources=second),
    ]
    reason = f"same institution and {percent} of the sources the same"
    assert list(near_duplicates(cases)) == ([NearDuplicate("y", "x", reason)] if percent else [])


@pytest.mark.parametrize("names", [("Elm School", "Oak School"), (None, None), ("Elm School", None)])
def test_shared_sources_alone_say_nothing_about_two_institutions(ten_words, names):
    cases = [
        ten_words(slug, shared=0, institution={**ELM, "name": name}, sources=[A])
        for slug, name in zip("xy", names, strict=True)
    ]
    assert list(near_duplicates(cases)) == []


@pytest.mark.parametrize(
    "same",
    [
        "http://example.org/a",
        "https://www.example.org/a",
        "https://example.org/a/",
        "https://EXAMPLE.org/a",
        "https://example.org/a#top",
        "https://example.org/a?utm_source=mail",
        pytest.param("https://example.org/a/?utm_source=mail", id="slash-then-query"),
        pytest.param("https://example.org/a/#top", id="slash-then-fragment"),
    ],
)
def test_one_address_written_in_two_ways_is_one_source(ten_words, same):
    """An address kept its last slash wherever a query or a fragment followed it."""
    cases = [
        ten_words("x", shared=0, institution=ELM, sources=[A]),
        ten_words("y", shared=0, institution=ELM, sources=[same]),
    ]
    assert [pair.other for pair in near_duplicates(cases)] == ["x"]


def test_two_pages_that_only_a_query_tells_apart_are_two_sources(ten_words):
    """Every query was cut off, so that all videos of one site were one address."""
    watch = "https://video.example.org/watch?v="
    cases = [
        ten_words("x", shared=0, institution=ELM, sources=[f"{watch}1"]),
        ten_words("y", shared=0, institution=ELM, sources=[f"{watch}2"]),
    ]
    assert list(near_duplicates(cases)) == []


def test_a_pair_alike_in_words_and_in_sources_is_named_once(ten_words):
    cases = [ten_words(slug, shared=10, institution=ELM, sources=[A]) for slug in "xy"]
    assert [pair.reason for pair in near_duplicates(cases)] == ["100% of their wording is the same"]


def test_texts_too_short_for_one_shingle_are_not_alike(make_case):
    tiny = {"summary": "One", "objections": [{"text": "two"}], "failed": ["three"], "not_again": []}
    cases = [make_case(id=slug, institution={**ELM, "name": slug}, **tiny) for slug in ("x", "y")]
    assert list(near_duplicates(cases)) == []


def test_no_cases_and_one_case_have_no_neighbours(make_case):
    assert list(near_duplicates([])) == []
    assert list(near_duplicates([make_case()])) == []
