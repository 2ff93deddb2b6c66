"""Tables hold what the lines say, and nothing that a spreadsheet would carry out."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.reports.records import ConcernKept, MatchKept, PointKept, SchoolKept
from service.reports import tables
from service.reports.columns import TABLES
from service.reports.errors import FormatError
from tests import report_lines

FORMULA = '=HYPERLINK("https://example.org","x")'


def match(case_id: str, score: float = 0.5) -> MatchKept:
    return MatchKept(
        case_id=case_id,
        score=score,
        confidence=0.4,
        shared=("phase: primary", "country: United Kingdom"),
        different=(),
        unknown=("size",),
        mirror="The broadband\nis too slow",
        mirror_field="objections",
        mirror_item=0,
    )


def concern(text: str, verdict: str = "strong", cases=("elm",), themes=()) -> ConcernKept:
    return report_lines.concern(text, themes, verdict, tuple(map(match, cases)))


SCHOOLS = (
    SchoolKept(
        id="1",
        name=FORMULA,
        context={"country": "GB", "phases": ["primary", "secondary"], "pupils": 85},
        concerns=(
            concern(FORMULA, cases=("elm", "ash"), themes=("cost", "equity-and-home-access")),
            concern("#N/A", verdict="none", cases=("oak",)),
        ),
        takeaways=(
            PointKept(kind="failed", text="+ it broke\x0b", response=None, case_id="elm"),
            PointKept(kind="settled", text="Too dear", response="A fund", case_id="ash"),
        ),
        questions=("Would it break here?",),
    ),
    SchoolKept(id="2", name=None, context={}, concerns=(), takeaways=(), questions=()),
    SchoolKept(
        id="3",
        name="Überlingen, Oak",
        context={"disadvantage_percent": 12.5},
        concerns=(concern("slow", cases=("ash",), themes=("cost",)),),
        takeaways=(),
        questions=(),
    ),
)
ROWS = {"schools": 3, "concerns": 3, "matches": 4, "takeaways": 2}


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """The lines of a run."""
    file = tmp_path / "schools.jsonl"
    file.write_text("".join(f"{school.as_line()}\n" for school in SCHOOLS), encoding="utf-8")
    return file


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_csv_has_a_row_a_school_a_concern_a_match_and_a_takeaway(lines, tmp_path):
    files = tables.write_csv(lines, tmp_path / "csv")
    assert {file.stem: len(read_csv(file)) for file in files} == ROWS
    first = read_csv(tmp_path / "csv" / "matches.csv")[0]
    assert (first["school_id"], first["concern"], first["rank"], first["case_id"]) == ("1", "1", "1", "elm")
    assert first["shared"] == "phase: primary | country: United Kingdom"
    assert first["mirror"] == "The broadband\nis too slow"
    assert (tmp_path / "csv" / "schools.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_what_is_not_known_is_an_empty_cell_in_csv(lines, tmp_path):
    tables.write_csv(lines, tmp_path)
    second = read_csv(tmp_path / "schools.csv")[1]
    assert {value for name, value in second.items() if name not in ("school_id", "concerns")} == {""}
    assert second["concerns"] == "0"


def test_a_concern_nobody_has_faced_has_no_best_case(lines, tmp_path):
    tables.write_csv(lines, tmp_path)
    assert [row["best_case"] for row in read_csv(tmp_path / "concerns.csv")] == ["elm", "", "ash"]


def test_no_cell_of_csv_begins_a_formula(lines, tmp_path):
    for file in tables.write_csv(lines, tmp_path):
        for row in read_csv(file):
            assert not any(value.startswith(("=", "+", "-", "@")) for value in row.values())
    assert read_csv(tmp_path / "schools.csv")[0]["school"] == f"'{FORMULA}"


def test_a_workbook_has_a_sheet_a_table_with_its_first_row_frozen(lines, tmp_path):
    book = load_workbook(tables.write_xlsx(lines, tmp_path))
    assert book.sheetnames == ["Schools", "Concerns", "Matches", "Takeaways"]
    for sheet, table in zip(book, TABLES, strict=True):
        assert sheet.freeze_panes == "A2"
        assert [cell.value for cell in sheet[1]] == list(table.columns)
        assert sheet.max_row == ROWS[table.name] + 1


def test_nothing_in_a_workbook_is_a_formula_or_an_error(lines, tmp_path):
    book = load_workbook(tables.write_xlsx(lines, tmp_path))
    kinds = Counter(cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row)
    assert set(kinds) <= {"s", "n"}
    assert book["Schools"]["B2"].value == FORMULA
    assert book["Concerns"]["D3"].value == "#N/A"


def test_numbers_of_a_workbook_are_numbers_and_the_unknown_is_empty(lines, tmp_path):
    book = load_workbook(tables.write_xlsx(lines, tmp_path))
    header = [cell.value for cell in book["Schools"][1]]
    first, second, third = (
        dict(zip(header, [c.value for c in row], strict=True)) for row in book["Schools"][2:4]
    )
    assert (first["pupils"], third["disadvantage_percent"]) == (85, 12.5)
    assert {name for name, value in second.items() if value is not None} == {"school_id", "concerns"}


def test_a_table_that_is_longer_than_a_sheet_goes_on_in_another(lines, tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "_ROWS_OF_A_SHEET", 3)
    book = load_workbook(tables.write_xlsx(lines, tmp_path))
    sheets = [sheet for sheet in book if sheet.title.startswith("Matches")]
    assert [sheet.title for sheet in sheets] == ["Matches", "Matches 2"]
    assert [row[4].value for sheet in sheets for row in sheet.iter_rows(min_row=2)] == [
        *("elm", "ash", "oak"),
        "ash",
    ]


def test_parquet_keeps_lists_as_lists_and_the_unknown_as_null(lines, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    files = tables.write_parquet(lines, tmp_path)
    found = {file.stem: parquet.read_table(file).to_pylist() for file in files}
    assert {name: len(rows) for name, rows in found.items()} == ROWS
    assert found["schools"][0]["phases"] == ["primary", "secondary"]
    assert (found["schools"][1]["pupils"], found["schools"][1]["phases"]) == (None, None)
    assert found["concerns"][0]["text"] == FORMULA
    assert found["matches"][0]["unknown"] == ["size"]


def test_without_pyarrow_it_is_said_what_to_install(lines, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FormatError, match=r"warts-and-all\[parquet\]"):
        tables.require_parquet()


def test_the_summary_counts_what_the_lines_say(lines, tmp_path):
    (tmp_path / "issues.jsonl").write_text("{}\n{}\n")
    there, summary = tables.write_json(lines, tmp_path / "json")
    assert there.read_bytes() == lines.read_bytes()
    assert json.loads(summary.read_text()) == {
        "version": 1,
        "schools": 3,
        "schools_without_concerns": 1,
        "concerns": 3,
        "issues": 2,
        "by_verdict": {"strong": 2, "partial": 0, "none": 1},
        "by_theme": {"cost": 2, "equity-and-home-access": 1, "unnamed": 1},
        "by_case": {"ash": 2, "elm": 1},
    }


def test_a_table_that_cannot_be_finished_leaves_the_older_one(lines, tmp_path):
    tables.write_csv(lines, tmp_path)
    before = (tmp_path / "schools.csv").read_bytes()
    lines.write_text("no line of a run\n")
    with pytest.raises(Exception, match="line 1"):
        tables.write_csv(lines, tmp_path)
    assert (tmp_path / "schools.csv").read_bytes() == before
    assert not list(tmp_path.glob(".*.new"))
