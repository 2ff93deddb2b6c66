"""The trade's words: concepts with their synonyms in British, American, Irish and Australian schools.

Themes are the kinds of objection and failure, such as distraction or cost; records name them.

A leader types "handsets" or "cells", a case says "phones": both speak of the concept ``mobile-phones``.
Words are compared by their stems, phrases before single words, longest first.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import Stemmer
from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import CorpusError
from corpus.issues import Issue
from corpus.parsing import parse_file
from corpus.records import Slug, Text

SHIPPED_VOCABULARY = Path(__file__).parent / "data" / "vocabulary.yaml"
_WORD = re.compile(r"\w[\w\u0300-\u036f]+")  # with the marks of letters that are written apart


class VocabularyError(CorpusError):
    """The vocabulary file cannot be used."""


class Concept(BaseModel):
    """One thing that leaders speak of, under all the names they have for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    label: Text = Field(description="Plain British words, as shown to a person.")
    words: tuple[Text, ...] = Field(min_length=1)
    broader: tuple[Slug, ...] = ()


class _VocabularyFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    concepts: tuple[Concept, ...]
    themes: tuple[Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept found in a text, as the run of stems that named it."""

    concept: str
    start: int
    end: int


class Vocabulary:
    """Finds the concepts that a text speaks of."""

    def __init__(
        self, concepts: Sequence[Concept], *, themes: Sequence[Concept] = (), digest: str = ""
    ) -> None:
        self.concepts = {concept.id: concept for concept in concepts}
        self.themes = {theme.id: theme for theme in themes}
        self.digest = digest
        self._phrases = {
            tuple(stems_of(word)): concept.id
            for concept in concepts
            for word in (concept.label, *concept.words)
        }
        self._longest = max((len(phrase) for phrase in self._phrases), default=0)

    @classmethod
    def load(cls, file: Path = SHIPPED_VOCABULARY) -> Vocabulary:
        """Read a vocabulary.

        Raises:
            VocabularyError: If the file cannot be used, or gives one word to two concepts.
        """
        try:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            (item,) = parse_file(file)
            if isinstance(item, Issue):
                raise VocabularyError(str(item))
            parsed = _VocabularyFile.model_validate(item.value)
        except (OSError, ValueError) as error:
            raise VocabularyError(f"{file}: {error}") from error
        _refuse_loose_ends(file, parsed.concepts)
        _refuse_loose_ends(file, parsed.themes)
        _refuse_double_meanings(file, parsed.concepts)
        return cls(parsed.concepts, themes=parsed.themes, digest=digest)

    def mentions(self, stems: Sequence[str]) -> list[Mention]:
        """Return the concepts that a run of stems names, from left to right, without overlaps."""
        found = []
        position = 0
        while position < len(stems):
            for length in range(min(self._longest, len(stems) - position), 0, -1):
                concept = self._phrases.get(tuple(stems[position : position + length]))
                if concept is not None:
                    found.append(Mention(concept, position, position + length))
                    position += length
                    break
            else:
                position += 1
        return found


@lru_cache(maxsize=1)
def shipped_vocabulary() -> Vocabulary:
    """Return the vocabulary that the project ships."""
    return Vocabulary.load()


def stems_of(text: str) -> list[str]:
    """Return the stems of a text's words in order; single characters are left out.

    Source: Porter, the English stemmer of Snowball, https://snowballstem.org/algorithms/english/stemmer.html
    """
    return [stem for stem, _, _ in stems_with_spans(text)]


def stems_with_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the stems of a text's words in order, each with the half-open span of its word in the text."""
    words = [
        (composed, word.start(), word.end())
        for word in _WORD.finditer(text)
        if len(composed := unicodedata.normalize("NFKC", word.group()).lower()) > 1
    ]
    stems: list[str] = Stemmer.Stemmer("english").stemWords([word for word, _, _ in words])
    return [(stem, start, end) for stem, (_, start, end) in zip(stems, words, strict=True)]


def _refuse_loose_ends(file: Path, concepts: Sequence[Concept]) -> None:
    known = Counter(concept.id for concept in concepts)
    for concept in concepts:
        if known[concept.id] > 1:
            raise VocabularyError(f"{file}: the concept {concept.id} stands twice")
        for broader in concept.broader:
            if broader not in known:
                raise VocabularyError(f"{file}: {concept.id} names {broader} as broader, which is not there")


def _refuse_double_meanings(file: Path, concepts: Iterable[Concept]) -> None:
    owner: dict[tuple[str, ...], str] = {}
    for concept in concepts:
        for word in (concept.label, *concept.words):
            stems = tuple(stems_of(word))
            if not stems:
                raise VocabularyError(f"{file}: {word!r} of {concept.id} has no word of two letters or more")
            if owner.setdefault(stems, concept.id) != concept.id:
                raise VocabularyError(
                    f"{file}: {word!r} stands under {owner[stems]} and {concept.id}; choose one of the two"
                )
