from __future__ import annotations

import json

import pytest

from corpus.issues import Issue, Place, errors_among

PLACE = Place("cases/elm.yaml", 7)


@pytest.mark.parametrize(
    ("place", "text"),
    [(Place("a.json"), "a.json"), (Place("a.yaml", 3), "a.yaml:3"), (Place("a.yaml", 1), "a.yaml:1")],
)
def test_a_place_reads_as_file_and_line(place, text):
    assert str(place) == text


@pytest.mark.parametrize(
    ("issue", "line"),
    [
        (
            Issue("not-allowed", "it is 'x'", PLACE, "elm-2020", "objections[1].result"),
            "cases/elm.yaml:7: elm-2020: objections[1].result: error: it is 'x' [not-allowed]",
        ),
        (
            Issue("tracking", "take it off", PLACE, "elm-2020", severity="warning"),
            "cases/elm.yaml:7: elm-2020: warning: take it off [tracking]",
        ),
        (Issue("empty", "nothing here", Place("a.yaml")), "a.yaml: error: nothing here [empty]"),
    ],
)
def test_an_issue_reads_as_one_line_that_a_compiler_might_write(issue, line):
    assert str(issue) == line


def test_an_issue_as_json_says_everything_under_the_promised_keys_in_order():
    issue = Issue("no-warts", "give one", PLACE, "elm-2020", "failed")
    assert json.dumps(issue.as_json()) == (
        '{"file": "cases/elm.yaml", "line": 7, "id": "elm-2020", "field": "failed", '
        '"severity": "error", "code": "no-warts", "message": "give one"}'
    )


def test_what_an_issue_does_not_know_is_null_in_json():
    facts = Issue("empty", "nothing here", Place("a.yaml")).as_json()
    assert (facts["line"], facts["id"], facts["field"]) == (None, None, None)


def test_warnings_keep_nothing_out():
    error, warning = Issue("a", "x", PLACE), Issue("b", "y", PLACE, severity="warning")
    assert list(errors_among([warning, error, warning])) == [error]
    assert list(errors_among([warning])) == []
