"""Browsing: what the pages count is counted again from the plain records."""

from __future__ import annotations

import html
import json
import re

import pytest
from click.testing import CliRunner

from service.cli import warts
from service.commands.corpus import check
from service.pages import exploring


@pytest.fixture
def three_cases(make_case):
    """Twenty-five cases: every fifth rural and primary, half given up, some years and settings not known."""
    return tuple(
        make_case(
            id=f"case-{n:02}",
            title=f"Case {'abcdefghijklmnopqrstuvwxyz'[n]}",
            institution={
                "kind": "school",
                "country": "US" if n % 3 == 0 else "GB",
                "phases": ["primary"] if n % 5 == 0 else ["secondary"],
                **({"setting": "rural"} if n % 5 == 0 else {}),
            },
            technology=["tablets", f"thing-{n}"],
            objections=[{"text": f"Objection {n}", "themes": ["cost"] if n % 2 else ["workload"]}],
            outcome="abandoned" if n % 2 else "sustained",
            **({"years": {"start": 2000 + n}} if n < 20 else {}),
        )
        for n in range(25)
    )


def cards(page):
    return re.findall(r'<h2 id="c\d+"><a href="/cases/([^"]+)">', page)


def text(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def test_every_value_leads_to_a_list_of_as_many_cases_as_it_says(client):
    page = client.get("/explore").text
    links = re.findall(r'<li><a href="(/explore/cases\?[^"]+)">[^<]+</a> <span class="count">\((\d+)\)', page)
    assert len(links) > 25
    for address, count in links:
        listed = client.get(html.unescape(address)).text
        assert re.search(r"<h1>(No|\d+) case", listed)[1] == count


def test_what_is_not_known_is_said_beside_the_values(client):
    assert "Not known of 20 cases" in client.get("/explore").text


def test_filters_of_several_kinds_must_each_be_met_and_of_one_kind_any(client, three_cases):
    page = client.get("/explore/cases?theme=cost&theme=workload&phase=primary&country=us").text
    wanted = [
        case.id
        for case in three_cases
        if "primary" in case.institution.phases and case.institution.country == "US"
    ]
    assert cards(page) == wanted


def test_filters_come_off_one_by_one(client):
    address = "/explore/cases?theme=cost&phase=primary&sort=oldest"
    page = client.get(address).text
    off = {
        text(words): html.unescape(to)
        for to, words in re.findall(
            r'<li><a href="(/explore/cases[^"]*)">(<span class="unseen">Take off.*?|Take off.*?)</a>', page
        )
    }
    assert off["Take off the filter Phase: primary ✕"] == "/explore/cases?theme=cost&sort=oldest"
    assert off["Take off the filter Objection about: cost ✕"] == "/explore/cases?phase=primary&sort=oldest"
    assert off["Take off all filters"] == "/explore/cases?sort=oldest"


def test_pages_hold_every_case_once_and_keep_filters_and_sort(client, three_cases):
    first = client.get("/explore/cases?technology=tablets&sort=newest").text
    following = html.unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
    second = client.get(following).text
    assert "technology=tablets" in following
    assert "sort=newest" in following
    shown = [*cards(first), *cards(second)]
    assert len(cards(first)) == exploring.A_PAGE
    assert sorted(shown) == sorted(case.id for case in three_cases)
    assert "21 to 25 of 25" in second


def test_cases_are_sorted_by_title_or_year_and_those_without_a_year_come_last(client):
    def order(sort):
        address = f"/explore/cases?sort={sort}&page="
        return [*cards(client.get(f"{address}1").text), *cards(client.get(f"{address}2").text)]

    named = [f"case-{n:02}" for n in range(25)]
    assert order("title") == named
    assert order("newest") == [*named[19::-1], *named[20:]]
    assert order("oldest") == named
    assert order("nonsense") == named


@pytest.mark.parametrize("page", ["0", "99999", "999999999999", "-1", "x", "²", ""])
def test_a_page_that_is_not_there_is_the_nearest_that_is(client, page):
    answer = client.get("/explore/cases", params={"page": page})
    assert answer.status_code == 200
    assert cards(answer.text)


def test_where_nothing_is_left_the_page_says_so_and_what_to_take_off(client):
    page = client.get("/explore/cases?phase=special&country=US&theme=cost").text
    assert "No case here has all of this." in text(page)
    assert "Without phase : 4 cases" in text(page)
    assert "Without country" not in text(page)
    assert cards(page) == []


def test_a_value_that_no_case_has_is_shown_escaped_and_finds_nothing(client):
    page = client.get("/explore/cases", params={"theme": "<script>alert(1)</script>"}).text
    assert "<script>" not in page
    assert "No case here has all of this." in page


def test_the_map_has_every_case_as_a_link_and_in_the_table(client, three_cases):
    page = client.get("/explore/map").text
    drawing, table = page.split('id="table"')
    for case in three_cases:
        assert f'<a href="/cases/{case.id}"><title>{case.title}</title>' in drawing
        assert f'<th scope="row"><a href="/cases/{case.id}">{case.title}</a>' in table
    assert len(re.findall(r"<use href", drawing.split("<defs>")[1])) == len(three_cases)


def test_of_too_many_cases_for_a_map_the_page_says_so(monkeypatch, client):
    monkeypatch.setattr("engine.corpus_map.MOST_PLACED", 24)
    answer = client.get("/explore/map")
    assert answer.status_code == 200
    assert "There are 25 cases here, and a map of more than" in text(answer.text)
    assert "<svg" not in answer.text


def test_what_is_thin_is_named(client):
    told = text(client.get("/explore/coverage").text)
    assert "who says so: self-reported" not in told
    assert "setting: mixed (0), online (0)" in told
    assert "27 technologies" not in told
    assert "25 of 26 technologies" in told


def test_coverage_is_the_same_on_the_page_in_the_api_and_from_the_command(client, tmp_path, three_cases):
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case.as_contract()) for case in three_cases), encoding="utf-8")
    told = CliRunner().invoke(check, [str(file), "--coverage", "--json"])
    of_api = client.get("/v1/coverage").json()
    assert json.loads(told.stdout)["coverage"] == of_api
    page = client.get("/explore/coverage").text
    for dimension, spread in of_api["spreads"].items():
        section = page.split(f'id="h-{dimension}"')[1].split("</section>")[0]
        rows = re.findall(r'<th scope="row">(?:<a[^>]*>)?[^<]+(?:</a>)?</th><td>(\d+)', section)
        counts = [value["cases"] for value in spread["values"]][: len(rows) - bool(spread["unknown"])]
        assert [int(row) for row in rows] == counts + ([spread["unknown"]] if spread["unknown"] else [])
    assert "13 of 25" not in text(page)
    assert "48% (12 of 25)" in text(page)  # n odd: given up


def test_coverage_as_text_marks_what_is_thin(tmp_path, three_cases):
    file = tmp_path / "cases.jsonl"
    file.write_text("\n".join(json.dumps(case.as_contract()) for case in three_cases[:4]), encoding="utf-8")
    told = CliRunner().invoke(warts, ["check", str(file), "--coverage"]).stdout
    assert "Country: United Kingdom 2*, United States 2*" in told
    assert "Setting: rural 1*, mixed 0*" in told
    assert "not known 3" in told


def test_pages_that_follow_from_the_index_are_not_sent_again(client):
    for address in ("/explore", "/explore/cases", "/explore/map", "/explore/coverage", "/v1/coverage"):
        tag = client.get(address).headers["etag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_mistyped_parameter_of_coverage_is_refused(client):
    assert client.get("/v1/coverage?phase=primary").status_code == 422
