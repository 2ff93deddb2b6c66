"""The per-school step of a report, as a process of its own works it: on this machine or on another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.errors import WartsError
from engine.ranking import Preferences
from engine.reports.batch import ManyAnswers
from engine.reports.records import ReportSchool, SchoolKept
from engine.reports.run import report_with
from service.opening import open_matcher
from service.reports.errors import EngineError
from service.reports.run_file import RunFile
from service.settings import load_settings


class SchoolStep:
    """Reports on schools with a matcher of its own, opened once.

    What is kept of a school depends on the school, the index and the options alone; which process works it
    out, and in whose company, changes nothing.
    """

    def __init__(self, index: Path, about: RunFile) -> None:
        """Open an index.

        Args:
            index: Its folder.
            about: The run to take part in.

        Raises:
            EngineError: If the index cannot be opened here, or if it, the model or this program is another
                than the run's.
        """
        try:
            matcher = open_matcher(load_settings(), index)
            differing = about.differs_from(matcher)
        except WartsError as error:  # told in words: an error of another process has to be sent
            raise EngineError(str(error)) from None
        if differing:
            raise EngineError(f"{index} has another {' and '.join(differing)} than the run was begun with")
        self._many = ManyAnswers(matcher)
        self._k, self._preferences = about.k, Preferences(about.closeness)

    def __call__(self, schools: Iterable[ReportSchool]) -> Iterator[SchoolKept]:
        """Report on schools, in their order."""
        return report_with(self._many, schools, self._k, self._preferences)

    def lines(self, schools: Sequence[ReportSchool]) -> list[str]:
        """Report on schools, and return a line each: what another process can be sent."""
        return [school.as_line() for school in self(schools)]
