"""How rare terms are: what makes a word that is met worth much or little.

The statistics of the shipped cases are frozen in ``data/term-statistics.json``, and every index weighs its
terms by them, whatever it holds. So the same words get the same score in every corpus of the trade, a case
that joins changes no other's score, and a small corpus does not have to guess from a few dozen cases how
rare a word is. `training.term_statistics` makes the file.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SHIPPED_STATISTICS = Path(__file__).parent / "data" / "term-statistics.json"


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """How many of some documents hold each term.

    Attributes:
        documents: How many documents there are.
        frequency: By term, how many of them hold it.
    """

    documents: int
    frequency: Mapping[str, int]

    @classmethod
    def of(cls, documents: Iterable[Iterable[str]]) -> TermStatistics:
        """Count the terms of some documents."""
        count, frequency = 0, Counter[str]()
        for terms in documents:
            count += 1
            frequency.update(set(terms))
        return cls(count, frequency)

    def weight(self, term: str) -> float:
        """Return a term's inverse document frequency, in nats; highest for one that no document holds."""
        held = self.frequency.get(term, 0)
        return math.log1p((self.documents - held + 0.5) / (held + 0.5))


@lru_cache(maxsize=1)
def shipped_statistics() -> TermStatistics:
    """Return the statistics that the project ships."""
    content = json.loads(SHIPPED_STATISTICS.read_text(encoding="utf-8"))
    return TermStatistics(content["documents"], content["frequency"])


def shipped_statistics_digest() -> str:
    """Return the SHA-256 of the statistics that the project ships."""
    return hashlib.sha256(SHIPPED_STATISTICS.read_bytes()).hexdigest()
