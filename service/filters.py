"""Which cases a list shows: every given facet must be met, by any of the values given for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.records import CaseStudy


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Values wanted by facet; an empty facet asks nothing. Unknown is never a match."""

    phase: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    technology: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    independence: tuple[str, ...] = ()

    def passes(self, case: CaseStudy) -> bool:
        """Say whether a case meets every facet."""
        institution = case.institution
        return all(
            not wanted or any(value in wanted for value in values)
            for wanted, values in (
                (self.phase, institution.phases),
                (self.setting, (institution.setting,)),
                (self.country, (institution.country,)),
                (self.sector, (institution.sector,)),
                (self.kind, (institution.kind,)),
                (self.technology, case.technology),
                (self.outcome, (case.outcome,)),
                (self.independence, (case.provenance.independence,)),
            )
        )

    def apply(self, cases: Iterable[CaseStudy]) -> list[CaseStudy]:
        """Return the cases that pass, in the order of their ids."""
        return sorted((case for case in cases if self.passes(case)), key=lambda case: case.id)
