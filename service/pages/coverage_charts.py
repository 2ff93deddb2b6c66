"""The charts of /explore/coverage, and the tables beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from engine.coverage import THIN, UNKNOWN, Coverage, Dimension
from service import wording
from service.charts import bar_chart, heat_map

MOST_BARS = 15
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart and its table.

    Attributes:
        dimension: What is counted by.
        title: The same in words.
        picture: The chart.
        rows: Value, its words, number of cases and whether that is thin, as many as are drawn.
        unknown: Cases of which no source tells it.
        left_out: How many values more there are, of fewer cases.
    """

    dimension: Dimension
    title: str
    picture: Markup
    rows: tuple[tuple[str, str, int, bool], ...]
    unknown: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Charts:
    """All of them; ``pairs`` is the heat map of phases and settings."""

    bars: tuple[Chart, ...]
    pairs: Markup


def drawn(coverage: Coverage) -> Charts:
    """Draw what cases cover."""
    return Charts(tuple(_bars(coverage, dimension) for dimension in get_args(Dimension)), _pairs(coverage))


def _bars(coverage: Coverage, dimension: Dimension) -> Chart:
    spread, title = coverage.spreads[dimension], wording.DIMENSION_WORDS[dimension]
    rows = [
        (value, wording.facet_value(dimension, value), count, value in spread.thin)
        for value, count in spread.values.items()
    ]
    # Of these what is rare is the point; of the others a long tail of single cases says nothing.
    shown = rows if dimension in ("theme", "country") else rows[:MOST_BARS]
    bars = [(words, count) for _, words, count, _ in shown]
    if spread.unknown:
        bars.append((NOT_KNOWN, spread.unknown))
    marks = {words: "thin" for _, words, _, is_thin in shown if is_thin} | {NOT_KNOWN: "not-known"}
    most = max(shown, key=lambda row: row[2], default=None)
    said = f"Most cases, {most[2]}: {most[1]}. " if most and most[2] else ""
    picture = bar_chart(
        bars,
        name=f"by-{dimension}",
        title=f"Cases by {title.lower()}",
        description=f"{said}{len(spread.thin)} of {len(rows)} have fewer than {THIN} cases.",
        marks=marks,
    )
    return Chart(dimension, title, picture, tuple(shown), spread.unknown, len(rows) - len(shown))


def _pairs(coverage: Coverage) -> Markup:
    crossed = coverage.phase_by_setting
    settings = list(next(iter(crossed.values())))
    return heat_map(
        [wording.facet_value("phase", phase) for phase in crossed],
        [NOT_KNOWN if setting == UNKNOWN else setting for setting in settings],
        [[by_setting[setting] for setting in settings] for by_setting in crossed.values()],
        name="phase-by-setting",
        title="Cases by phase and setting",
        description=f"{len(coverage.thin_pairs)} pairs of phase and setting have fewer than {THIN} cases.",
    )
