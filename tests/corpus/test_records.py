from __future__ import annotations

import copy
import math
from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from corpus import records
from corpus.records import CaseStudy, Years, corpus_digest

# Every field that the contract names, with a value that the contract's own example gives it.
EVERYTHING = {
    "id": "lausd-ipads-2013",
    "title": "One iPad for every student, all at once",
    "summary": "A district bought an iPad for every student and gave up two years later.",
    "institution": {
        "name": "Los Angeles Unified School District",
        "kind": "district",
        "country": "US",
        "region": "California",
        "phases": ["primary", "secondary"],
        "setting": "urban",
        "sector": "state",
        "pupils": 650000,
        "disadvantage": "high",
        "disadvantage_percent": None,
    },
    "technology": ["tablets", "digital-curriculum"],
    "aims": ["Equal access"],
    "years": {"start": 2013, "end": 2015},
    "objections": [
        {
            "text": "Teachers feared a rush",
            "raised_by": ["teachers"],
            "response": None,
            "result": "partly",
            "themes": ["staff-training"],
        }
    ],
    "worked": ["Some schools liked them"],
    "failed": ["Filters were bypassed"],
    "not_again": ["All schools at once"],
    "process": [{"when": "autumn 2013", "what": "First schools"}],
    "evidence": [{"claim": "Schools", "figure": "47 schools in the first phase", "source": 0}],
    "chosen_by": "authority",
    "pilot": {"done": True, "like_rollout": False, "note": "Small"},
    "factors": [{"factor": "leadership", "effect": "hindered", "note": "Left", "source": 0}],
    "outcome": "abandoned",
    "voices": ["leaders", "teachers", "pupils"],
    "provenance": {
        "independence": "independent",
        "sources": [
            {
                "title": "What went wrong",
                "url": "https://example.org/lausd",
                "publisher": "News",
                "year": 2014,
                "kind": "news",
            }
        ],
        "checked": "2026-11-21",
    },
}

# The allowed values, copied by hand from the contract.
ALLOWED = {
    "Kind": "school college trust district authority nation programme",
    "Phase": "early-years primary secondary sixth-form further-education special alternative",
    "Setting": "urban suburban town rural remote mixed online",
    "Sector": "state independent",
    "Level": "low average high",
    "Party": "leaders teachers pupils parents governors it-staff unions public officials",
    "Result": "resolved partly unresolved unknown",
    "Outcome": "scaled sustained mixed scaled-back abandoned unknown",
    "Independence": "independent self-reported vendor-supported",
    "SourceKind": "news evaluation academic government school blog vendor talk",
    "FactorName": "focus leadership friction support-and-accountability pupil-power piloting timing",
    "Chooser": "school trust authority government vendor",
}

REQUIRED = [
    ("id",),
    ("title",),
    ("summary",),
    ("institution",),
    ("institution", "kind"),
    ("institution", "country"),
    ("institution", "phases"),
    ("technology",),
    ("objections",),
    ("objections", 0, "text"),
    ("outcome",),
    ("provenance",),
    ("provenance", "independence"),
    ("provenance", "sources"),
    ("provenance", "sources", 0, "title"),
    ("provenance", "sources", 0, "url"),
]


def changed(path, value=None, *, drop=False):
    """Return the full record with the value at one path replaced or dropped."""
    whole = copy.deepcopy(EVERYTHING)
    part = whole
    for step in path[:-1]:
        part = part[step]
    if drop:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return whole


def faults(given):
    """Return the path and type of every fault that validation finds.

    A list whose only item is refused is also called too short by pydantic; that is left out here.
    """
    with pytest.raises(ValidationError) as refused:
        CaseStudy.model_validate(given)
    found = {(fault["loc"], fault["type"]) for fault in refused.value.errors()}
    around = {path[:length] for path, _ in found for length in range(len(path))}
    return {(path, kind) for path, kind in found if kind != "too_short" or path not in around}


def test_a_record_with_every_field_of_the_contract_comes_back_as_it_went_in():
    given = copy.deepcopy(EVERYTHING)
    assert CaseStudy.model_validate(given).as_contract() == EVERYTHING
    assert given == EVERYTHING  # and the caller's values are left alone


@pytest.mark.parametrize(("name", "values"), ALLOWED.items())
def test_the_allowed_values_are_those_of_the_contract(name, values):
    assert set(get_args(getattr(records, name))) == set(values.split())


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_each_required_part_is_required(path):
    assert faults(changed(path, drop=True)) == {(path, "missing")}


@pytest.mark.parametrize("path", REQUIRED, ids=lambda path: ".".join(map(str, path)))
def test_null_does_not_stand_in_for_a_required_part(path):
    assert {place for place, _ in faults(changed(path, None))} == {path}


@pytest.mark.parametrize(
    "path", [("technology",), ("objections",), ("institution", "phases"), ("provenance", "sources")]
)
def test_lists_that_need_one_item_refuse_to_be_empty(path):
    assert faults(changed(path, [])) == {(path, "too_short")}


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("institution",),
        ("years",),
        ("objections", 0),
        ("process", 0),
        ("evidence", 0),
        ("pilot",),
        ("factors", 0),
        ("provenance",),
        ("provenance", "sources", 0),
    ],
    ids=lambda path: ".".join(map(str, path)) or "top",
)
def test_an_unknown_field_is_refused_at_every_level(path):
    assert faults(changed((*path, "colour"), "red")) == {((*path, "colour"), "extra_forbidden")}


@pytest.mark.parametrize(
    ("failed", "not_again", "sound"),
    [([], [], False), (None, None, False), (["x"], [], True), (None, ["x"], True), ([], None, False)],
)
def test_a_case_has_a_wart_in_failed_or_in_not_again(make_record, failed, not_again, sound):
    given = make_record(failed=failed, not_again=not_again)
    if sound:
        assert CaseStudy.model_validate(given).failed + CaseStudy.model_validate(given).not_again == ("x",)
    else:
        assert faults(given) == {((), "value_error")}


@pytest.mark.parametrize(
    "slug",
    ["a", "0", "elm-2020", "a-b-c", "x" * 100],
)
def test_a_slug_of_small_letters_digits_and_single_hyphens_is_taken(make_case, slug):
    assert make_case(id=slug).id == slug


@pytest.mark.parametrize(
    "slug",
    [
        "",
        "Elm",
        "elm_2020",
        "-elm",
        "elm-",
        "elm--2020",
        "elm 2020",
        "elm\n",
        "élm",
        "../elm",
        "ٱ",
        "٣",
        "x" * 101,
        7,
    ],
)
def test_what_is_no_slug_is_refused(make_record, slug):
    assert {place for place, _ in faults(make_record(id=slug))} == {("id",)}


@pytest.mark.parametrize("code", ["gb", "GBR", "G", "G1", "GB\n", " GB", "ΑΒ", ""])
def test_a_country_is_two_capital_letters(code):
    assert faults(changed(("institution", "country"), code)) == {
        (("institution", "country"), "string_pattern_mismatch")
    }


@pytest.mark.parametrize(
    ("path", "value", "sound"),
    [
        (("institution", "pupils"), 1, True),
        (("institution", "pupils"), 0, False),
        (("institution", "pupils"), -1, False),
        (("institution", "pupils"), 12.5, False),
        (("institution", "pupils"), "many", False),
        (("institution", "disadvantage_percent"), 0, True),
        (("institution", "disadvantage_percent"), 100, True),
        (("institution", "disadvantage_percent"), -0.1, False),
        (("institution", "disadvantage_percent"), 100.1, False),
        (("institution", "disadvantage_percent"), math.nan, False),
        (("institution", "disadvantage_percent"), math.inf, False),
        (("years", "start"), 1900, True),
        (("years", "start"), 1899, False),
        (("provenance", "sources", 0, "year"), 2100, True),
        (("provenance", "sources", 0, "year"), 2101, False),
        (("evidence", 0, "source"), 0, True),
        (("evidence", 0, "source"), -1, False),
        (("factors", 0, "source"), -1, False),
        (("provenance", "checked"), "2024-02-29", True),
        (("provenance", "checked"), "2026-02-29", False),
        (("provenance", "checked"), "last week", False),
    ],
)
def test_numbers_and_dates_keep_to_their_limits(path, value, sound):
    given = changed(path, value)
    if sound:
        part = CaseStudy.model_validate(given).as_contract()
        for step in path:
            part = part[step]
        assert part == value
    else:
        assert {place for place, _ in faults(given)} == {path}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("institution", "pupils"), True),
        (("institution", "disadvantage_percent"), False),
        (("evidence", 0, "source"), False),
        (("factors", 0, "source"), True),
    ],
)
def test_true_and_false_are_no_numbers(path, value):
    """`pupils: true` was read as a school of one pupil, and `source: false` as the first source."""
    assert {place for place, _ in faults(changed(path, value))} == {path}


@pytest.mark.parametrize("value", [0, 86_400, -86_400])
def test_a_number_is_no_date(value):
    """`checked: 0` was read as a count of seconds, and came back as 1970-01-01."""
    assert {place for place, _ in faults(changed(("provenance", "checked"), value))} == {
        ("provenance", "checked")
    }


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u00a0", "\u3000"])
@pytest.mark.parametrize(
    "path", [("title",), ("failed", 0), ("objections", 0, "text"), ("institution", "name")]
)
def test_blank_text_is_no_text(path, blank):
    assert faults(changed(path, blank)) == {(path, "string_too_short")}


@pytest.mark.parametrize("wrong", [1, True, ["x"], {"a": "x"}])
def test_only_text_is_text(wrong):
    assert {place for place, _ in faults(changed(("summary",), wrong))} == {("summary",)}


@pytest.mark.parametrize("wrong", ["tablets", {"tablets": 1}, 3])
def test_only_a_list_is_a_list(wrong):
    assert {place for place, _ in faults(changed(("technology",), wrong))} == {("technology",)}


def test_half_a_surrogate_pair_is_no_text(make_record):
    assert faults(make_record(title="\ud83d")) == {(("title",), "string_unicode")}


def test_space_around_a_text_is_taken_off(make_case):
    assert make_case(title="  Phones\u00a0in pouches\n").title == "Phones\u00a0in pouches"


@pytest.mark.parametrize(
    ("given", "words"), [(2013, "2013"), (47.5, "47.5"), ("autumn", "autumn"), (None, None)]
)
def test_a_year_without_quotes_is_taken_for_words(make_case, given, words):
    case = make_case(
        process=[{"when": given, "what": "It began"}], evidence=[{"claim": "Schools", "figure": given}]
    )
    assert (case.process[0].when, case.evidence[0].figure) == (words, words)


@pytest.mark.parametrize("wrong", [True, False, [2013], math.inf, math.nan])
def test_what_a_source_cannot_have_said_is_not_taken_for_words(make_record, wrong):
    """An infinite figure was written down as the word `inf`."""
    given = make_record(process=[{"when": wrong, "what": "It began"}])
    assert {place for place, _ in faults(given)} == {("process", 0, "when")}


@pytest.mark.parametrize(
    ("start", "end", "sound"),
    [(2013, 2013, True), (2013, None, True), (None, 2013, True), (None, None, True), (2014, 2013, False)],
)
def test_the_years_are_in_order(start, end, sound):
    if sound:
        assert (Years(start=start, end=end).start, Years(start=start, end=end).end) == (start, end)
    else:
        with pytest.raises(ValidationError, match="the end year 2013 lies before the start year 2014"):
            Years(start=start, end=end)


def test_a_missing_list_and_a_null_list_both_read_as_empty(make_case):
    missing, null, empty = make_case(), make_case(worked=None), make_case(worked=[])
    assert missing.worked == null.worked == empty.worked == ()


def test_a_missing_result_and_a_null_result_are_both_unknown(make_case):
    objections = [{"text": "Too dear"}, {"text": "Too slow", "result": None}]
    assert [objection.result for objection in make_case(objections=objections).objections] == ["unknown"] * 2


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"years": None},
        {"years": {}},
        {"years": {"start": None}},
        {"worked": []},
        {"pilot": {"done": None}},
        {"pilot": None},
        {"objections": [{"text": "Too dear", "response": None, "raised_by": []}]},
    ],
    ids=str,
)
def test_missing_null_and_empty_are_each_written_back_as_they_came(make_record, extra):
    assert CaseStudy.model_validate(make_record(**extra)).as_contract() == make_record(**extra)


def test_a_null_list_keeps_its_key_and_is_written_back_as_an_empty_one(make_record):
    """A null list or a null result was dropped: the record came back without the key it came with."""
    given = make_record(worked=None, objections=[{"text": "Too dear", "raised_by": None, "result": None}])
    written = CaseStudy.model_validate(given).as_contract()
    assert written["worked"] == []
    assert written["objections"] == [{"text": "Too dear", "raised_by": [], "result": "unknown"}]


def test_a_record_cannot_be_changed(make_case):
    case = make_case()
    with pytest.raises(ValidationError, match="frozen"):
        case.title = "Another"
    with pytest.raises(ValidationError, match="frozen"):
        case.institution.pupils = 3


def test_the_date_of_the_check_is_a_date_inside_and_text_outside():
    case = CaseStudy.model_validate(EVERYTHING)
    assert case.provenance.checked == date(2026, 11, 21)
    assert case.as_contract()["provenance"]["checked"] == "2026-11-21"


@given(st.permutations(["a", "b", "c", "d"]))
@settings(max_examples=24, deadline=None)
def test_the_digest_of_a_corpus_does_not_depend_on_the_order_of_its_cases(order):
    def case(slug):
        return CaseStudy.model_validate(changed(("id",), slug))

    assert corpus_digest(map(case, order)) == corpus_digest(map(case, "abcd"))


def test_the_digest_of_a_corpus_does_not_depend_on_how_unknown_is_written(make_case):
    ways = [make_case(), make_case(worked=[]), make_case(worked=None), make_case(years=None)]
    assert len({corpus_digest([case]) for case in ways}) == 1


def test_the_digest_of_a_corpus_changes_with_every_part_of_it(make_case):
    one, other = make_case(), make_case(id="other")
    corpora = [
        [],
        [one],
        [other],
        [one, one],
        [one, other],
        [make_case(title="Phones in pouches!")],
        [make_case(years={"start": 2020})],
        [make_case(years={"end": 2020})],
        [make_case(voices=["pupils"])],
        [make_case(failed=["Starting in September"], not_again=["Pupils brought a second phone"])],
    ]
    digests = {corpus_digest(cases) for cases in corpora}
    assert len(digests) == len(corpora)
    assert all(len(digest) == 64 for digest in digests)
