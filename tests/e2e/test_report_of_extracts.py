"""Extracts of GIAS and the NCES run through to every format: counted again, opened as their readers would."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.registers import write_gias, write_nces
from tests.report_inputs import CONCERNS

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.server]

TABLES = ("schools", "concerns", "matches", "takeaways")
# As LibreOffice writes each sheet: separated by commas, in quotation marks, UTF-8, from the first line on,
# cells as they are and not as they look, the sheets all.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


@dataclass(frozen=True)
class Report:
    out: Path
    told: list[tuple[str, str]]  # id as the report has it, concern
    schools: int
    code: int
    said: str

    def table(self, name):
        with (self.out / "csv" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))


@pytest.fixture(scope="module", params=["gias", "nces"])
def report(request, real_index, tmp_path_factory) -> Report:
    """A report on an extract, in every format, with a file of concerns beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "gias":
        written = write_gias(folder / "edubasealldata20261101.csv", 90)
        files, shown, asked = ["edubasealldata20261101.csv"], "{}", "{}"
        numbers = [900_000 + n for n in range(1, 91)]
    else:
        written = write_nces(folder / "directory.csv", folder / "characteristics.csv", 60)
        # A spreadsheet took the zero before the number; the report has it again.
        files, shown, asked = ["directory.csv", "characteristics.csv"], "0{}", "{}"
        numbers = [10_000_000_000 + n for n in range(1, 61)]
    asks = [number for number in numbers if (number - numbers[0]) % 3]  # the plain rows, all of them open
    told = [
        (number, text.format(who="Parents", what="the tablets", why="nobody was asked"))
        for number, text in zip(asks * 2, CONCERNS * 20, strict=False)
    ]
    with (folder / "concerns.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("id", "text"), *((asked.format(n), text) for n, text in told)])
    arguments = ["--concerns", "concerns.csv", "--out", "out", "--index", str(real_index)]
    arguments += ["--format", "html,xlsx,csv,json,parquet"]
    done = subprocess.run(
        [sys.executable, "-m", "service.cli", "report", *files, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    kept = [(shown.format(number), text) for number, text in told]
    return Report(folder / "out", kept, written.open, done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="session")
def office():
    """LibreOffice; where there is none the test is skipped, but on CI that is a failure."""
    path = shutil.which("soffice")
    if path is None:
        told = "no LibreOffice: on Debian, apt-get install libreoffice-calc-nogui"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    return path


def test_it_ends_well_or_says_which_rows_were_left_out(report):
    assert f"{report.schools} schools reported on" in report.said
    # GIAS comes with two rows that cannot be used; they are told, and the rest goes on.
    assert report.code == (1 if "edubasealldata" in report.said else 0), report.said


def test_every_table_counts_as_the_input_does(report):
    assert len(report.table("schools")) == report.schools
    asked = Counter((row["school_id"], row["text"]) for row in report.table("concerns"))
    assert asked == Counter(report.told)
    parquet = report.out / "parquet"
    for name in TABLES:
        assert pyarrow.parquet.read_table(parquet / f"{name}.parquet").num_rows == len(report.table(name))


def test_the_summary_counts_as_the_tables_do(report):
    summary = json.loads((report.out / "summary.json").read_text())
    rows = report.table("concerns")
    assert summary["by_verdict"] == {
        name: sum(row["verdict"] == name for row in rows) for name in summary["by_verdict"]
    }
    themes = Counter(
        theme for row in rows for theme in (row["themes"].split(" | ") if row["themes"] else ["unnamed"])
    )
    assert summary["by_theme"] == themes
    cases = Counter(row["case_id"] for row in report.table("matches") if row["verdict"] != "none")
    assert summary["by_case"] == cases


def test_the_workbook_opens_in_libreoffice_with_the_cells_of_the_tables(report, office, tmp_path):
    told = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    done = subprocess.run(
        [*told, "--convert-to", EVERY_SHEET, "--outdir", tmp_path, report.out / "report.xlsx"],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    for name in TABLES:
        sheet = tmp_path / f"report-{name.capitalize()}.csv"
        assert sheet.exists(), done.stdout + done.stderr
        with sheet.open(encoding="utf-8", newline="") as stream:
            opened = list(csv.DictReader(stream))
        assert [plain(row) for row in opened] == [plain(row) for row in report.table(name)]


def plain(row):
    """A row with its numbers as numbers: 12 and 12.0 are one."""
    return {key: number(value) for key, value in row.items()}


def number(value):
    # What guards CSV against formulas is not needed in a workbook.
    value = value.removeprefix("'")
    try:
        return value if value.startswith("0") and value[1:2].isdigit() else round(float(value), 6)
    except ValueError:
        return value


@pytest.mark.parametrize("width", [360, 1280])
def test_its_pages_open_from_disk_and_have_no_axe_violations(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    html = report.out / "html"
    first = sorted((html / "schools").glob("*.html"))[1]
    for file in (html / "index.html", first):
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_page_across_all_prints_its_tables_with_the_same_counts(browser, report):
    page = browser.new_page()
    page.goto((report.out / "html" / "index.html").as_uri())
    page.emulate_media(media="print")
    expect(page.locator("main")).to_contain_text(f"{report.schools:,} schools")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")
    page.close()
