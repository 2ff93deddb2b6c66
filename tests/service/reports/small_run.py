"""A run over made-up schools with an encoder that knows words only: what tests and benchmarks kill.

Usage: python small_run.py INDEX OUT SCHOOLS
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

from engine.context import SchoolContext
from engine.matcher import Matcher
from engine.ranking import Preferences
from engine.reports.records import ReportSchool
from engine.reports.run import report_on
from index.case_index import CaseIndex
from service.reports.run_file import RunFile
from service.reports.running import run_into

_CONCERNS = (
    "slow broadband in class {}",
    "parents want to reach their children",
    "the cost. The wifi.",
    "pupils brought a second phone, {} of them",
    "",
)


def schools(n: int):
    """Yield schools that share some of their concerns."""
    for number in range(n):
        yield ReportSchool(
            id=str(100_000 + number),
            name=f"School {number}" if number % 7 else None,
            context=SchoolContext(
                country="GB", phases=(("primary",), ("secondary",), ())[number % 3], pupils=50 + number
            ),
            concerns=tuple(text.format(number % 90) for text in _CONCERNS[: number % (len(_CONCERNS) + 1)]),
        )


def run(index: Path, out: Path, n: int, encoder) -> None:
    """Run, and go on where there is a run."""
    matcher = Matcher(CaseIndex.open(index), encoder)
    preferences = Preferences()
    about = RunFile.of([Path(__file__)], matcher, 3, preferences)

    def report(schools, _):
        return report_on(schools, matcher, about.k, preferences)

    run_into(out, about, lambda: schools(n), report, resume=True)


if __name__ == "__main__":
    conftest = runpy.run_path(str(Path(__file__).parents[2] / "conftest.py"))
    run(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), conftest["HashingEncoder"]())
