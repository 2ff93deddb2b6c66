from __future__ import annotations

import csv
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.issues import Issue, Place
from engine.errors import ReportInputError
from engine.queries import LONGEST_TEXT
from engine.reports.gathering import MOST_CONCERNS
from engine.reports.reading import read_schools
from engine.reports.records import ReportSchool
from engine.reports.template import template_text
from tests.registers import GIAS_COLUMNS, gias_row, nces_row, write_gias, write_nces, write_rows
from tests.report_inputs import (
    COLUMNS,
    report_rows,
    write_json_lines,
    write_parquet,
    write_report_csv,
    write_workbook,
)


def read(*paths, **more) -> tuple[dict[str, ReportSchool], list[Issue]]:
    found = list(read_schools(paths, **more))
    return (
        {one.id: one for one in found if isinstance(one, ReportSchool)},
        [one for one in found if isinstance(one, Issue)],
    )


def csv_file(tmp_path, text: str, name="schools.csv", encoding="utf-8"):
    file = tmp_path / name
    file.write_bytes(text.encode(encoding))
    return file


def test_the_template_holds_examples_that_are_passed_over(tmp_path):
    file = csv_file(tmp_path, template_text())
    assert len(list(csv.reader(file.read_text().splitlines()))) == 3
    assert read(file) == ({}, [])
    filled = csv_file(tmp_path, template_text().replace("# example", "e"))
    schools, issues = read(filled)
    assert not issues
    assert schools["e 1"].context.known == {
        "name": "Test Lane Primary",
        "kind": "school",
        "country": "GB",
        "region": "East of England",
        "phases": ["primary"],
        "setting": "town",
        "sector": "state",
        "pupils": 210,
        "disadvantage": "high",
        "disadvantage_percent": 41.0,
    }
    assert len(schools["e 1"].concerns) == 2
    assert schools["e 2"].context.phases == ("secondary", "sixth-form")
    assert schools["e 2"].context.pupils == 1240


def test_the_same_schools_come_out_of_every_format(tmp_path):
    rows = list(report_rows(25))
    cells = [[row[name] for name in COLUMNS] for row in rows]
    files = [
        write_report_csv(tmp_path / "a.csv", 25),
        write_workbook(tmp_path / "a.xlsx", {"Schools": [list(COLUMNS), *cells]}),
        write_parquet(tmp_path / "a.parquet", {name: [row[name] for row in rows] for name in COLUMNS}),
        write_json_lines(tmp_path / "a.jsonl", rows),
    ]
    readings = [read(file) for file in files]
    assert all(not issues for _, issues in readings)
    told = [[(s.id, s.name, s.context, s.concerns) for s in schools.values()] for schools, _ in readings]
    assert told[0] == told[1] == told[2] == told[3]
    assert [s.id for s in readings[0][0].values()] == [row["id"] for row in rows]
    for row, school in zip(rows, readings[0][0].values(), strict=True):
        assert school.concerns == tuple(filter(None, (row[f"concern_{n}"] for n in (1, 2, 3))))
    assert [s.place.line for s in readings[1][0].values()][:2] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(tmp_path, encoding, separator):
    lines = (["id", "name", "concern"], ["1", "Ste-Invéntée’s", "“Why?” they ask"])
    text = "\r\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    schools, issues = read(csv_file(tmp_path, text, encoding=encoding))
    assert not issues
    assert (schools["1"].name, schools["1"].concerns) == ("Ste-Invéntée’s", ("“Why?” they ask",))


def test_blank_lines_and_columns_around_a_table_are_passed_over(tmp_path):
    schools, issues = read(csv_file(tmp_path, "\r\n\r\n;id;concern;;\r\n;;;;\r\n;1;Why, now?;;\r\n"))
    assert not issues
    assert (schools["1"].concerns, schools["1"].place.line) == (("Why, now?",), 5)
    rows = [[], [None, None], [None, "id", "concern"], [], [None, 1, "Why?"]]
    schools, issues = read(write_workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert not issues
    assert (schools["1"].concerns, schools["1"].place.line) == (("Why?",), 5)


def test_rows_that_cannot_be_read_are_issues_and_the_rest_goes_on(tmp_path):
    rows = ("1,One,A worry", ",Nameless,", "2,Two", '3,"Three\nlines",More', "4,Four,So, unquoted", "5,Five,")
    text = "\n".join(("id,name,concern", *rows, ""))
    schools, issues = read(csv_file(tmp_path, text))
    assert list(schools) == ["1", "3", "5"]
    assert [(issue.place.line, issue.code) for issue in issues] == [
        (3, "unusable-row"),
        (4, "malformed"),
        (7, "malformed"),
    ]
    assert schools["3"].name == "Three lines"
    assert schools["5"].concerns == ()


def test_blank_is_unknown_and_never_zero(tmp_path):
    header = "id,pupils,disadvantage_percent,phases,country,concern\n"
    schools, issues = read(csv_file(tmp_path, header + "1,,,,,\n2,0,0%,n/a,-,none\n"))
    assert schools["1"].context.known == {}
    assert schools["2"].context.known == {"disadvantage_percent": 0.0}
    assert schools["2"].concerns == ()
    assert [(issue.field, issue.severity) for issue in issues] == [("pupils", "warning")]


def test_what_is_not_understood_is_a_warning_that_names_the_column(tmp_path):
    schools, issues = read(csv_file(tmp_path, "id,Phase,Country\n1,Wizardry,Utopia\n"))
    assert [(issue.record_id, issue.field, issue.severity, issue.code) for issue in issues] == [
        ("1", "Country", "warning", "not-understood"),
        ("1", "Phase", "warning", "not-understood"),
    ]
    assert schools["1"].context.known == {}


def test_a_column_that_is_none_of_ours_is_told_with_the_one_that_may_be_meant(tmp_path):
    _, issues = read(csv_file(tmp_path, "id,phasse,notes\n1,primary,x\n"))
    assert [(issue.field, issue.severity) for issue in issues] == [
        ("phasse", "warning"),
        ("notes", "warning"),
    ]
    assert "did you mean phases?" in issues[0].message


def test_several_rows_of_one_school_add_concerns(tmp_path):
    text = "id,name,pupils,concern\n1,One,100,First\n2,Two,,Other\n1,,,Second\n1,One,100,Third\n1,,,First\n"
    schools, issues = read(csv_file(tmp_path, text))
    assert not issues
    assert schools["1"].concerns == ("First", "Second", "Third")
    assert list(schools) == ["1", "2"]


@pytest.mark.parametrize("second", ["1,Another,,Worry", "1,One,100,", "1,,101,Worry"])
def test_a_school_twice_is_an_issue_unless_the_row_only_adds_concerns(tmp_path, second):
    schools, issues = read(csv_file(tmp_path, f"id,name,pupils,concern\n1,One,100,First\n{second}\n"))
    assert [(issue.code, issue.place.line) for issue in issues] == [("duplicate-id", 3)]
    assert "line 2" in issues[0].message
    assert (schools["1"].name, schools["1"].concerns) == ("One", ("First",))


def test_concerns_may_stand_in_a_file_of_their_own(tmp_path):
    schools = csv_file(tmp_path, "id,name,concern\n1,One,First\n2,Two,\n3,Three,\n")
    kinds = [
        csv_file(tmp_path, "id;text\n2;Second\n1;Third\n9;Lost\n;Nobody's\n", "concerns.csv"),
        write_workbook(
            tmp_path / "c.xlsx",
            {"S": [["ID", "Text"], [2, "Second"], [1, "Third"], [9, "Lost"], [None, "N"]]},
        ),
        write_json_lines(
            tmp_path / "c.jsonl",
            [
                {"id": 2, "text": "Second"},
                {"id": "1", "concerns": ["Third"]},
                {"id": 9, "text": "Lost"},
                {"text": "N"},
            ],
        ),
    ]
    for concerns in kinds:
        found, issues = read(schools, concerns=concerns)
        assert [found[n].concerns for n in "123"] == [("First", "Third"), ("Second",), ()]
        assert [issue.code for issue in issues] == ["unknown-school", "unusable-row"]


def test_a_concern_that_is_too_long_is_left_out_and_its_school_stays(tmp_path):
    schools, issues = read(
        csv_file(tmp_path, f"id,concern_1,concern_2\n1,{'x' * (LONGEST_TEXT + 1)},Short\n")
    )
    assert schools["1"].concerns == ("Short",)
    assert [(issue.field, issue.severity) for issue in issues] == [("concern_1", "error")]


def test_a_school_has_so_many_concerns_and_no_more(tmp_path):
    rows = [{"id": 1, "concerns": [f"Worry {n}" for n in range(MOST_CONCERNS + 5)]}]
    schools, issues = read(write_json_lines(tmp_path / "a.jsonl", rows))
    assert len(schools["1"].concerns) == MOST_CONCERNS
    assert [issue.code for issue in issues] == ["too-many"]


def test_gias_is_recognised_in_every_format_and_closed_schools_are_counted(tmp_path):
    written = write_gias(tmp_path / "gias.csv", 40)
    schools, issues = read(tmp_path / "gias.csv")
    assert len(schools) == written.open
    assert [issue.code for issue in issues] == ["unusable-row", "unusable-row", "closed"]
    assert str(written.closed) in issues[-1].message
    with (tmp_path / "gias.csv").open(encoding="cp1252", newline="") as file:
        cells = list(csv.reader(file))
    typed = [[int(cell) if cell.isdigit() else cell for cell in row] for row in cells]
    other, _ = read(write_workbook(tmp_path / "gias.xlsx", {"edubase": typed}))
    assert [(s.id, s.context) for s in other.values()] == [(s.id, s.context) for s in schools.values()]


def test_a_closed_school_with_a_concern_is_kept(tmp_path):
    rows = [gias_row(**{"EstablishmentStatus (name)": "Closed", "Concern 1": "Why?"})]
    file = write_rows(tmp_path / "gias.csv", rows, (*GIAS_COLUMNS, "Concern 1"))
    schools, issues = read(file)
    assert schools["900001"].concerns == ("Why?",)
    assert not issues


def test_files_of_the_nces_are_joined_by_number_and_concerns_find_them_without_their_zeros(tmp_path):
    written = write_nces(tmp_path / "directory.csv", tmp_path / "characteristics.csv", 30)
    concerns = csv_file(tmp_path, "id,text\n10000000003,No time\n", "concerns.csv")
    for files in (["directory.csv", "characteristics.csv"], ["characteristics.csv", "directory.csv"]):
        schools, issues = read(*(tmp_path / name for name in files), concerns=concerns)
        assert len(schools) == written.open
        assert {issue.code for issue in issues} == {"closed"}
        school = schools["010000000003"]
        assert school.concerns == ("No time",)
        assert school.name is not None
        assert {"setting", "phases", "region"} <= set(school.context.known)


def test_a_list_of_ones_own_is_joined_with_a_register_by_the_number(tmp_path):
    own = csv_file(tmp_path, "URN,School,concern\n900001,Our name,Why?\n", "own.csv")
    gias = write_rows(tmp_path / "gias.csv", [gias_row()], GIAS_COLUMNS)
    schools, issues = read(own, gias)
    assert not issues
    assert schools["900001"].concerns == ("Why?",)
    assert schools["900001"].name == "Our name"
    assert schools["900001"].context.country == "GB"


def test_the_same_number_in_two_lists_is_an_issue(tmp_path):
    one = csv_file(tmp_path, "id,name\n1,One\n", "one.csv")
    two = csv_file(tmp_path, "id,name\n1,Other\n", "two.csv")
    schools, issues = read(one, two)
    assert schools["1"].name == "One"
    assert [issue.code for issue in issues] == ["duplicate-id"]


def test_a_context_of_json_is_read_as_columns(tmp_path):
    rows = [{"id": "1", "context": {"phases": ["primary", "secondary"], "pupils": 90.0, "region": None}}]
    schools, issues = read(write_json_lines(tmp_path / "a.jsonl", rows))
    assert not issues
    assert schools["1"].context.known == {"phases": ["primary", "secondary"], "pupils": 90}


def test_a_formula_is_never_evaluated_and_a_share_in_per_cent_is_one(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["id", "name", "pupils", "disadvantage_percent", "concern"])
    sheet.append([100001, "One", '=CMD("calc")', 0.23, "#REF!"])
    sheet["D2"].number_format = "0.0%"
    sheet["E2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    schools, issues = read(tmp_path / "a.xlsx")
    assert not issues
    assert schools["100001"].context.known == {"name": "One", "disadvantage_percent": 23.0}
    assert schools["100001"].concerns == ()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", None),
        ("a.csv", b"this is no table\nat all", "it must have the columns"),
        ("a.csv", b"name,concern\nOne,Why\n", "it has name, concern"),
        ("a.doc", b"id\n1\n", "must end in .csv"),
        ("a.xlsx", b"id\n1\n", "it is no workbook"),
        ("a.parquet", b"id\n1\n", "it is no Parquet file"),
    ],
)
def test_a_file_that_is_none_says_what_it_should_be(tmp_path, name, content, why):
    file = tmp_path / name
    file.write_bytes(content)
    if why is None:
        assert read(file) == ({}, [])
        return
    with pytest.raises(ReportInputError, match=why):
        read(file)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("engine.reports.sheets._MOST_UNPACKED", 1000)
    with pytest.raises(ReportInputError, match="save it as CSV instead"):
        read(write_workbook(tmp_path / "a.xlsx", {"S": [["id"], [1]]}))


def test_without_its_library_parquet_says_what_to_install(tmp_path, monkeypatch):
    file = write_parquet(tmp_path / "a.parquet", {"id": [1]})
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(ReportInputError, match=r"warts-and-all\[parquet\]"):
        read(file)


def test_progress_ends_at_all_of_the_bytes(tmp_path):
    file = write_report_csv(tmp_path / "a.csv", 3000)
    told: list[tuple[int, int]] = []
    list(read_schools([file], progress=lambda done, total: told.append((done, total))))
    size = file.stat().st_size
    assert told[-1] == (size, size)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 1


def test_memory_does_not_grow_with_the_schools(tmp_path):
    def peak(schools: int) -> int:
        file = write_report_csv(tmp_path / f"{schools}.csv", schools)
        tracemalloc.start()
        assert sum(isinstance(one, ReportSchool) for one in read_schools([file])) == schools
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50)  # whatever is read once
    assert peak(2400) < peak(300) + 200_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=400),
    name=st.sampled_from(["a.csv", "a.jsonl", "a.xlsx", "a.parquet"]),
    header=st.sampled_from(
        [b"", b"id,concern\n", b"URN,EstablishmentName\n", b"NCESSCH\n", b'{"id": 1, "concerns": ']
    ),
)
def test_no_bytes_crash_the_reader(tmp_path, content, name, header):
    file = tmp_path / name
    file.write_bytes(header + content)
    try:
        found = list(read_schools([file], concerns=file))
    except ReportInputError as error:
        found = [Issue("unreadable", str(error), Place(str(error.file)))]
    assert all(isinstance(one, ReportSchool) or one.place.file == str(file) for one in found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=6
    ),
    name=st.sampled_from(["a.xlsx", "a.parquet"]),
)
def test_damaged_workbooks_and_parquet_files_do_not_crash_the_reader(tmp_path, changes, name):
    sound = tmp_path / f"sound-{name}"
    if not sound.exists():
        if name == "a.xlsx":
            write_workbook(sound, {"S": [["id", "concern"], *([n, f"Worry {n}"] for n in range(20))]})
        else:
            write_parquet(sound, {"id": list(range(20)), "concern": [f"Worry {n}" for n in range(20)]})
    content = bytearray(sound.read_bytes())
    for where, byte in changes:
        content[int(where * len(content))] = byte
    file = tmp_path / name
    file.write_bytes(content)
    try:
        found = list(read_schools([file]))
    except ReportInputError as error:
        found = [Issue("unreadable", str(error), Place(str(error.file)))]
    assert all(isinstance(one, ReportSchool) or one.place.file == str(file) for one in found)


def test_an_nces_extract_in_json_lines_is_read_too(tmp_path):
    schools, issues = read(write_json_lines(tmp_path / "a.jsonl", [{**nces_row(), "concerns": ["Why?"]}]))
    assert not issues
    assert schools["990000100001"].context.setting == "town"
    assert schools["990000100001"].concerns == ("Why?",)
