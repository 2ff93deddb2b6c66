"""The whole path from a concern to an answer, one line a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.advice import advice_for
from engine.answers import Answer, Match, WorryAnswer
from engine.comparability import compare_contexts
from engine.concern import Concern, parse_concern
from engine.confidence import confidences_of, verdict_of
from engine.context import SchoolContext
from engine.diversity import LOOKED_AT, diversified, folded, roles_of
from engine.explanation import Explanations
from engine.intent import fields_sought
from engine.ranking import NO_PREFERENCES, Preferences, Ranked, Ranking, facts_of, rank
from engine.retrieval import Candidates, QueryParts, candidates_for, query_parts
from engine.tuning import TUNING, Tuning
from index.case_index import CaseIndex
from index.encoder import Encoder, Vectors

DEFAULT_MATCHES = 5
SURE_AMONG = 20  # ranks in which the surest match is looked for; the verdict must not depend on k
MOST_PER_WORRY = 3


@dataclass(frozen=True, slots=True)
class Understood:
    """A concern that was read, and what has to be encoded to answer it.

    Attributes:
        concern: What was understood.
        parts: What is searched for; None where there is nothing to search for.
    """

    concern: Concern
    parts: QueryParts | None

    @property
    def texts(self) -> tuple[str, ...]:
        """What has to be encoded."""
        return self.parts.texts if self.parts else ()


class Matcher:
    """Answers concerns from one index with one encoder.

    `match` is the whole path. A server takes it in its three steps, so that concerns that come at the same
    time share a forward pass: `understand`, then `Encoder.encode_queries`, then `answer`.
    """

    def __init__(self, index: CaseIndex, encoder: Encoder, tuning: Tuning = TUNING) -> None:
        """Take an open index and the encoder that it was built with.

        Raises:
            EncoderMismatchError: If it was built with another one.
        """
        index.require_encoder(encoder.identity)
        self.index, self.encoder, self._tuning = index, encoder, tuning

    def match(
        self,
        text: str,
        context: SchoolContext | None = None,
        k: int = DEFAULT_MATCHES,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """Answer a concern.

        Args:
            text: The leader's own words. Any text is answered; one without words has no match.
            context: What is known of the leader's school; it wins over what the text tells.
            k: The most matches to return, at least 1.
            preferences: How schools are to be compared.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        understood = self.understand(text, context)
        vectors = self.encoder.encode_queries(understood.texts)
        return self.answer(understood, vectors, k, preferences)

    def understand(self, text: str, context: SchoolContext | None = None) -> Understood:
        """Read a concern; ``text`` and ``context`` are those of `match`."""
        spelling = self.index.spelling if self._tuning.forgiving else None
        concern = parse_concern(text, context, spelling=spelling)
        return Understood(concern, query_parts(concern, self._tuning) if concern.worries else None)

    def answer(
        self,
        understood: Understood,
        vectors: Vectors,
        k: int = DEFAULT_MATCHES,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """Answer a concern that was read and encoded.

        Args:
            understood: From `understand`.
            vectors: The unit vectors of ``understood.texts``, shape ``(n_texts, dimension)``.
            k: The most matches to return, at least 1.
            preferences: How schools are to be compared.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}, but at least 1 match must be asked for")
        concern = understood.concern
        if understood.parts is None:
            return Answer(concern, "none", 0.0, (), (), advice_for(concern, "none", preferences))
        candidates = candidates_for(self.index, understood.parts, vectors)
        ranked = rank(self.index, candidates, concern.context, preferences, self._tuning)
        if not ranked:
            return Answer(
                concern, "none", 0.0, (), (), advice_for(concern, "none", preferences, all_excluded=True)
            )
        confidences = confidences_of(candidates)
        best = max(confidences[position] for position in ranked.positions[:SURE_AMONG])
        worries = self._answer_worries(concern, candidates, ranked)
        stories, retold = folded(ranked, self.index)
        ordered = list(stories[: max(k, LOOKED_AT)])
        if self._tuning.diverse:
            ordered = diversified(ordered, self._needs(concern, ordered, worries))
        explanations = Explanations(self.index, candidates, fields_sought(concern.sought))
        return Answer(
            concern,
            verdict_of(best),
            best,
            tuple(
                self._explain(one, explanations, confidences, concern, retold.get(one.position, ()))
                for one in ordered[:k]
            ),
            worries,
            advice_for(concern, verdict_of(best), preferences),
        )

    def _explain(
        self,
        ranked: Ranked,
        explanations: Explanations,
        confidences: Mapping[int, float],
        concern: Concern,
        retold: Sequence[int],
    ) -> Match:
        case = self.index.cases[ranked.position]
        return Match(
            case=case,
            score=ranked.score,
            parts=ranked.parts,
            confidence=confidences[ranked.position],
            context=compare_contexts(concern.context, facts_of(self.index).contexts[ranked.position]),
            passages=explanations.mirroring_passages(ranked.position),
            roles=roles_of(case, concern.context),
            retold=tuple(self.index.cases[position].id for position in retold),
        )

    def _answer_worries(
        self, concern: Concern, candidates: Candidates, ranked: Ranking
    ) -> tuple[WorryAnswer, ...]:
        """Answer each of several worries by itself, from the cases that are not excluded."""
        if len(concern.worries) < 2:
            return ()
        allowed = set(ranked.positions)
        answers = []
        for worry, part in zip(concern.worries, candidates.parts.of_worry, strict=True):
            sure = sorted(
                (-confidence, position)
                for position, confidence in confidences_of(candidates, part).items()
                if position in allowed
            )
            best = -sure[0][0]
            verdict = verdict_of(best)
            ids = tuple(self.index.cases[position].id for _, position in sure[:MOST_PER_WORRY])
            answers.append(WorryAnswer(worry, verdict, best, () if verdict == "none" else ids))
        return tuple(answers)

    def _needs(
        self, concern: Concern, ranked: Sequence[Ranked], worries: Sequence[WorryAnswer]
    ) -> list[set[int]]:
        """Return what the first matches ought to tell of, as the cases that do: see `engine.diversity`."""
        position_of = self.index.position_of
        needs = [{position_of[case] for case in worry.case_ids} for worry in worries if worry.case_ids]
        roles = {
            one.position: roles_of(self.index.cases[one.position], concern.context)
            for one in ranked[:LOOKED_AT]
        }
        return needs + [
            {position for position, has in roles.items() if role in has}
            for role in ("gave-up", "settled", "elsewhere")
        ]
