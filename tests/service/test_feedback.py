from __future__ import annotations

import json
import re

import pytest
from fastapi.testclient import TestClient

from index.case_index import CaseIndex
from service.app import create_app
from service.settings import Settings
from service.state.database import open_state
from service.state.feedback import list_feedback
from service.state.keys import create_key

CASE = "elm-school-phones-2020"
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def client(index_dir, tmp_path):
    """A client of an application with a state of its own."""
    settings = Settings(state=tmp_path / "state", anonymous_per_minute=0)
    with TestClient(create_app(CaseIndex.open(index_dir), settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def kept(tmp_path):
    """Returns the feedback that was kept."""

    def kept():
        with open_state(tmp_path / "state") as state:
            return list_feedback(state)

    return kept


def test_feedback_of_the_api_is_kept_with_its_key(client, kept, tmp_path):
    with open_state(tmp_path / "state") as state:
        _, token = create_key(state, "intranet")
    told = {"case_id": CASE, "kind": "wrong", "comment": "It was 2019.", "worry": "phones"}
    response = client.post("/v1/feedback", json=told, headers={"X-API-Key": token})
    assert response.status_code == 201
    (one,) = kept()
    assert response.json() == {"version": 1, "id": one.id}
    assert (one.case_id, one.kind, one.comment, one.worry, one.key) == (*told.values(), "intranet")


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"case_id": "nowhere-2000", "kind": "useful"}, 404),
        ({"case_id": CASE, "kind": "fine"}, 422),
        ({"case_id": CASE}, 422),
        ({"case_id": CASE, "kind": "useful", "comment": "x" * 2001}, 422),
        ({"case_id": CASE, "kind": "useful", "mail": "me@example.org"}, 422),
        ([], 422),
    ],
)
def test_feedback_that_cannot_be_is_a_problem_and_is_not_kept(client, kept, told, status):
    response = client.post("/v1/feedback", json=told)
    assert response.status_code == response.json()["status"] == status
    assert kept() == []


@pytest.mark.parametrize(
    "comment", ["\ud800", "\x00", "\u202e", "'); DROP TABLE feedback; --", "=1+1", "😀" * 2000]
)
def test_odd_comments_are_kept_or_refused_but_never_an_error(client, kept, comment):
    told = json.dumps({"case_id": CASE, "kind": "useful", "comment": comment})
    response = client.post("/v1/feedback", content=told, headers={"Content-Type": "application/json"})
    assert response.status_code in (201, 422)
    assert len(kept()) == (response.status_code == 201)


def test_a_body_of_another_type_is_refused(client, kept):
    """A form of another site may send JSON as plain text without being asked whether it may."""
    for media_type in ("text/plain", "application/x-www-form-urlencoded", None):
        headers = {"Content-Type": media_type} if media_type else {}
        content = f'{{"case_id": "{CASE}", "kind": "useful"}}'
        assert client.post("/v1/feedback", content=content, headers=headers).status_code == 422
    assert kept() == []


def test_the_form_of_a_case_page_is_kept_and_thanked_for(client, kept):
    page = client.get(f"/cases/{CASE}").text
    form = page[page.index('<form action="/feedback"') : page.index("</form>", page.index("/feedback"))]
    case_id = re.search(r'name="case_id" value="([^"]+)"', form)
    assert case_id is not None
    assert set(re.findall(r'name="kind" value="([^"]+)"', form)) == {
        "useful",
        "not-useful",
        "wrong",
        "outdated",
    }
    sent = {"case_id": case_id[1], "kind": "outdated", "comment": "They stopped.\r\nLast year."}
    response = client.post("/feedback", data=sent, headers=ORIGIN, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, "/feedback/thanks")
    assert "Thank you" in client.get("/feedback/thanks").text
    (one,) = kept()
    assert (one.kind, one.comment, one.worry, one.key) == (
        "outdated",
        "They stopped.\nLast year.",
        None,
        None,
    )


def test_the_worry_is_kept_only_if_the_box_was_ticked(client, kept):
    sent = {"case_id": CASE, "kind": "useful", "comment": "", "worry": "phones"}
    assert client.post("/feedback", data=sent).url.path == "/feedback/thanks"
    client.post("/feedback", data={**sent, "send_worry": "yes"})
    assert [one.worry for one in kept()] == [None, "phones"]


def test_a_case_page_offers_to_send_the_question_in_its_address_and_escapes_it(client):
    assert 'name="worry"' not in client.get(f"/cases/{CASE}").text
    page = client.get(f"/cases/{CASE}", params={"q": 'phones "><script>'}).text
    assert 'name="worry" value="phones &#34;&gt;&lt;script&gt;"' in page
    assert 'name="send_worry" value="yes">' in page  # not ticked
    assert 'name="worry"' not in client.get(f"/cases/{CASE}", params={"q": "x" * 1_001}).text


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),  # a program
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", **ORIGIN}, False),
        (
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://testserver"},
            True,
        ),  # a proxy speaks TLS for us
        (ORIGIN, True),
        ({"Origin": "https://testserver"}, True),
        ({"Origin": "http://testserver:8000"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "http://evil.example/testserver"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
    ],
)
def test_a_form_of_another_site_is_refused(client, kept, headers, ours):
    sent = {"case_id": CASE, "kind": "useful"}
    response = client.post("/feedback", data=sent, headers=headers, follow_redirects=False)
    assert response.status_code == (303 if ours else 403)
    assert len(kept()) == ours


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"kind=useful", 422),
        (b"case_id=nowhere&kind=useful", 404),
        (b"case_id=%FF&kind=useful", 422),
        (b"\xff", 422),
        (b"&".join([b"a=1"] * 50), 422),
        (b"case_id=" + CASE.encode() + b"&kind=useful&comment=" + b"x" * 2001, 422),
    ],
)
def test_a_form_that_cannot_be_is_answered_by_a_page(client, kept, body, status):
    response = client.post("/feedback", content=body)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")
    assert kept() == []


def test_a_browser_is_told_to_say_where_a_form_stood(client):
    """With no-referrer a browser sends "null" for the origin of our own form."""
    assert client.get(f"/cases/{CASE}").headers["referrer-policy"] == "same-origin"
