import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.context import SchoolContext
from engine.context_reading import read_context


def read(text):
    return read_context(text)[0].known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are a rural primary", {"phases": ["primary"], "setting": "rural"}),
        ("a nursery and an infant school", {"phases": ["early-years", "primary"], "kind": "school"}),
        ("our high school", {"phases": ["secondary"], "kind": "school"}),
        ("KS3 and ks5", {"phases": ["secondary", "sixth-form"]}),
        ("Year 6", {"phases": ["primary"]}),
        ("Year 9", {"phases": ["secondary"]}),
        ("Year 10", {"phases": ["secondary"]}),
        ("Year 13", {"phases": ["sixth-form"]}),
        ("our sixth form college", {"phases": ["sixth-form"], "kind": "college"}),
        ("an FE college", {"phases": ["further-education"], "kind": "college"}),
        ("a pupil referral unit", {"phases": ["alternative"]}),
        ("a special school", {"phases": ["special"], "kind": "school"}),
        ("an inner-city comprehensive in Leeds", {"phases": ["secondary"], "setting": "urban"}),
        ("a market town", {"setting": "town"}),
        ("the suburbs", {"setting": "suburban"}),
        ("a remote island", {"setting": "remote"}),
        ("a fee-paying school", {"sector": "independent"}),
        ("a state school", {"sector": "state"}),
        ("we are a multi-academy trust", {"kind": "trust"}),
        ("our MAT", {"kind": "trust"}),
        ("our school district", {"kind": "district"}),
        ("a deprived area", {"disadvantage": "high"}),
        ("a leafy suburb", {"disadvantage": "low", "setting": "suburban"}),
        ("40% free school meals", {"disadvantage_percent": 40}),
        ("12.5 per cent of pupils pupil premium", {"disadvantage_percent": 12.5}),
        ("0% FSM", {"disadvantage_percent": 0}),
        ("100% FSM", {"disadvantage_percent": 100}),
    ],
)
def test_what_is_said_plainly_is_read(text, expected):
    found = read(text)
    assert {attribute: found.get(attribute) for attribute in expected} == expected


@pytest.mark.parametrize(
    "text", ["", " ", "Will it work?", "\x00", "\ud800", "9" * 50, "(((", "don't\n" * 50]
)
def test_a_text_that_tells_nothing_of_a_school_gives_nothing(text):
    assert read_context(text) == (SchoolContext(), ())


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("in the UK", "GB"),
        ("a Scottish primary", "GB"),
        ("Northern Ireland", "GB"),
        ("a Northern Irish primary", "GB"),
        ("Ireland", "IE"),
        ("an Irish primary", "IE"),
        ("a school in the U.S.", "US"),
        ("a US school", "US"),
        ("New Zealand", "NZ"),
        ("British Columbia", "CA"),
        ("somewhere in Kenya", "KE"),
        ("Côte d'Ivoire", "CI"),
    ],
)
def test_countries_are_read_by_their_names(text, country):
    assert read(text)["country"] == country


@pytest.mark.parametrize(
    ("text", "pupils"),
    [
        ("a school of 90", 90),
        ("a school of 90, in Wales", 90),
        ("a school of 1,200, all girls", 1200),
        ("a primary of 300 (rural)", 300),
        ("a primary with about 1,200 pupils", 1200),
        ("650 students.", 650),
        ("1,150 on roll", 1150),
        ("a 300-pupil primary", 300),
        ("our trust of 12,500 children", 12_500),
        ("we are 85 strong", 85),
        *(
            (f"a school of {whole}.{tenth}k pupils", whole * 1000 + tenth * 100)
            for whole in (1, 4)
            for tenth in range(10)
        ),
        ("2k students", 2000),
    ],
)
def test_head_counts_are_read_in_figures(text, pupils):
    assert read(text)["pupils"] == pupils


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        pytest.param("Tell us, please, what it cost us.", "country", id="us is a word"),
        pytest.param("Georgia and Jordan brought guinea pigs", "country", id="names of people"),
        pytest.param("Regina and Preston hid their phones", "country", id="more names of people"),
        pytest.param("Reading scores fell off a cliff down here", "country", id="Reading and down"),
        pytest.param("pupils met Darwin only on a tablet", "country", id="Darwin"),
        pytest.param("the mat in the hall", "kind", id="a mat"),
        pytest.param("staff have lost the trust of parents", "kind", id="trust of parents"),
        pytest.param("Trust, or the lack of it, is the problem", "kind", id="trust first"),
        pytest.param("we go back to school in September", "kind", id="back to school"),
        pytest.param("they cheat on Khan Academy", "sector", id="Khan Academy"),
        pytest.param("an old English public school", "sector", id="English public schools are private"),
        pytest.param("they scroll all through the lesson", "phases", id="all through"),
        pytest.param("the comp sci teachers", "phases", id="comp sci"),
        pytest.param("Our primary concern is cost", "phases", id="primary concern"),
        pytest.param("that is a secondary issue", "phases", id="secondary issue"),
        pytest.param("we lack a comprehensive policy", "phases", id="comprehensive policy"),
        pytest.param("a kinder way with phones", "phases", id="kinder"),
        pytest.param("in year 2 of the pilot", "phases", id="second year of a pilot"),
        pytest.param("Santa Fe Public Schools", "phases", id="Santa Fe"),
        pytest.param("a district in Rhode Island", "setting", id="Rhode Island"),
        pytest.param("parents shouted at a town hall meeting", "setting", id="town hall"),
        pytest.param("pupils are sleep-deprived", "disadvantage", id="sleep-deprived"),
        pytest.param("they feel deprived of their phones", "disadvantage", id="deprived of phones"),
        pytest.param("a Year 10 student was filmed", "pupils", id="a Year 10 student"),
        pytest.param("our school with 300 iPads", "pupils", id="number of devices"),
        pytest.param("in a class of 30 pupils", "pupils", id="size of a class"),
        pytest.param("in a class of about 30 pupils", "pupils", id="rough size of a class"),
        pytest.param("two classes of 30 pupils", "pupils", id="size of each class"),
        pytest.param("a group of 12 pupils", "pupils", id="size of a group"),
        pytest.param("two pupils, 0 pupils, 1 in 10 pupils", "pupils", id="small numbers"),
        pytest.param("300 iPads for 900 pupils", "pupils", id="pupils with devices"),
        pytest.param("a school of 14 teachers", "pupils", id="number of teachers"),
        pytest.param("the 2020-21 student survey", "pupils", id="a school year"),
        pytest.param("101% FSM", "disadvantage_percent", id="more than all"),
        pytest.param("20% of staff", "disadvantage_percent", id="another share"),
    ],
)
def test_a_word_that_could_mean_something_else_is_left_alone(text, attribute):
    assert attribute not in read(text)


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("a primary in New South Wales", "AU"),
        ("our district in New Mexico", "US"),
        ("a district in New England", "US"),
        ("a school in Dublin, Ohio", "US"),
        ("a school near Oxford, Mississippi", "US"),
        ("a school in Georgia", "US"),
        ("London, Ontario", "CA"),
    ],
)
def test_a_place_named_after_another_is_read_as_itself_or_not_at_all(text, country):
    assert read(text).get("country") in (None, country)


def test_an_11_to_18_school_has_a_sixth_form():
    assert read("an 11-18 school")["phases"] == ["secondary", "sixth-form"]


def test_an_11_to_16_school_has_none():
    assert read("an 11-16 school")["phases"] == ["secondary"]


@pytest.mark.parametrize(
    "number",
    ["20,000,000", "999,999,999,999", "1" + ",111" * 1500],
    ids=["twenty million", "more than there are people", "four thousand digits"],
)
def test_a_head_count_beyond_belief_is_left_alone_and_the_rest_is_read(number):
    """Free text with such a number made the whole question fail."""
    found = read(f"We are a rural primary with {number} pupils")
    assert "pupils" not in found
    assert (found["phases"], found["setting"]) == (["primary"], "rural")


# --- spans


def test_each_reading_says_where_it_stood():
    text = "We're a small rural primary (about 85 pupils) in Wales."
    _, readings = read_context(text)
    assert {("setting", "rural", "rural"), ("phases", "primary", "primary"), ("country", "GB", "Wales")} <= {
        (r.attribute, r.value, text[r.start : r.end]) for r in readings
    }
    (size,) = [r for r in readings if r.attribute == "pupils"]
    assert (size.value, text[size.start : size.end]) == (85, "85 pupils")


def test_of_two_readings_that_overlap_the_longer_one_stands():
    _, readings = read_context("Northern Irish primary school")
    assert [(r.attribute, r.value) for r in readings if r.attribute == "country"] == [("country", "GB")]
    assert {(r.start, r.end) for r in readings if r.attribute == "country"} == {(0, 14)}


def test_of_two_values_the_first_one_stands_and_the_other_leaves_no_reading():
    context, readings = read_context("rural then urban, 300 pupils, 900 pupils, rural again")
    assert (context.setting, context.pupils) == ("rural", 300)
    assert [r.value for r in readings if r.attribute == "setting"] == ["rural", "rural"]
    assert [r.value for r in readings if r.attribute == "pupils"] == [300]


def test_phases_add_up_each_once():
    assert set(read("secondary, sixth form, primary and again secondary")["phases"]) == {
        "secondary",
        "sixth-form",
        "primary",
    }


PIECES = st.sampled_from(
    [
        *("rural", "urban", "PRIMARY", "secondary", "sixth form college", "Year 10", "our MAT", "US school,"),
        *("Northern Ireland", "New Zealand", "40% FSM", "900 pupils", "a school of 1,200", "2.5k students"),
        *(
            "deprived",
            "affluent",
            "state school",
            "KS1",
            "our trust",
            "trust of",
            "11-18",
            "-",
            "\u2028",
            "“",
        ),
    ]
) | st.text(max_size=8)


@settings(max_examples=50, deadline=None)
@given(text=st.lists(PIECES, max_size=12).map(" ".join))
def test_every_reading_lies_in_the_text_and_overlaps_no_other_of_its_kind(text):
    context, readings = read_context(text)
    assert list(readings) == sorted(readings, key=lambda r: r.start)
    last = {}
    for reading in readings:
        assert 0 <= reading.start < reading.end <= len(text)
        start, end = last.get(reading.attribute, (0, 0))
        # The same words may say two things: 11-18 is a secondary school with a sixth form.
        assert reading.start >= end or (reading.start, reading.end) == (start, end)
        last[reading.attribute] = reading.start, reading.end
    told = {reading.attribute: reading.value for reading in readings if reading.attribute != "phases"}
    phases = list(dict.fromkeys(r.value for r in readings if r.attribute == "phases"))
    assert context == SchoolContext(**told, phases=phases)


@settings(max_examples=50, deadline=None)
@given(pupils=st.integers(10, 999_999), before=st.sampled_from(["a school of ", "We have ", "about "]))
def test_any_head_count_is_read_with_or_without_commas(pupils, before):
    for written in (f"{pupils}", f"{pupils:,}"):
        assert read(f"{before}{written} pupils").get("pupils") == pupils
