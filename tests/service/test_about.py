from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from engine.comparability import LABELS, WEIGHTS
from index.case_index import CaseIndex
from service.app import create_app
from service.pages.about import measured
from service.settings import Settings, SettingsError, load_settings
from service.wording import ABOUT_PAGES, NAVIGATION

QUALITY = Path(__file__).parent.parent.parent / "benchmarks" / "results" / "quality.json"


def text(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def page(index_dir, address, **settings):
    app = create_app(CaseIndex.open(index_dir), Settings(**settings))
    return text(TestClient(app).get(address).text)


def differences(part, whole, at=""):
    """Yield where a part of a document does not say what the whole says."""
    for key, value in part.items():
        if isinstance(value, dict):
            yield from differences(value, whole.get(key, {}), f"{at}/{key}")
        elif whole.get(key) != value:
            yield f"{at}/{key} is {value}, but was measured as {whole.get(key)}"


def test_the_quality_told_is_the_quality_measured():
    result = json.loads(QUALITY.read_text(encoding="utf-8"))
    assert list(differences(measured(), result)) == [], "copy the figures into service/data/measured.json"


def test_the_page_about_matching_has_the_weights_and_figures_of_the_code(client):
    told = text(client.get("/about/matching").text)
    for attribute, weight in WEIGHTS.items():
        assert f"{LABELS[attribute]} {round(100 * weight)}%" in told
    evaluation = measured()["evaluation"]
    first, usual = (evaluation["systems"][name]["useful@1"] for name in ("warts", "simple blend"))
    assert f"The first case is a useful one {100 * first:.0f}% {100 * usual:.0f}%" in told
    assert f"{evaluation['verdicts']['answerable']['none']} of {evaluation['answerable_queries']}" in told
    assert f"first in {100 * evaluation['more_comparable_first']:.0f}% of pairs" in told


def test_the_page_about_the_data_counts_cases_sources_and_who_says_so(client, three_cases):
    told = text(client.get("/about/data").text)
    assert f"{len(three_cases)} case studies" in told
    assert "independent sources 3" in told
    assert "supported by a vendor: read with care 0" in told


def test_privacy_tells_whether_questions_are_logged(index_dir):
    assert "This server does not write it to its log" in page(index_dir, "/about/privacy")
    told = page(index_dir, "/about/privacy", log_queries=True)
    assert "has switched on that the text of questions is written" in told
    assert "does not write it" not in told


@pytest.mark.parametrize("address", ["/about/data", "/about/privacy", "/about/accessibility"])
def test_readers_are_told_where_to_write(index_dir, address):
    assert "an issue in the project's public repository" in page(index_dir, address)
    told = page(index_dir, address, contact="help@example.org")
    assert "help@example.org" in told
    assert "public repository" not in told


@pytest.mark.parametrize(
    ("contact", "href"),
    [
        ("help@example.org", "mailto:help@example.org"),
        ("https://example.org/tell", "https://example.org/tell"),
    ],
)
def test_the_contact_is_a_link(index_dir, contact, href):
    app = create_app(CaseIndex.open(index_dir), Settings(contact=contact))
    assert f'href="{href}"' in TestClient(app).get("/about/data").text


@pytest.mark.parametrize("contact", ["javascript:alert(1)", "ask at the office", 'a@b.c"onclick=', "@"])
def test_a_contact_that_nobody_could_follow_is_refused(monkeypatch, contact):
    monkeypatch.setenv("WARTS_CONTACT", contact)
    with pytest.raises(SettingsError, match="WARTS_CONTACT"):
        load_settings()


def test_every_page_in_the_navigation_is_there(client):
    for address, _ in (*NAVIGATION, *ABOUT_PAGES):
        assert client.get(address).status_code == 200, address


def test_no_page_sets_a_cookie(client):
    for address in ("/", "/explore", "/explore/map", "/about/privacy"):
        assert "set-cookie" not in client.get(address).headers
