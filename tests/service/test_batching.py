"""Requests share passes of the encoder, and nobody gets another's vectors or another's error."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.batching import Batcher, ClosingError
from tests.loops import run as in_loop


def running(test, **bounds):
    """Run a test with a batcher of its own."""

    async def whole():
        batcher = Batcher(**bounds)
        try:
            await asyncio.wait_for(test(batcher), 30)
        finally:
            batcher.close()

    in_loop(whole)


async def held(batcher, gated, *requests):
    """Shut the gate, ask "first" so that its pass holds, and queue the requests behind it."""
    gated.gate.clear()
    asking = [asyncio.create_task(batcher.encode(gated, texts)) for texts in (["first"], *requests)]
    while not gated.passes:
        await asyncio.sleep(0)
    return asking


def test_a_lone_request_is_encoded_at_once_and_by_itself(gated):
    async def test(batcher):
        for text in ("phones", "tablets"):
            assert np.array_equal(await batcher.encode(gated, [text]), gated.encoder.encode_queries([text]))
        assert gated.passes == [["phones"], ["tablets"]]

    running(test)


def test_what_arrives_during_a_pass_shares_the_next_in_the_order_of_arrival(gated):
    async def test(batcher):
        asking = await held(batcher, gated, ["a"], ["b", "c"], ["d"])
        gated.gate.set()
        answers = await asyncio.gather(*asking)
        assert gated.passes == [["first"], ["a", "b", "c", "d"]]
        for texts, vectors in zip((["first"], ["a"], ["b", "c"], ["d"]), answers, strict=True):
            assert np.array_equal(vectors, gated.encoder.encode_queries(texts))

    running(test)


def test_a_pass_has_a_bound_but_one_long_request_goes_alone(gated):
    async def test(batcher):
        asking = await held(batcher, gated, ["a"], ["b"], ["c"], ["d", "e", "f"], ["g"])
        gated.gate.set()
        await asyncio.gather(*asking)
        assert gated.passes == [["first"], ["a", "b"], ["c"], ["d", "e", "f"], ["g"]]

    running(test, most_texts=2)


def test_two_encoders_never_share_a_pass(gated, encoder):
    async def test(batcher):
        other = type(gated)(type(encoder)(dimension=64))
        asking = await held(batcher, gated, ["a"])
        asking += [asyncio.create_task(batcher.encode(other, ["b"]))]
        await asyncio.sleep(0)
        gated.gate.set()
        assert [vectors.shape for vectors in await asyncio.gather(*asking)] == [(1, 256), (1, 256), (1, 64)]
        assert (gated.passes, other.passes) == ([["first"], ["a"]], [["b"]])

    running(test)


def test_a_caller_that_is_gone_is_not_encoded(gated):
    async def test(batcher):
        first, a, b = await held(batcher, gated, ["a"], ["b"])
        a.cancel()
        gated.gate.set()
        await asyncio.gather(first, b)
        assert a.cancelled()
        assert gated.passes == [["first"], ["b"]]

    running(test)


def test_a_caller_that_goes_during_its_pass_harms_nobody(gated):
    async def test(batcher):
        first, a = await held(batcher, gated, ["a"])
        first.cancel()
        await asyncio.sleep(0)
        gated.gate.set()
        assert np.array_equal(await a, gated.encoder.encode_queries(["a"]))

    running(test)


def test_an_error_of_the_encoder_fails_its_pass_and_the_next_works(gated):
    async def test(batcher):
        asking = await held(batcher, gated, ["fail"], ["a"])
        gated.gate.set()
        first, *failed = await asyncio.gather(*asking, return_exceptions=True)
        assert first.shape == (1, 256)
        assert [str(error) for error in failed] == ["the encoder failed"] * 2
        assert (await batcher.encode(gated, ["a"])).shape == (1, 256)

    running(test)


def test_closing_lets_go_of_everything_that_waits(gated):
    async def test(batcher):
        asking = await held(batcher, gated, ["a"])
        batcher.close()
        assert [type(error) for error in await asyncio.gather(*asking, return_exceptions=True)] == [
            ClosingError,
            ClosingError,
        ]
        gated.gate.set()
        with pytest.raises(ClosingError):
            await batcher.encode(gated, ["b"])
        assert gated.passes == [["first"]]

    running(test)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    requests=st.lists(st.lists(st.sampled_from(["phones", "slow wifi", "cost", "trust"]), max_size=4)),
    pauses=st.lists(st.integers(0, 3), max_size=8),
    most=st.integers(1, 6),
)
def test_everybody_gets_the_vectors_of_their_own_texts(encoder, requests, pauses, most):
    async def ask(batcher, number, texts):
        for _ in range(pauses[number % len(pauses)] if pauses else 0):
            await asyncio.sleep(0)
        return await batcher.encode(encoder, texts)

    async def test(batcher):
        asking = [ask(batcher, number, texts) for number, texts in enumerate(requests)]
        for texts, vectors in zip(requests, await asyncio.gather(*asking), strict=True):
            assert np.array_equal(vectors, encoder.encode_queries(texts))

    running(test, most_texts=most)
