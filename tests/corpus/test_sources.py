"""What records rest on: more than a vendor, told by whom and when, and no wording of theirs."""

from __future__ import annotations

import json

import pytest

from corpus.errors import CorpusError
from corpus.reading import read_cases
from corpus.sources import LONG_RUN, check_sources, shared_runs

SOURCE = {
    "title": "A title",
    "url": "https://example.org/a",
    "publisher": "Somebody",
    "year": 2020,
    "kind": "news",
}


@pytest.fixture
def found(tmp_path, make_record):
    """Check one record with these sources; returns the issues' codes and fields."""

    def check(*sources, excerpt=None, **changes):
        provenance = {"independence": "independent", "sources": [{**SOURCE, **one} for one in sources]}
        record = make_record(provenance=provenance, **changes)
        (tmp_path / "cases.jsonl").write_text(json.dumps(record))
        if excerpt is not None:
            (tmp_path / f"{record['id']}.txt").write_text(excerpt)
        reading = read_cases([tmp_path / "cases.jsonl"])
        return [
            (one.code, one.field, one.severity)
            for one in check_sources(reading.cases, reading.raw, tmp_path if excerpt is not None else None)
        ]

    return check


def test_a_record_that_rests_on_a_vendor_alone_is_an_error(found):
    assert found({"kind": "vendor"}, {"kind": "vendor"}) == [("only-vendor", "provenance.sources", "error")]
    assert found({"kind": "vendor"}, {"kind": "blog"}) == []


def test_a_source_without_a_publisher_is_a_warning(found):
    assert found({}, {"publisher": None}) == [("no-publisher", "provenance.sources[1].publisher", "warning")]


@pytest.mark.parametrize(
    ("url", "year", "wrong"),
    [
        ("https://example.org/2014/10/26/ipads", None, True),
        ("https://example.org/2014/10/26/ipads", 2015, True),
        ("https://example.org/2014/10/26/ipads", 2014, False),
        ("https://example.org/2014/ipads", None, False),
        ("https://example.org/page/2014/99/", None, False),
        ("https://example.org/1899/10/", None, False),
    ],
)
def test_a_year_that_an_address_tells_is_the_sources(found, url, year, wrong):
    told = [("year-in-address", "provenance.sources[0].year", "warning")]
    assert found({"url": url, "year": year}) == (told if wrong else [])


def test_eight_words_in_a_row_of_a_passage_are_its_wording_and_not_ours(found):
    words = "The head said that nobody had asked the parents first"
    assert found(
        {}, failed=[words], excerpt="On Monday, the head said “that nobody had asked the Parents” again."
    ) == [("shared-wording", "failed[0]", "error")]
    assert found({}, failed=[words], excerpt="On Monday the head said that nobody had asked a soul.") == []


def test_names_and_titles_are_nobodys_wording(make_case):
    name = "Saint Bartholomew Church of England Voluntary Aided Primary School"
    case = make_case(
        institution={**make_case().institution.model_dump(), "name": name}, failed=[f"{name} lost it"]
    )
    assert len(name.split()) > LONG_RUN
    assert [finding.path for finding in shared_runs(case, f"At {name} it went")] == []
    assert [finding.path for finding in shared_runs(case, f"{name} lost it there")] == [("failed", 0)]


def test_passages_of_other_records_are_not_compared(found, tmp_path):
    (tmp_path / "another.txt").write_text("The head said that nobody had asked the parents first")
    assert found({}, failed=["The head said that nobody had asked the parents first"], excerpt="") == []


def test_passages_that_are_no_text_are_told_with_their_file(tmp_path, make_record):
    (tmp_path / f"{make_record()['id']}.txt").write_bytes(b"\xff\xfe\x00")
    record = tmp_path / "cases.jsonl"
    record.write_text(json.dumps(make_record()))
    reading = read_cases([record])
    with pytest.raises(CorpusError, match=r"\.txt: is not UTF-8"):
        check_sources(reading.cases, reading.raw, tmp_path)
