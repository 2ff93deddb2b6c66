"""Many schools compared with one at once, as numbers.

`engine.comparability` says how two schools compare, in words too; ranking needs the numbers alone, for every
candidate of every question. Schools share most values of an attribute, so each value is compared once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.comparability import NEUTRAL, WEIGHTS, Attribute, similarity_of, weight_of_evidence
from engine.context import SchoolContext

Similarities = Mapping[Attribute, NDArray[np.float64]]
REMEMBERED = 256  # values of schools that asked: of most attributes all there are


class SchoolTable:
    """The schools of all cases, by the values of each attribute."""

    def __init__(self, schools: Sequence[SchoolContext]) -> None:
        self._size = len(schools)
        self._with_value: dict[Attribute, list[SchoolContext]] = {}
        self._remembered: OrderedDict[Hashable, NDArray[np.float64]] = OrderedDict()
        self._code_of: dict[Attribute, NDArray[np.int64]] = {}
        for attribute in WEIGHTS:
            numbers: dict[Hashable, int] = {}
            examples: list[SchoolContext] = []
            codes = np.full(len(schools), -1, dtype=np.int64)
            for position, school in enumerate(schools):
                if school.knows(attribute):
                    value = _compared_by(attribute, school)
                    if value not in numbers:
                        numbers[value] = len(examples)
                        examples.append(school)
                    codes[position] = numbers[value]
            self._with_value[attribute], self._code_of[attribute] = examples, codes

    def similarities(self, yours: SchoolContext) -> Similarities:
        """Return every school's similarity to one by attribute, each of shape ``(n_schools,)``.

        Only attributes that are known of that one are there; NaN where a school's own is unknown.
        """
        found: dict[Attribute, NDArray[np.float64]] = {}
        for attribute in WEIGHTS:
            if yours.knows(attribute):
                found[attribute] = self._with_each_value(attribute, yours)[self._code_of[attribute]]
        return found

    def _with_each_value(self, attribute: Attribute, yours: SchoolContext) -> NDArray[np.float64]:
        """Return one school's similarity to each value of an attribute, and NaN at the end, for code -1."""
        key = attribute, _compared_by(attribute, yours)
        values = self._remembered.get(key)
        if values is None:
            alike = (similarity_of(attribute, yours, school) for school in self._with_value[attribute])
            values = self._remembered[key] = np.array([*alike, np.nan])
            if len(self._remembered) > REMEMBERED:
                self._remembered.popitem(last=False)
        return values

    def comparable(self, similarities: Similarities) -> NDArray[np.float64]:
        """Return every school's `ContextComparison.shrunk`, shape ``(n_schools,)``."""
        total = sum(WEIGHTS[attribute] for attribute in similarities)
        met, known = np.zeros(self._size), np.zeros(self._size)
        for attribute, values in similarities.items():
            met += np.where(np.isnan(values), 0.0, WEIGHTS[attribute] * values)
            known += np.where(np.isnan(values), 0.0, WEIGHTS[attribute])
        similarity = np.divide(met, known, out=np.full(self._size, NEUTRAL), where=known > 0)
        coverage = known / total if total else known
        sure: NDArray[np.float64] = coverage * weight_of_evidence(known)
        comparable: NDArray[np.float64] = NEUTRAL + sure * (similarity - NEUTRAL)
        return comparable


def _compared_by(attribute: Attribute, school: SchoolContext) -> Hashable:
    """Return all that the comparison of an attribute looks at."""
    if attribute == "disadvantage":
        return school.disadvantage, school.disadvantage_percent, school.country
    value: Hashable = getattr(school, attribute)
    return value
