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


# --- the writer's own school


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Ireland gave pouches to every school, we are in Leeds.",
            {"country": "GB"},
            id="a country that acts",
        ),
        pytest.param("The independent school down the road has iPads.", {}, id="down the road"),
        pytest.param("My son's primary lets them have phones.", {}, id="a relative's school"),
        pytest.param("Our feeder primaries use another app.", {}, id="feeders"),
        pytest.param("Half the parents come from private schools.", {}, id="where parents come from"),
        pytest.param(
            "I used to run a rural school. Now I'm head of an urban comp.",
            {"phases": ["secondary"], "setting": "urban", "sector": "state", "kind": "school"},
            id="the past",
        ),
        pytest.param("I visited a village school in Norfolk.", {}, id="a visit"),
        pytest.param("We read about a district in Texas that was hacked.", {}, id="what was read"),
        pytest.param("In Finland they went back to books.", {}, id="another country"),
        pytest.param("A head in New Zealand told me so.", {}, id="what somebody told"),
        pytest.param("A trial in 40 secondary schools found nothing.", {}, id="a trial"),
        pytest.param("They forget it all when they leave us for secondary.", {}, id="where pupils go"),
        pytest.param("What happened with the iPads in Los Angeles?", {}, id="a question about elsewhere"),
        pytest.param("How do other secondaries do it?", {}, id="others"),
        pytest.param("The council wants an all-through login.", {}, id="what an authority wants"),
        pytest.param(
            "remote learning, a state of the art lab, the primary driver",
            {},
            id="words that mean another thing",
        ),
        pytest.param("I'm moving from a rural primary to a city secondary.", {}, id="neither school yet"),
    ],
)
def test_what_is_said_of_another_school_is_not_read(text, expected):
    assert read(text) == expected


def test_of_two_values_the_one_said_with_we_are_stands():
    assert read("Elementary in Boston, Texas vendors keep calling. We are in Ontario.")["country"] == "CA"


def test_a_trust_that_only_owns_the_school_does_not_make_the_writer_a_trust():
    assert read("The trust sent pouches. We are a comp in Leeds.")["kind"] == "school"


# --- ages, years and grades


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("an all-through school", ["primary", "secondary"]),
        ("our K-8", ["primary", "secondary"]),
        ("a school for ages 5-11", ["primary"]),
        ("ages 3 to 11", ["early-years", "primary"]),
        ("ages 8-18", ["primary", "secondary", "sixth-form"]),
        ("middle school, 9-13,", ["primary", "secondary"]),
        ("pre-K to grade 5", ["early-years", "primary"]),
        ("grades 7-9", ["secondary"]),
        ("grades 5-8", ["secondary"]),
        ("R-6", ["primary"]),
        ("a P-12 school", ["primary", "secondary"]),
        ("our 3rd graders", ["primary"]),
        ("sixth through eighth grade", ["secondary"]),
        ("Years 1-8", ["primary"]),
        ("our Year 9s and 10s", ["secondary"]),
        ("the eight-year-olds", ["primary"]),
        ("our third class", ["primary"]),
        ("the TY class", ["secondary"]),
        ("Year 12 in Adelaide", ["secondary"]),
        ("Year 12 in Leeds", ["sixth-form"]),
        ("nine-year-old panels", []),
        ("grades 9 to 3", []),
        ("ages 40-50", []),
        ("aged ſix-year-olds", []),
    ],
)
def test_ages_years_and_grades_tell_the_phases(text, phases):
    assert read(text).get("phases", []) == phases


# --- numbers and shares


@pytest.mark.parametrize(
    ("text", "pupils"),
    [
        ("Ninety pupils, two classes.", 90),
        ("about two thousand students", 2000),
        ("a school of three hundred and fifty", 350),
        ("just under 400 kids", 400),
        ("1.2k on roll", 1200),
        ("roll of 240", 240),
        ("a 600-strong secondary", 600),
        ("an 11-18 grammar, 1,200, selective", 1200),
        ("a school with 1,300 boys and girls", 1300),
    ],
)
def test_head_counts_are_read_in_words_and_other_forms(text, pupils):
    assert read(text)["pupils"] == pupils


@pytest.mark.parametrize(
    "text",
    [
        "a two-form entry primary",
        "30 pupils broke their screens",
        "200 kids pile in at lunch",
        "our 20-place resourced provision",
        "Sixth form of 1,400 entries",
        "a comprehensive of 130 teachers",
        "two rural primaries, 71 and 48 pupils",
        "30 pupils in each class",
    ],
)
def test_a_number_of_something_else_is_no_head_count(text):
    assert "pupils" not in read(text)


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("41% PP", 41),
        ("a third of pupils are on pupil premium", 33),
        ("Half our children get free school meals", 50),
        ("three quarters on free meals", 75),
        ("88% FRL", 88),
        ("71% low-income families", 71),
        ("Eighty per cent of our kids get free lunch", 80),
        ("Free school meals stand at 61%", 61),
        ("Pupil premium is above average, at 46%", 46),
    ],
)
def test_shares_of_disadvantaged_pupils_are_read(text, percent):
    assert read(text)["disadvantage_percent"] == percent


def test_a_share_of_poor_families_is_not_read_as_a_level_too():
    assert "disadvantage" not in read("71% low-income families")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Title I elementary", {"disadvantage": "high", "country": "US"}),
        ("a DEIS school", {"disadvantage": "high", "country": "IE"}),
        ("decile 2 school", {"disadvantage": "high", "country": "NZ"}),
        ("a decile 10 school", {"disadvantage": "low", "country": "NZ"}),
        ("Ofsted is coming", {"country": "GB"}),
        ("a TAFE", {"country": "AU", "phases": ["further-education"], "kind": "college"}),
        ("our MAT", {"country": "GB", "kind": "trust"}),
        ("CBSE school in Pune", {"country": "IN", "kind": "school"}),
        ("an 80-pupil kura", {"pupils": 80}),
    ],
)
def test_the_words_of_one_country_tell_what_they_mean_there(text, expected):
    found = read(text)
    assert {attribute: found.get(attribute) for attribute in expected} == expected


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


@pytest.mark.parametrize(
    ("text", "phases"),
    [
        ("We have P1 to P7", ["primary"]),
        ("Our S1 to S6 share one wifi", ["secondary"]),
        ("My Year Nines film each other", ["secondary"]),
        ("Grade sevens love it", ["secondary"]),
        ("Gr. 8s on TikTok", ["secondary"]),
        ("A school of ours, PK-5", ["early-years", "primary"]),
        ("Public school, 3rd-5th.", ["primary"]),
        ("State school, 11 to 16, no wifi", ["secondary"]),
        ("We went from 11 to 16 sites", []),
        ("Middle school in Ohio. Sixth graders text all night", ["secondary"]),
        ("Intermediate school in New Zealand, years 7 and 8", ["primary"]),
        ("Community college in Co. Meath", ["secondary"]),
        ("Community college in Ohio", ["further-education"]),
        ("The nursery of ideas we were promised", []),
        ("Parents with primary school kids elsewhere", []),
    ],
)
def test_years_and_names_tell_phases_as_the_country_means_them(text, phases):
    assert read(text).get("phases", []) == phases


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("Public school, grades 3-5, Vermont.", "state"),
        ("A public school in Hampshire, 700 boarders.", None),
        ("an independent all-through in Surrey", "independent"),
        ("K-8 in Chicago, tuition based", "independent"),
        ("Prep for boys; fees have gone up", "independent"),
        ("The exam fees have gone up", None),
        ("Converted to academy status last year", "state"),
        ("Church primary, voluntary aided", "state"),
        ("Governors want an academy of AI", None),
    ],
)
def test_the_sector_is_told_in_many_ways(text, sector):
    assert read(text).get("sector") == sector


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Most of our families struggle to pay", {"disadvantage": "high"}),
        ("Our intake is disadvantaged", {"disadvantage": "high"}),
        ("above-average pupil premium", {"disadvantage": "high"}),
        ("We have below average disadvantage", {"disadvantage": "low"}),
        ("hardly any disadvantaged pupils", {"disadvantage": "low"}),
        ("ICSEA 1140", {"disadvantage": "low"}),
        ("Very few of our kids are on free lunch, under 5%", {"disadvantage": "low"}),
        ("about average on free meals", {"disadvantage": "average"}),
        ("Economically disadvantaged: 83%", {"disadvantage_percent": 83}),
        ("This is not an affluent area", {}),
        ("Our parents are rich in ideas", {}),
    ],
)
def test_disadvantage_is_told_in_many_ways(text, expected):
    found = read(text)
    assert {key: found[key] for key in found if key.startswith("disadvantage")} == expected


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
