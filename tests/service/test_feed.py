from __future__ import annotations

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from corpus.records import Source
from service.feed import MOST_ENTRIES, atom_feed, date_of

BUILT = datetime(2026, 11, 22, 5, 6, 7, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
SOURCE = {"title": "News", "url": "https://example.org/a"}


def case_of(make_case, case_id, *years, checked=None, **changes):
    sources = [{**SOURCE, "year": year} for year in years]
    provenance = {"independence": "independent", "checked": checked, "sources": sources}
    return make_case(id=case_id, provenance=provenance, **changes)


def parsed(cases, address="https://warts.example.org/"):
    return ET.fromstring(atom_feed(cases, BUILT, address))  # noqa: S314 -- our own


def entries(feed):
    return [entry.find(f"{ATOM}link").get("href").rsplit("/", 1)[1] for entry in feed.iter(f"{ATOM}entry")]


def test_a_case_is_as_new_as_its_last_check_or_else_its_newest_source(make_case):
    assert date_of(case_of(make_case, "a", 2014, 2016, None)) == date(2016, 1, 1)
    assert date_of(case_of(make_case, "a", 2016, checked=date(2026, 11, 21))) == date(2026, 11, 21)
    assert date_of(case_of(make_case, "a", None)) is None


def test_the_newest_come_first_and_what_cannot_be_dated_is_left_out(make_case):
    cases = [
        case_of(make_case, "old", 2010),
        case_of(make_case, "undated", None),
        case_of(make_case, "checked", 2009, checked=date(2026, 2, 3)),
        case_of(make_case, "b-alike", 2020),
        case_of(make_case, "a-alike", 2020),
    ]
    feed = parsed(cases)
    assert entries(feed) == ["checked", "a-alike", "b-alike", "old"]
    assert feed.find(f"{ATOM}updated").text == "2026-02-03T00:00:00Z"


def test_the_feed_has_all_that_the_standard_requires(make_case):
    feed = parsed([case_of(make_case, "a", 2020), case_of(make_case, "b", 2020)])
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    own = feed.find(f"{ATOM}link[@rel='self']")
    assert own.get("href") == feed.find(f"{ATOM}id").text == "https://warts.example.org/feed.atom"
    ids = []
    for entry in feed.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert len(entry.findall(f"{ATOM}{name}")) == 1, name
        datetime.strptime(entry.find(f"{ATOM}updated").text, "%Y-%m-%dT%H:%M:%SZ")
        ids.append(entry.find(f"{ATOM}id").text)
    assert len(set(ids)) == 2


def test_an_entry_keeps_its_id_wherever_and_whenever_it_is_told(make_case):
    """A reader would show every case again as new."""
    case = case_of(make_case, "elm-school-phones-2020", 2020)
    changed = case.model_copy(update={"title": "Another title"})
    found = [
        parsed([one], address).find(f"{ATOM}entry/{ATOM}id").text
        for one, address in ((case, "http://a.example/"), (changed, "https://b.example/warts/"))
    ]
    assert found == ["urn:uuid:4ce24525-3a36-5ffd-968e-0aaa86a452c8"] * 2


def test_markup_and_control_characters_do_not_break_it(make_case):
    title = "<b>&amp; ]]> \x0b\x00\x1f\ufffe end"
    source = Source.model_construct(**SOURCE, publisher=None, year=2020, kind=None)
    case = case_of(make_case, "a", 2020).model_copy(update={"title": title, "summary": title})
    assert source.year == 2020
    entry = parsed([case]).find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "<b>&amp; ]]>  end"


def test_it_holds_fifty_and_none_is_a_feed_too(make_case):
    many = [case_of(make_case, f"case-{number}", 2020) for number in range(MOST_ENTRIES + 1)]
    assert len(entries(parsed(many))) == MOST_ENTRIES == 50
    empty = parsed([])
    assert entries(empty) == []
    assert empty.find(f"{ATOM}updated").text == "2026-11-22T05:06:07Z"


def test_the_server_gives_it_with_addresses_of_its_own(client):
    answer = client.get("/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    assert ET.fromstring(answer.content).find(f"{ATOM}id").text == "http://testserver/feed.atom"  # noqa: S314


def test_every_page_says_where_the_feed_is(client):
    link = '<link rel="alternate" type="application/atom+xml" title="New cases" href="/feed.atom">'
    for address in ("/", "/cases/elm-school-phones-2020"):
        assert link in client.get(address).text
