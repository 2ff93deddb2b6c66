"""What comes out of the engine: an answer, its matches, and why each of them matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.passages import Passage
from corpus.records import CaseStudy
from engine.comparability import ContextComparison
from engine.concern import Concern

Verdict = Literal["strong", "partial", "none"]


@dataclass(frozen=True, slots=True)
class MatchedPassage:
    """A passage that mirrors the worry, and how well: ``score`` in [0, 1]."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Match:
    """One comparable case.

    Attributes:
        case: The case study.
        score: What it is ranked by; the sum of ``parts``.
        parts: What the score is made of.
        confidence: Calibrated probability that a leader with this worry would find the case useful.
        context: How its school compares with the leader's.
        passages: What mirrors the worry, best first, at most five.
    """

    case: CaseStudy
    score: float
    parts: dict[str, float]
    confidence: float
    context: ContextComparison
    passages: tuple[MatchedPassage, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a concern.

    Attributes:
        concern: What was understood.
        verdict: Whether anybody here has faced this: ``strong``, ``partial`` or ``none``.
        confidence: That of the surest match among the first twenty, shown or not; 0 where there is none.
        matches: Best first. With the verdict ``none`` they are only the nearest there are.
        advice: What would make the answer better, in words; empty where nothing would.
    """

    concern: Concern
    verdict: Verdict
    confidence: float
    matches: tuple[Match, ...]
    advice: tuple[str, ...]
