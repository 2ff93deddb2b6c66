"""What comes out of the engine: an answer, its matches, and why each of them matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.passages import Passage
from corpus.records import CaseStudy
from engine.comparability import ContextComparison
from engine.concern import Concern
from engine.diversity import Role
from index.lexical import Met

Verdict = Literal["strong", "partial", "none"]


@dataclass(frozen=True, slots=True)
class MatchedPassage:
    """A passage that mirrors the worry.

    Attributes:
        passage: The statement.
        score: How well it mirrors the worry, in [0, 1].
        met: Where its text meets the worry by a word, or by a concept under another name.
    """

    passage: Passage
    score: float
    met: tuple[Met, ...] = ()


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
        roles: What it adds to the list: one that gave up, one that settled an objection, one from elsewhere.
        retold: Ids of cases that tell the same story again, and are folded under this one.
    """

    case: CaseStudy
    score: float
    parts: dict[str, float]
    confidence: float
    context: ContextComparison
    passages: tuple[MatchedPassage, ...]
    roles: tuple[Role, ...]
    retold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorryAnswer:
    """The answer to one of several worries in a text.

    Attributes:
        text: The worry.
        verdict: Whether anybody here has faced this one.
        confidence: That of its surest match.
        case_ids: The cases that meet it best, at most three; none where the verdict is ``none``.
    """

    text: str
    verdict: Verdict
    confidence: float
    case_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a concern.

    Attributes:
        concern: What was understood.
        verdict: Whether anybody here has faced this: ``strong``, ``partial`` or ``none``.
        confidence: That of the surest match among the first twenty, shown or not; 0 where there is none.
        matches: Best first; the first five are chosen to tell different stories. With the verdict ``none``
            they are only the nearest there are.
        worries: The answer to each worry, where there are several.
        advice: What would make the answer better, in words; empty where nothing would.
        near: The cases that come near the worry, best first, shown or not, whatever filter was chosen.
    """

    concern: Concern
    verdict: Verdict
    confidence: float
    matches: tuple[Match, ...]
    worries: tuple[WorryAnswer, ...]
    advice: tuple[str, ...]
    near: tuple[CaseStudy, ...] = ()
