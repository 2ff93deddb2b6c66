"""By what cases can be told apart, filtered and counted.

A case has several values of some facets (phases, technology, themes), one of others, and none where it is
not known: unknown is never a match, and is counted under no value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from corpus.records import CaseStudy

Facet = Literal[
    "phase", "setting", "technology", "theme", "outcome", "country", "independence", "sector", "kind"
]
FACETS: tuple[Facet, ...] = get_args(Facet)


def themes_of(case: CaseStudy) -> tuple[str, ...]:
    """Return the themes of a case's objections, each once."""
    return tuple(dict.fromkeys(theme for objection in case.objections for theme in objection.themes))


_VALUES: dict[Facet, Callable[[CaseStudy], tuple[str | None, ...]]] = {
    "phase": lambda case: case.institution.phases,
    "setting": lambda case: (case.institution.setting,),
    "technology": lambda case: tuple(dict.fromkeys(case.technology)),
    "theme": themes_of,
    "outcome": lambda case: (case.outcome,),
    "country": lambda case: (case.institution.country,),
    "independence": lambda case: (case.provenance.independence,),
    "sector": lambda case: (case.institution.sector,),
    "kind": lambda case: (case.institution.kind,),
}


def values_of(case: CaseStudy, facet: Facet) -> tuple[str, ...]:
    """Return the values that a case has of a facet, each once; none where it is not known."""
    return tuple(value for value in _VALUES[facet](case) if value is not None)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted: every facet named must be met, by any of the values given for it.

    Attributes:
        wanted: Values by facet; a facet without values asks nothing.
    """

    wanted: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Say whether anything is asked."""
        return any(self.wanted.values())

    def passes(self, case: CaseStudy) -> bool:
        """Say whether a case meets every facet."""
        return all(
            not wanted or not set(wanted).isdisjoint(values_of(case, facet))
            for facet, wanted in self.wanted.items()
        )

    def apply(self, cases: Iterable[CaseStudy]) -> list[CaseStudy]:
        """Return the cases that pass, in the order of their ids."""
        return sorted((case for case in cases if self.passes(case)), key=lambda case: case.id)

    def without(self, facet: Facet) -> CaseFilter:
        """Return the filter as it is without one facet."""
        return CaseFilter({name: values for name, values in self.wanted.items() if name != facet})


EVERYTHING = CaseFilter()


def facet_counts(
    cases: Iterable[CaseStudy], chosen: CaseFilter = EVERYTHING
) -> dict[Facet, list[tuple[str, int]]]:
    """Count cases by the values of each facet, the commonest first, then by name.

    A facet is counted among the cases that pass the *other* facets chosen, so that the counts say what
    choosing another value of it would give. Values that are chosen are there even if nothing has them.
    """
    cases = list(cases)
    counts: dict[Facet, list[tuple[str, int]]] = {}
    for facet in FACETS:
        others = chosen.without(facet)
        counted = Counter(value for case in cases if others.passes(case) for value in values_of(case, facet))
        for value in chosen.wanted.get(facet, ()):
            counted.setdefault(value, 0)
        counts[facet] = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return counts


def unknown_counts(cases: Iterable[CaseStudy], chosen: CaseFilter = EVERYTHING) -> dict[Facet, int]:
    """Count, beside `facet_counts`, the cases of which no value of a facet is known."""
    cases = list(cases)
    return {
        facet: sum(not values_of(case, facet) and chosen.without(facet).passes(case) for case in cases)
        for facet in FACETS
    }
