"""The page of an answer: what was understood is put right, what comes near is filtered, by links alone."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

LISTED = {"q": "The broadband is too slow for a whole class"}


def titles(page):
    return re.findall(r'<h3 id="m\d+"><a href="/cases/([^"?]+)', page)


def link(page, text):
    """Return where the link goes whose text holds this."""
    found = [
        html.unescape(address)
        for address, label in re.findall(r'<a[^>]*? href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL)
        if text in html.unescape(re.sub(r"<[^>]+>", "", label))
    ]
    assert found, f"no link says {text!r}"
    return found[0]


def test_a_worry_is_left_out_and_brought_back_by_links(client):
    page = client.get("/", params={"q": "slow broadband, angry parents"}).text
    without = client.get(link(page, "Leave out “angry parents”")).text
    assert "angry parents" in without.split("Ruled out")[1][:120]
    again = client.get(link(without, "It is a worry “angry parents”")).text
    assert "Ruled out" not in again


def test_what_was_taken_as_ruled_out_becomes_a_worry_and_all_is_undone(client):
    page = client.get("/", params={"q": "the wifi is fine, the cost is not"}).text
    put_right = client.get(link(page, "It is a worry “the wifi is fine”")).text
    assert "Ruled out" not in put_right
    undone = client.get(link(put_right, "Undo what you put right")).text
    assert "the wifi is fine" in undone.split("Ruled out")[1][:120]


def test_a_word_read_as_another_is_read_as_written(client):
    page = client.get("/", params={"q": "slow braodband"}).text
    assert "“braodband” as “broadband”" in page
    assert "as “broadband”" not in client.get(link(page, "as I wrote it")).text


def test_an_attribute_read_from_the_text_is_not_our_schools(client):
    page = client.get("/", params={"q": "our rural primary has slow broadband"}).text
    assert "setting from “rural”" in page
    put_right = client.get(link(page, "Not our school “setting")).text
    assert "setting from" not in put_right
    assert "phase from “primary”" in put_right


def test_filters_count_what_comes_near_and_show_what_passes(client):
    page = client.get("/", params=LISTED).text
    panel = page.split('<details class="filters"')[1].split("</form>")[0]
    counts = dict(
        re.findall(r'name="only-country" value="(\w+)"[^>]*> [^<]+<span class="count">\((\d+)', panel)
    )
    assert counts == {"GB": "2", "US": "1"}
    filtered = client.get("/", params={**LISTED, "only-country": "US"}).text
    assert titles(filtered) == ["oak-college-tablets-2018"]
    assert set(titles(client.get(link(filtered, "Take off the filter")).text)) == set(titles(page))


def test_the_form_of_filters_keeps_the_question_and_the_school(client):
    page = client.get("/", params={**LISTED, "country": "GB", "k": "10", "order": "school"}).text
    panel = page.split('<details class="filters"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', panel))
    assert hidden == {**LISTED, "country": "GB"}
    assert re.search(r'<option value="school" selected>', panel)


def test_a_filter_that_nothing_passes_says_so_and_can_be_taken_off(client):
    page = client.get("/", params={**LISTED, "only-country": "NZ"}).text
    assert titles(page) == []
    assert "take one off" in page
    assert titles(client.get(link(page, "Take off all filters")).text)


def test_the_most_comparable_school_comes_first_when_asked(client):
    question = {"q": "slow broadband", "country": "US", "kind": "college", "setting": "urban"}
    assert titles(client.get("/", params=question).text)[0] == "ash-primary-broadband-2015"
    by_school = client.get("/", params={**question, "order": "school"}).text
    assert titles(by_school)[0] == "oak-college-tablets-2018"


def test_links_to_cases_carry_the_question_and_the_school_and_no_filter(client):
    page = client.get("/", params={**LISTED, "country": "GB", "only-country": "US", "school": "Elm"}).text
    address = urlsplit(link(page, "Tablets that parents paid for"))
    assert address.path == "/cases/oak-college-tablets-2018"
    assert parse_qs(address.query) == {"q": [LISTED["q"]], "country": ["GB"], "school": ["Elm"]}


def test_fewer_are_shown_when_fewer_are_asked_and_the_rest_is_a_link_away(client):
    page = client.get("/", params={**LISTED, "k": "1"}).text
    assert len(titles(page)) == 1
    assert len(titles(client.get(link(page, "Show more")).text)) == 3


@pytest.mark.parametrize("k", ["0", "-1", "x", "９", "9999", "1" * 400])
def test_a_number_to_show_that_cannot_be_is_passed_over(client, k):
    assert client.get("/", params={**LISTED, "k": k}).status_code == 200


def test_markup_in_any_field_of_the_address_stays_text(client):
    evil = '"><script>alert(1)</script>'
    fields = ("no-worry", "is-worry", "not-ours", "only-theme", "only-phase", "order", "school", "k", "x")
    page = client.get("/", params={**LISTED, **dict.fromkeys(fields, evil)}).text
    assert "<script" not in page


def test_chosen_cases_go_to_a_comparison_or_a_pack(client):
    page = client.get("/", params=LISTED).text
    assert '<form id="chosen" action="/compare" method="get">' in page
    assert page.count('form="chosen"') == 3 + 2  # a box a case, two buttons
    assert 'formaction="/pack"' in page


def test_whoever_can_read_compressed_pages_gets_them_and_others_do_not(client):
    plain = client.get("/", params=LISTED, headers={"Accept-Encoding": "identity"})
    packed = client.get("/", params=LISTED, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.text == plain.text
    assert "Accept-Encoding" in packed.headers["vary"]
