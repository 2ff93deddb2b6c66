"""Charts as SVG: pure functions from numbers to markup.

A chart is one picture with a name and a description (``role="img"``), and every count is written in it, so
that no colour has to be told apart. Beside it belongs a table of the same numbers. The style sheet has the
colours. Across, bars are measured in shares of the chart and down in the height of letters, so that words
keep their size on a telephone and grow when the reader makes words larger.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from markupsafe import Markup

_ROW = 2.9  # em: a label and the bar under it
_WIDEST = 88  # per cent, which leaves room for the count beside the longest bar
_CELL = 2.4  # em
_LABELS = 20  # per cent, for the labels of the rows of a heat map
_LETTER = 0.46  # em, about the width of a letter of a column's label
_DARKEST = 5  # steps of shade; style.css has a class for each


def bar_chart(
    bars: Sequence[tuple[str, int]],
    *,
    name: str,
    title: str,
    description: str,
    marks: Mapping[str, str] = MappingProxyType({}),
) -> Markup:
    """Return a chart of bars, one under another.

    Args:
        bars: Label and count of each, in the order in which they are to stand.
        name: Letters, digits and hyphens; unique on the page.
        title: Says what is counted.
        description: Says in a sentence what there is to see.
        marks: Classes of bars that are to look different, by their labels: ``thin``, ``not-known``.
    """
    longest = max((count for _, count in bars), default=0) or 1
    parts = []
    for row, (label, count) in enumerate(bars):
        top, share = row * _ROW, count / longest * _WIDEST
        parts.append(
            Markup(
                '<text x="0" y="{}em">{}</text><rect class="bar {}" x="0" y="{}em" width="{}%" height="1em"/>'
                '<text x="{}%" dx=".4em" y="{}em">{:,}</text>'
            ).format(
                _short(top + 1.1),
                label,
                marks.get(label, ""),
                _short(top + 1.45),
                _short(share),
                _short(share),
                _short(top + 2.3),
                count,
            )
        )
    return _picture("bars", name, title, description, len(bars) * _ROW, parts)


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    counts: Sequence[Sequence[int]],
    *,
    name: str,
    title: str,
    description: str,
    upright: bool = False,
) -> Markup:
    """Return a table of counts, shaded the darker the more.

    Args:
        rows: Labels of the rows.
        columns: Labels of the columns.
        counts: One sequence a row, of as many counts as there are columns.
        name: Letters, digits and hyphens; unique on the page.
        title: Says what is counted.
        description: Says in a sentence what there is to see.
        upright: Whether the labels of the columns stand upright, as many or long ones have to.

    Raises:
        ValueError: If there is not one count for each row and column.
    """
    if len(counts) != len(rows) or any(len(row) != len(columns) for row in counts):
        raise ValueError("a heat map needs one count for each row and column")
    most = max((count for row in counts for count in row), default=0) or 1
    wide = (100 - _LABELS) / max(1, len(columns))
    head = 1.8 if not upright else 1.2 + _LETTER * max(map(len, columns), default=0)
    parts = [_head(label, _middle(place, wide), head, upright=upright) for place, label in enumerate(columns)]
    for down, (label, row) in enumerate(zip(rows, counts, strict=True)):
        top = head + down * _CELL
        parts.append(Markup('<text x="0" y="{}em">{}</text>').format(_short(top + 1.5), label))
        for place, count in enumerate(row):
            shade = _shade(count, most)
            parts.append(
                Markup(
                    '<rect class="heat-{}" x="{}%" y="{}em" width="{}%" height="{}em"/>'
                    '<text class="middle on-{}" x="{}%" y="{}em">{:,}</text>'
                ).format(
                    shade,
                    _short(_LABELS + place * wide),
                    _short(top),
                    _short(wide),
                    _CELL,
                    shade,
                    _middle(place, wide),
                    _short(top + 1.5),
                    count,
                )
            )
    return _picture("heat", name, title, description, head + len(rows) * _CELL, parts)


def _head(label: str, middle: str, height: float, *, upright: bool) -> Markup:
    if not upright:
        return Markup('<text class="middle head" x="{}%" y="1.2em">{}</text>').format(middle, label)
    # Turned about a place that is told in per cent, which only a picture within the picture can be put at.
    return Markup(
        '<svg class="turned" x="{}%" y="{}em">'
        '<text class="head" transform="rotate(-90)" dy=".35em">{}</text></svg>'
    ).format(middle, _short(height - 0.6), label)


def _picture(
    kind: str, name: str, title: str, description: str, height: float, parts: list[Markup]
) -> Markup:
    return Markup(
        '<svg class="chart {0}" role="img" aria-labelledby="{1}-title {1}-desc" width="100%" height="{2}em">'
        '<title id="{1}-title">{3}</title><desc id="{1}-desc">{4}</desc>{5}</svg>'
    ).format(kind, name, _short(height + 0.3), title, description, Markup("").join(parts))


def _shade(count: int, most: int) -> int:
    """Return 0 for nothing, and from 1 on the more the higher."""
    return 0 if count == 0 else 1 + min(_DARKEST - 1, int(_DARKEST * (count - 1) / most))


def _middle(place: int, wide: float) -> str:
    return _short(_LABELS + (place + 0.5) * wide)


def _short(number: float) -> str:
    return f"{round(number, 1):g}"
