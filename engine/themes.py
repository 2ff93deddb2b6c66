"""The kinds of objection: how many cases met each, and how that ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

from corpus.records import CaseStudy, Result
from corpus.vocabulary import Vocabulary
from engine.facets import themes_of


@dataclass(frozen=True, slots=True)
class ThemeSummary:
    """What cases tell of one theme.

    Attributes:
        theme: Its id.
        label: Its name in plain words; None where the vocabulary does not have it.
        cases: How many cases have an objection of it.
        objections: How many objections are of it.
        results: How those ended; every result is there, and they sum to ``objections``.
    """

    theme: str
    label: str | None
    cases: int
    objections: int
    results: Mapping[Result, int]


def theme_summaries(cases: Iterable[CaseStudy], vocabulary: Vocabulary) -> list[ThemeSummary]:
    """Return every theme of the vocabulary, and those that only cases name; those of most cases first.

    A theme that no case has is there with zeros: what nobody has told of is worth knowing.
    """
    cases = list(cases)
    in_cases = Counter(theme for case in cases for theme in themes_of(case))
    ended = Counter(
        (theme, objection.result)
        for case in cases
        for objection in case.objections
        for theme in dict.fromkeys(objection.themes)
    )
    summaries = []
    for theme in {**vocabulary.themes, **in_cases}:
        results: dict[Result, int] = {result: ended[theme, result] for result in get_args(Result)}
        known = vocabulary.themes.get(theme)
        summaries.append(
            ThemeSummary(
                theme, known.label if known else None, in_cases[theme], sum(results.values()), results
            )
        )
    return sorted(summaries, key=lambda one: (-one.cases, one.theme))
