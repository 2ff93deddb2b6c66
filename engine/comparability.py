"""How comparable two schools are: Gower similarity with coverage.

Each attribute gives a similarity in [0, 1]; the whole is their weighted mean over the attributes that
*both* schools have. What is missing weighs nothing: it is never taken for a match, and never for a
difference. What the leader told and the case does not is listed as unknown, and lowers the coverage.

Source: J. C. Gower, "A general coefficient of similarity and some of its properties", Biometrics 27
(1971), doi:10.2307/2528823
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.records import Kind, Level, Phase, Setting
from engine.context import SchoolContext, country_name

NEUTRAL = 0.5
Weight = TypeVar("Weight", float, NDArray[np.float64])
Attribute = Literal["phases", "kind", "country", "pupils", "setting", "sector", "disadvantage"]


@dataclass(frozen=True, slots=True)
class AttributeComparison:
    """How one attribute compares; ``similarity`` is None where either side is unknown."""

    attribute: Attribute
    weight: float
    similarity: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ContextComparison:
    """How two schools compare.

    Attributes:
        attributes: The parts it was made of, for what the leader's school is known by.
        similarity: Gower similarity in [0, 1]; None where no attribute could be compared.
        coverage: Share of what is known of the leader's school (by weight) that the case tells too, 0 to 1.
        compared: Weight of what could be compared, of all that schools are compared by, 0 to 1.
    """

    attributes: tuple[AttributeComparison, ...]
    similarity: float | None
    coverage: float
    compared: float

    @property
    def shrunk(self) -> float:
        """The similarity drawn towards neutral as far as it rests on little; neutral where unknown."""
        if self.similarity is None:
            return NEUTRAL
        return NEUTRAL + self.coverage * weight_of_evidence(self.compared) * (self.similarity - NEUTRAL)

    @property
    def shared(self) -> tuple[str, ...]:
        """What the schools have in common, in words."""
        return tuple(a.text for a in self.attributes if a.similarity is not None and a.similarity >= ALIKE)

    @property
    def different(self) -> tuple[str, ...]:
        """Where they differ, in words."""
        return tuple(a.text for a in self.attributes if a.similarity is not None and a.similarity < ALIKE)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What could not be compared, in words."""
        return tuple(a.text for a in self.attributes if a.similarity is None)


# The larger, the less a comparison by little counts. Chosen on judged queries of the training set (nDCG@10
# where a school is told .697 -> .707) and the development pairs.
LITTLE = 0.25


def weight_of_evidence(compared: Weight) -> Weight:
    """Return how much a comparison counts that rests on a part of what is compared, 0 to 1.

    That two schools lie in one country says little of how alike they are; that they are also of one phase,
    size and setting says much.

    Args:
        compared: Weight of what could be compared, 0 to 1; also an array of such weights.
    """
    return (1 + LITTLE) * compared / (LITTLE + compared)


ALIKE = 0.7  # an attribute at least this similar is something shared

# Weights follow what systems that compare schools use (size and disadvantage everywhere, phase as a
# precondition) and what decides whether a story transfers: phase first, then who runs it, where, how big.
WEIGHTS: dict[Attribute, float] = {
    "phases": 0.25,
    "kind": 0.15,
    "country": 0.15,
    "pupils": 0.15,
    "setting": 0.10,
    "sector": 0.10,
    "disadvantage": 0.10,
}


def compare_contexts(yours: SchoolContext, theirs: SchoolContext) -> ContextComparison:
    """Compare the leader's school with a case's, attribute by attribute."""
    parts = []
    for attribute, weight in WEIGHTS.items():
        if not yours.knows(attribute):
            continue
        if not theirs.knows(attribute):
            parts.append(AttributeComparison(attribute, weight, None, LABELS[attribute]))
            continue
        similarity = similarity_of(attribute, yours, theirs)
        text = _in_words(attribute, yours, theirs, alike=similarity >= ALIKE)
        parts.append(AttributeComparison(attribute, weight, similarity, text))
    compared = [(part.weight, part.similarity) for part in parts if part.similarity is not None]
    total, known = sum(part.weight for part in parts), sum(weight for weight, _ in compared)
    return ContextComparison(
        tuple(parts),
        similarity=sum(weight * value for weight, value in compared) / known if compared else None,
        coverage=known / total if total else 0.0,
        compared=known,
    )


def similarity_of(attribute: Attribute, yours: SchoolContext, theirs: SchoolContext) -> float:
    """Return how alike two schools are on an attribute that is known of both, 0 to 1."""
    return _COMPARERS[attribute](yours, theirs)


# Neighbouring phases are partly alike: a sixth form is a good part of many a secondary's story.
_NEAR_PHASES: dict[frozenset[Phase], float] = {
    frozenset(("early-years", "primary")): 0.5,
    frozenset(("secondary", "sixth-form")): 0.6,
    frozenset(("sixth-form", "further-education")): 0.5,
    frozenset(("secondary", "alternative")): 0.3,
    frozenset(("special", "primary")): 0.3,
    frozenset(("special", "secondary")): 0.3,
}


def _compare_phases(yours: SchoolContext, theirs: SchoolContext) -> float:
    """Mean of how well each side's phases are found on the other: all-through is partly primary."""

    def covered(some: tuple[Phase, ...], others: tuple[Phase, ...]) -> float:
        return sum(
            max(1.0 if a == b else _NEAR_PHASES.get(frozenset((a, b)), 0.0) for b in others) for a in some
        ) / len(some)

    return (covered(yours.phases, theirs.phases) + covered(theirs.phases, yours.phases)) / 2


_SETTING_ORDER: tuple[Setting, ...] = ("urban", "suburban", "town", "rural", "remote")


def _compare_setting(yours: SchoolContext, theirs: SchoolContext) -> float:
    """Distance on the way from city to island; a system of many settings is half like each."""
    if yours.setting == theirs.setting:
        return 1.0
    if "mixed" in (yours.setting, theirs.setting):
        return 0.5
    if yours.setting not in _SETTING_ORDER or theirs.setting not in _SETTING_ORDER:
        return 0.0
    steps = abs(_SETTING_ORDER.index(yours.setting) - _SETTING_ORDER.index(theirs.setting))
    return 1 - steps / (len(_SETTING_ORDER) - 1)


LARGEST_RATIO = 16  # of pupils; beyond it two schools have nothing in common by size


def _compare_pupils(yours: SchoolContext, theirs: SchoolContext) -> float:
    """One minus the log ratio of head counts over the largest one that still means something."""
    assert yours.pupils is not None and theirs.pupils is not None  # noqa: PT018, S101 -- told to mypy
    return max(0.0, 1 - abs(math.log(yours.pupils) - math.log(theirs.pupils)) / math.log(LARGEST_RATIO))


_SYSTEMS = (frozenset(("GB", "IE")), frozenset(("AU", "NZ")), frozenset(("US", "CA")))


def _compare_country(yours: SchoolContext, theirs: SchoolContext) -> float:
    """Same country; or school systems with much in common; or neither."""
    if yours.country == theirs.country:
        return 1.0
    return 0.5 if any({yours.country, theirs.country} <= system for system in _SYSTEMS) else 0.0


_NEAR_KINDS: dict[frozenset[Kind], float] = {
    frozenset(("school", "college")): 0.6,
    frozenset(("school", "trust")): 0.4,
    frozenset(("trust", "district")): 0.8,
    frozenset(("trust", "authority")): 0.6,
    frozenset(("district", "authority")): 0.9,
    frozenset(("school", "district")): 0.3,
    frozenset(("school", "authority")): 0.3,
    frozenset(("authority", "nation")): 0.5,
    frozenset(("district", "nation")): 0.4,
}


def _compare_kind(yours: SchoolContext, theirs: SchoolContext) -> float:
    assert yours.kind is not None and theirs.kind is not None  # noqa: PT018, S101 -- told to mypy
    return 1.0 if yours.kind == theirs.kind else _NEAR_KINDS.get(frozenset((yours.kind, theirs.kind)), 0.1)


def _compare_sector(yours: SchoolContext, theirs: SchoolContext) -> float:
    return float(yours.sector == theirs.sector)


LARGEST_GAP = 50  # percentage points of disadvantage; beyond it two schools have nothing in common by it
_LEVELS: tuple[Level, ...] = ("low", "average", "high")


def _compare_disadvantage(yours: SchoolContext, theirs: SchoolContext) -> float:
    """By percentages within one country, else by level: free meals mean different things elsewhere."""
    mine, other = yours.disadvantage_percent, theirs.disadvantage_percent
    if mine is not None and other is not None and _in_one_country(yours, theirs):
        return max(0.0, 1 - abs(mine - other) / LARGEST_GAP)
    steps = abs(_LEVELS.index(_level_of(yours)) - _LEVELS.index(_level_of(theirs)))
    return 1 - steps / (len(_LEVELS) - 1)


def _in_one_country(yours: SchoolContext, theirs: SchoolContext) -> bool:
    return yours.country is not None and yours.country == theirs.country


def _level_of(context: SchoolContext) -> Level:
    """Return the level, from the percentage where only that is known (the thirds of a typical spread)."""
    if context.disadvantage is not None:
        return context.disadvantage
    percent = context.disadvantage_percent or 0.0
    return "low" if percent < 15 else "high" if percent > 35 else "average"


_COMPARERS: dict[str, Callable[[SchoolContext, SchoolContext], float]] = {
    "phases": _compare_phases,
    "kind": _compare_kind,
    "country": _compare_country,
    "pupils": _compare_pupils,
    "setting": _compare_setting,
    "sector": _compare_sector,
    "disadvantage": _compare_disadvantage,
}

LABELS = {
    "phases": "phase",
    "kind": "kind of institution",
    "country": "country",
    "pupils": "size",
    "setting": "setting",
    "sector": "sector",
    "disadvantage": "disadvantage",
}


def _in_words(attribute: str, yours: SchoolContext, theirs: SchoolContext, *, alike: bool) -> str:
    mine, other = _value(attribute, yours, theirs), _value(attribute, theirs, yours)
    if mine == other:
        return f"{LABELS[attribute]}: {other}"
    return f"{LABELS[attribute]}: {other} against your {mine}" + (" (close)" if alike else "")


def _value(attribute: str, context: SchoolContext, beside: SchoolContext) -> str:
    """Return an attribute in words, in the terms in which it is compared with another school's."""
    if attribute == "country":
        return country_name(context.country or "")
    if attribute == "phases":
        return " and ".join(phase.replace("-", " ") for phase in context.phases)
    if attribute == "pupils":
        return f"{context.pupils:,} pupils"
    if attribute == "disadvantage":
        percent = context.disadvantage_percent
        by_percent = beside.disadvantage_percent is not None and _in_one_country(context, beside)
        tell_percent = percent is not None and (by_percent or context.disadvantage is None)
        return f"{percent:g}%" if tell_percent else str(context.disadvantage)
    return str(getattr(context, attribute))
