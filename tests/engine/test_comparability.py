"""Gower similarity against values worked out by hand, and what must hold whatever is missing."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus.records import Institution, Kind, Level, Phase, Sector, Setting
from engine.comparability import (
    WEIGHTS,
    AttributeComparison,
    ContextComparison,
    compare_contexts,
    weight_of_evidence,
)
from engine.context import SchoolContext, country_name

YOURS = SchoolContext(
    kind="school",
    country="GB",
    phases=("secondary",),
    setting="urban",
    sector="state",
    pupils=1000,
    disadvantage="high",
)
KEYS = {
    "phases": ("phases",),
    "kind": ("kind",),
    "country": ("country",),
    "pupils": ("pupils",),
    "setting": ("setting",),
    "sector": ("sector",),
    "disadvantage": ("disadvantage", "disadvantage_percent"),
}


def part(attribute, yours, theirs):
    """Compare one attribute: its similarity, None where it could not be compared."""
    comparison = compare_contexts(SchoolContext(**yours), SchoolContext(**theirs))
    (found,) = [one for one in comparison.attributes if one.attribute == attribute]
    return found.similarity


def without(context, *attributes):
    gone = {key for attribute in attributes for key in KEYS[attribute]}
    return SchoolContext(**{key: value for key, value in context.known.items() if key not in gone})


def maybe(strategy):
    return st.none() | strategy


contexts = st.builds(
    SchoolContext,
    kind=maybe(st.sampled_from(get_args(Kind))),
    country=maybe(st.sampled_from(["GB", "IE", "US", "CA", "AU", "NZ", "FR"])),
    phases=st.lists(st.sampled_from(get_args(Phase)), max_size=4),
    setting=maybe(st.sampled_from(get_args(Setting))),
    sector=maybe(st.sampled_from(get_args(Sector))),
    pupils=maybe(st.integers(1, 10**12)),
    disadvantage=maybe(st.sampled_from(get_args(Level))),
    disadvantage_percent=maybe(st.floats(0, 100)),
)


# --- the whole, by hand


def test_a_comparison_worked_out_by_hand():
    theirs = SchoolContext(
        kind="school",
        country="IE",
        phases=("secondary", "sixth-form"),
        setting="town",
        pupils=250,
        disadvantage="average",
    )
    found = compare_contexts(YOURS, theirs)
    # Phases: secondary is met in full, the sixth form by 0.6, so (1 + 0.8) / 2. A quarter of the pupils
    # is half of the way to a sixteenth. Urban to town is two of four steps.
    assert {one.attribute: one.similarity for one in found.attributes} == pytest.approx(
        {
            "phases": 0.9,
            "kind": 1,
            "country": 0.5,
            "pupils": 0.5,
            "setting": 0.5,
            "disadvantage": 0.5,
            "sector": None,
        }
    )
    # .25 * .9 + .15 * 1 + .15 * .5 + .15 * .5 + .10 * .5 + .10 * .5 = .625, over the .90 that is known
    assert found.similarity == pytest.approx(0.625 / 0.9)
    assert found.coverage == pytest.approx(0.9)
    assert found.compared == pytest.approx(0.9)
    assert found.shrunk == pytest.approx(0.5 + 0.9 * (1.25 * 0.9 / 1.15) * (0.625 / 0.9 - 0.5))
    assert found.unknown == ("sector",)
    assert found.shared == (
        "phase: secondary and sixth form against your secondary (close)",
        "kind of institution: school",
    )
    assert found.different == (
        "country: Ireland against your United Kingdom",
        "size: 250 pupils against your 1,000 pupils",
        "setting: town against your urban",
        "disadvantage: average against your high",
    )


def test_the_weights_are_shares_of_one_whole():
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    assert WEIGHTS.keys() == KEYS.keys()


# --- the parts, by hand


@pytest.mark.parametrize(
    ("yours", "theirs", "expected"),
    [
        (["primary"], ["primary"], 1),
        (["primary", "secondary"], ["secondary", "primary"], 1),
        (["primary"], ["secondary"], 0),
        (["primary"], ["early-years"], 0.5),
        (["secondary"], ["sixth-form"], 0.6),
        (["primary"], ["primary", "secondary"], (1 + 1 / 2) / 2),
        (["secondary", "sixth-form"], ["further-education"], (0.5 / 2 + 0.5) / 2),
        (["primary", "primary", "primary"], ["primary", "secondary"], (1 + 1 / 2) / 2),
    ],
)
def test_phases_count_as_far_as_each_side_is_met_on_the_other(yours, theirs, expected):
    assert part("phases", {"phases": yours}, {"phases": theirs}) == pytest.approx(expected)
    assert part("phases", {"phases": theirs}, {"phases": yours}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("yours", "theirs", "expected"),
    [(100, 100, 1), (100, 200, 0.75), (100, 400, 0.5), (100, 1600, 0), (100, 1601, 0), (1, 10_000_000, 0)],
)
def test_size_falls_with_the_ratio_and_is_nothing_at_sixteen_fold(yours, theirs, expected):
    assert part("pupils", {"pupils": yours}, {"pupils": theirs}) == pytest.approx(expected)
    assert part("pupils", {"pupils": theirs}, {"pupils": yours}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("yours", "theirs", "expected"),
    [
        ("urban", "urban", 1),
        ("urban", "suburban", 0.75),
        ("suburban", "rural", 0.5),
        ("urban", "remote", 0),
        ("mixed", "mixed", 1),
        ("mixed", "rural", 0.5),
        ("online", "online", 1),
        ("online", "urban", 0),
        ("online", "mixed", 0.5),
    ],
)
def test_settings_lie_on_the_way_from_city_to_island(yours, theirs, expected):
    assert part("setting", {"setting": yours}, {"setting": theirs}) == pytest.approx(expected)
    assert part("setting", {"setting": theirs}, {"setting": yours}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("yours", "theirs", "expected"),
    [
        ("GB", "GB", 1),
        ("GB", "IE", 0.5),
        ("AU", "NZ", 0.5),
        ("US", "CA", 0.5),
        ("GB", "US", 0),
        ("IE", "NZ", 0),
    ],
)
def test_countries_count_whole_or_half_or_not(yours, theirs, expected):
    assert part("country", {"country": yours}, {"country": theirs}) == expected
    assert part("country", {"country": theirs}, {"country": yours}) == expected


@pytest.mark.parametrize(
    ("yours", "theirs", "expected"),
    [
        pytest.param({"disadvantage": "low"}, {"disadvantage": "low"}, 1, id="same level"),
        pytest.param({"disadvantage": "low"}, {"disadvantage": "average"}, 0.5, id="next level"),
        pytest.param({"disadvantage": "low"}, {"disadvantage": "high"}, 0, id="far level"),
        pytest.param(
            {"country": "GB", "disadvantage_percent": 30},
            {"country": "GB", "disadvantage_percent": 20},
            0.8,
            id="ten points of fifty",
        ),
        pytest.param(
            {"country": "GB", "disadvantage_percent": 0},
            {"country": "GB", "disadvantage_percent": 60},
            0,
            id="none against more than fifty",
        ),
        pytest.param(
            {"country": "GB", "disadvantage_percent": 14.9},
            {"country": "US", "disadvantage_percent": 15},
            0.5,
            id="levels, not points, between countries",
        ),
        pytest.param(
            {"country": "GB", "disadvantage_percent": 60},
            {"country": "US", "disadvantage": "high"},
            1,
            id="both ways",
        ),
        pytest.param({"disadvantage_percent": 0}, {"disadvantage": "low"}, 1, id="zero is known"),
    ],
)
def test_disadvantage_is_compared_by_points_in_one_country_and_else_by_level(yours, theirs, expected):
    assert part("disadvantage", yours, theirs) == pytest.approx(expected)
    assert part("disadvantage", theirs, yours) == pytest.approx(expected)


def test_two_unknown_countries_are_not_one_country():
    """Neither side told its country, and that once passed for the same one: points were compared."""
    assert part("disadvantage", {"disadvantage_percent": 14}, {"disadvantage_percent": 16}) == 0.5


# --- what is missing


@pytest.mark.parametrize("attribute", WEIGHTS)
def test_a_missing_attribute_never_counts_as_a_match(attribute):
    found = compare_contexts(YOURS, without(YOURS, attribute))
    (missing,) = [one for one in found.attributes if one.attribute == attribute]
    assert missing.similarity is None
    assert found.unknown == (missing.text,)
    assert missing.text not in (*found.shared, *found.different)
    assert found.coverage == pytest.approx(1 - WEIGHTS[attribute])
    assert found.similarity == pytest.approx(1)  # of the rest, all of it the same
    assert found.shrunk < compare_contexts(YOURS, YOURS).shrunk


@pytest.mark.parametrize("attribute", WEIGHTS)
def test_what_the_leader_did_not_tell_is_not_compared_at_all(attribute):
    found = compare_contexts(without(YOURS, attribute), YOURS)
    assert attribute not in [one.attribute for one in found.attributes]
    assert (found.similarity, found.coverage, found.unknown) == (pytest.approx(1), 1, ())


def test_nothing_known_on_either_side_is_neutral_and_no_similarity():
    nothing = SchoolContext()
    for yours, theirs in ((nothing, nothing), (nothing, YOURS), (YOURS, nothing)):
        found = compare_contexts(yours, theirs)
        assert (found.similarity, found.coverage, found.shrunk) == (None, 0, 0.5)
        assert found.shared == found.different == ()
    assert len(compare_contexts(YOURS, nothing).unknown) == len(WEIGHTS)


def test_name_and_region_are_no_attributes():
    one, other = SchoolContext(name="Elm", region="Kent"), SchoolContext(name="Ash", region="Kent")
    assert compare_contexts(one, other).attributes == ()


@settings(max_examples=50, deadline=None)
@given(yours=contexts, theirs=contexts)
def test_every_number_stays_within_its_bounds(yours, theirs):
    found = compare_contexts(yours, theirs)
    assert all(one.similarity is None or 0 <= one.similarity <= 1 for one in found.attributes)
    assert found.similarity is None or 0 <= found.similarity <= 1
    assert 0 <= found.coverage <= 1
    assert 0 <= found.shrunk <= 1
    low, high = sorted((0.5, 0.5 if found.similarity is None else found.similarity))
    assert low - 1e-12 <= found.shrunk <= high + 1e-12


@settings(max_examples=50, deadline=None)
@given(one=contexts, other=contexts)
def test_it_does_not_matter_who_is_compared_with_whom(one, other):
    there, back = compare_contexts(one, other), compare_contexts(other, one)
    assert there.similarity == pytest.approx(back.similarity)

    def compared(comparison):
        return {p.attribute: p.similarity for p in comparison.attributes if p.similarity is not None}

    assert compared(there) == pytest.approx(compared(back))


@settings(max_examples=50, deadline=None)
@given(context=contexts)
def test_a_school_is_wholly_like_itself_as_far_as_it_is_known(context):
    found = compare_contexts(context, context)
    if found.attributes:
        assert (found.similarity, found.coverage) == (1, 1)
        assert found.shrunk == pytest.approx((1 + weight_of_evidence(found.compared)) / 2)
    assert found.different == found.unknown == ()


@settings(max_examples=50, deadline=None)
@given(yours=contexts, theirs=contexts, attribute=st.sampled_from(tuple(WEIGHTS)))
def test_taking_an_attribute_away_leaves_the_mean_of_the_others(yours, theirs, attribute):
    whole = compare_contexts(yours, theirs)
    for less in (
        compare_contexts(yours, without(theirs, attribute)),
        compare_contexts(without(yours, attribute), theirs),
    ):
        assert attribute not in [p.attribute for p in less.attributes if p.similarity is not None]
        kept = {p.attribute: p.similarity for p in less.attributes if p.similarity is not None}
        before = {p.attribute: p.similarity for p in whole.attributes}
        # Without a country the percentages of two schools are no longer comparable, only the levels.
        depends = {"disadvantage"} if attribute == "country" else set()
        assert all(kept[name] == before[name] for name in kept.keys() - depends)
        weight = sum(WEIGHTS[name] for name in kept)
        mean = sum(WEIGHTS[name] * kept[name] for name in kept) / weight if kept else None
        assert less.similarity == pytest.approx(mean)


@settings(max_examples=50, deadline=None)
@given(yours=contexts, theirs=contexts, attribute=st.sampled_from(tuple(WEIGHTS)))
def test_a_case_that_tells_less_never_gains_by_it_where_it_was_alike(yours, theirs, attribute):
    whole, less = compare_contexts(yours, theirs), compare_contexts(yours, without(theirs, attribute))
    assert less.coverage <= whole.coverage
    alike = [p for p in whole.attributes if p.attribute == attribute and p.similarity == 1]
    if alike and attribute != "country":
        assert less.shrunk <= whole.shrunk + 1e-12
        assert less.similarity is None or less.similarity <= whole.similarity + 1e-12


# --- in words


def test_whatever_is_called_different_is_told_with_both_values():
    """Two schools of the level high, at 36 and 90 per cent, were told to differ in "disadvantage: high"."""
    yours = SchoolContext(country="GB", disadvantage="high", disadvantage_percent=36)
    theirs = SchoolContext(country="GB", disadvantage="high", disadvantage_percent=90)
    (text,) = compare_contexts(yours, theirs).different
    assert "90%" in text
    assert "36%" in text


def test_the_order_of_phases_makes_no_difference_in_words():
    one, other = (
        SchoolContext(phases=("primary", "secondary")),
        SchoolContext(phases=("secondary", "primary")),
    )
    (text,) = compare_contexts(one, other).shared
    assert "against" not in text


def test_every_part_is_told_once_and_seven_tenths_is_alike():
    parts = [("a", 0.0), ("b", 0.69), ("c", 0.7), ("d", 1.0), ("e", None)]
    told = ContextComparison(tuple(AttributeComparison(p, 0.1, s, p) for p, s in parts), 0.5, 0.8, 0.3)
    assert (told.different, told.shared, told.unknown) == (("a", "b"), ("c", "d"), ("e",))


def test_a_percentage_is_told_where_no_level_is_known():
    yours, theirs = SchoolContext(disadvantage="high"), SchoolContext(disadvantage_percent=12.5)
    assert compare_contexts(yours, theirs).different == ("disadvantage: 12.5% against your high",)


@pytest.mark.parametrize(
    ("code", "name"),
    [("GB", "United Kingdom"), ("TZ", "Tanzania"), ("KR", "South Korea"), ("XX", "XX"), ("", "")],
)
def test_countries_have_everyday_names(code, name):
    assert country_name(code) == name


# --- the record


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"country": "UK"}, "the United Kingdom is GB"),
        ({"country": "XX"}, "no country has the code"),
        ({"country": "ENG"}, "should match pattern"),
        ({"pupils": 0}, "greater than 0"),
        ({"pupils": -5}, "greater than 0"),
        ({"pupils": True}, "number|integer"),
        ({"pupils": 12.5}, "valid integer"),
        ({"disadvantage_percent": -0.1}, "greater than or equal"),
        ({"disadvantage_percent": 100.1}, "less than or equal"),
        ({"disadvantage_percent": float("nan")}, "greater than or equal|less than or equal|finite"),
        ({"phases": ["middle"]}, "Input should be"),
        ({"phases": "primary"}, "valid tuple"),
        ({"setting": "city"}, "Input should be"),
        ({"name": 7}, "valid string"),
    ],
)
def test_a_context_that_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValidationError, match=message):
        SchoolContext(**wrong)


def test_phases_stand_once_and_null_is_unknown():
    assert SchoolContext(phases=["secondary", "primary", "secondary"]).phases == ("primary", "secondary")
    assert SchoolContext(phases=None, pupils=None) == SchoolContext()


def test_what_is_known_leaves_out_the_unknown_but_not_zero():
    assert SchoolContext(disadvantage_percent=0, phases=["primary"]).known == {
        "disadvantage_percent": 0,
        "phases": ["primary"],
    }


def test_a_records_institution_is_taken_as_it_is(make_case):
    institution = make_case(
        institution={
            "name": "Elm",
            "kind": "district",
            "country": "US",
            "region": "Maine",
            "phases": ["primary", "primary"],
            "pupils": 4,
            "disadvantage_percent": 0,
        }
    ).institution
    assert SchoolContext.of(institution) == SchoolContext(
        name="Elm",
        kind="district",
        country="US",
        region="Maine",
        phases=("primary",),
        pupils=4,
        disadvantage_percent=0,
    )
    assert SchoolContext(**institution.model_dump(), source="ours").name == "Elm"


@pytest.mark.parametrize(
    "large",
    [{"pupils": 250_000_000}, {"pupils": 10**400}, {"name": "School " * 40}, {"region": "Region " * 40}],
    ids=["a nation", "beyond any float", "a long name", "a long region"],
)
def test_every_institution_of_a_sound_record_can_be_compared(make_case, large):
    """A record that passed all checks, a nation's say, made every comparison with it fail."""
    institution = {"kind": "nation", "country": "IN", "phases": ["primary"], **large}
    theirs = SchoolContext.of(make_case(institution=institution).institution)
    found = compare_contexts(SchoolContext(phases=("primary",), pupils=1), theirs)
    assert found.attributes[0].similarity == 1
    assert found.attributes[1].similarity in (0, None)


@settings(max_examples=50, deadline=None)
@given(context=contexts)
def test_a_context_and_an_institution_know_the_same(context):
    if context.kind and context.country and context.phases:
        assert SchoolContext.of(Institution(**context.known)) == context


def test_the_leaders_own_word_stands_over_what_was_read():
    told = SchoolContext(phases=("primary",), pupils=90)
    read = SchoolContext(phases=("secondary",), pupils=1200, country="GB", setting="rural")
    assert told.over(read) == SchoolContext(phases=("primary",), pupils=90, country="GB", setting="rural")
    assert told.over(SchoolContext()) == SchoolContext().over(told) == told


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"disadvantage": "low"}, {"disadvantage_percent": 90}),
        ({"disadvantage_percent": 5}, {"disadvantage": "high"}),
    ],
)
def test_level_and_percentage_are_one_attribute_and_not_told_from_two_mouths(told, read):
    """A leader who chose "low" was compared by the 90 per cent read out of the text."""
    merged = SchoolContext(country="GB", **told).over(SchoolContext(**read))
    case = SchoolContext(country="GB", disadvantage="low", disadvantage_percent=5)
    (disadvantage,) = [
        one for one in compare_contexts(merged, case).attributes if one.attribute == "disadvantage"
    ]
    assert disadvantage.similarity == 1
    assert "high" not in disadvantage.text


def test_the_country_alone_says_less_than_the_country_and_all_else():
    """A case of the leader's country once overtook one that met the worry far better."""
    told = SchoolContext(country="IE", phases=("secondary",), setting="rural", pupils=300, kind="school")
    alone = compare_contexts(SchoolContext(country="IE"), told)
    whole = compare_contexts(told, told)
    assert alone.similarity == whole.similarity == alone.coverage == whole.coverage == 1
    assert 0.5 < alone.shrunk < 0.75 < whole.shrunk < 1


def test_the_weight_of_evidence_rises_from_nothing_to_one():
    weights = [weight_of_evidence(part / 20) for part in range(21)]
    assert weights == sorted(weights)
    assert (weights[0], weights[-1]) == pytest.approx((0, 1))
