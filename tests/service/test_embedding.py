"""The cards that other sites show."""

from __future__ import annotations

import re

import pytest

from index.building import build_index
from index.case_index import CaseIndex
from service.live import Live


def test_a_case_is_shown_in_short_without_the_site_around_it(client):
    page = client.get("/embed/cases/elm-school-phones-2020")
    assert page.status_code == 200
    for text in (
        "Phones in pouches",
        "Parents want to reach their children",
        "Pupils brought a second phone",
    ):
        assert text in page.text
    assert "<nav" not in page.text
    assert "<header" not in page.text
    links = re.findall(r"<a ([^>]*)>", page.text)
    assert links
    assert all('target="_blank"' in link and 'rel="noopener"' in link for link in links)


def test_a_question_is_answered_by_three_cases_at_most_and_a_link_to_all(client):
    page = client.get("/embed/ask", params={"q": "slow broadband", "phase": "primary", "country": "GB"})
    assert page.status_code == 200
    assert "Slow broadband in a village school" in page.text
    assert 1 <= page.text.count("<article") <= 3
    assert 'href="/?q=slow+broadband&amp;phase=primary&amp;country=GB"' in page.text
    assert '<input type="hidden" name="phase" value="primary">' in page.text


def test_without_a_question_there_is_the_form(client):
    for address in ("/embed/ask", "/embed/ask?q=", "/embed/ask?q=%20"):
        page = client.get(address)
        assert page.status_code == 200
        assert 'action="/embed/ask"' in page.text
        assert "<article" not in page.text


@pytest.mark.parametrize(
    ("sent", "told"),
    [({"q": "x" * 10_001}, "10,000 characters or fewer"), ({"q": "x", "pupils": "many"}, "whole number")],
)
def test_what_cannot_be_asked_is_told(client, sent, told):
    page = client.get("/embed/ask", params=sent)
    assert page.status_code == 422
    assert told in page.text


def test_an_unknown_case_is_404(client):
    assert client.get("/embed/cases/none-such").status_code == 404


def test_markup_is_shown_and_not_run(client, index_dir, three_cases, encoder):
    evil = "<script>alert(1)</script>"
    cases = [case.model_copy(update={"title": evil, "summary": evil}) for case in three_cases]
    build_index(cases, encoder, index_dir)
    client.app.state.live.current = Live(CaseIndex.open(index_dir), client.app.state.live.current.matcher)
    for address in ("/embed/cases/elm-school-phones-2020", f"/embed/ask?q=tablets {evil}"):
        text = client.get(address).text
        assert "<script" not in text
        assert "&lt;script" in text
    assert "<script" not in client.get(f"/embed/cases/{evil}").text
