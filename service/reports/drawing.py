"""The pictures of a report: bars, heat maps and the map of schools, each from what its table tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from engine.reports.across import UNKNOWN, VERDICTS, Across, Group
from engine.reports.alike import SchoolMap
from service import wording
from service.charts import bar_chart, heat_map
from service.pages.map_labels import place_labels

MOST_BARS, MOST_COLUMNS, MOST_ROWS = 15, 14, 25
SIZE, _MARGIN = 1000, 50  # units of a map
_MOST_NAMES = 8
_TOGETHER = 0.2  # of the map's width, from the middle of schools to half of them
NOT_KNOWN = "not known"
VERDICT_WORDS = {"strong": "faced here", "partial": "come near", "none": "nobody here"}


@dataclass(frozen=True, slots=True)
class Grid:
    """A heat map and its table.

    Attributes:
        picture: The heat map.
        first: What the rows are, in a word.
        columns: Labels of all columns, also of those that are not drawn.
        rows: Label of each row, and its counts.
        left_out: How many columns are only in the table.
    """

    picture: Markup
    first: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where signs and names are drawn on a map, and what of its height is used."""

    signs: list[tuple[int, int]]
    names: list[str]
    labels: list[tuple[int, int]]
    top: int
    height: int


def bars(rows: Sequence[tuple[str, int]], *, name: str, title: str) -> Markup:
    """Return bars of the first rows of a table."""
    most = rows[0] if rows else None
    said = f"Most, {most[1]:,}: {most[0]}." if most else "There is nothing to count."
    shown = [(_cut(label, 40), count) for label, count in rows[:MOST_BARS]]  # what a telephone has room for
    return bar_chart(shown, name=name, title=title, description=said)


def themes_by(across: Across, group: Group) -> Grid:
    """Return how many schools of each group have each theme."""
    sizes = across.schools_by(group)
    rows = [(f"{_group(name)} ({sizes[name]:,})", counts) for name, counts in across.themes_by(group).items()]
    title = f"Schools by {group} and theme of their worries"
    return _grid(rows, _themes(across), name=f"themes-by-{group}", title=title, first=group.capitalize())


def themes_of_schools(across: Across, positions: Sequence[int], names: Sequence[str]) -> Grid:
    """Return how many concerns of each theme some schools have; those after the first are in no picture."""
    rows = [(name, Counter(across.schools[n].themes)) for n, name in zip(positions, names, strict=True)]
    title = "Worries by school and theme"
    return _grid(rows, _themes(across), name="themes-of-schools", title=title, first="School")


def coverage(across: Across) -> Grid:
    """Return how many schools of each phase are in each setting."""
    crossed = across.phase_by_setting()
    columns = [(name, _group(name)) for name in across.schools_by("setting")]
    rows = [(_group(phase), counts) for phase, counts in crossed.items()]
    return _grid(rows, columns, name="coverage", title="Schools by phase and setting", first="Phase")


def verdicts_by(across: Across, group: Group) -> Grid:
    """Return how the concerns of each group's schools were answered."""
    rows = [(_group(name), counts) for name, counts in across.verdicts_by(group).items()]
    columns = [(verdict, VERDICT_WORDS[verdict]) for verdict in VERDICTS]
    title = f"Worries by {group} of the school, and whether anybody here has faced them"
    return _grid(rows, columns, name=f"verdicts-by-{group}", title=title, first=group.capitalize())


def school_map(across: Across, placed: SchoolMap) -> Drawn:
    """Return the map of schools; a theme stands where most of those that have it lie together."""
    names: list[str] = []
    centres: list[NDArray[np.float64]] = []
    for theme, _ in across.themes:
        having = [
            n for n, position in enumerate(placed.positions) if theme in across.schools[position].themes
        ]
        if len(having) > 1 and len(names) < _MOST_NAMES:
            centre = np.median(placed.points[having], axis=0)
            away = np.linalg.norm(placed.points[having] - centre, axis=1)
            if np.median(away) <= _TOGETHER:
                names.append(wording.facet_value("theme", theme))
                centres.append(centre)
    return drawn(placed.points, names, centres)


def drawn(
    points: NDArray[np.float64],
    names: Sequence[str],
    centres: Sequence[Sequence[float] | NDArray[np.float64]],
) -> Drawn:
    """Return where points within 0 and 1 are drawn, in whole units, and names near their centres."""
    signs = [_place(point) for point in points]
    # One line here, where the map of cases has two: its names are larger than is reckoned with.
    labels = place_labels(
        [f"{name}   " for name in names], [_place(centre) for centre in centres], signs, SIZE
    )
    heights = [y for _, y in (*signs, *labels)]
    top = min(heights, default=0) - _MARGIN
    return Drawn(signs, list(names), labels, top, max(heights, default=0) + _MARGIN - top)


def _place(point: Sequence[float] | NDArray[np.float64]) -> tuple[int, int]:
    within = SIZE - 2 * _MARGIN
    return round(_MARGIN + within * float(point[0])), round(_MARGIN + within * float(point[1]))


def _grid(
    rows: Sequence[tuple[str, Mapping[str, int]]],
    columns: Sequence[tuple[str, str]],
    *,
    name: str,
    title: str,
    first: str,
) -> Grid:
    counts = [tuple(found.get(value, 0) for value, _ in columns) for _, found in rows]
    labels, shown = [label for label, _ in rows], [label for _, label in columns]
    picture = heat_map(
        [_cut(label, 22) for label in labels[:MOST_ROWS]],
        shown[:MOST_COLUMNS],
        [row[:MOST_COLUMNS] for row in counts[:MOST_ROWS]],
        name=name,
        title=title,
        description=_most(labels, shown, counts),
        upright=max(map(len, shown), default=0) > 8,
    )
    left_out = max(0, len(columns) - MOST_COLUMNS)
    return Grid(picture, first, tuple(shown), tuple(zip(labels, counts, strict=True)), left_out)


def _most(rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]]) -> str:
    found = [(count, down, over) for down, row in enumerate(counts) for over, count in enumerate(row)]
    count, down, over = max(found, key=lambda one: (one[0], -one[1], -one[2]), default=(0, 0, 0))
    return f"Most, {count:,}: {rows[down]}, {columns[over]}." if count else "There is nothing to count."


def _themes(across: Across) -> list[tuple[str, str]]:
    return [(theme, wording.facet_value("theme", theme)) for theme, _ in across.themes]


def _group(value: str) -> str:
    return NOT_KNOWN if value == UNKNOWN else value.replace("-", " ")


def _cut(label: str, most: int) -> str:
    """Return a label that fits into a chart; the table has it whole."""
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"
