"""The table to fill in for a report, as CSV."""

from __future__ import annotations

import csv
import io

_COLUMNS = (
    *("id", "name", "kind", "country", "region", "phases", "setting", "sector", "pupils"),
    *("disadvantage", "disadvantage_percent", "concern_1", "concern_2", "concern_3"),
)
# "#" before an id: a row that the reader passes over.
_EXAMPLES = (
    (
        *("# example 1", "Test Lane Primary", "school", "United Kingdom", "East of England", "primary"),
        *("town", "state", "210", "high", "41%"),
        *("Teachers say they have no time to learn another system.", "The wifi will not cope.", ""),
    ),
    (
        *("# example 2", "Sampleford Academy and Sixth Form", "school", "GB", "", "secondary; sixth-form"),
        *("rural", "", "1,240", "", "", "Parents worry about how long children look at screens.", "", ""),
    ),
)


def template_text() -> str:
    """Return a CSV table with a header and two examples, which `engine.reports.reading` passes over."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *_EXAMPLES])
    return text.getvalue()
