"""Chosen cases: side by side, in a pack on paper and as a document; and a plan held against failures."""

from __future__ import annotations

import io
import re

import pytest
from docx import Document

PHONES, BROADBAND, TABLETS = (
    "elm-school-phones-2020",
    "ash-primary-broadband-2015",
    "oak-college-tablets-2018",
)
SCHOOL = {"country": "GB", "phase": "primary"}


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_cases_stand_side_by_side_with_row_headers_and_the_school(client):
    page = client.get("/compare", params={"case": [TABLETS, PHONES], "q": "the cost", **SCHOOL}).text
    heads = re.findall(r'<th scope="col"><a href="/cases/([^?"]+)', page)
    assert heads == [TABLETS, PHONES]
    assert {"Like yours", "What went wrong", "Not again"} <= set(re.findall(r'<th scope="row">([^<]+)', page))
    assert "country: United States against your United Kingdom" in page
    assert "Parents cannot afford the monthly" in plain(page)


@pytest.mark.parametrize("cases", [[], [PHONES], [PHONES, PHONES]])
def test_fewer_than_two_cases_are_not_compared(client, cases):
    answer = client.get("/compare", params={"case": cases})
    assert answer.status_code == 422
    assert "Choose 2 to 4 cases" in answer.text


@pytest.mark.parametrize("page", ["/compare", "/pack", "/pack.docx"])
def test_a_case_that_is_not_there_is_told(client, page):
    answer = client.get(page, params={"case": [PHONES, "elm-school-phones-2021"]})
    assert answer.status_code == 404
    assert PHONES in answer.text  # spelt alike


def test_a_pack_has_all_that_a_meeting_needs(client):
    question = {"case": [BROADBAND, TABLETS], "q": "slow broadband", **SCHOOL}
    page = plain(client.get("/pack", params=question).text)
    for part in (
        "What other schools found: slow broadband",
        "Made on",
        "for our school: primary, United Kingdom",
        "In short",
        "These are 2 real cases from United Kingdom, United States",
        "Points to take from these cases",
        "Not again: Buying devices before testing the broadband",
        "To discuss",
        "Bear in mind",
        "Case 2. Tablets that parents paid for",
        "Who says so: independent sources",
    ):
        assert part in page
    assert re.search(r"This pack: http://testserver/pack\?case=", page)


def test_a_pack_without_a_worry_or_a_school_says_nothing_of_either(client):
    page = plain(client.get("/pack", params={"case": PHONES}).text)
    assert "This is one real case from United Kingdom" in page
    assert "our school:" not in page
    assert "our worry" not in page


def test_a_pack_of_a_text_without_words_is_one_without_a_worry(client):
    assert "our worry" not in client.get("/pack", params={"case": PHONES, "q": "..."}).text


@pytest.mark.parametrize("cases", [[], [f"case-{n}" for n in range(7)]])
def test_a_pack_of_none_or_of_too_many_says_what_to_choose(client, cases):
    answer = client.get("/pack", params={"case": cases})
    assert answer.status_code in (404, 422)


def test_the_document_says_what_the_page_says(client):
    question = {"case": [BROADBAND, TABLETS], "q": "slow\u0007 broadband", **SCHOOL}
    answer = client.get("/pack.docx", params=question)
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert re.fullmatch(
        r'attachment; filename="governor-pack-\d{4}-\d\d-\d\d\.docx"', answer.headers["content-disposition"]
    )
    document = Document(io.BytesIO(answer.content))
    said = [paragraph.text for paragraph in document.paragraphs]
    page = plain(client.get("/pack", params=question).text)
    for numbered in (p.text for p in document.paragraphs if p.style.name == "List Number"):
        assert numbered.split(" [case ")[0].split(": ", 1)[1].split(" What they did")[0] in page
    assert "Lessons stalled whenever two classes were online" in said
    assert "Phones in pouches" not in " ".join(said)
    assert document.core_properties.title == "What other schools found: slow broadband"


def test_a_plan_is_held_against_five_factors_and_the_school_shown(client):
    page = plain(client.get("/readiness", params={"plan": "slow broadband for our class", **SCHOOL}).text)
    assert len(re.findall(r"\d\. (?:Choose|A leader|Less|Support|Pupils)", page)) == 5
    assert "Your school: primary, United Kingdom" in page
    assert "What went wrong where plans came near yours" in page


def test_without_a_plan_the_factors_are_shown_with_what_went_wrong_anywhere(client):
    page = client.get("/readiness").text
    assert "Without a plan, this is what went wrong anywhere." in page
    assert "Nothing that you wrote" not in page


@pytest.mark.parametrize(
    ("sent", "message"),
    [({"plan": "x" * 10_001}, "characters or fewer"), ({"plan": "x", "pupils": "lots"}, "whole number")],
)
def test_a_plan_or_school_that_cannot_be_used_is_an_error_at_its_place(client, sent, message):
    answer = client.get("/readiness", params=sent)
    assert answer.status_code == 422
    assert message in answer.text.split("There is a problem")[1]


def test_a_case_shows_where_the_readers_school_differs_and_how_to_cite_it(client):
    page = plain(client.get(f"/cases/{BROADBAND}", params={"phase": "secondary", "q": "wifi"}).text)
    assert "phase: primary against your secondary" in page
    assert "http://testserver/cases/ash-primary-broadband-2015" in page
    assert "Back to your answer" in page
    alone = plain(client.get(f"/cases/{BROADBAND}").text)
    assert "Nothing is known of your school here" in alone
    assert "Back to your answer" not in alone
