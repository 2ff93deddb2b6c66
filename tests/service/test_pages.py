from __future__ import annotations

import re

import pytest


def test_the_first_page_asks_and_offers_examples_that_are_whole_questions(client):
    page = client.get("/").text
    assert '<label for="q">What is your worry?</label>' in page
    links = re.findall(r'href="(/\?q=[^"]+)"', page)
    assert len(links) >= 3
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_an_answer_shows_the_objection_response_regret_difference_and_source(client):
    page = client.get("/", params={"q": "parents want to reach children", "phase": "primary"}).text
    assert "Parents want to reach their children" in page
    assert "The office takes messages" in page
    assert "Starting in September" in page
    assert "phase: secondary against your primary" in page
    assert 'href="https://example.org/elm"' in page


def test_what_was_understood_is_shown(client):
    page = client.get("/", params={"q": "wifi is fine, it's the cost of tablets for our rural primary"}).text
    assert "wifi is fine" in page.split("Ruled out")[1][:200]
    assert "rural, primary" in page


def test_the_form_keeps_what_was_said(client):
    page = client.get(
        "/", params={"q": "phones", "phase": ["primary", "special"], "country": "IE", "pupils": "90"}
    ).text
    assert 'value="primary" checked' in page
    assert 'value="special" checked' in page
    assert 'value="secondary" checked' not in page
    assert '<option value="IE" selected>' in page
    assert 'name="pupils" inputmode="numeric" value="90"' in page


@pytest.mark.parametrize(
    ("params", "message", "anchor"),
    [
        ({"q": ""}, "Say what worries you", "#q"),
        ({"q": "  "}, "Say what worries you", "#q"),
        ({"q": "x" * 10_001}, "10,000 characters or fewer", "#q"),
        ({"q": "x", "pupils": "many"}, "whole number, like 420", "#pupils"),
        ({"q": "x", "country": "UK"}, "Choose a country from the list", "#country"),
        ({"q": "x", "setting": "moon"}, "Choose one of the values listed", "#setting"),
        ({"q": "x", "phase": "moon"}, "Choose one of the values listed", "#phase-early-years"),
    ],
)
def test_a_mistake_is_told_at_the_top_with_a_link_to_its_field(client, params, message, anchor):
    response = client.get("/", params=params)
    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert re.search(rf'<a href="{anchor}">[^<]*{message}', response.text)
    assert f'id="{anchor[1:]}"' in response.text
    assert "<title>Error: " in response.text


def test_markup_in_a_question_comes_back_as_text(client):
    page = client.get("/", params={"q": "<script>alert(1)</script> phones"}).text
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_nobody_here_has_faced_this_is_said_and_the_nearest_are_marked(client):
    page = client.get("/", params={"q": "zebra lemon"}).text
    assert "Nobody here has faced this." in page
    assert "<h2>The nearest worries</h2>" in page


def test_a_case_page_has_every_part_and_no_script(client):
    page = client.get("/cases/elm-school-phones-2020").text
    for part in (
        "Phones in pouches",
        "Parents want to reach",
        "second phone",
        "Starting in September",
        "example.org/elm",
    ):
        assert part in page
    assert "<script" not in page


def test_a_source_whose_address_is_no_web_address_is_not_a_link(monkeypatch, tmp_path, make_case, encoder):
    from fastapi.testclient import TestClient

    from index.building import build_index
    from index.case_index import CaseIndex
    from service.app import create_app
    from service.settings import Settings

    bad = make_case(
        provenance={"independence": "independent", "sources": [{"title": "T", "url": "javascript:alert(1)"}]}
    )
    build_index([bad], encoder, tmp_path / "i")
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    with TestClient(create_app(CaseIndex.open(tmp_path / "i"), Settings())) as client:
        assert 'href="javascript:' not in client.get(f"/cases/{bad.id}").text


def test_an_unknown_page_is_a_page_that_leads_back(client):
    response = client.get("/cases/nothing-of-the-kind")
    assert response.status_code == 404
    assert "Page not found" in response.text
    assert '<a href="/">Ask a question</a>' in response.text


def test_pages_ask_nothing_of_other_hosts(client):
    for address in ("/", "/?q=phones", "/cases/elm-school-phones-2020"):
        page = client.get(address).text
        assert re.findall(r'<(?:link|img|script|iframe)[^>]+(?:href|src)="(?:https?:)?//', page) == []
