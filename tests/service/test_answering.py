"""Many questions at a time: admitted up to a bound, answered as if alone, dropped when their client goes."""

from __future__ import annotations

import asyncio
import json

import pytest

from engine.matcher import Matcher
from service.schemas import AnswerOut

TEXTS = ["slow broadband", "parents and tablets", "phones", "The wifi is slow. Parents cannot pay.", "..."]


async def queued(calls, n):
    """Wait until so many questions wait to be encoded."""
    while calls.app.state.answering.batcher.waiting != n:
        await asyncio.sleep(0.001)


async def held(calls, gated, *texts, gone=None):
    """Shut the gate and ask: the first question is being encoded, the others wait."""
    gated.gate.clear()
    asking = [asyncio.create_task(calls.match(text, gone)) for text in texts[:1]]
    while not gated.passes:
        await asyncio.sleep(0.001)
    return asking + [asyncio.create_task(calls.match(text)) for text in texts[1:]]


def test_concurrent_questions_share_passes_and_are_answered_as_one_by_one(run_app, gated, matcher):
    async def test(calls):
        asking = await held(calls, gated, "first", *TEXTS * 4)
        await queued(calls, len(TEXTS * 4))
        gated.gate.set()
        answers = await asyncio.gather(*asking)
        alone = [AnswerOut.of(matcher.match(text)).as_line() for text in ["first", *TEXTS * 4]]
        assert [answer.text for answer in answers] == alone
        texts = sum(len(texts) for texts in gated.passes)
        assert texts > 16
        assert len(gated.passes) <= 2 + texts // 32  # the first, and full ones

    run_app(test)


def test_when_as_many_wait_as_may_the_next_is_told_when_to_come_back_and_nobody_is_lost(run_app, gated):
    async def test(calls):
        asking = await held(calls, gated, *TEXTS[:3])
        await queued(calls, 2)
        refused = await calls.match("one too many")
        told = json.loads(refused.text)
        assert (refused.status, told["status"], told["title"]) == (429, 429, "Too Many Requests")
        assert refused.headers["content-type"] == "application/problem+json"
        assert int(refused.headers["retry-after"]) >= 1
        page = await calls.call("GET", "/", query=b"q=phones")
        assert page.status == 429
        assert int(page.headers["retry-after"]) >= 1
        assert "Too many questions" in page.text
        assert "try again" in page.text
        assert (await calls.call("GET", "/healthz")).status == 200
        assert (await calls.call("GET", "/")).status == 200  # the empty form asks nothing
        gated.gate.set()
        assert [answer.status for answer in await asyncio.gather(*asking)] == [200] * 3
        assert (await calls.match("now there is room")).status == 200
        assert not any("one too many" in texts for texts in gated.passes)

    run_app(test, queue=3)


@pytest.mark.parametrize("page", [False, True])
def test_a_question_whose_client_has_gone_is_not_encoded_and_makes_room(run_app, gated, page):
    async def test(calls):
        (first,) = await held(calls, gated, "first")
        gone = asyncio.Event()
        leaving = asyncio.create_task(
            calls.call("GET", "/", query=b"q=leaving", gone=gone) if page else calls.match("leaving", gone)
        )
        await queued(calls, 1)
        gone.set()
        assert (await leaving).status == 499
        staying = asyncio.create_task(calls.match("staying"))
        await queued(calls, 1)
        gated.gate.set()
        assert [(await one).status for one in (first, staying)] == [200, 200]
        assert gated.passes == [["first"], ["staying"]]

    run_app(test, queue=2)


def test_a_client_that_goes_while_its_question_is_encoded_is_not_answered(run_app, gated, monkeypatch):
    answered = []
    whole = Matcher.answer

    def answer(self, understood, *rest):
        answered.append(understood.concern.text)
        return whole(self, understood, *rest)

    async def test(calls):
        monkeypatch.setattr(Matcher, "answer", answer)
        gone = asyncio.Event()
        leaving, staying = await held(calls, gated, "leaving", "staying", gone=gone)
        gone.set()
        assert (await leaving).status == 499
        gated.gate.set()
        assert (await staying).status == 200
        assert answered == ["staying"]

    run_app(test)


@pytest.mark.parametrize("step", ["understand", "answer"])
def test_a_question_that_breaks_something_fails_alone(run_app, gated, monkeypatch, step):
    whole = getattr(Matcher, step)

    def broken(self, asked, *rest):
        if "break" in (asked if isinstance(asked, str) else asked.concern.text):
            raise RuntimeError("broken")
        return whole(self, asked, *rest)

    async def test(calls):
        monkeypatch.setattr(Matcher, step, broken)
        asking = await held(calls, gated, "first", "break", *TEXTS)
        gated.gate.set()
        assert [(await one).status for one in asking] == [200, 500] + [200] * len(TEXTS)

    run_app(test)


def test_an_error_of_the_encoder_is_a_500_for_its_pass_and_the_next_is_answered(run_app, gated):
    async def test(calls):
        asking = await held(calls, gated, "first", "fail", "phones")
        await queued(calls, 2)
        gated.gate.set()
        answers = await asyncio.gather(*asking)
        assert [answer.status for answer in answers] == [200, 500, 500]
        assert json.loads(answers[1].text)["title"] == "Internal Server Error"
        assert (await calls.match("phones")).status == 200

    run_app(test)


def test_what_still_waits_when_the_server_ends_gets_a_503(run_app, gated):
    async def test(calls):
        asking = await held(calls, gated, "first", "second")
        await queued(calls, 1)
        calls.app.state.answering.close()
        answers = [*await asyncio.gather(*asking), await calls.match("third")]
        assert [(answer.status, answer.headers["retry-after"]) for answer in answers] == [(503, "5")] * 3
        assert gated.passes == [["first"]]
        gated.gate.set()

    run_app(test)


def test_a_plan_waits_in_the_same_bounded_queue_as_a_question(run_app, gated):
    async def test(calls):
        asking = await held(calls, gated, *TEXTS[:2])
        await queued(calls, 1)
        for query in (b"", b"plan=tablets+for+all"):
            refused = await calls.call("GET", "/readiness", query=query)
            assert (refused.status, refused.headers["retry-after"]) == (429, "1")
        gated.gate.set()
        assert [answer.status for answer in await asyncio.gather(*asking)] == [200] * 2
        for query in (b"", b"plan=tablets+for+all"):
            assert (await calls.call("GET", "/readiness", query=query)).status == 200

    run_app(test, queue=2)


def test_a_plan_whose_client_has_gone_is_not_encoded(run_app, gated):
    async def test(calls):
        (first,) = await held(calls, gated, "first")
        gone = asyncio.Event()
        leaving = asyncio.create_task(calls.call("GET", "/readiness", query=b"plan=tablets", gone=gone))
        await queued(calls, 1)
        gone.set()
        assert (await leaving).status == 499
        gated.gate.set()
        assert (await first).status == 200
        assert gated.passes == [["first"]]

    run_app(test)
