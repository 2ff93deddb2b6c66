"""Who asked how often within the minute, in memory.

Windows are the minutes of the clock, and the counts of one are dropped with it: memory holds nobody who asked
before. Libraries for this (`limits`) keep a timer for each address; that was 0.6 ms a question here.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands against a limit.

    Attributes:
        allowed: Whether there is room for what was asked.
        limit: The most questions in the window.
        left: How many of them are left.
        seconds: Until the window ends.
    """

    allowed: bool
    limit: int
    left: int
    seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """What tells a client where it stands (draft-ietf-httpapi-ratelimit-headers-06)."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.seconds),
        }


class MinuteCounter:
    """Counts what each one asks within the minute."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._minute = 0
        self._counts: Counter[str | int] = Counter()

    def count(self, who: str | int, limit: int, cost: int = 1) -> Standing:
        """Count a question, unless the limit would be passed.

        Args:
            who: Whoever asks.
            limit: The most questions a minute, 1 or more.
            cost: How many it counts for; one that costs more than the limit is counted as the limit.
        """
        now = self._clock()
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        used = self._counts[who] + min(cost, limit)
        allowed = used <= limit
        if allowed:
            self._counts[who] = used
        return Standing(allowed, limit, limit - self._counts[who], int(60 * (minute + 1) - now) or 1)
