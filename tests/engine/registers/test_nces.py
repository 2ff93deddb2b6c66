from __future__ import annotations

import pytest

from engine.registers import nces
from engine.registers.school import Row, RowError
from tests.registers import NCES_CHARACTERISTICS_COLUMNS, nces_row


def row_of(**changes: str) -> Row:
    cells = nces_row(**changes)
    return Row({name.upper(): at for at, name in enumerate(cells)}, list(cells.values()), nces.UNKNOWN)


def read(**changes: str):
    return nces.read(row_of(**changes))


def test_a_row_of_directory_and_characteristics_is_a_school_with_all_that_is_compared():
    school = read()
    assert (school.number, school.name, school.closed) == ("990000100001", "TEST LANE ELEMENTARY 1", False)
    assert (school.town, school.postcode) == ("SAMPLEVILLE", "00000")
    assert school.authority == "Invented County School District"
    assert school.context.known == {
        "name": "TEST LANE ELEMENTARY 1",
        "kind": "school",
        "country": "US",
        "region": "Wyoming",
        "phases": ["primary"],
        "setting": "town",
        "sector": "state",
        "pupils": 400,
        "disadvantage": "average",
        "disadvantage_percent": 30.0,
    }


@pytest.mark.parametrize(
    ("number", "read_as"),
    [("10000500870", "010000500870"), ("990000100001", "990000100001"), ("7", "000000000007")],
)
def test_a_number_is_text_of_twelve_digits(number, read_as):
    assert read(NCESSCH=number).number == read_as


@pytest.mark.parametrize("number", ["", "1.00005E+11", "1234567890123", "-1"])
def test_a_number_that_a_spreadsheet_has_spoilt_is_refused(number):
    with pytest.raises(RowError):
        read(NCESSCH=number)


@pytest.mark.parametrize(
    ("low", "high", "phases"),
    [
        ("PK", "PK", ("early-years",)),
        ("PK", "KG", ("early-years",)),
        ("PK", "05", ("primary",)),
        ("KG", "06", ("primary",)),
        ("KG", "08", ("primary", "secondary")),
        ("06", "08", ("secondary",)),
        ("6", "8", ("secondary",)),
        ("09", "12", ("secondary",)),
        ("PK", "12", ("primary", "secondary")),
        ("UG", "UG", ()),
    ],
)
def test_grades_tell_phases(low, high, phases):
    assert read(GSLO=low, GSHI=high, LEVEL="", SCHOOL_LEVEL="Other").context.phases == phases


@pytest.mark.parametrize(
    ("level", "phases"),
    [
        ("Elementary", ("primary",)),
        ("Middle", ("secondary",)),
        ("High", ("secondary",)),
        ("Secondary", ("secondary",)),
        ("Prekindergarten", ("early-years",)),
        ("Other", ()),
        ("Not applicable", ()),
    ],
)
def test_without_grades_the_level_tells(level, phases):
    assert read(GSLO="M", GSHI="N", LEVEL=level, SCHOOL_LEVEL="").context.phases == phases


@pytest.mark.parametrize(
    ("kind", "phases"),
    [
        ("Special Education School", ("special",)),
        ("2-Special Education School", ("special",)),
        ("Alternative Education School", ("alternative",)),
        ("Career and Technical School", ("primary",)),
    ],
)
def test_the_type_tells_special_and_alternative_schools(kind, phases):
    assert read(SCH_TYPE_TEXT=kind).context.phases == phases


@pytest.mark.parametrize(
    ("locale", "setting"),
    [
        ("11-City: Large", "urban"),
        ("13-City: Small", "urban"),
        ("22-Suburb: Mid-size", "suburban"),
        ("32-Town: Distant", "town"),
        ("33", "town"),
        ("41-Rural: Fringe", "rural"),
        ("43-Rural: Remote", "remote"),
        ("44-Rural: Further", None),
        ("-1", None),
        ("", None),
    ],
)
def test_locales_tell_settings(locale, setting):
    assert read(ULOCALE=locale).context.setting == setting


@pytest.mark.parametrize("mark", ["-1", "-2", "-3", "-9", "M", "N", "†", "‡", ""])
def test_what_is_missing_not_applicable_or_suppressed_is_unknown_and_never_a_number(mark):
    found = read(MEMBER=mark, TOTAL=mark, TOTFRL=mark).context
    assert found.pupils is None
    assert found.disadvantage_percent is None
    assert found.disadvantage is None
    assert read(TOTFRL=mark).context.disadvantage_percent is None


@pytest.mark.parametrize(
    ("meals", "level"), [("99", "low"), ("100", "average"), ("300", "average"), ("301", "high")]
)
def test_a_level_is_that_of_the_country(meals, level):
    assert read(TOTFRL=meals).context.disadvantage == level


def test_more_free_meals_than_pupils_are_not_believed():
    row = row_of(TOTFRL="500")
    assert nces.read(row).context.disadvantage_percent is None
    assert row.doubts == [("TOTFRL", "'500 of 400 pupils' is not understood and counts as unknown")]


@pytest.mark.parametrize(
    ("told", "closed"),
    [
        ({"SY_STATUS_TEXT": "Open"}, False),
        ({"SY_STATUS_TEXT": "Closed"}, True),
        ({"SY_STATUS_TEXT": "Inactive"}, True),
        ({"SY_STATUS_TEXT": "New"}, False),
        ({"SY_STATUS_TEXT": "Open", "UPDATED_STATUS_TEXT": "Closed"}, True),
        ({"SY_STATUS_TEXT": "1-Open"}, False),
        ({"SY_STATUS_TEXT": "", "STATUS": "2"}, True),
    ],
)
def test_the_newest_status_says_what_is_closed(told, closed):
    assert read(**told).closed is closed


@pytest.mark.parametrize(
    ("told", "sector"),
    [({"CHARTER_TEXT": "Yes"}, "state"), ({"SCH_TYPE_TEXT": "Private school"}, "independent")],
)
def test_charter_schools_are_public_and_a_private_one_says_so(told, sector):
    assert read(**told).context.sector == sector


def test_characteristics_alone_tell_of_a_school_by_its_number():
    cells = {name: nces_row()[name] for name in NCES_CHARACTERISTICS_COLUMNS}
    school = nces.read(Row({name: at for at, name in enumerate(cells)}, list(cells.values()), nces.UNKNOWN))
    assert school.name is None
    assert school.context.pupils == 400
    assert school.context.phases == ("primary",)


def test_a_directory_row_without_a_name_is_refused():
    with pytest.raises(RowError, match="no name"):
        read(SCH_NAME="")


def test_the_file_that_names_a_school_is_believed_first_whichever_comes_first():
    named = read(SCH_TYPE_TEXT="Special Education School", MEMBER="-1", TOTAL="-1", ULOCALE="")
    cells = {name: nces_row()[name] for name in NCES_CHARACTERISTICS_COLUMNS}
    other = nces.read(Row({name: at for at, name in enumerate(cells)}, list(cells.values()), nces.UNKNOWN))
    for joined in (named.joined(other), other.joined(named)):
        assert joined.name == named.name
        assert joined.context.phases == ("special",)
        assert joined.context.pupils == 400
        assert joined.context.setting == "town"
        assert joined.town == "SAMPLEVILLE"
