"""The clients against a running server over the shipped cases."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpus.reading import SHIPPED_CASES, read_cases
from service.client import AsyncWartsClient, WartsApiError, WartsClient

pytestmark = [pytest.mark.server, pytest.mark.model]
WORRIES = ["mobiles banned here", "awful broadband", "staff had no training", "parents cannot afford it"]


@pytest.fixture
def warts(server):
    with WartsClient(server) as warts:
        yield warts


def test_all_cases_come_as_they_are_shipped(warts):
    shipped = {case.id: case for case in read_cases([SHIPPED_CASES]).cases}
    assert [case.case_id for case in warts.cases()] == sorted(shipped)
    assert {case.id: case.as_contract() for case in warts.export()} == {
        case_id: case.as_contract() for case_id, case in shipped.items()
    }


def test_from_a_worry_to_cases_side_by_side(warts):
    school = {"phases": ["secondary"], "country": "GB"}
    answer = warts.match("mobiles banned here", context=school, facets=True)
    assert answer.verdict == "strong"
    ids = [match.case_id for match in answer.matches]
    assert warts.case(ids[0]).title == answer.matches[0].title
    assert ids[0] not in [case.case_id for case in warts.similar(ids[0]).similar]
    assert [case.case_id for case in warts.compare(ids[:4], school).cases] == ids[:4]
    by_outcome = {one.value: one.cases for one in warts.facets(country=["GB"]).facets["outcome"].values}
    for outcome, cases in by_outcome.items():
        assert len(list(warts.cases(country=["GB"], outcome=[outcome]))) == cases
    assert max(theme.cases for theme in warts.themes().themes) > 10
    with pytest.raises(WartsApiError) as told:
        warts.case(f"{ids[0]}x")
    assert ids[0] in told.value.detail


def test_many_questions_at_a_time_get_the_answers_they_get_alone(warts, server):
    async def together():
        async with AsyncWartsClient(server) as others:
            return await asyncio.gather(*(others.match(text) for text in WORRIES * 5))

    with ThreadPoolExecutor(1) as thread:  # the main one may have a loop: of the browser tests
        answers = thread.submit(asyncio.run, together()).result()
    assert answers == [warts.match(text) for text in WORRIES] * 5
