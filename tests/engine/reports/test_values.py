from __future__ import annotations

import pytest

from engine.context import SchoolContext
from engine.reports.values import READERS
from tests.registers import gias_row


@pytest.mark.parametrize(
    ("field", "text", "meaning"),
    [
        ("phases", "Primary", ("primary",)),
        ("phases", "Primary; Sec.", ("primary", "secondary")),
        ("phases", "sixth-form/Secondary", ("sixth-form", "secondary")),
        ("phases", "Nursery and Primary School", ("early-years", "primary")),
        ("phases", "FE college", ("further-education",)),
        ("phases", "All-through", ("primary", "secondary")),
        ("phases", "P.R.U.", ("alternative",)),
        ("phases", "Middle deemed secondary", ("secondary",)),
        ("phases", "Primary; Wizardry", None),
        ("phases", ";", None),
        ("kind", "Multi-Academy Trust", "trust"),
        ("kind", "FE college", "college"),
        ("kind", "palace", None),
        ("country", "United Kingdom", "GB"),
        ("country", "the Netherlands", "NL"),
        ("country", "England", "GB"),
        ("country", "gb", "GB"),
        ("country", "NZL", "NZ"),
        ("country", "U.S.A.", "US"),
        ("country", "840", None),
        ("country", "Utopia", None),
        ("setting", "Inner-city", "urban"),
        ("setting", "32-Town: Distant", "town"),
        ("setting", "(England/Wales) Rural village", "rural"),
        ("setting", "Urban: Nearer to a major town or city", "urban"),
        ("setting", "not urban at all", None),
        ("sector", "Fee-paying", "independent"),
        ("sector", "State", "state"),
        ("sector", "yes", None),
        ("pupils", "1,234", 1234),
        ("pupils", "1 234", 1234),
        ("pupils", "400.0", 400),
        ("pupils", "1.234", None),
        ("pupils", "1,23", None),
        ("pupils", "about 400", None),
        ("pupils", "-1", None),
        ("pupils", "0", None),
        ("disadvantage", "Above average", "high"),
        ("disadvantage_percent", "23%", 23.0),
        ("disadvantage_percent", "23.4 per cent", 23.4),
        ("disadvantage_percent", "123%", None),
        ("disadvantage_percent", "0", 0.0),
    ],
)
def test_values_are_understood_as_people_write_them(field, text, meaning):
    assert READERS[field](text) == meaning


def test_every_field_of_a_context_has_a_reader():
    assert set(READERS) == set(SchoolContext.model_fields)


def test_the_codings_of_a_register_are_read_as_the_register_reads_them():
    assert READERS["setting"](gias_row()["UrbanRural (name)"]) == "urban"
