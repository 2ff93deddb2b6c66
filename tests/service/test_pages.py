from __future__ import annotations

import re
import time
from typing import get_args

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape

from corpus.passages import Passage
from corpus.records import Independence, Kind, Outcome, Result
from engine.answers import MatchedPassage, Verdict
from engine.comparability import LABELS, WEIGHTS, Attribute
from engine.diversity import Role
from engine.intent import Intent
from engine.ranking import Preferences
from engine.tuning import TUNING
from index.building import build_index
from index.case_index import CaseIndex
from index.lexical import Met
from service import wording
from service.app import create_app
from service.settings import Settings


def unmarked(page):
    """Return a page without the marks on the words that met."""
    return page.replace("<mark>", "").replace("</mark>", "")


def test_the_first_page_asks_and_offers_examples_that_are_whole_questions(client):
    page = client.get("/").text
    assert '<label for="q">What is your worry?</label>' in page
    links = re.findall(r'href="(/\?q=[^"]+)"', page)
    assert len(links) >= 3
    assert all(client.get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_an_answer_shows_the_objection_response_regret_difference_and_source(client):
    page = unmarked(client.get("/", params={"q": "parents want to reach children", "phase": "primary"}).text)
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
        ({"q": "x", "closeness": "2"}, "must be from 0 to 1", "#closeness"),
        ({"q": "x", "closeness": "very"}, "must be from 0 to 1", "#closeness"),
        ({"q": "x", "closeness": "nan"}, "must be from 0 to 1", "#closeness"),
        ({"q": "x", "exclude": "moon"}, "Choose among the listed differences", "#exclude-phases"),
        ({"q": "x", "exclude": ["phases", "moon"]}, "Choose among the listed differences", "#exclude-phases"),
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


def scripts(page):
    """Return what a page has of scripts, but for the description for machines, which is data."""
    blocks = re.findall(r"<script[^>]*>.*?</script>", page, re.DOTALL)
    assert len(blocks) == page.lower().count("<script")
    return [block for block in blocks if not block.startswith('<script type="application/ld+json">')]


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
    assert scripts(page) == []


def test_a_source_whose_address_is_no_web_address_is_not_a_link(monkeypatch, tmp_path, make_case, encoder):
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


# How schools are to be compared


def titles(page):
    return re.findall(r'<h3 id="m\d+"><a href="/cases/([^"?]+)', page)


def test_the_form_keeps_how_schools_are_to_be_compared(client):
    page = client.get("/", params={"q": "phones", "closeness": "1", "exclude": ["kind", "country"]}).text
    assert '<option value="1" selected>' in page
    assert re.search(r'id="exclude-kind"[^>]* checked', page)
    assert re.search(r'id="exclude-country"[^>]* checked', page)
    assert not re.search(r'id="exclude-setting"[^>]* checked', page)


def test_every_choice_of_the_form_about_comparing_is_answered(client):
    page = client.get("/").text
    closeness = re.findall(
        r"<option value=\"([^\"]*)\"", page.split('name="closeness"')[1].split("</select>")[0]
    )
    attributes = re.findall(r'name="exclude" value="([^"]+)"', page)
    assert closeness[0] == ""
    assert len(closeness) >= 3
    assert set(attributes) == set(WEIGHTS)
    for value in closeness:
        assert client.get("/", params={"q": "phones", "closeness": value}).status_code == 200
    for attribute in attributes:
        assert client.get("/", params={"q": "phones", "exclude": attribute}).status_code == 200


def test_schools_known_to_differ_are_left_out_of_the_page(client):
    question = {"q": "tablets, phones and slow broadband", "setting": "rural"}
    assert len(titles(client.get("/", params=question).text)) == 3
    page = client.get("/", params={**question, "exclude": "setting"}).text
    assert set(titles(page)) == {"elm-school-phones-2020", "ash-primary-broadband-2015"}


def test_a_school_that_does_not_count_at_all_moves_nothing(client):
    question = {"q": "tablets, phones and slow broadband", "country": "US"}
    page = client.get("/", params={**question, "closeness": "0"}).text
    shares = re.findall(r"how comparable the school is</th><td>([^<]+)</td>", page)
    assert shares
    assert {float(share) for share in shares} == {0}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.0, "0.00"), (-0.0, "0.00"), (-0.004, "0.00"), (0.004, "0.00"), (0.25, "+0.25"), (-0.25, "-0.25")],
)
def test_a_part_of_a_score_has_a_sign_unless_it_rounds_to_nothing(value, shown):
    assert wording.signed(value) == shown


def test_nothing_is_never_shown_as_less_than_nothing(client):
    """A part of nothing had a minus sign where the school differs."""
    question = {"q": "tablets, phones and slow broadband", "country": "US", "closeness": "0"}
    page = client.get("/", params=question).text
    assert "<td>0.00</td>" in page
    assert not re.search(r"[-+−]0\.00", page)


# What is shown of the words


def test_a_word_that_was_read_as_another_is_shown(client):
    page = client.get("/", params={"q": "slow braodband"}).text
    assert "“braodband” as “broadband”" in page
    assert "<dt>Read as</dt>" not in client.get("/", params={"q": "slow broadband"}).text


def test_the_words_that_met_are_marked(client):
    page = client.get("/", params={"q": "our lesson stalled"}).text
    assert re.search(r"<mark>Lessons</mark> <mark>stalled</mark> whenever", page)


def test_each_of_several_worries_is_shown_with_whether_it_was_met(client):
    text = "The broadband is too slow for a whole class. Zeppelins land on the roof every week."
    page = client.get("/", params={"q": text}).text
    told = page.split("<dt>Worries</dt>")[1][:600]
    assert re.search(
        r"Zeppelins land on the roof every week <span[^>]*>\(nobody here has faced this one\)", told
    )


def test_what_is_asked_for_is_shown(client):
    page = client.get("/", params={"q": "what would you not do again with tablets"}).text
    assert "what they would not do again" in page.split("<dt>You ask for</dt>")[1][:60]


SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def hostile(monkeypatch, tmp_path, make_case, encoder):
    """A client over a case whose texts hold markup."""
    case = make_case(
        title=f"Pouches {SCRIPT}",
        summary=f"Pouches {SCRIPT} were locked.",
        objections=[
            {"text": f'Pouches {SCRIPT} <b>scissors</b> &lt;i&gt; "quoted"', "response": f"Keys {SCRIPT}"}
        ],
        failed=[f"Scissors {SCRIPT} cut them"],
        not_again=[f"Pouches {SCRIPT}"],
    )
    build_index([case], encoder, tmp_path / "i")
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    with TestClient(create_app(CaseIndex.open(tmp_path / "i"), Settings())) as client:
        while client.get("/readyz").status_code != 200:
            time.sleep(0.01)
        yield client


@pytest.mark.parametrize("q", ["scissors", "script alert", "pouches script b scissors alert quoted lt"])
def test_markup_in_a_case_is_text_inside_a_mark_and_outside_of_it(hostile, q):
    page = hostile.get("/", params={"q": q}).text
    assert "<mark>" in page
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;i&gt;" not in page.replace("&amp;lt;i&amp;gt;", "")  # what was escaped in the text stays so
    assert "&lt;" in page


def test_markup_in_a_case_is_text_on_its_own_page(hostile):
    page = hostile.get("/cases/elm-school-phones-2020").text
    assert scripts(page) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/ascript éß𝒂"), max_size=40), st.data())
def test_a_marked_text_is_the_escaped_text_with_nothing_but_marks_put_in(text, data):
    edges = sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6)))
    met = tuple(Met(a, b, None) for a, b in zip(edges[::2], edges[1::2], strict=False))
    marked = wording.marked(MatchedPassage(Passage("case", "failed", 0, text), 0.5, met))
    assert marked.replace("<mark>", "").replace("</mark>", "") == escape(text)
    assert re.findall(r"<mark>(.*?)</mark>", marked) == [str(escape(text[m.start : m.end])) for m in met]


# Words for every code


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (wording.ROLE_WORDS, get_args(Role)),
        (wording.INTENT_WORDS, get_args(Intent)),
        (wording.WORRY_VERDICTS, get_args(Verdict)),
        (LABELS, get_args(Attribute)),
        (wording.OUTCOME_WORDS, get_args(Outcome)),
        (wording.RESULT_WORDS, get_args(Result)),
        (wording.KIND_WORDS, get_args(Kind)),
        (wording.INDEPENDENCE_WORDS, get_args(Independence)),
        (wording.PART_WORDS, (*TUNING.fusion, "context", "unlike", "story", "independence")),
    ],
    ids=[
        "roles",
        "intents",
        "verdicts",
        "attributes",
        "outcomes",
        "results",
        "kinds",
        "independence",
        "parts",
    ],
)
def test_every_code_has_its_words_and_no_words_are_left_over(words, codes):
    assert set(words) == set(codes)


def test_every_closeness_offered_is_one_that_can_be():
    for value in wording.CLOSENESS_WORDS:
        Preferences(float(value))
