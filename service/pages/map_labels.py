"""Where the names of regions stand on the map: near their middle, over few signs and over no other name."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

_LETTER, _LINE = 13, 26  # units of the drawing: about the width of a bold letter, and a line's height
_STEPS = range(-120, 121, 20)
Place = tuple[int, int]
Box = tuple[float, float, float, float]  # left, top, right, bottom


def place_labels(
    texts: Sequence[str], centres: Sequence[Place], signs: Sequence[Place], size: int
) -> list[Place]:
    """Return where each name is to stand: the middle of its first line's base.

    Args:
        texts: The longer line of each name, which has two.
        centres: Where each would stand best.
        signs: What should stay visible.
        size: Width of the drawing.
    """
    placed: list[Box] = []
    found = []
    for text, centre in zip(texts, centres, strict=True):
        half = len(text) * _LETTER / 2 + 6
        tried = []
        for right, down in product(_STEPS, _STEPS):
            x = round(max(half, min(centre[0] + right, size - half)))
            base = centre[1] + down
            box = (x - half, base - _LINE, x + half, base + 1.3 * _LINE)
            cost = _cost(box, placed, signs) + (abs(x - centre[0]) + abs(down)) / 10
            tried.append((cost, (x, base), box))
        _, best, box = min(tried)
        placed.append(box)
        found.append(best)
    return found


def _cost(box: Box, placed: Sequence[Box], signs: Sequence[Place]) -> float:
    left, top, right, bottom = box
    covered = sum(left - 8 < x < right + 8 and top - 8 < y < bottom + 8 for x, y in signs)
    on_others = sum(left < r and right > le and top < b and bottom > t for le, t, r, b in placed)
    return 1000 * on_others + 10 * covered
