"""All schools of a report looked at together: what they share, whom it meets, and where nobody has an answer.

Of each school only what is counted is kept in memory, and each text once, with its vector. Missing is
unknown: a school whose phase is not known is counted under no phase, but as such.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from corpus.records import Phase, Setting
from engine.answers import Verdict
from engine.clusters import ALONE, clustered
from engine.context import SchoolContext
from engine.reports.records import SchoolKept
from index.encoder import Encoder, Vectors

UNKNOWN = "unknown"
# Cosine with the middle of a shared worry from which on a text belongs to it; below .45 different worries
# about one device run together, above .6 one worry in two wordings falls apart (judged queries).
SAME_WORRY = 0.5
MOST_WORDINGS, MOST_CASES = 5, 3  # shown of a shared worry
_BATCH = 512  # texts encoded at a time
Group = Literal["phase", "setting"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class SchoolSeen:
    """What is kept of a school.

    Attributes:
        id: What the input calls it.
        name: Its name; None where unknown.
        context: What is known of it.
        texts: The positions of its concerns among `Across.texts`.
        themes: How many of its concerns are of each theme.
        verdicts: Those of its concerns, in their order.
    """

    id: str
    name: str | None
    context: SchoolContext
    texts: tuple[int, ...]
    themes: Mapping[str, int]
    verdicts: tuple[Verdict, ...]

    def groups(self, group: Group) -> tuple[str, ...]:
        """Return the phases or the setting that it is counted under."""
        if group == "phase":
            return self.context.phases or (UNKNOWN,)
        return (self.context.setting or UNKNOWN,)


_Counted = Callable[[SchoolSeen], Iterable[str]]


@dataclass(frozen=True, slots=True)
class SharedWorry:
    """One worry that several schools have, in whatever words.

    Attributes:
        theme: The commonest theme of its concerns; None where they name none.
        wording: The most central wording.
        wordings: Others, those of most schools first, at most `MOST_WORDINGS`.
        schools: Positions of the schools, ascending.
        cases: Ids of the cases that meet it at most schools, at most `MOST_CASES`.
        verdicts: How many of its concerns were answered how.
    """

    theme: str | None
    wording: str
    wordings: tuple[str, ...]
    schools: tuple[int, ...]
    cases: tuple[str, ...]
    verdicts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class Across:
    """The view across all schools.

    Attributes:
        schools: All of them, in the order of the input.
        texts: Each concern's text once.
        vectors: Of the texts, shape ``(n_texts, dimension)``.
        worries: What two or more schools share, that of most schools first.
        themes: The number of schools with each theme, the commonest first.
        cases: The number of schools that each case serves (of a verdict other than none), most first.
        unanswered: Texts that nobody in the corpus answers, each with its number of schools, most first.
    """

    schools: tuple[SchoolSeen, ...]
    texts: tuple[str, ...]
    vectors: Vectors
    worries: tuple[SharedWorry, ...]
    themes: tuple[tuple[str, int], ...]
    cases: tuple[tuple[str, int], ...]
    unanswered: tuple[tuple[str, int], ...]

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """How many concerns were answered how."""
        return Counter(verdict for school in self.schools for verdict in school.verdicts)

    def themes_by(self, group: Group) -> dict[str, Counter[str]]:
        """Return by group how many of its schools have each theme."""
        return self._by(group, lambda school: school.themes)

    def verdicts_by(self, group: Group) -> dict[str, Counter[str]]:
        """Return by group how many concerns were answered how."""
        return self._by(group, lambda school: school.verdicts)

    def schools_by(self, group: Group) -> dict[str, int]:
        """Return how many schools are in each group; only groups that have any."""
        return {name: sum(found.values()) for name, found in self._by(group, lambda _: ("school",)).items()}

    def phase_by_setting(self) -> dict[str, Counter[str]]:
        """Return by phase how many schools are in each setting."""
        return self._by("phase", lambda school: school.groups("setting"))

    def most_worried(self, count: int) -> list[int]:
        """Return the positions of the schools with concerns of most themes, then with most concerns."""
        told = [position for position, school in enumerate(self.schools) if school.texts]
        return sorted(told, key=lambda n: (-len(self.schools[n].themes), -len(self.schools[n].texts), n))[
            :count
        ]

    def _by(self, group: Group, counted: _Counted) -> dict[str, Counter[str]]:
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for school in self.schools:
            for name in school.groups(group):
                found[name].update(list(counted(school)))
        order = (*get_args(Phase if group == "phase" else Setting), UNKNOWN)
        return {name: found[name] for name in order if name in found}


def read_lines(lines: Path) -> Iterator[SchoolKept]:
    """Yield the schools that a run kept.

    Raises:
        pydantic.ValidationError: If a line is none that a run writes.
    """
    with lines.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield SchoolKept.model_validate_json(line)


def look_across(kept: Iterable[SchoolKept], encoder: Encoder) -> Across:
    """Return the view across schools.

    Args:
        kept: What was kept of each.
        encoder: Gives the vectors by which worries are compared.
    """
    seen = _Seen()
    for school in kept:
        seen.add(school)
    texts = tuple(seen.position_of)
    vectors = encoded(texts, encoder)
    return Across(
        tuple(seen.schools),
        texts,
        vectors,
        _shared(seen, texts, vectors),
        _ranked(Counter(theme for school in seen.schools for theme in school.themes)),
        _ranked(Counter({case: len(schools) for case, schools in seen.served.items()})),
        _ranked(Counter({texts[row]: len(schools) for row, schools in seen.unanswered.items()})),
    )


def encoded(texts: Sequence[str], encoder: Encoder) -> Vectors:
    """Return the vectors of texts, a batch at a time."""
    vectors = np.zeros((len(texts), encoder.identity.dimension), dtype=np.float32)
    for start in range(0, len(texts), _BATCH):
        vectors[start : start + _BATCH] = encoder.encode_queries(texts[start : start + _BATCH])
    return vectors


class _Seen:
    """What is counted while the schools pass by."""

    def __init__(self) -> None:
        self.schools: list[SchoolSeen] = []
        self.position_of: dict[str, int] = {}
        self.told_by: defaultdict[int, set[int]] = defaultdict(set)
        self.served: defaultdict[str, set[int]] = defaultdict(set)
        self.unanswered: defaultdict[int, set[int]] = defaultdict(set)
        self.themes_of: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self.cases_of: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self.verdicts_of: defaultdict[int, Counter[Verdict]] = defaultdict(Counter)

    def add(self, school: SchoolKept) -> None:
        position, rows = len(self.schools), []
        for concern in school.concerns:
            row = self.position_of.setdefault(concern.text, len(self.position_of))
            rows.append(row)
            self.told_by[row].add(position)
            self.themes_of[row].update(concern.themes)
            self.verdicts_of[row][concern.verdict] += 1
            if concern.verdict == "none":
                self.unanswered[row].add(position)
                continue
            for match in concern.matches:
                self.served[match.case_id].add(position)
                self.cases_of[row][match.case_id] += 1
        self.schools.append(
            SchoolSeen(
                school.id,
                school.name,
                SchoolContext.model_validate(school.context),
                tuple(rows),
                dict(Counter(theme for concern in school.concerns for theme in concern.themes)),
                tuple(concern.verdict for concern in school.concerns),
            )
        )


def _shared(seen: _Seen, texts: tuple[str, ...], vectors: Vectors) -> tuple[SharedWorry, ...]:
    weights = np.array([len(seen.told_by[row]) for row in range(len(texts))], dtype=np.int64)
    numbers = clustered(vectors, weights, SAME_WORRY)
    rows_of: defaultdict[int, list[int]] = defaultdict(list)
    for row, number in enumerate(numbers.tolist()):
        if number != ALONE:
            rows_of[number].append(row)
    worries = [_worry(seen, rows, texts, vectors, weights) for rows in rows_of.values()]
    shared = [worry for worry in worries if len(worry.schools) > 1]
    return tuple(sorted(shared, key=lambda worry: (-len(worry.schools), worry.wording)))


def _worry(
    seen: _Seen, rows: list[int], texts: tuple[str, ...], vectors: Vectors, weights: NDArray[np.int64]
) -> SharedWorry:
    middle = (vectors[rows] * weights[rows, None]).sum(axis=0)
    central = rows[int((vectors[rows] @ middle).round(4).argmax())]
    others = sorted((row for row in rows if row != central), key=lambda row: (-weights[row], row))
    themes = sum((seen.themes_of[row] for row in rows), Counter[str]())
    cases = sum((seen.cases_of[row] for row in rows), Counter[str]())
    return SharedWorry(
        _ranked(themes)[0][0] if themes else None,
        texts[central],
        tuple(texts[row] for row in others[:MOST_WORDINGS]),
        tuple(sorted(set().union(*(seen.told_by[row] for row in rows)))),
        tuple(case for case, _ in _ranked(cases)[:MOST_CASES]),
        dict(sum((seen.verdicts_of[row] for row in rows), Counter[Verdict]())),
    )


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return what was counted, the commonest first, then by name."""
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
