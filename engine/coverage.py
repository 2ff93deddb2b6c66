"""What the cases cover, and where they are thin: counted, with unknown told as unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.records import CaseStudy, Independence, Kind, Outcome, Phase, Setting
from corpus.topics import OTHER, shipped_topics, topics_of
from corpus.vocabulary import Vocabulary
from engine.facets import values_of

Dimension = Literal[
    "topic", "phase", "setting", "kind", "country", "technology", "theme", "outcome", "independence", "decade"
]
THIN = 5  # fewer cases than this are thin: too few to find a school like one's own among them
KEPT: frozenset[Outcome] = frozenset({"scaled", "sustained"})
SMALL = 150  # pupils, at most: a small primary
HOME = ("GB", "IE")  # where the service's words and most of its users are
UNKNOWN = "unknown"
# What could be there: of these even a value that no case has is counted. A corpus cannot lack a country or a
# technology, for nobody can say which of them it should have.
_POSSIBLE: dict[Dimension, tuple[str, ...]] = {
    "phase": get_args(Phase),
    "setting": get_args(Setting),
    "kind": get_args(Kind),
    "outcome": tuple(outcome for outcome in get_args(Outcome) if outcome != UNKNOWN),
    "independence": get_args(Independence),
}


@dataclass(frozen=True, slots=True)
class Spread:
    """How the cases spread over the values of a dimension.

    Attributes:
        values: The number of cases by value, the commonest first; of decades, the earliest first. A case can
            have several phases, technologies and themes, so that the sum can exceed the number of cases.
        unknown: Cases of which no source tells it.
        thin: The values of fewer than `THIN` cases.
    """

    values: Mapping[str, int]
    unknown: int
    thin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the cases of which something is known."""

    cases: int
    of: int

    @property
    def percent(self) -> float | None:
        """The share, per cent; None of nothing."""
        return 100 * self.cases / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the cases cover.

    Attributes:
        cases: How many there are.
        sources: How many published sources they cite.
        spreads: By dimension.
        phase_by_setting: The number of cases of each phase in each setting, the settings known and unknown.
        thin_pairs: Phases and known settings of fewer than `THIN` cases.
        not_kept: Cases that neither grew nor kept going, of those whose outcome is known.
        with_regrets: Cases that say what they would not do again, of all.
        with_failures: Cases that say what went wrong, of all.
        without_size: Cases that do not tell how many pupils, of all.
        single: Cases of one school or college, of all.
        at_home: Cases in the United Kingdom and Ireland, of all.
        small_primaries: Primaries that are rural or remote, or have at most `SMALL` pupils, of those of which
            a source tells the setting or the pupils.
        checked: Cases that were read again against their sources, of all.
        with_factors: Cases that say what in the implementation helped or hindered, of all.
        with_chooser: Cases that say who chose it, of all.
        with_pilot: Cases that say whether there was a pilot, of all.
    """

    cases: int
    sources: int
    spreads: Mapping[Dimension, Spread]
    phase_by_setting: Mapping[str, Mapping[str, int]]
    thin_pairs: tuple[tuple[str, str], ...]
    not_kept: Share
    with_regrets: Share
    with_failures: Share
    without_size: Share
    single: Share
    at_home: Share
    small_primaries: Share
    checked: Share
    with_factors: Share
    with_chooser: Share
    with_pilot: Share


def coverage_of(cases: Iterable[CaseStudy], vocabulary: Vocabulary) -> Coverage:
    """Count what cases cover.

    Args:
        cases: The cases.
        vocabulary: Its themes are counted even where no case has them.
    """
    cases = tuple(cases)
    spreads = {dimension: _spread(cases, dimension, vocabulary) for dimension in get_args(Dimension)}
    crossed = _crossed(cases)
    known = [case for case in cases if case.outcome != UNKNOWN]
    primaries = [
        case
        for case in cases
        if "primary" in case.institution.phases and (case.institution.setting or case.institution.pupils)
    ]

    def share(of: Callable[[CaseStudy], object], among: Sequence[CaseStudy] = cases) -> Share:
        return Share(sum(bool(of(case)) for case in among), len(among))

    return Coverage(
        cases=len(cases),
        sources=sum(len(case.provenance.sources) for case in cases),
        spreads=spreads,
        phase_by_setting=crossed,
        thin_pairs=tuple(
            (phase, setting)
            for phase, by_setting in crossed.items()
            for setting, count in by_setting.items()
            if setting != UNKNOWN and count < THIN
        ),
        not_kept=share(lambda case: case.outcome not in KEPT, known),
        with_regrets=share(lambda case: case.not_again),
        with_failures=share(lambda case: case.failed),
        without_size=share(lambda case: case.institution.pupils is None),
        single=share(lambda case: case.institution.kind in ("school", "college")),
        at_home=share(lambda case: case.institution.country in HOME),
        small_primaries=share(_is_small_or_rural, primaries),
        checked=share(lambda case: case.provenance.checked),
        with_factors=share(lambda case: case.factors),
        with_chooser=share(lambda case: case.chosen_by),
        with_pilot=share(lambda case: case.pilot and case.pilot.done is not None),
    )


def _is_small_or_rural(case: CaseStudy) -> bool:
    about = case.institution
    return about.setting in ("rural", "remote") or (about.pupils is not None and about.pupils <= SMALL)


def _spread(cases: tuple[CaseStudy, ...], dimension: Dimension, vocabulary: Vocabulary) -> Spread:
    found = [_values(case, dimension) for case in cases]
    counted = Counter(value for values in found for value in values)
    named: dict[Dimension, Iterable[str]] = {"theme": vocabulary.themes, "topic": shipped_topics()}
    possible = named.get(dimension, _POSSIBLE.get(dimension, ()))
    for value in possible:
        counted.setdefault(value, 0)
    if dimension == "decade":
        ordered = dict(sorted(counted.items()))
    else:
        ordered = dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))
    thin = tuple(value for value, count in ordered.items() if count < THIN and value != OTHER)
    return Spread(ordered, sum(not values for values in found), thin)


def _values(case: CaseStudy, dimension: Dimension) -> tuple[str, ...]:
    if dimension == "decade":
        year = first_year(case)
        return (f"{year // 10 * 10}s",) if year else ()
    if dimension == "topic":
        return topics_of(case)
    return tuple(value for value in values_of(case, dimension) if (dimension, value) != ("outcome", UNKNOWN))


def first_year(case: CaseStudy) -> int | None:
    """Return the year in which it began, or the last that is known; None where no source says."""
    return (case.years.start or case.years.end) if case.years else None


def _crossed(cases: tuple[CaseStudy, ...]) -> dict[str, dict[str, int]]:
    pairs = Counter(
        (phase, case.institution.setting or UNKNOWN) for case in cases for phase in case.institution.phases
    )
    settings = (*get_args(Setting), UNKNOWN)
    return {phase: {setting: pairs[phase, setting] for setting in settings} for phase in get_args(Phase)}
