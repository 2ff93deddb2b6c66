from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine.errors import ReportInputError
from engine.reports.mapping import read_mapping
from engine.reports.reading import read_schools
from engine.reports.records import ReportSchool
from tests.registers import GIAS_COLUMNS, gias_row, write_rows
from tests.report_inputs import write_workbook

MAPPING = """
columns:
  id: School code
  name: School
  phases: Stage
  sector: Fees?
  concerns: [Worry, Second worry]
values:
  phases: {Upper: secondary, First: [early-years, primary], Other: unknown}
  sector: {yes: independent, no: state}
sheet: Schools
"""


def mapping_file(tmp_path, text: str, name="mapping.yaml"):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_mapping_reads_somebodys_own_table(tmp_path):
    rows = [
        ["School code", "School", "Stage", "Fees?", "Worry", "Second worry", "Notes"],
        ["A1", "One", "UPPER", "Y", "First", "Second", "x"],
        ["A2", "Two", "first", False, None, "Third", None],
        ["A3", "Three", "Other", None, None, None, None],
    ]
    file = write_workbook(tmp_path / "a.xlsx", {"Read me": [["Notes"]], "Schools": rows})
    found = list(read_schools([file], mapping=mapping_file(tmp_path, MAPPING)))
    assert [(one.id, one.context.phases, one.context.sector, one.concerns) for one in found] == [
        ("A1", ("secondary",), "independent", ("First", "Second")),
        ("A2", ("early-years", "primary"), "state", ("Third",)),
        ("A3", (), None, ()),
    ]


def test_the_mapping_of_the_documentation_is_one(tmp_path):
    example = re.search(
        r"```yaml\n(.*?)```",
        (Path(__file__).parents[3] / "docs/reports.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert example
    mapping = read_mapping(mapping_file(tmp_path, example[1]))
    assert mapping.values["sector"] == {"yes": "independent", "no": "state"}
    assert mapping.encoding == "cp1252"


def test_json_is_a_mapping_too_and_names_the_encoding(tmp_path):
    text = json.dumps({"columns": {"id": "Nr", "concerns": "Sorge"}, "encoding": "mac-roman"})
    (tmp_path / "a.csv").write_bytes("Nr;Sorge\n1;Zu spät\n".encode("mac-roman"))
    (school,) = read_schools([tmp_path / "a.csv"], mapping=mapping_file(tmp_path, text, "m.json"))
    assert isinstance(school, ReportSchool)
    assert school.concerns == ("Zu spät",)


def test_an_extract_of_a_register_beside_it_is_still_recognised(tmp_path):
    (tmp_path / "own.csv").write_text("Code,Worry\n900001,Why?\n")
    gias = write_rows(tmp_path / "gias.csv", [gias_row()], GIAS_COLUMNS)
    mapping = mapping_file(tmp_path, "columns: {id: Code, concerns: Worry}")
    (school,) = read_schools([tmp_path / "own.csv", gias], mapping=mapping)
    assert isinstance(school, ReportSchool)
    assert (school.concerns, school.context.country) == (("Why?",), "GB")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no record"),
        ("columns: [", "not YAML"),
        ("[1, 2]", "mapping"),
        ("columns: {name: School}", "which column is the id"),
        ("columns: {id: Nr, color: Farbe}", "color"),
        ("columns: {id: [a, b]}", "only concerns may have several"),
        (
            "columns: {id: Nr}\nvalues: {phases: {Upper: wizardry}}",
            "'wizardry', for 'upper', is no value of phases",
        ),
        ("columns: {id: Nr}\nvalues: {id: {a: b}}", "taken as they are"),
        ("columns: {id: Nr}\nencoding: rot13", "there is no encoding"),
        ("columns: {id: Nr}\nencoding: [1]", "encoding"),
    ],
)
def test_a_mapping_that_is_none_says_why(tmp_path, text, why):
    with pytest.raises(ReportInputError, match=why):
        read_mapping(mapping_file(tmp_path, text))


def test_columns_and_sheets_that_are_not_there_are_named(tmp_path):
    (tmp_path / "a.csv").write_text("Nr,Name\n1,One\n")
    mapping = mapping_file(tmp_path, "columns: {id: Nr, concerns: Worry}")
    with pytest.raises(
        ReportInputError, match="names the columns Worry, which are not there; there are Nr, Name"
    ):
        list(read_schools([tmp_path / "a.csv"], mapping=mapping))
    book = write_workbook(tmp_path / "a.xlsx", {"One": [["Nr"], [1]]})
    with pytest.raises(ReportInputError, match="no sheet 'Schools', but One"):
        list(read_schools([book], mapping=mapping_file(tmp_path, MAPPING)))
