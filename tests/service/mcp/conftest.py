"""An assistant's end of the protocol."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from mcp import Client

PATIENCE = 60  # seconds until a test gives up waiting for what must come


@pytest.fixture
def talk_to():
    """Talk to a server: ``talk_to(server, talk)``, ``talk`` a coroutine function that takes a client.

    In a thread of its own, because browser tests leave a running loop in the main one.
    """

    def run(server, talk):
        async def whole():
            async with Client(server, read_timeout_seconds=PATIENCE) as client:
                return await talk(client)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, whole()).result()

    return run
