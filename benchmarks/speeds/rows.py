"""What was measured: cells with all their values, goals reached or missed, rows and the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

OURS, USUAL, TXTAI, CHROMA = "warts", "the usual way", "txtai", "Chroma"
RIVALS = {
    USUAL: "usual",
    TXTAI: "with_txtai",
    CHROMA: "with_chroma",
}  # names, and modules of benchmarks.rivals
SYSTEMS = (OURS, *RIVALS)
NOT_INSTALLED = "not installed"


@dataclass(frozen=True)
class Cell:
    """One system's figure in one row.

    Attributes:
        text: As the table shows it.
        values: All that were measured, in the order of measuring; empty where nothing could be.
    """

    text: str
    values: tuple[float, ...] = ()

    @classmethod
    def of(cls, values: Sequence[float], unit: str, remark: str = "") -> Cell:
        """Show the median with the lowest and highest value."""
        middle, low, high = (number(value) for value in (median(values), min(values), max(values)))
        spread = f" ({low} to {high})" if len(values) > 1 else ""
        return cls(f"{middle} {unit}{spread}{remark}", tuple(values))

    @property
    def median(self) -> float:
        """The median of the values."""
        return median(self.values)


@dataclass(frozen=True)
class Goal:
    """A goal, and whether it was reached; None where it could not be measured."""

    text: str
    found: str
    reached: bool | None

    @classmethod
    def at_least(cls, text: str, value: float, least: float, unit: str = "") -> Goal:
        """Compare with a lower bound."""
        return cls(text, number(value) + unit, value >= least)

    @classmethod
    def at_most(cls, text: str, value: float, most: float, unit: str = "") -> Goal:
        """Compare with an upper bound."""
        return cls(text, number(value) + unit, value <= most)

    def __str__(self) -> str:
        if self.reached is None:
            return f"{self.text}: not measured"
        return f"{self.text}: {self.found}, {'reached' if self.reached else 'MISSED'}"


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured, and how.
        cells: By system; one that is not named does not do this.
        ratio: Ours against the usual way, as it is shown; empty where they are not compared.
        goals: What was to be reached.
    """

    what: str
    cells: dict[str, Cell] = field(default_factory=dict)
    ratio: str = ""
    goals: tuple[Goal, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    @classmethod
    def of_plain(cls, plain: dict[str, Any]) -> Row:
        """Return the row that `as_plain` gave; other keys are passed over."""
        cells = {name: Cell(cell["text"], tuple(cell["values"])) for name, cell in plain["cells"].items()}
        goals = tuple(Goal(**goal) for goal in plain["goals"])
        return cls(plain["what"], cells, plain["ratio"], goals)

    def as_markdown(self) -> str:
        """Return a line of the table."""
        cells = [self.cells[system].text if system in self.cells else "" for system in SYSTEMS]
        return f"| {' | '.join([self.what, *cells, self.ratio, '; '.join(map(str, self.goals))])} |"


def table(rows: Sequence[Row]) -> str:
    """Return the whole table."""
    head = ["", *SYSTEMS, "ratio", "goals"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(row.as_markdown() for row in rows)]
    return "\n".join(lines)


def compared(
    what: str, cells: dict[str, Cell], least: float, *, text: str = "times as fast as the usual way"
) -> Row:
    """Return a row of durations, or of anything where less is better, with a goal against the usual way."""
    usual = cells.get(USUAL)
    goal = f"{number(least)} {text}"
    if usual is None or not usual.values:
        return Row(what, cells, goals=(Goal(goal, "", None),))
    factor = usual.median / cells[OURS].median
    return Row(what, cells, f"{number(factor)}×", (Goal.at_least(goal, factor, least, "×"),))


def number(value: float) -> str:
    """Return a number with about three digits."""
    digits = next((places for limit, places in ((100, 0), (10, 1), (1, 2)) if abs(value) >= limit), 3)
    text = f"{value:,.{digits}f}"
    return text.removesuffix(".00") if digits == 2 else text
