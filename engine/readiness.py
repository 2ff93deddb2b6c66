"""A leader's plan held against five things that decide how technology goes in, by others' failures.

There is no score. For each factor: what the plan itself says of it, and what went wrong, was regretted or
never settled where schools came near this plan.

Source of the factors: the argument, common in writing on school technology, that how a thing is put in
matters more than the thing: focus, leadership, friction, support, and pupils.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from corpus.passages import Passage
from corpus.records import CaseStudy, FactorName
from engine.answers import Match
from index.case_index import CaseIndex
from index.encoder import Vectors

MOST_WARNINGS = 4
MOST_CLAUSES = 40  # of a plan that are read
LEAST_NEAR = 0.25  # cosine of a statement with what is looked for, below which it tells of something else
SAID = 0.3  # cosine of a plan's own words with a factor from which on they are taken to be about it
BY_CASE = 0.3  # how much the nearness of its case to the plan adds to a statement's own

_TELLS_OF_TROUBLE = ("failed", "not_again", "objections")


@dataclass(frozen=True, slots=True)
class ReadinessFactor:
    """One thing that decides how technology goes in.

    Attributes:
        name: As records name it.
        title: In plain words.
        asks: The question to a plan.
        looked_for: What trouble with it sounds like; statements near to this are shown.
    """

    name: FactorName
    title: str
    asks: str
    looked_for: str


FACTORS = (
    ReadinessFactor(
        "focus",
        "Choose wisely, and do one thing",
        "Which problem of learners does this solve, how was it chosen, and what will you stop doing?",
        "bought devices before deciding what they were for; no clear aim; too many initiatives at once",
    ),
    ReadinessFactor(
        "leadership",
        "A leader with something at stake",
        "Who leads it, uses it in front of staff, and answers for it when it goes wrong?",
        "imposed from above without asking staff; the head left and it stopped; leaders did not back it",
    ),
    ReadinessFactor(
        "friction",
        "Less friction",
        "What has to work on the first day: wifi, log-ins, charging, repairs, filters?",
        "passwords and log-ins failed; wifi too slow for a class; broken devices and repairs took weeks",
    ),
    ReadinessFactor(
        "support-and-accountability",
        "Support, and somebody who asks",
        "Who helps staff in the third month, and who looks whether it is used and whether it helps?",
        "one day of training and no follow-up; teachers had no time to learn; devices stayed in the cupboard",
    ),
    ReadinessFactor(
        "pupil-power",
        "Pupils and families on your side",
        "What do pupils and parents say of it, and what part will they have?",
        "pupils were not asked; pupils got round the filter and played games; parents were not told",
    ),
)

TroubleKind = Literal["failed", "not_again", "objections", "factor"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong elsewhere with one factor.

    Attributes:
        kind: A failure, a regret, an objection never settled, or what a record says of the factor.
        text: The statement.
        case: Who tells it.
    """

    kind: TroubleKind
    text: str
    case: CaseStudy


@dataclass(frozen=True, slots=True)
class FactorEvidence:
    """What a plan says of one factor, and what others' failures do.

    Attributes:
        factor: The factor.
        said: The plan's own words that are nearest to it; None where none are near, or there is no plan.
        warnings: From the cases nearest to the plan, at most four, each from another case.
    """

    factor: ReadinessFactor
    said: str | None
    warnings: tuple[Trouble, ...]


def texts_to_encode(clauses: Sequence[str]) -> tuple[str, ...]:
    """Return what has to be encoded to assess a plan of some clauses: the factors first, then the clauses."""
    questions = tuple(factor.asks for factor in FACTORS)
    return (*(factor.looked_for for factor in FACTORS), *questions, *clauses[:MOST_CLAUSES])


def nearness_to(index: CaseIndex, matches: Sequence[Match]) -> dict[int, float]:
    """Return how near each matched case comes, by its position, the best 1; all cases alike without any."""
    if not matches:
        return dict.fromkeys(range(len(index.cases)), 0.0)
    best = max(match.score for match in matches) or 1.0
    return {index.position_of[match.case.id]: max(0.0, match.score / best) for match in matches}


def assess(
    index: CaseIndex, clauses: Sequence[str], vectors: Vectors, nearness: Mapping[int, float]
) -> tuple[FactorEvidence, ...]:
    """Return the evidence on each factor.

    Args:
        index: Holds the cases.
        clauses: The plan's own words, part by part; none where there is no plan.
        vectors: The unit vectors of `texts_to_encode`, shape ``(2 * n_factors + n_clauses, dimension)``.
        nearness: The cases that may warn, by their position in the index, and how near each comes to the
            plan, 0 to 1.
    """
    looked_for, asked, plan = np.split(vectors, [len(FACTORS), 2 * len(FACTORS)])
    about = plan @ (looked_for + asked).T / 2  # (n_clauses, n_factors)
    rows_of = {
        position: [row for row in index.rows_of_case(position) if _warns(index.passages[row])]
        for position in nearness
    }
    rows = np.array([row for some in rows_of.values() for row in some], dtype=np.int64)
    cosines = index.vectors.similarities(looked_for, rows)  # (n_factors, n_rows)
    found = []
    for number, factor in enumerate(FACTORS):
        said = None
        if len(plan) and about[:, number].max() >= SAID:
            said = clauses[int(about[:, number].argmax())]
        near = dict(zip(rows.tolist(), cosines[number].tolist(), strict=True))
        warnings = _warnings(index, factor, near, rows_of, nearness)
        found.append(FactorEvidence(factor, said, warnings))
    return tuple(found)


def _warnings(
    index: CaseIndex,
    factor: ReadinessFactor,
    cosine_of: Mapping[int, float],
    rows_of: Mapping[int, Sequence[int]],
    nearness: Mapping[int, float],
) -> tuple[Trouble, ...]:
    """Return the statements that warn most, each from another case; tagged ones need not sound alike."""
    scored: list[tuple[float, Trouble]] = []
    for position, near in nearness.items():
        case = index.cases[position]
        tagged = [one for one in case.factors if one.factor == factor.name and one.effect == "hindered"]
        if tagged and tagged[0].note:
            scored.append((1 + near, Trouble("factor", tagged[0].note, case)))
            continue
        best = max(rows_of[position], key=cosine_of.__getitem__, default=None)
        if best is not None and cosine_of[best] >= LEAST_NEAR:
            passage = index.passages[best]
            kind: TroubleKind = passage.field  # type: ignore[assignment]  # one of those that tell of trouble
            scored.append((cosine_of[best] + BY_CASE * near, Trouble(kind, passage.text, case)))
    scored.sort(key=lambda one: -one[0])
    return tuple(warning for _, warning in scored[:MOST_WARNINGS])


def _warns(passage: Passage) -> bool:
    if passage.field == "objections":
        return passage.result == "unresolved"
    return passage.field in _TELLS_OF_TROUBLE
