from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from service.charts import bar_chart, heat_map
from service.pages.map_labels import place_labels

NAMED = {"name": "n", "title": "Cases", "description": "Most are small."}


def parsed(picture):
    """Parse a chart as XML, which fails on markup that is not well-formed."""
    return ElementTree.fromstring(str(picture))  # noqa: S314 -- our own


def test_bars_are_as_long_as_their_counts():
    chart = parsed(bar_chart([("a", 40), ("b", 10), ("c", 0)], **NAMED))
    widths = [float(bar.get("width").rstrip("%")) for bar in chart.iter("rect")]
    assert widths[1] == pytest.approx(widths[0] / 4)
    assert widths[2] == 0
    assert [text.text for text in chart.iter("text")] == ["a", "40", "b", "10", "c", "0"]


def test_a_chart_is_one_picture_with_a_name_and_a_description():
    for chart in (bar_chart([("a", 1)], **NAMED), heat_map(["r"], ["c"], [[1]], **NAMED)):
        root = parsed(chart)
        assert root.get("role") == "img"
        named_by = root.get("aria-labelledby").split()
        assert [one.text for one in root if one.get("id") in named_by] == ["Cases", "Most are small."]


def test_labels_are_escaped():
    chart = str(bar_chart([("<script>&", 1)], name="n", title="<b>", description='"'))
    assert "<script>" not in chart
    assert "<b>" not in chart
    parsed(chart)


def test_a_chart_of_nothing_is_no_error():
    parsed(bar_chart([], **NAMED))
    parsed(heat_map([], [], [], **NAMED))
    assert "NaN" not in str(bar_chart([("a", 0)], **NAMED))


def test_bars_can_be_marked():
    chart = parsed(bar_chart([("a", 4), ("b", 2)], marks={"b": "thin"}, **NAMED))
    assert ["thin" in bar.get("class") for bar in chart.iter("rect")] == [False, True]


def test_a_heat_map_is_the_darker_the_more_and_only_nothing_has_no_shade():
    counts = [[0, 1, 25], [50, 75, 100]]
    chart = parsed(heat_map(["r", "s"], ["a", "b", "c"], counts, **NAMED))
    shades = [int(re.fullmatch(r"heat-(\d)", cell.get("class"))[1]) for cell in chart.iter("rect")]
    assert shades == [0, 1, 2, 3, 4, 5]
    assert [text.text for text in chart.iter("text")] == [
        "a",
        "b",
        "c",
        "r",
        "0",
        "1",
        "25",
        "s",
        "50",
        "75",
        "100",
    ]


def test_a_heat_map_needs_a_count_for_each_row_and_column():
    with pytest.raises(ValueError, match="one count"):
        heat_map(["r"], ["a", "b"], [[1]], **NAMED)


def test_names_on_the_map_keep_off_each_other_and_within_it():
    texts, centres = ["fairness and access at home", "cost"], [(5, 500), (40, 510)]
    (x, y), (other_x, other_y) = place_labels(texts, centres, [(5, 500)], 1000)
    assert x - len(texts[0]) * 11.5 / 2 >= 0
    assert abs(y - other_y) > 40 or abs(x - other_x) > 150
