"""Where the schools of a report are worked out: in this process, in several, or on a Ray cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.matcher import Matcher
from engine.ranking import Preferences
from engine.reports.records import ReportSchool, SchoolKept
from engine.reports.run import report_on
from index.serving import usable_threads
from service.reports.on_ray import report_on_ray, require_ray
from service.reports.run_file import RunFile
from service.reports.running import Report
from service.reports.spreading import report_in_processes

Engine = Literal["local", "ray"]
WORTH_IT = 1500  # schools; fewer are done sooner than further processes have begun


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen to work schools out.

    Attributes:
        engine: This machine, or a Ray cluster.
        address: Of the cluster; None begins one on this machine.
        processes: Of this machine; None takes as many as there are processors, where that is worth it.
    """

    engine: Engine = "local"
    address: str | None = None
    processes: int | None = None

    def require(self) -> None:
        """Make sure, before anything is written, that it is there.

        Raises:
            EngineError: If Ray is not installed, or nobody listens at the cluster's address.
        """
        if self.engine == "ray":
            require_ray(self.address)

    def reporter(self, matcher: Matcher, about: RunFile) -> Report:
        """Return what reports on schools."""

        def report(schools: Iterator[ReportSchool], coming: int) -> Iterable[SchoolKept]:
            folder = matcher.index.directory
            if self.engine == "ray":
                return report_on_ray(schools, folder, about, self.address)
            many = self.processes or (usable_threads() if coming >= WORTH_IT else 1)
            if many == 1:
                return report_on(schools, matcher, about.k, Preferences(about.closeness))
            return report_in_processes(schools, folder, about, many)

        return report
