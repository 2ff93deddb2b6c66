"""The figures of `benchmarks.reports` as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def as_markdown(rows: dict[str, Any]) -> str:
    """Return the rows that were measured as tables, each with when and by which command."""
    lines = [
        "# Reports on many schools",
        "",
        "Made-up schools with two concerns each; the concerns are real texts.",
    ]
    for name, table in _TABLES.items():
        if name in rows:
            told = rows[name]["measured"]
            lines += ["", f"## {_TITLES[name]}", "", *table(rows[name]["found"]), ""]
            lines.append(f"{told['date']}, `{told['command']}`. {told['machine']}.")
    return "\n".join(lines) + "\n"


def _many(found: dict[str, Any]) -> Iterator[str]:
    yield "In a loop over `match`, by the same process in bulk, and as `warts report` shares schools among"
    yield "processes (their start counted):"
    yield ""
    columns = ("concerns", "schools", "texts", "in a loop", "one process", "times", "processes", "times")
    yield f"| {' | '.join(columns)} | same answers |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, row in found.items():
        speed, times = row["schools_a_second"], row["times"]
        yield (
            f"| {name} | {row['schools']} | {row['texts']} | {speed['loop']:.1f} "
            f"| {speed['one process']:.1f} | {times['one process']:.1f}x "
            f"| {speed['processes']:.1f} | {times['processes']:.1f}x "
            f"| {'yes' if row['answers_identical'] else '**no**'} |"
        )


def _country(found: dict[str, Any]) -> Iterator[str]:
    yield f"| {found['schools']:,} schools | minutes | peak memory of all processes, MB | written, MB |"
    yield "|---|---|---|---|"
    for name, row in found.items():
        if isinstance(row, dict):
            yield f"| {name} | {row['seconds'] / 60:.1f} | {row['peak_mb']:.0f} | {row['bytes'] / 1e6:.0f} |"


def _kills(found: dict[str, Any]) -> Iterator[str]:
    yield (
        f"{found['kills']} reports on {found['schools']:,} schools were killed at random moments and "
        f"resumed; {found['identical']} ended byte for byte as one that was not killed."
    )


def _alike(found: dict[str, Any]) -> Iterator[str]:
    took = f"{found['seconds']:.2f} s"
    yield f"The {found['nearest']} nearest of each of {found['vectors']:,} vectors took {took}."


_TABLES: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    "many": _many,
    "country": _country,
    "kills": _kills,
    "alike": _alike,
}
_TITLES = {
    "many": "Schools a second",
    "country": "A country",
    "kills": "Killed and resumed",
    "alike": "Schools that are alike",
}
