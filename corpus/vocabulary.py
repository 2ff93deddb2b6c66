"""The trade's words: concepts with their synonyms in British, American, Irish and Australian schools.

Themes are the kinds of objection and failure, such as distraction or cost; records name them.

A leader types "handsets" or "cells", a case says "phones": both speak of the concept ``mobile-phones``.
Words are compared by their stems, phrases before single words, longest first.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import Stemmer
from pydantic import BaseModel, ConfigDict, Field

from corpus.errors import CorpusError
from corpus.issues import Issue
from corpus.parsing import parse_file
from corpus.records import Slug, Text

SHIPPED_VOCABULARY = Path(__file__).parent / "data" / "vocabulary.yaml"
READ_VOCABULARY = SHIPPED_VOCABULARY.with_suffix(".json")  # the same, checked and stemmed
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
        self,
        concepts: Sequence[Concept],
        *,
        themes: Sequence[Concept] = (),
        digest: str = "",
        phrases: Mapping[tuple[str, ...], str] | None = None,
    ) -> None:
        """Take concepts and themes.

        Args:
            concepts: What texts speak of.
            themes: The kinds of objection that records name.
            digest: SHA-256 of the file they come from.
            phrases: The concept that each run of stems names, if that is known already.
        """
        self.concepts = {concept.id: concept for concept in concepts}
        self.themes = {theme.id: theme for theme in themes}
        self.digest = digest
        self._phrases = phrases or {
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

    @classmethod
    def of_read(cls, content: Mapping[str, Any]) -> Vocabulary:
        """Return the vocabulary that `as_read` gave; nothing of it is checked again."""
        concepts, themes = (
            [
                Concept.model_construct(
                    id=one["id"], label=one["label"], words=tuple(one["words"]), broader=tuple(one["broader"])
                )
                for one in content[part]
            ]
            for part in ("concepts", "themes")
        )
        phrases = {tuple(stems.split(" ")): concept for stems, concept in content["phrases"].items()}
        return cls(concepts, themes=themes, digest=content["digest"], phrases=phrases)

    def as_read(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {
            "digest": self.digest,
            "concepts": [concept.model_dump() for concept in self.concepts.values()],
            "themes": [theme.model_dump() for theme in self.themes.values()],
            "phrases": {" ".join(stems): concept for stems, concept in self._phrases.items()},
        }

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
    """Return the vocabulary that the project ships.

    Reading the file that people write takes most of a second, so it is kept as it was read, beside it. Where
    the two differ, as while the vocabulary is worked on, the one that people write counts.
    """
    with suppress(OSError, ValueError, KeyError):
        content = json.loads(READ_VOCABULARY.read_bytes())
        if content["digest"] == hashlib.sha256(SHIPPED_VOCABULARY.read_bytes()).hexdigest():
            return Vocabulary.of_read(content)
    return Vocabulary.load(SHIPPED_VOCABULARY)


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


if __name__ == "__main__":  # after every change of the vocabulary
    read = Vocabulary.load().as_read()
    READ_VOCABULARY.write_text(json.dumps(read, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
