"""Coroutines run in a loop of their own, in a thread: the browser tests hold one in the main thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def run(call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Return what a coroutine function returns; what it raises is raised here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(call())).result()
