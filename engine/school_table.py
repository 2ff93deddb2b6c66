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

    def comparable_pairs(self, others: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return how comparable schools are with others of them, the mean of both ways.

        Args:
            others: Positions of the schools to compare each with, shape ``(n_schools, n_others)``.

        Returns:
            The mean of `ContextComparison.shrunk` both ways, of the same shape.
        """
        met, known = np.zeros(others.shape), np.zeros(others.shape)
        told = np.zeros(self._size)
        for attribute, weight in WEIGHTS.items():
            codes = self._code_of[attribute]
            mine, theirs = np.broadcast_arrays(codes[:, None], codes[others])
            both = (mine >= 0) & (theirs >= 0)
            met[both] += weight * self._similarity_of_codes(attribute, mine[both], theirs[both])
            known += weight * both
            told += weight * (codes >= 0)
        similarity = np.divide(met, known, out=np.full(others.shape, NEUTRAL), where=known > 0)
        total = np.where(told > 0, told, 1.0)
        coverage = (known / total[:, None] + known / total[others]) / 2
        comparable: NDArray[np.float64] = NEUTRAL + coverage * weight_of_evidence(known) * (
            similarity - NEUTRAL
        )
        return comparable

    def _similarity_of_codes(
        self, attribute: Attribute, mine: NDArray[np.int64], theirs: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the similarity of values, by their codes; each pair of values is compared once."""
        values = self._with_value[attribute]
        pairs, place = np.unique(mine * max(1, len(values)) + theirs, return_inverse=True)
        similarities = [
            similarity_of(attribute, values[pair // len(values)], values[pair % len(values)])
            for pair in pairs.tolist()
        ]
        found: NDArray[np.float64] = np.array(similarities)[place]
        return found


def _compared_by(attribute: Attribute, school: SchoolContext) -> Hashable:
    """Return all that the comparison of an attribute looks at."""
    if attribute == "disadvantage":
        return school.disadvantage, school.disadvantage_percent, school.country
    value: Hashable = getattr(school, attribute)
    return value
