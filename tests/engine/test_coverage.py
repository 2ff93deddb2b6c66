from __future__ import annotations

from corpus.reading import SHIPPED_CASES, read_cases
from corpus.vocabulary import shipped_vocabulary
from engine.coverage import THIN, Share, coverage_of, first_year

VOCABULARY = shipped_vocabulary()


def test_three_cases_are_counted_as_by_hand(three_cases):
    found = coverage_of(three_cases, VOCABULARY)
    assert (found.cases, found.sources) == (3, 3)
    setting = found.spreads["setting"]
    assert {value: count for value, count in setting.values.items() if count} == {"rural": 1, "urban": 1}
    assert setting.unknown == 1
    assert found.spreads["country"].values == {"GB": 2, "US": 1}
    assert found.phase_by_setting["primary"]["rural"] == 1
    assert found.phase_by_setting["secondary"]["unknown"] == 1
    assert found.not_kept == Share(3, 3)
    assert found.with_regrets == Share(2, 3)
    assert found.without_size == Share(2, 3)


def test_an_outcome_that_is_not_known_is_unknown_and_is_left_out_of_the_share(make_case):
    cases = [
        make_case(id=outcome, outcome=outcome)
        for outcome in ("unknown", "scaled", "sustained", "mixed", "scaled-back")
    ]
    found = coverage_of(cases, VOCABULARY)
    assert found.spreads["outcome"].unknown == 1
    assert "unknown" not in found.spreads["outcome"].values
    assert found.not_kept == Share(2, 4)


def test_what_could_be_there_and_is_not_is_thin(three_cases):
    found = coverage_of(three_cases, VOCABULARY)
    assert found.spreads["setting"].values["remote"] == 0
    assert "remote" in found.spreads["setting"].thin
    assert found.spreads["theme"].values.keys() >= VOCABULARY.themes.keys()
    assert ("special", "remote") in found.thin_pairs
    assert all(setting != "unknown" for _, setting in found.thin_pairs)


def test_the_rule_for_thin_is_fewer_than_five(make_case):
    cases = [
        make_case(id=f"{tag}-{n}", technology=[tag])
        for tag, count in (("a", 4), ("b", 5))
        for n in range(count)
    ]
    assert THIN == 5
    assert coverage_of(cases, VOCABULARY).spreads["technology"].thin == ("a",)


def test_a_year_is_the_first_that_is_known(make_case):
    assert first_year(make_case(years={"start": 1998, "end": 2004})) == 1998
    assert first_year(make_case(years={"end": 2004})) == 2004
    assert first_year(make_case()) is None
    cases = [
        make_case(id="a", years={"start": 1998}),
        make_case(id="b", years={"end": 2004}),
        make_case(id="c"),
    ]
    decades = coverage_of(cases, VOCABULARY).spreads["decade"]
    assert (decades.values, decades.unknown) == ({"1990s": 1, "2000s": 1}, 1)


def test_a_share_of_nothing_is_not_known():
    found = coverage_of([], VOCABULARY)
    assert found.cases == 0
    assert found.not_kept.percent is None


def test_the_shipped_cases_are_counted_as_their_plain_records_are():
    cases = read_cases([SHIPPED_CASES]).cases
    records = [case.model_dump(mode="json") for case in cases]
    found = coverage_of(cases, VOCABULARY)
    for phase, by_setting in found.phase_by_setting.items():
        for setting, count in by_setting.items():
            there = [
                one
                for one in records
                if phase in one["institution"]["phases"]
                and (one["institution"]["setting"] or "unknown") == setting
            ]
            assert count == len(there)
    for theme, count in found.spreads["theme"].values.items():
        assert count == sum(any(theme in told["themes"] for told in one["objections"]) for one in records)
    assert found.with_regrets.cases == sum(len(one["not_again"]) > 0 for one in records)
    assert found.sources == sum(len(one["provenance"]["sources"]) for one in records)
    about = [one["institution"] for one in records]
    assert found.single == Share(sum(one["kind"] in ("school", "college") for one in about), len(records))
    assert found.at_home == Share(sum(one["country"] in ("GB", "IE") for one in about), len(records))
    assert found.checked.cases == sum(one["provenance"]["checked"] is not None for one in records)
    assert found.with_factors.cases == sum(len(one["factors"]) > 0 for one in records)
    assert found.with_chooser.cases == sum(one["chosen_by"] is not None for one in records)
    assert found.with_pilot.cases == sum((one["pilot"] or {}).get("done") is not None for one in records)


def test_a_primary_is_small_or_rural_only_where_a_source_says_so(make_case):
    def primary(number, **known):
        about = {"kind": "school", "country": "IE", "phases": ["primary"], **known}
        return make_case(id=f"primary-{number}", institution=about)

    told = [{"setting": "rural"}, {"setting": "remote", "pupils": 600}, {"pupils": 150}, {"pupils": 151}, {}]
    cases = [primary(number, **known) for number, known in enumerate(told)]
    secondary = make_case(institution={**cases[0].institution.model_dump(), "phases": ["secondary"]})
    assert coverage_of([*cases, secondary], VOCABULARY).small_primaries == Share(3, 4)


def test_a_case_is_counted_in_each_of_its_topics(make_case):
    cases = [
        make_case(id="a", technology=["phones", "vape-sensors"]),
        make_case(id="b", technology=["bus-routing"]),
    ]
    spread = coverage_of(cases, VOCABULARY).spreads["topic"]
    assert {topic: count for topic, count in spread.values.items() if count} == {
        "phones": 1,
        "behaviour": 1,
        "other": 1,
    }
    assert spread.unknown == 0
