import pytest

from engine.context_reading import read_context
from engine.places import countries_named


def named(text):
    return [country for country, _, _ in countries_named(text)]


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("a primary in Leeds", "GB"),
        ("Sydney comprehensive, 900 boys", "AU"),
        ("Catholic girls' school in Sydney's inner west", "AU"),
        ("Portland, OR.", "US"),
        ("Newcastle, NSW.", "AU"),
        ("Cambridge, Massachusetts", "US"),
        ("Hamilton, Ontario", "CA"),
        ("Perth, Western Australia", "AU"),
        ("Newcastle upon Tyne", "GB"),
        ("Special school, Kent, 72 pupils", "GB"),
        ("secondary in County Down", "GB"),
        ("Co. Mayo", "IE"),
        ("a kura in Whangārei", "NZ"),
        ("no-fee school in Limpopo", "ZA"),
        ("government school in Uttar Pradesh", "IN"),
        ("Lagos, Nigeria", "NG"),
        ("a Canadian high school", "CA"),
        ("a US middle school", "US"),
    ],
)
def test_a_place_tells_its_country(text, country):
    assert named(text) == [country]


@pytest.mark.parametrize(
    "text",
    [
        "a school in Georgia",
        "Newcastle secondary",
        "Cambridge primary",
        "Perth. We're a primary",
        "Hamilton high school",
        "Victoria said no",
        "Preston, our head of IT",
        "Austin and Madison vape",
    ],
)
def test_a_name_of_two_places_or_of_a_person_tells_none(text):
    assert named(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ireland gave pouches to all",
        "Finland's schools",
        "a British curriculum",
        "an American company",
        "Kenya-based",
    ],
)
def test_a_country_that_acts_or_owns_is_not_where_the_writer_is(text):
    assert named(text) == []


def test_the_span_covers_the_name_alone():
    text = "We are in New South Wales, inland."
    ((_, start, end),) = countries_named(text)
    assert text[start:end] == "New South Wales"


@pytest.mark.parametrize(
    "text",
    [
        "no support from the trust, LA advisers have gone",
        "tablets, AR and VR headsets gather dust",
        "we moved to google, MS teams is gone",
    ],
)
def test_capitals_after_a_comma_are_no_state_where_nothing_says_so(text):
    assert read_context(text)[0].country is None
