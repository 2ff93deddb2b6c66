from __future__ import annotations

import csv
import io

import pytest

from corpus.importing import plan_import
from corpus.reading import read_cases
from service.exports import COLUMNS, as_csv, as_jsonl


def rows_of(cases):
    text = "".join(as_csv(cases))
    assert text.startswith("\ufeff")  # Excel reads it as UTF-8
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_every_case_is_one_row_under_the_names(three_cases):
    rows = rows_of(three_cases)
    assert [row["case_id"] for row in rows] == [case.id for case in three_cases]
    ash = rows[1]
    assert list(ash) == list(COLUMNS)
    assert (ash["institution"], ash["country"], ash["phases"]) == ("Ash Primary", "GB", "primary")
    assert (ash["setting"], ash["pupils"]) == ("rural", "85")
    assert ash["objections"].split(" | ") == [one.text for one in three_cases[1].objections]


def test_what_is_not_known_is_an_empty_cell(three_cases):
    elm, _, oak = rows_of(three_cases)
    assert oak["institution"] == ""
    assert {elm[name] for name in ("setting", "pupils", "start", "end", "themes", "region")} == {""}


@pytest.mark.parametrize(
    "begins",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x","y")'],
)
def test_no_cell_begins_a_formula(make_case, begins):
    """A spreadsheet would run what a record says, as it does a formula."""
    case = make_case(title="ordinary", summary="ordinary", technology=[begins])
    case = case.model_copy(update={"title": begins, "failed": (begins,)})
    (row,) = rows_of([case])
    assert row["title"] == row["failed"] == f"'{begins}"
    assert row["technology"] == f"'{begins.strip()}"


def test_commas_quotes_and_lines_stay_in_their_cell(make_case):
    summary = 'They said "no", twice,\nand meant it; =1+1'
    (row,) = rows_of([make_case(summary=summary)])
    assert row["summary"] == summary


def test_json_lines_are_records_that_an_import_takes_as_they_are(three_cases, tmp_path):
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(as_jsonl(three_cases)), encoding="utf-8")
    assert read_cases([file]).cases == three_cases
    plan = plan_import([file], tmp_path / "into")
    assert plan.new == three_cases


def test_a_large_corpus_comes_in_pieces(make_case):
    cases = [make_case(id=f"case-{number}") for number in range(120)]
    for written in (as_csv, as_jsonl):
        pieces = list(written(cases))
        assert len(pieces) >= 3
        assert all(piece.count("case-") <= 50 for piece in pieces)
    assert len(rows_of(cases)) == 120
    assert list(as_jsonl([])) == []
    assert rows_of([]) == []
