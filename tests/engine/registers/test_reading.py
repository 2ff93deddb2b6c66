from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest

from corpus.issues import Issue
from engine.errors import RegisterFormatError
from engine.registers.reading import read_register
from engine.registers.school import RegisterSchool
from tests.registers import (
    GIAS_COLUMNS,
    NCES_CHARACTERISTICS_COLUMNS,
    NCES_DIRECTORY_COLUMNS,
    gias_row,
    nces_row,
    write_gias,
    write_nces,
    write_rows,
)


def schools_of(file) -> list[RegisterSchool]:
    return [one for one in read_register(file) if isinstance(one, RegisterSchool)]


def issues_of(file) -> list[Issue]:
    return [one for one in read_register(file) if isinstance(one, Issue)]


def test_an_extract_is_recognised_by_its_columns_and_read_row_by_row(tmp_path):
    written = write_gias(tmp_path / "edubasealldata20260101.csv", 50)
    found = schools_of(tmp_path / "edubasealldata20260101.csv")
    assert len(found) == written.open + written.closed
    assert Counter(school.closed for school in found) == {False: written.open, True: written.closed}
    assert {school.context.country for school in found} == {"GB"}
    assert [school.place.line for school in found if school.place] == list(range(2, 52))


def test_rows_that_cannot_be_used_are_issues_with_line_and_reason(tmp_path):
    write_gias(tmp_path / "gias.csv", 50)
    assert [str(issue).removeprefix(str(tmp_path)) for issue in issues_of(tmp_path / "gias.csv")] == [
        "/gias.csv:52: URN: error: '9.0E+05' is not a URN [unusable-row]",
        "/gias.csv:53: EstablishmentName: error: there is no name [unusable-row]",
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_a_gias_extract_is_read_in_the_encoding_of_windows_and_in_utf_8(tmp_path, encoding):
    rows = [gias_row(EstablishmentName="Ste-Invéntée’s Primary")]
    file = write_rows(tmp_path / "gias.csv", rows, GIAS_COLUMNS, encoding=encoding)
    assert [school.name for school in schools_of(file)] == ["Ste-Invéntée’s Primary"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_an_nces_extract_is_read_with_a_byte_order_mark_and_without(tmp_path, encoding):
    rows = [nces_row(SCH_NAME="ESCUELA INVENTADA NIÑO")]
    file = write_rows(tmp_path / "nces.csv", rows, NCES_DIRECTORY_COLUMNS, encoding=encoding)
    assert [school.name for school in schools_of(file)] == ["ESCUELA INVENTADA NIÑO"]


def test_bytes_that_are_not_text_spoil_their_row_alone(tmp_path):
    rows = [nces_row(SCH_NAME="NIÑO", NCESSCH="1"), nces_row(NCESSCH="2")]
    file = write_rows(tmp_path / "nces.csv", rows, NCES_DIRECTORY_COLUMNS, encoding="latin-1")
    (school, *_), (issue, *_) = schools_of(file), issues_of(file)
    assert school.number == "000000000002"
    assert (issue.place.line, issue.field) == (2, "SCH_NAME")
    assert "save the file as UTF-8" in issue.message


def test_directory_and_characteristics_are_read_apart(tmp_path):
    write_nces(tmp_path / "directory.csv", tmp_path / "characteristics.csv", 30)
    named, numbered = schools_of(tmp_path / "directory.csv"), schools_of(tmp_path / "characteristics.csv")
    assert [school.number for school in named] == [school.number for school in numbered]
    assert all(school.name for school in named)
    assert not any(school.name for school in numbered)


@pytest.mark.parametrize(
    "header", ["", "URN,Name\n", "id;NCESSCH\n", "PK\x03\x04rubbish\n", "\x00\xff\n", "a\rb\n", '"']
)
def test_a_file_of_no_known_register_is_refused_with_what_is_wanted(tmp_path, header):
    (tmp_path / "other.csv").write_bytes(header.encode("latin-1"))
    with pytest.raises(RegisterFormatError, match=r"URN and EstablishmentName \(GIAS\) or NCESSCH \(NCES\)"):
        read_register(tmp_path / "other.csv")


def test_columns_are_found_in_any_case_and_order(tmp_path):
    row = {name.lower(): value for name, value in nces_row().items()}
    file = write_rows(tmp_path / "nces.csv", [row], sorted(row, reverse=True), encoding="utf-8")
    assert schools_of(file)[0].context.pupils == 400


def test_a_row_of_another_length_is_an_issue_and_a_blank_one_is_nothing(tmp_path):
    file = tmp_path / "gias.csv"
    file.write_text(
        "URN,EstablishmentName,Town\n1,Test A,X\n\n2,Test B\n3,Test C,Y\n4,Test, D,Z\n", encoding="cp1252"
    )
    assert [school.name for school in schools_of(file)] == ["Test A", "Test C"]
    assert [(issue.place.line, issue.message) for issue in issues_of(file)] == [
        (4, "this row has 2 values, but there are 3 columns"),
        (6, "this row has 4 values, but there are 3 columns"),
    ]


def test_a_quotation_mark_that_is_not_closed_costs_no_more_than_what_it_swallows(tmp_path):
    file = tmp_path / "gias.csv"
    lines = ["URN,EstablishmentName", "1,Test A", '2,"Test B', *(f"{n},Test {n}" for n in range(3, 20_000))]
    file.write_text("\n".join(lines) + "\n", encoding="cp1252")
    found = schools_of(file)
    (issue, *_) = issues_of(file)
    assert issue.place.line == 3
    assert "look for a missing quotation mark" in issue.message
    assert found[0].number == "1"
    assert found[-1].number == "19999"


def test_a_line_break_within_quotation_marks_is_part_of_the_row(tmp_path):
    file = tmp_path / "gias.csv"
    file.write_bytes(b'URN,EstablishmentName\r\n1,"Test\r\nA"\r\n2,Test B\r\n')
    assert [(school.name, school.place.line) for school in schools_of(file) if school.place] == [
        ("Test A", 2),
        ("Test B", 4),
    ]


def test_a_value_that_is_not_understood_is_a_warning_behind_its_school(tmp_path):
    rows = [gias_row(**{"PhaseOfEducation (name)": "Quaternary"})]
    school, issue = read_register(write_rows(tmp_path / "gias.csv", rows, GIAS_COLUMNS))
    assert isinstance(school, RegisterSchool)
    assert isinstance(issue, Issue)
    assert (issue.severity, issue.field, issue.record_id) == ("warning", "PhaseOfEducation (name)", "900001")


def test_a_name_too_long_to_be_one_is_an_issue(tmp_path):
    rows = [gias_row(EstablishmentName="x" * 301)]
    (issue,) = read_register(write_rows(tmp_path / "gias.csv", rows, GIAS_COLUMNS))
    assert isinstance(issue, Issue)
    assert "301 characters" in issue.message


def test_reading_tells_how_far_it_is(tmp_path):
    write_gias(tmp_path / "gias.csv", 2500)
    told: list[tuple[int, int]] = []
    for _ in read_register(tmp_path / "gias.csv", progress=lambda done, total: told.append((done, total))):
        pass
    size = (tmp_path / "gias.csv").stat().st_size
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == (size, size)


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(schools: int) -> int:
        file = write_rows(
            tmp_path / "nces.csv",
            (nces_row(NCESSCH=str(number)) for number in range(1, schools + 1)),
            NCES_CHARACTERISTICS_COLUMNS,
            encoding="utf-8",
        )
        tracemalloc.start()
        try:
            for _ in read_register(file):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is made once
    assert peak(4000) < peak(500) + 100_000
