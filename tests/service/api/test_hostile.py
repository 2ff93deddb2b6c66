"""Addresses that somebody made up to do harm."""

from __future__ import annotations

import pytest

IDS = (
    *(
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e",
        "..\\..\\windows",
        "..%5c..",
        "%252e%252e%252f",
    ),
    *("elm-school-phones-2020%00", "%00", "%0d%0aSet-Cookie:%20x=1", "elm-school-phones-2020/", "a" * 5_000),
    *("<script>alert(1)</script>", "%3Cimg%20src=x%20onerror=alert(1)%3E", '"><svg/onload=alert(1)>'),
    *("{{7*7}}", "${jndi:ldap://x}", "' OR 1=1--", "%ff%fe", "%F0%9F%98%80", "\u202e", "CON", "*", "elm*"),
)
PLACES = ("/v1/cases/{}", "/v1/cases/{}/similar", "/cases/{}", "/embed/cases/{}", "/static/{}")


@pytest.mark.parametrize("place", PLACES)
def test_a_made_up_id_is_refused_and_nothing_of_it_runs(client, place):
    for made_up in IDS:
        answer = client.get(place.format(made_up), follow_redirects=False)
        assert answer.status_code in (307, 404, 405, 422), (place, made_up)
        assert "set-cookie" not in answer.headers
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert not any(markup in answer.text for markup in ("<script", "<img", "<svg/"))
        assert "root:" not in answer.text
        if answer.status_code == 307:  # to the same address without the slash at its end
            assert answer.headers["location"].startswith("http://testserver/")


@pytest.mark.parametrize("made_up", IDS)
def test_a_made_up_id_in_a_question_is_refused(client, made_up):
    address = f"/v1/compare?case=elm-school-phones-2020&case={made_up.replace('#', '')}"
    assert client.get(address).status_code in (404, 422)


def test_a_path_with_steps_upwards_leads_nowhere(run_app):
    """Sent as it is: clients resolve such steps themselves."""

    async def test(calls):
        for place in PLACES:
            for steps in ("..", "../../../../etc/passwd", "./../../app.py", "\x00", "a\x00.css"):
                answer = await calls.call("GET", place.format(steps))
                assert answer.status in (404, 422), (place, steps)

    run_app(test)


def test_what_is_reflected_is_data(client):
    answer = client.get("/v1/cases/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = client.get("/v1/cases?<script>=1&after=<script>")
    assert answer.headers["content-type"] == "application/problem+json"


def test_odd_filters_find_nothing_and_break_nothing(client):
    for value in ("%00", "%ff", "a" * 5_000, "%0d%0a", "'; DROP TABLE cases; --", "%F0%9F%98%80", "\u202e"):
        for name in ("technology", "theme", "country", "after"):
            answer = client.get(f"/v1/cases?{name}={value}")
            assert answer.status_code in (200, 422), (name, value)
            if name != "after":
                assert answer.json().get("total", 0) == 0


def test_a_filter_given_a_thousand_times_is_answered(client):
    many = "&".join(f"technology=t{number}" for number in range(1_000))
    assert client.get(f"/v1/cases?{many}").json()["total"] == 0


def test_tags_that_are_none_are_passed_over(client):
    for told in ("*", '"', "W/", ",,,", '"a', 'W/W/"x"', "\x7f", '"' + "a" * 5_000 + '"'):
        assert client.get("/v1/cases", headers={"If-None-Match": told}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "a b",
        "[",
        "[::1",
        "a:b",
        "a:99999999",
        '"><script>alert(1)</script>',
        "e.example/x?y#z",
        "",
        "a@b",
        ":80",
    ],
)
def test_a_made_up_host_breaks_nothing_that_tells_its_own_address(client, host):
    for address in (
        "/feed.atom",
        "/cases/elm-school-phones-2020",
        "/v1/cases?limit=1",
        "/v1/cases/none-such",
    ):
        answer = client.get(address, headers={"Host": host})
        assert answer.status_code < 500, address
        assert "<script>" not in answer.text
