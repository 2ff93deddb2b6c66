"""`warts report`: from files of schools to a folder of reports, and clear words where it cannot."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service import cli
from service.reports import tables
from service.reports.errors import FormatError, RunError
from service.settings import Settings

SCHOOLS = """id,name,country,phases,pupils,concern_1,concern_2
1,Hill Primary,GB,primary,120,slow broadband,parents want to reach their children
2,,,,,the cost of tablets,
3,Town High,GB,secondary,,,
"""


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch, encoder):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))


@pytest.fixture
def report(index_dir, tmp_path):
    """Run the command over a file of schools."""
    (tmp_path / "schools.csv").write_text(SCHOOLS)

    def run(*arguments: object, schools: str | None = None) -> Result:
        if schools is not None:
            (tmp_path / "schools.csv").write_text(schools)
        told = [tmp_path / "schools.csv", "--out", tmp_path / "out", "--index", index_dir, *arguments]
        return warts("report", *told)

    return run


def warts(*arguments: object) -> Result:
    return CliRunner().invoke(cli.warts, [str(argument) for argument in arguments])


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_format_is_written(report, tmp_path):
    result = report("--format", "html,xlsx,csv,json,parquet")
    assert (result.exit_code, result.exception) == (0, None)
    assert result.stdout == f"3 schools reported on in {tmp_path / 'out'}\n"
    for file in (
        "html/index.html",
        "report.xlsx",
        "csv/matches.csv",
        "summary.json",
        "parquet/matches.parquet",
    ):
        assert (tmp_path / "out" / file).stat().st_size
    assert [json.loads(line)["id"] for line in (tmp_path / "out/schools.jsonl").read_text().splitlines()] == [
        "1",
        "2",
        "3",
    ]


def test_answers_are_those_of_ask(report, index_dir, tmp_path):
    report("--format", "csv", "--k", 2, "--closeness", 0.9)
    school = ("--country", "GB", "--phase", "primary", "--pupils", 120)
    asked = warts(
        *("ask", "slow broadband", "-k", 2, "--closeness", 0.9, *school, "--json", "--index", index_dir)
    )
    matches = json.loads(asked.stdout)["matches"]
    rows = [row for row in read_csv(tmp_path / "out/csv/matches.csv") if row["school_id"] == "1"]
    assert [row["case_id"] for row in rows if row["concern"] == "1"] == [one["case_id"] for one in matches]


def test_rows_that_cannot_be_read_are_told_with_their_line_and_the_rest_goes_on(report, tmp_path):
    result = report("--format", "json", schools=SCHOOLS + ",No Number,GB,,,,\n1,Twice,GB,,,,\n")
    assert result.exit_code == 1
    assert "schools.csv:5" in result.stderr
    assert "schools.csv:6" in result.stderr
    assert "3 schools reported on" in result.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["schools"], summary["issues"]) == (3, 2)


def test_a_run_goes_on_with_resume_and_is_not_written_over_without(report, tmp_path):
    report("--format", "json")
    lines = tmp_path / "out" / "schools.jsonl"
    whole = lines.read_bytes()
    again = report("--format", "json")
    assert isinstance(again.exception, RunError)
    lines.write_bytes(whole[:-30])
    assert report("--format", "json", "--resume").exit_code == 0
    assert lines.read_bytes() == whole


def test_a_file_that_was_mended_is_run_again_where_no_run_began(report):
    assert report(schools="name\nHill\n").exit_code == 1
    assert report("--format", "json", schools=SCHOOLS).exit_code == 0


def test_an_input_without_schools_is_told(report):
    result = report(schools="id,name\n")
    assert result.exit_code == 1
    assert "there is no school" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "pdf"], "'pdf' is no format; choose among html, xlsx, csv, json, parquet"),
        (["--k", 0], "0 is not in the range"),
        (["--closeness", 2], "2.0 is not in the range"),
        (["--concerns", "nowhere.csv"], "does not exist"),
    ],
)
def test_wrong_use_is_told(report, arguments, told):
    result = report(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_parquet_is_asked_for_before_anything_is_done(report, tmp_path, monkeypatch):
    def missing():
        raise FormatError("Parquet needs pyarrow")

    monkeypatch.setattr(tables, "require_parquet", missing)
    assert isinstance(report("--format", "parquet").exception, FormatError)
    assert not (tmp_path / "out").exists()


def test_the_template_is_an_input(report):
    template = warts("report", "--template").stdout
    assert template.startswith("id,name,")
    filled = template.splitlines()[0] + "\n7,Hill,school,GB,,primary,,,120,,,slow broadband,,\n"
    assert report("--format", "json", schools=filled).exit_code == 0
