from __future__ import annotations

import pytest

from engine.registers import gias
from engine.registers.school import Row, RowError
from tests.registers import gias_row


def row_of(**changes: str) -> Row:
    cells = gias_row(**changes)
    return Row({name.upper(): at for at, name in enumerate(cells)}, list(cells.values()), gias.UNKNOWN)


def read(**changes: str):
    return gias.read(row_of(**changes))


def context(changes: dict[str, str]):
    return read(**changes).context


def test_a_row_is_a_school_with_all_that_is_compared():
    school = read(NumberOfPupils="210", PercentageFSM="36.4")
    assert (school.number, school.name, school.closed) == ("900001", "Test Lane Primary 1", False)
    assert (school.town, school.postcode, school.authority) == ("Testham", "ZZ1 1ZZ", "Invented Borough")
    assert school.context.known == {
        "name": "Test Lane Primary 1",
        "kind": "school",
        "country": "GB",
        "region": "East of England",
        "phases": ["primary"],
        "setting": "urban",
        "sector": "state",
        "pupils": 210,
        "disadvantage": "high",
        "disadvantage_percent": 36.4,
    }


@pytest.mark.parametrize(
    ("phase", "low", "high", "sixth_form", "phases"),
    [
        ("Nursery", "2", "5", "", ("early-years",)),
        ("Primary", "3", "11", "", ("primary",)),
        ("Middle deemed primary", "8", "12", "", ("primary",)),
        ("Middle deemed secondary", "9", "13", "", ("secondary",)),
        ("Secondary", "11", "18", "Has a sixth form", ("secondary", "sixth-form")),
        ("Secondary", "11", "18", "Does not have a sixth form", ("secondary",)),
        ("Secondary", "11", "18", "", ("secondary",)),
        ("16 plus", "16", "19", "Not applicable", ("sixth-form",)),
        ("All-through", "3", "19", "Not applicable", ("primary", "secondary", "sixth-form")),
        ("All through", "4", "16", "", ("primary", "secondary")),
        ("All-through", "4", "18", "Does not have a sixth form", ("primary", "secondary")),
        ("Not applicable", "11", "16", "", ("secondary",)),
        ("Not applicable", "3", "13", "Does not have a sixth form", ("primary", "secondary")),
        ("Not applicable", "16", "18", "", ("sixth-form",)),
        ("Not applicable", "", "18", "", ()),
        ("", "", "", "", ()),
    ],
)
def test_phases_are_the_registers_and_the_ages_tell_what_it_leaves_open(phase, low, high, sixth_form, phases):
    told = {
        "PhaseOfEducation (name)": phase,
        "StatutoryLowAge": low,
        "StatutoryHighAge": high,
        "OfficialSixthForm (name)": sixth_form,
    }
    assert context(told).phases == phases


@pytest.mark.parametrize(
    ("kind_of", "group", "expected"),
    [
        ("Academy converter", "Academies", ("school", "state", ("secondary",))),
        ("Academy special converter", "Academies", ("school", "state", ("special",))),
        ("Free schools special", "Free Schools", ("school", "state", ("special",))),
        ("Community special school", "Special schools", ("school", "state", ("special",))),
        ("Other independent special school", "Special schools", ("school", "independent", ("special",))),
        ("Non-maintained special school", "Special schools", ("school", None, ("special",))),
        ("Pupil referral unit", "Local authority maintained schools", ("school", "state", ("alternative",))),
        ("Academy alternative provision converter", "Academies", ("school", "state", ("alternative",))),
        ("Other independent school", "Independent schools", ("school", "independent", ("secondary",))),
        ("City technology college", "Independent schools", ("school", "state", ("secondary",))),
        ("Further education", "Colleges", ("college", "state", ("further-education",))),
        ("Academy 16-19 converter", "Academies", ("college", "state", ("secondary",))),
        ("Free schools 16 to 19", "Free Schools", ("college", "state", ("secondary",))),
        ("Special post 16 institution", "Colleges", ("college", None, ("further-education", "special"))),
        ("Higher education institutions", "Universities", (None, None, ())),
        ("Welsh establishment", "Welsh schools", ("school", None, ("secondary",))),
    ],
)
def test_types_tell_kind_sector_and_what_is_special(kind_of, group, expected):
    found = context(
        {
            "TypeOfEstablishment (name)": kind_of,
            "EstablishmentTypeGroup (name)": group,
            "PhaseOfEducation (name)": "Not applicable",
            "StatutoryLowAge": "11",
            "StatutoryHighAge": "16",
        }
    )
    assert (found.kind, found.sector, found.phases) == expected


@pytest.mark.parametrize(
    ("coding", "setting"),
    [
        ("(England/Wales) Urban major conurbation", "urban"),
        ("(England/Wales) Urban city and town", "urban"),
        ("(England/Wales) Urban city and town in a sparse setting", "urban"),
        ("(England/Wales) Rural town and fringe", "rural"),
        ("(England/Wales) Rural hamlet and isolated dwellings in a sparse setting", "rural"),
        ("Urban: Nearer to a major town or city", "urban"),
        ("Urban: Further from a major town or city", "urban"),
        ("Larger rural: Nearer to a major town or city", "rural"),
        ("Smaller rural: Further from a major town or city", "rural"),
        ("(Scotland) Large Urban Area", "urban"),
        ("(Scotland) Accessible Small Town", "town"),
        ("(Scotland) Very Remote Rural", "remote"),
        ("(pseudo) Channel Islands/Isle of Man", None),
        ("Not applicable", None),
        ("", None),
    ],
)
def test_both_codings_of_town_and_country_are_read(coding, setting):
    assert context({"UrbanRural (name)": coding}).setting == setting


@pytest.mark.parametrize("told", ["", "SUPP", "NE", "x"])
def test_a_share_of_free_meals_that_is_not_told_is_unknown_and_never_zero(told):
    found = context({"PercentageFSM": told})
    assert found.disadvantage_percent is None
    assert found.disadvantage is None


def test_a_share_of_zero_that_is_told_is_zero():
    assert context({"PercentageFSM": "0.0"}).disadvantage_percent == 0
    assert context({"PercentageFSM": "0.0"}).disadvantage == "low"


@pytest.mark.parametrize("told", ["", "0", "-1", "many", "nan", "inf", "12.5"])
def test_pupils_that_cannot_be_are_unknown(told):
    assert context({"NumberOfPupils": told}).pupils is None


def test_a_value_that_is_not_understood_is_told():
    row = row_of(**{"PercentageFSM": "250", "UrbanRural (name)": "Somewhere", "NumberOfPupils": "1,210"})
    assert gias.read(row).context.pupils == 1210
    assert [column for column, _ in row.doubts] == ["PercentageFSM", "UrbanRural (name)"]
    assert row.doubts[0][1] == "'250' is not understood and counts as unknown"


@pytest.mark.parametrize(
    ("status", "closing", "closed"),
    [
        ("Open", "", False),
        ("Open, but proposed to close", "31-08-2010", False),
        ("Proposed to open", "", False),
        ("Closed", "31-08-2010", True),
        ("Closed", "", True),
        ("", "31-08-2010", True),
        ("", "31-08-2999", False),
        ("", "2010-08-31", False),
    ],
)
def test_the_status_says_what_is_closed_and_without_one_a_date_that_has_passed(status, closing, closed):
    assert read(**{"EstablishmentStatus (name)": status, "CloseDate": closing}).closed is closed


@pytest.mark.parametrize(
    ("named", "country"), [("United Arab Emirates", "AE"), ("Testland", None), ("", None)]
)
def test_a_british_school_overseas_is_not_in_britain(named, country):
    abroad = {"TypeOfEstablishment (name)": "British schools overseas", "Country (name)": named}
    assert context(abroad).country == country


@pytest.mark.parametrize("number", ["", "9.0E+05", "ABC", "90 0001", "٩٠٠٠٠١", "1234567890"])
def test_a_row_without_a_usable_number_is_refused(number):
    with pytest.raises(RowError):
        read(URN=number)


def test_a_row_without_a_name_is_refused():
    with pytest.raises(RowError, match="no name"):
        read(EstablishmentName=" ")


def test_columns_that_an_extract_lacks_are_unknown():
    row = Row({"URN": 0, "ESTABLISHMENTNAME": 1}, ["900001", "Test Lane  Primary\t1"], gias.UNKNOWN)
    assert gias.read(row).context.known == {"name": "Test Lane Primary 1", "country": "GB"}
