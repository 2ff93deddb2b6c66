"""Finding texts by their words: BM25 over stemmed words and the concepts they name.

A word that names a concept of the trade's vocabulary counts twice: as itself and as the concept (and as
any broader one), so that "handsets" finds "phones", and "phones" finds it a little better still.

Scores are *shares*: a document's BM25 score divided by the highest one that the query could reach in any
document, so that they lie in [0, 1) and mean the same for a query of two words as for one of thirty. A
query word that no document has counts in the divisor: what was asked for and is nowhere is missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from corpus.vocabulary import Mention, Vocabulary, stems_of, stems_with_spans
from index.errors import IndexDamagedError
from index.postings import Postings
from index.term_statistics import TermStatistics
from index.vectors import Rows, Scores

# Lucene's English stop words.
_STOPWORDS = (
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these"
    " they this to was will with"
)
# What leaders say in every second sentence ("mobiles banned here"), and what is left of contractions: "don't"
# is read as "don" and a single letter.
_MORE_STOPWORDS = (
    "have has had been being do does did we our us you your my me he she his her its what which who whose am"
    " were can could should would may might must just so very too also about from how when where why than"
    " here re ve ll don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ain"
)
_STOP_STEMS = frozenset(stems_of(f"{_STOPWORDS} {_MORE_STOPWORDS}"))
_CONCEPT = "\x01"
CASE_TERMS, PASSAGE_TERMS = 140.0, 15.0  # of usual length, rounded from the shipped cases
NAMED_SHARE = 0.5  # of its concept's weight that a word counts for itself; chosen on the training queries

TELLING = 0.7  # nats; a term below it stands in half of all cases, and that "pupils" met explains nothing


@dataclass(frozen=True, slots=True)
class Terms:
    """What a text is indexed and searched by.

    Attributes:
        terms: Stems without stop words, then the concepts, marked so that no stem is like one.
        concept_of: The concept that stands for a stem as well, for the stems that name one.
    """

    terms: tuple[str, ...]
    concept_of: dict[str, str]


def terms_of(text: str, vocabulary: Vocabulary) -> Terms:
    """Return the terms of a text."""
    stems = stems_of(text)
    mentions = vocabulary.mentions(stems)
    concepts = [
        _CONCEPT + concept
        for mention in mentions
        for concept in (mention.concept, *vocabulary.concepts[mention.concept].broader)
    ]
    concept_of = {
        stem: _CONCEPT + mention.concept
        for mention in mentions
        for stem in stems[mention.start : mention.end]
    }
    return Terms((*(stem for stem in stems if stem not in _STOP_STEMS), *concepts), concept_of)


@dataclass(frozen=True, slots=True)
class Met:
    """A stretch of a text that meets a query: its half-open span, and the concept if it meets by one."""

    start: int
    end: int
    concept: str | None


def met_in(text: str, queries: Iterable[Terms], vocabulary: Vocabulary) -> tuple[Met, ...]:
    """Return where a text meets queries by a word, or by a concept under another name, in order."""
    wanted = {term for query in queries for term in query.terms}
    words, mentions = _read(text, vocabulary)
    found: dict[int, Met] = {
        number: Met(start, end, None)
        for number, (stem, start, end) in enumerate(words)
        if stem in wanted and stem not in _STOP_STEMS
    }
    for mention in mentions:
        concept = vocabulary.concepts[mention.concept]
        shared = [one for one in (concept.id, *concept.broader) if _CONCEPT + one in wanted]
        numbers = range(mention.start, mention.end)
        if shared and not all(number in found for number in numbers):
            found = {number: met for number, met in found.items() if number not in numbers}
            span = words[mention.start][1], words[mention.end - 1][2]
            found[mention.start] = Met(*span, vocabulary.concepts[shared[0]].label)
    return tuple(found[number] for number in sorted(found))


@lru_cache(maxsize=8192)  # the same statements are shown again and again
def _read(text: str, vocabulary: Vocabulary) -> tuple[list[tuple[str, int, int]], list[Mention]]:
    """Return the stems of a text's words with their spans, and the concepts that they name."""
    words = stems_with_spans(text)
    return words, vocabulary.mentions([stem for stem, _, _ in words])


class LexicalIndex:
    """BM25 (the Lucene variant) over a fixed list of texts; rows are their positions.

    A text's score depends on itself and on the term statistics alone, never on the other texts, if both the
    statistics and the usual length are given.

    Source: Kamphuis et al., "Which BM25 do you mean?", ECIR 2020, doi:10.1007/978-3-030-45442-5_4
    """

    def __init__(self, postings: Postings, vocabulary: Vocabulary, statistics: TermStatistics) -> None:
        self._postings, self._vocabulary, self.statistics = postings, vocabulary, statistics

    @classmethod
    def build(
        cls,
        texts: Sequence[str],
        vocabulary: Vocabulary,
        statistics: TermStatistics | None = None,
        usual_length: float | None = None,
        known: tuple[LexicalIndex, Rows] | None = None,
    ) -> LexicalIndex:
        """Index texts.

        Args:
            texts: What is to be found.
            vocabulary: Names the concepts.
            statistics: How rare terms are; without them it is counted in the texts themselves.
            usual_length: Terms of a text of usual length; without it the mean of the texts.
            known: An index with the same vocabulary and usual length, and where in it each text stands, shape
                ``(n_texts,)``, -1 where it does not: what stands there is not read again.
        """
        if known is not None and statistics is not None and usual_length is not None:
            return cls(_updated(texts, vocabulary, usual_length, *known), vocabulary, statistics)
        terms = [terms_of(text, vocabulary).terms for text in texts]
        length = usual_length or sum(map(len, terms)) / max(1, len(terms)) or 1.0
        return cls(Postings.of(terms, length), vocabulary, statistics or TermStatistics.of(terms))

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary) -> LexicalIndex:
        """Read an index that `save` wrote, with the vocabulary it was built with.

        Its files' checksums must have been verified.

        Raises:
            IndexDamagedError: If a file does not hold what its name says, or does not fit the others.
        """
        file = folder / "statistics.json"
        try:
            statistics = TypeAdapter(TermStatistics).validate_json(file.read_bytes())
        except ValidationError as error:
            raise IndexDamagedError(file, "does not hold how rare terms are") from error
        if not all(0 <= held <= statistics.documents for held in statistics.frequency.values()):
            raise IndexDamagedError(file, "counts more documents than there are")
        return cls(Postings.load(folder), vocabulary, statistics)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._postings.save(folder)
        statistics = {
            "documents": self.statistics.documents,
            "frequency": dict(self.statistics.frequency),
        }
        (folder / "statistics.json").write_text(json.dumps(statistics), encoding="utf-8")

    def __len__(self) -> int:
        return self._postings.size

    def __eq__(self, other: object) -> bool:
        """Say whether every text is found here by the same terms, and as well, as there."""
        return (
            isinstance(other, LexicalIndex)
            and self.statistics == other.statistics
            and self._postings.is_as(other._postings)
        )

    __hash__ = None  # type: ignore[assignment]

    def shares(self, text: str | Terms) -> Scores:
        """Return every document's share of the best possible score, shape ``(n_documents,)``, in [0, 1)."""
        query = terms_of(text, self._vocabulary) if isinstance(text, str) else text
        best, weights = 0.0, []
        for term in query.terms:
            weight = self.weight(term)
            if (concept := query.concept_of.get(term)) is not None:
                if term not in self._postings.column_of:
                    continue  # a word that no document has is not missing where its concept stands for it
                # "Mobiles" is rare and "phones" is not, but they are asked for alike: the concept counts.
                weight = min(weight, NAMED_SHARE * self.weight(concept))
            best += weight
            weights.append((term, weight))
        scores = self._postings.scores(weights)
        return scores / np.float32(best) if best else scores

    def terms(self, text: str) -> Terms:
        """Return what a text is searched by, known or not."""
        return terms_of(text, self._vocabulary)

    def met_in(self, text: str, queries: Iterable[Terms]) -> tuple[Met, ...]:
        """Return where a text meets queries; see `met_in`."""
        return met_in(text, queries, self._vocabulary)

    def telling(self, queries: Iterable[Terms]) -> list[Terms]:
        """Return queries without the terms that are met too often to tell anything."""
        return [
            replace(query, terms=tuple(term for term in query.terms if self.weight(term) >= TELLING))
            for query in queries
        ]

    def weight(self, term: str) -> float:
        """Return how much a term counts: its inverse document frequency, in nats."""
        return self.statistics.weight(term)


def _updated(
    texts: Sequence[str], vocabulary: Vocabulary, usual_length: float, known: LexicalIndex, rows: Rows
) -> Postings:
    """Return the postings of texts, those of known ones taken over; see `LexicalIndex.build`."""
    number_of = np.full(len(known), -1, dtype=np.int64)
    old, first = np.unique(rows, return_index=True)  # a text that stands twice is taken over once
    number_of[old[old >= 0]] = first[old >= 0]
    taken = np.zeros(len(texts), dtype=bool)
    taken[number_of[number_of >= 0]] = True
    new = np.flatnonzero(~taken)
    read = Postings.of([terms_of(texts[int(row)], vocabulary).terms for row in new], usual_length)
    return Postings.joined(len(texts), [(known._postings, number_of), (read, new)])
