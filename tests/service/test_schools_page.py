from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from engine.context import SchoolContext
from index.case_index import CaseIndex
from service.app import create_app
from service.pages.forms import SchoolForm
from service.pages.schools import address_with
from service.schools.building import FILE, drop_register, import_registers
from service.settings import Settings
from tests.registers import GIAS_COLUMNS, gias_row, write_rows

ROWS = [
    gias_row(
        URN="900001",
        EstablishmentName="Test Lane Primary",
        NumberOfPupils="90",
        PercentageFSM="40",
        **{"UrbanRural (name)": "(England/Wales) Rural village"},
    ),
    gias_row(URN="900002", EstablishmentName="Test Lane Primary", Town="Mockington", Postcode="QX1 1QX"),
    gias_row(
        URN="900003", EstablishmentName="<b>Test</b> & Sons", **{"PhaseOfEducation (name)": "Secondary"}
    ),
    *(gias_row(URN=str(900100 + n), EstablishmentName=f"Test Academy {n}") for n in range(30)),
]


@pytest.fixture
def state(tmp_path):
    """A state folder with a register."""
    import_registers([write_rows(tmp_path / "gias.csv", ROWS, GIAS_COLUMNS)], tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def client(index_dir, state):
    """A client of an application with a register; no model is needed for it."""
    app = create_app(CaseIndex.open(index_dir), Settings(state=state))
    yield TestClient(app, raise_server_exceptions=False)
    app.state.schools.close()


def links(page: str) -> list[str]:
    """Return where the schools on a page lead."""
    return [unescape(found) for found in re.findall(r'<li><a href="(/\?[^"]*school=[^"]*)"', page)]


def test_the_page_asks_for_a_name_or_number(client):
    page = client.get("/schools")
    assert page.status_code == 200
    assert '<label for="q">Find your school</label>' in page.text
    assert not links(page.text)


def test_each_school_found_leads_to_a_question_with_all_fields_that_are_known(client):
    page = client.get("/schools", params={"q": "test lane primary testham"}).text
    (link,) = links(page)
    assert parse_qs(urlsplit(link).query) == {
        "school": ["Test Lane Primary"],
        "phase": ["primary"],
        "setting": ["rural"],
        "pupils": ["90"],
        "country": ["GB"],
        "sector": ["state"],
        "kind": ["school"],
        "disadvantage": ["high"],
    }


def test_what_a_link_says_is_what_the_page_it_leads_to_reads(client):
    (link,) = links(client.get("/schools", params={"q": "900001"}).text)
    form = SchoolForm(QueryParams(urlsplit(link).query))
    assert form.errors == {}
    assert form.context.known == {
        **{"country": "GB", "phases": ["primary"], "setting": "rural", "pupils": 90, "sector": "state"},
        **{"kind": "school", "disadvantage": "high", "name": "Test Lane Primary"},
    }
    page = client.get(link)
    assert page.status_code == 200
    assert 'value="primary" checked' in page.text


def test_what_is_not_known_is_left_out_of_the_link():
    assert str(address_with(SchoolContext(name="Test & Co"))) == "/?school=Test+%26+Co"


def test_namesakes_are_told_apart_by_town_postcode_authority_and_number(client):
    page = client.get("/schools", params={"q": "test lane primary"}).text
    assert len(links(page)) == 2
    assert "Testham, ZZ1 1ZZ, Invented Borough; number 900001" in page
    assert "Mockington, QX1 1QX, Invented Borough; number 900002" in page


def test_a_worry_is_kept_in_the_form_and_in_every_link(client):
    page = client.get("/schools", params={"q": "900001", "worry": "mobiles & banned"}).text
    (link,) = links(page)
    assert parse_qs(urlsplit(link).query)["q"] == ["mobiles & banned"]
    assert '<input type="hidden" name="worry" value="mobiles &amp; banned">' in page
    assert 'href="/?q=mobiles+%26+banned"' in page


def test_names_and_what_was_typed_are_shown_as_text(client):
    page = client.get("/schools", params={"q": "test sons", "worry": '"><script>'}).text
    assert "&lt;b&gt;Test&lt;/b&gt; &amp; Sons" in page
    assert "<script>" not in page


def test_that_there_are_more_is_said(client):
    page = client.get("/schools", params={"q": "test academy"}).text
    assert len(links(page)) == 20
    assert "Add the town or the postcode" in page


def test_where_nothing_is_found_the_page_says_what_to_try(client):
    page = client.get("/schools", params={"q": "zzzz"})
    assert page.status_code == 200
    assert "No school was found" in page.text
    assert "Describe your school yourself" in page.text


def test_schools_that_have_only_some_of_the_words_are_said_to_be_near(client):
    page = client.get("/schools", params={"q": "mockington zzzz"}).text
    assert "No school has all of these words; these come nearest" in page
    assert len(links(page)) == 1


@pytest.mark.parametrize(
    ("text", "message"), [(" ", "Type your school"), ("x" * 201, "200 characters or fewer; it has 201")]
)
def test_what_cannot_be_looked_for_is_an_error_that_links_to_the_field(client, text, message):
    page = client.get("/schools", params={"q": text})
    assert page.status_code == 422
    assert re.search(rf'<a href="#q">[^<]*{message}', page.text)
    assert 'aria-invalid="true"' in page.text


def test_without_a_register_the_page_says_so_and_offers_another_way(client, state):
    drop_register(state)
    page = client.get("/schools", params={"q": "test", "worry": "phones"})
    assert page.status_code == 404
    assert "No register of schools is loaded here" in page.text
    assert 'href="/?q=phones"' in page.text


def test_a_damaged_register_is_told_as_a_page(client, state):
    (state / FILE).unlink()
    (state / FILE).write_bytes(b"rubbish")
    page = client.get("/schools", params={"q": "test"})
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")
    assert "cannot be read" in page.text
