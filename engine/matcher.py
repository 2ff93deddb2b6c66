"""The whole path from a concern to an answer, one line a step."""

from __future__ import annotations

from engine.answers import Answer, Match
from engine.concern import Concern, parse_concern
from engine.confidence import confidence_of, verdict_of
from engine.context import SchoolContext
from engine.explanation import mirroring_passages
from engine.ranking import Ranked, rank
from engine.retrieval import Candidates, retrieve
from index.case_index import CaseIndex
from index.encoder import Encoder

DEFAULT_MATCHES = 5
SURE_AMONG = 20  # ranks in which the surest match is looked for; the verdict must not depend on k


class Matcher:
    """Answers concerns from one index with one encoder."""

    def __init__(self, index: CaseIndex, encoder: Encoder) -> None:
        """Take an open index and the encoder that it was built with.

        Raises:
            EncoderMismatchError: If it was built with another one.
        """
        index.require_encoder(encoder.identity)
        self.index, self.encoder = index, encoder

    def match(self, text: str, context: SchoolContext | None = None, k: int = DEFAULT_MATCHES) -> Answer:
        """Answer a concern.

        Args:
            text: The leader's own words. Any text is answered; one without words has no match.
            context: What is known of the leader's school; it wins over what the text tells.
            k: The most matches to return, at least 1.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}, but at least 1 match must be asked for")
        concern = parse_concern(text, context)
        if not concern.worries:
            return Answer(concern, "none", 0.0, (), (_no_worry(concern),))
        candidates = retrieve(self.index, self.encoder, concern)
        ranked = rank(self.index, candidates, concern.context)
        matches = tuple(self._explain(one, candidates) for one in ranked[:k])
        best = max(_confidence(one, candidates) for one in ranked[:SURE_AMONG])
        verdict = verdict_of(best)
        return Answer(concern, verdict, best, matches, _advice(concern, sure=verdict == "strong"))

    def _explain(self, ranked: Ranked, candidates: Candidates) -> Match:
        return Match(
            case=self.index.cases[ranked.position],
            score=ranked.score,
            parts=ranked.parts,
            confidence=_confidence(ranked, candidates),
            context=ranked.context,
            passages=tuple(mirroring_passages(self.index, candidates, ranked.position)),
        )


def _no_worry(concern: Concern) -> str:
    """Ask for the worry, where a text has none."""
    if concern.readings:
        return "You told us about your school: now tell us in a few words what worries you."
    return "Tell us in a few words what worries you."


def _confidence(ranked: Ranked, candidates: Candidates) -> float:
    return confidence_of(candidates.arms_of(ranked.position), query_terms=candidates.query_terms)


def _advice(concern: Concern, *, sure: bool) -> tuple[str, ...]:
    """Say what would make the answer better."""
    advice = []
    if not sure and len(concern.text.split()) < 3:
        advice.append("Say a little more about what worries you: one sentence is enough.")
    if not concern.context.phases:
        advice.append("Tell us your phase (primary, secondary, ...) to see schools more like yours first.")
    return tuple(advice)
