from __future__ import annotations

import json
import re
from datetime import date

import pytest

from corpus.reading import SHIPPED_CASES, read_cases
from service.metadata import case_metadata, metadata_block

ADDRESS = "https://warts.example.org/cases/elm-school-phones-2020"


def whole(make_case, **changes):
    return make_case(
        years={"start": 2020, "end": 2021},
        institution={"kind": "school", "country": "GB", "region": "Kent", "phases": ["sixth-form"]},
        objections=[{"text": "Dear", "themes": ["cost", "made-up"]}],
        provenance={
            "independence": "independent",
            "checked": date(2026, 11, 21),
            "sources": [
                {"title": "News", "url": "https://example.org/a", "publisher": "The Paper", "year": 2021},
                {"title": "Scroll", "url": "javascript:alert(1)"},
            ],
        },
        **changes,
    )


def test_a_case_is_described_in_the_terms_of_schema_org(make_case):
    told = case_metadata(whole(make_case), ADDRESS)
    assert told["@context"] == "https://schema.org"
    assert told["@type"] == ["Article", "LearningResource"]
    assert told["@id"] == told["url"] == ADDRESS
    assert told["name"] == told["headline"] == "Phones in pouches"
    assert told["educationalLevel"] == ["sixth form"]
    assert [thing["name"] for thing in told["about"]] == ["phone pouches", "cost", "made-up"]
    assert told["temporalCoverage"] == "2020/2021"
    assert told["spatialCoverage"]["name"] == "Kent, United Kingdom"
    assert told["dateModified"] == "2026-11-21"
    assert told["citation"][0] == {
        "@type": "CreativeWork",
        "name": "News",
        "url": "https://example.org/a",
        "publisher": {"@type": "Organization", "name": "The Paper"},
        "datePublished": "2021",
    }


def test_what_is_not_known_is_left_out(make_case):
    told = case_metadata(make_case(), ADDRESS)
    assert not {"temporalCoverage", "dateModified"} & told.keys()
    assert told["spatialCoverage"]["name"] == "United Kingdom"
    assert set(told["citation"][0]) == {"@type", "name", "url"}
    assert None not in told.values()


def test_an_address_that_is_none_of_the_web_is_not_passed_on(make_case):
    assert "url" not in case_metadata(whole(make_case), ADDRESS)["citation"][1]


@pytest.mark.parametrize(
    ("years", "interval"), [({"start": 2019}, "2019/.."), ({"end": 2019}, "../2019"), ({}, None)]
)
def test_an_end_that_is_not_known_is_open(make_case, years, interval):
    assert case_metadata(make_case(years=years), ADDRESS).get("temporalCoverage") == interval


def test_a_long_title_is_cut_at_a_word_for_the_headline_alone(make_case):
    title = "word " * 40
    told = case_metadata(make_case(title=title), ADDRESS)
    assert told["name"] == title.strip()
    assert len(told["headline"]) <= 110
    assert told["headline"].endswith("word…")


HOSTILE = "</script><script>alert(1)</script><!-- & ]]> \u2028"


def test_no_text_of_a_record_can_end_the_block(make_case):
    case = whole(make_case, title=HOSTILE, summary=HOSTILE, technology=[HOSTILE])
    block = str(metadata_block(case, ADDRESS))
    assert block.count("<") == 2
    assert block.count(">") == 2
    data = re.fullmatch(r'<script type="application/ld\+json">(.*)</script>', block, re.DOTALL)
    assert json.loads(data[1]) == case_metadata(case, ADDRESS)
    assert json.loads(data[1])["name"] == HOSTILE.strip()


def test_every_shipped_case_can_be_described():
    for case in read_cases([SHIPPED_CASES]).cases:
        described = case_metadata(case, ADDRESS)
        assert json.loads(json.dumps(described)) == described
        assert len(described["headline"]) <= 110
