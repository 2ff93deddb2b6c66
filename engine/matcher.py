"""The whole path from a concern to an answer, one line a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from engine.advice import advice_for
from engine.answers import Answer, Match, WorryAnswer
from engine.comparability import compare_contexts
from engine.concern import AS_UNDERSTOOD, Amendments, Concern, parse_concern
from engine.confidence import NEAR, confidences_of, verdict_of
from engine.context import SchoolContext
from engine.diversity import HEAD, LOOKED_AT, diversified, folded, roles_of
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


@dataclass(frozen=True)
class Found:
    """What a concern's words find in an index, whoever asks: all of an answer that no school changes.

    Attributes:
        candidates: The cases worth ranking, and their nearness.
        confidences: How sure each of them is, by its position in the index.
        explanations: Why they matched.
    """

    candidates: Candidates
    confidences: Mapping[int, float]
    explanations: Explanations

    @cached_property
    def surest_of_worries(self) -> tuple[tuple[tuple[float, int], ...], ...]:
        """For each worry every candidate, surest first, as its confidence and its position."""
        return tuple(
            tuple(
                sorted(
                    ((sure, position) for position, sure in confidences_of(self.candidates, part).items()),
                    key=lambda one: (-one[0], one[1]),
                )
            )
            for part in self.candidates.parts.of_worry
        )


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
        amendments: Amendments = AS_UNDERSTOOD,
    ) -> Answer:
        """Answer a concern.

        Args:
            text: The leader's own words. Any text is answered; one without words has no match.
            context: What is known of the leader's school; it wins over what the text tells.
            k: The most matches to return, at least 1.
            preferences: Which cases are wanted, and how schools are to be compared.
            amendments: What the person says of an earlier reading of the same text.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        understood = self.understand(text, context, amendments)
        vectors = self.encoder.encode_queries(understood.texts)
        return self.answer(understood, vectors, k, preferences)

    def understand(
        self, text: str, context: SchoolContext | None = None, amendments: Amendments = AS_UNDERSTOOD
    ) -> Understood:
        """Read a concern; ``text``, ``context`` and ``amendments`` are those of `match`."""
        spelling = self.index.spelling if self._tuning.forgiving else None
        concern = parse_concern(text, context, spelling=spelling, amendments=amendments)
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
            preferences: Which cases are wanted, and how schools are to be compared.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        return self.answer_found(understood.concern, self.find(understood, vectors), k, preferences)

    def find(self, understood: Understood, vectors: Vectors) -> Found | None:
        """Return what a concern's words find; None where it has none. See `answer` for the arguments."""
        if understood.parts is None:
            return None
        candidates = candidates_for(self.index, understood.parts, vectors)
        explanations = Explanations(self.index, candidates, fields_sought(understood.concern.sought))
        return Found(candidates, confidences_of(candidates), explanations)

    def answer_found(
        self,
        concern: Concern,
        found: Found | None,
        k: int = DEFAULT_MATCHES,
        preferences: Preferences = NO_PREFERENCES,
    ) -> Answer:
        """Answer a concern by what its words found: from here on the school counts.

        Args:
            concern: What was asked.
            found: From `find`, for the same words; the school may have been another.
            k: The most matches to return, at least 1.
            preferences: Which cases are wanted, and how schools are to be compared.

        Raises:
            ValueError: If ``k`` is below 1.
        """
        if k < 1:
            raise ValueError(f"k is {k}, but at least 1 match must be asked for")
        if found is None:
            return Answer(concern, "none", 0.0, (), (), advice_for(concern, "none", preferences))
        ranked = rank(self.index, found.candidates, concern.context, preferences, self._tuning)
        confidences = found.confidences
        stories, retold = folded(ranked, self.index)
        near = _near(stories, confidences)
        if preferences.cases:
            wanted = self._chosen(ranked, preferences.cases)
        else:
            wanted = self._wanted(stories, near, concern, preferences)
        cases = tuple(self.index.cases[position] for position in near.positions)
        if not wanted:
            advice = advice_for(
                concern, "none", preferences, all_excluded=not ranked, none_passes=bool(ranked)
            )
            return Answer(concern, "none", 0.0, (), (), advice, cases)
        by_match = preferences.order == "match" and not preferences.cases
        best = max(confidences[one] for one in wanted.positions[: SURE_AMONG if by_match else None])
        worries = self._answer_worries(concern, found, wanted)
        ordered = list(wanted[: max(k, LOOKED_AT)])
        if self._tuning.diverse and by_match:
            ordered = diversified(ordered, self._needs(concern, ordered, worries))
        return Answer(
            concern,
            verdict_of(best),
            best,
            tuple(self._explain(one, found, concern, retold.get(one.position, ())) for one in ordered[:k]),
            worries,
            advice_for(concern, verdict_of(best), preferences),
            cases,
        )

    def _chosen(self, ranked: Ranking, ids: Sequence[str]) -> Ranking:
        """Return the cases of some ids, in their order."""
        place_of = {position: place for place, position in enumerate(ranked.positions)}
        positions = [self.index.position_of[case] for case in ids if case in self.index.position_of]
        return ranked.at([place_of[position] for position in positions if position in place_of])

    def _wanted(self, stories: Ranking, near: Ranking, concern: Concern, preferences: Preferences) -> Ranking:
        """Return what may be shown: all of it, or what comes near and passes the filter, in order."""
        if not preferences.only and preferences.order == "match":
            return stories
        places = [
            place
            for place, position in enumerate(near.positions)
            if preferences.only.passes(self.index.cases[position])
        ]
        if preferences.order == "school":
            schools = facts_of(self.index).schools
            comparable = schools.comparable(schools.similarities(concern.context))
            places.sort(key=lambda place: -comparable[near.positions[place]])  # stable: then by match
        return near.at(places)

    def _explain(
        self,
        ranked: Ranked,
        found: Found,
        concern: Concern,
        retold: Sequence[int],
    ) -> Match:
        case = self.index.cases[ranked.position]
        return Match(
            case=case,
            score=ranked.score,
            parts=ranked.parts,
            confidence=found.confidences[ranked.position],
            context=compare_contexts(concern.context, facts_of(self.index).contexts[ranked.position]),
            passages=found.explanations.mirroring_passages(ranked.position),
            roles=roles_of(case, concern.context),
            retold=tuple(self.index.cases[position].id for position in retold),
        )

    def _answer_worries(self, concern: Concern, found: Found, ranked: Ranking) -> tuple[WorryAnswer, ...]:
        """Answer each of several worries by itself, from the cases that are not excluded."""
        if len(concern.worries) < 2:
            return ()
        allowed = set(ranked.positions)
        answers = []
        for worry, surest in zip(concern.worries, found.surest_of_worries, strict=True):
            sure = list(islice((one for one in surest if one[1] in allowed), MOST_PER_WORRY))
            best = sure[0][0]
            verdict = verdict_of(best)
            ids = tuple(self.index.cases[position].id for _, position in sure)
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


def _near(stories: Ranking, confidences: Mapping[int, float]) -> Ranking:
    """Return the stories that come near the worry: the first ones, and all that may well be useful."""
    places = [
        place
        for place, position in enumerate(stories.positions)
        if place < HEAD or confidences[position] >= NEAR
    ]
    return stories.at(places)
