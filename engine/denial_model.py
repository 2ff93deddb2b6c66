"""How likely a clause rules something out, by its words, their order, and the clauses beside it.

A logistic regression over word n-grams, trained by ``python -m training.denial`` on texts in which the
stretches that rule something out are marked; ``data/denial.json`` holds its weights.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

WEIGHTS_FILE = Path(__file__).parent / "data" / "denial.json"
INTERCEPT = "(intercept)"
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


def probability_of_denial(clauses: Sequence[str], number: int) -> float:
    """Return the probability, 0 to 1, that one of a text's clauses rules something out."""
    weights = _weights()
    score = weights[INTERCEPT] + sum(
        weights.get(feature, 0.0) for feature in set(features_of(clauses, number))
    )
    return 1 / (1 + math.exp(-score))


def features_of(clauses: Sequence[str], number: int) -> Iterator[str]:
    """Yield what is looked at in a clause: its words, pairs, triples, ends, and its neighbours."""
    words = _words_of(clauses[number])
    yield from (f"w:{word}" for word in words)
    yield from (f"b:{a} {b}" for a, b in zip(["^", *words], [*words, "$"], strict=True))
    yield from (f"t:{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False))
    yield f"starts:{' '.join(words[:2])}"
    yield f"ends:{' '.join(words[-2:])}"
    if number + 1 < len(clauses):
        after = _words_of(clauses[number + 1])
        yield from (f"after starts:{' '.join(after[:length])}" for length in (1, 2, 3))
        yield from (f"after:{word}" for word in after)
    else:
        yield "last"
    if number:
        before = _words_of(clauses[number - 1])
        yield f"before starts:{' '.join(before[:2])}"
        yield from (f"before:{word}" for word in before)
    else:
        yield "first"
    yield f"place:{min(number, 3)} of {min(len(clauses), 4)}"


def _words_of(clause: str) -> list[str]:
    return _WORD.findall(clause.lower().replace("’", "'"))


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    weights: dict[str, float] = json.loads(WEIGHTS_FILE.read_text(encoding="utf-8"))
    return weights
