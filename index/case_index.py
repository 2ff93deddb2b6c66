"""Vectors, words and case studies, opened and searched as one thing.

Passages are ordered by case, and the first passage of each case is the case as one text. So a case is
a run of rows: ``first_row[c]`` to ``first_row[c + 1]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.neighbours import near_duplicates
from corpus.passages import FIELDS, WHOLE_CASE, Passage, split_passages
from corpus.records import CaseStudy
from corpus.vocabulary import shipped_vocabulary
from index.encoder import EncoderIdentity, Vectors
from index.errors import EncoderMismatchError, IndexDamagedError, VocabularyMismatchError
from index.lexical import LexicalIndex
from index.manifest import Manifest
from index.spelling import Spelling
from index.storage import open_generation, read_pointer
from index.vector_files import open_vectors
from index.vectors import Rows, Scores, VectorIndex

DERIVED = "derived.json"
MOST_LOOKED_AT = 500  # cases that are all looked at closely, which is sooner done than choosing among them


class Derived(BaseModel):
    """What is worked out from the cases once, when they are indexed.

    Attributes:
        stories: Each case that tells a story again, by its position, with that of the first that tells it.
        words: How often each word is used by the cases and the vocabulary.
    """

    model_config = ConfigDict(frozen=True)

    stories: tuple[tuple[int, int], ...]
    words: dict[str, int]


@dataclass(frozen=True, eq=False)  # one index is another's equal only if it is the same
class CaseIndex:
    """An index ready to be searched.

    Attributes:
        generation: The folder it was opened from.
        manifest: What it was built from and with.
        cases: The case studies.
        passages: Their passages, in the order of the cases; positions are the rows of the vectors.
        vectors: Passage embeddings.
        words_of_cases: Words of each whole case; positions are those of ``cases``.
        words_of_passages: Words of each passage; positions are rows.
        derived: What was worked out from the cases when they were indexed.
    """

    generation: Path
    manifest: Manifest
    cases: tuple[CaseStudy, ...]
    passages: tuple[Passage, ...]
    vectors: VectorIndex
    words_of_cases: LexicalIndex
    words_of_passages: LexicalIndex
    derived: Derived

    @classmethod
    def open(cls, directory: Path, *, any_vocabulary: bool = False) -> CaseIndex:
        """Open the current generation of an index; every file is verified first.

        Args:
            directory: Folder of the index.
            any_vocabulary: Whether one that was built with another vocabulary may be opened. Its words must
                not be searched.

        Raises:
            IndexNotFoundError: If there is none.
            IndexDamagedError: If a file is missing or altered.
            IndexFormatError: If another version of this software wrote it.
            VocabularyMismatchError: If it was built with another vocabulary.
        """
        while True:
            pointer = read_pointer(directory)
            try:
                return cls._open(directory, any_vocabulary=any_vocabulary)
            except (IndexDamagedError, OSError):
                # Two builds may have ended since CURRENT was read, and the generation it named been removed.
                if read_pointer(directory) == pointer:
                    raise

    @classmethod
    def _open(cls, directory: Path, *, any_vocabulary: bool) -> CaseIndex:
        folder, manifest = open_generation(directory)
        vocabulary = shipped_vocabulary()
        if manifest.vocabulary_digest != vocabulary.digest and not any_vocabulary:
            raise VocabularyMismatchError(directory)
        cases = _read_cases(folder / "cases.jsonl")
        passages = passages_of(cases)
        vectors = open_vectors(folder, manifest.files)
        if len(vectors) != len(passages) or vectors.dimension != manifest.encoder.dimension:
            raise IndexDamagedError(folder / "cases.jsonl", "does not fit the vectors beside it")
        words = (
            LexicalIndex.load(folder / "words-of-cases", vocabulary),
            LexicalIndex.load(folder / "words-of-passages", vocabulary),
        )
        if (len(words[0]), len(words[1])) != (len(cases), len(passages)):
            raise IndexDamagedError(folder / "cases.jsonl", "does not fit the words beside it")
        derived = _read_derived(folder / DERIVED, len(cases))
        return cls(folder, manifest, cases, passages, vectors, *words, derived)

    @property
    def directory(self) -> Path:
        """Folder of the index."""
        return self.generation.parent.parent

    def require_encoder(self, identity: EncoderIdentity) -> None:
        """Make sure that queries will be encoded as the passages were.

        Raises:
            EncoderMismatchError: If they would not.
        """
        if self.manifest.encoder != identity:
            raise EncoderMismatchError(built_with=str(self.manifest.encoder), configured=str(identity))

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """What is indexed of each passage; positions are rows."""
        return tuple(passage.indexed_text for passage in self.passages)

    @cached_property
    def first_row(self) -> Rows:
        """The row of each case's first passage, and after the last case the number of rows."""
        starts = [row for row, passage in enumerate(self.passages) if passage.field == WHOLE_CASE]
        return np.array([*starts, len(self.passages)], dtype=np.int64)

    @cached_property
    def case_of_row(self) -> Rows:
        """Each row's case position."""
        return np.repeat(np.arange(len(self.cases)), np.diff(self.first_row))

    @cached_property
    def position_of(self) -> dict[str, int]:
        """Each case id's position in ``cases``."""
        return {case.id: position for position, case in enumerate(self.cases)}

    @cached_property
    def same_story(self) -> dict[int, int]:
        """For each case that tells the story of an earlier one again: its position, and the earlier one's."""
        return dict(self.derived.stories)

    @cached_property
    def spelling(self) -> Spelling:
        """Reads misspelt words by the words of these cases."""
        return Spelling(self.derived.words)

    def rows_of_case(self, position: int) -> range:
        """Return the rows of a case's passages, the whole case first."""
        return range(int(self.first_row[position]), int(self.first_row[position + 1]))

    @cached_property
    def field_of_row(self) -> NDArray[np.int8]:
        """Each row's field, as its position in `corpus.passages.FIELDS`."""
        number = {field: n for n, field in enumerate(FIELDS)}
        return np.array([number[passage.field] for passage in self.passages], dtype=np.int8)

    def candidates(self, queries: Vectors, words: Scores, *, depth: int) -> Rows:
        """Return the positions of the cases worth a close look, ascending: all of them where they are few.

        Args:
            queries: The query and its parts as unit vectors, shape ``(n, dimension)``.
            words: Each of those parts' share of words with each case, shape ``(n, n_cases)``.
            depth: How many passages, and how many cases by their words, each of them brings in.
        """
        if len(self.cases) <= MOST_LOOKED_AT:
            return np.arange(len(self.cases))
        near = self.case_of_row[self.vectors.search(queries, depth).rows.ravel()]
        found = [near]
        for by_words in words:
            best = np.argsort(-by_words, kind="stable")[:depth]
            found.append(best[by_words[best] > 0])
        return np.unique(np.concatenate(found))


def retold_stories(cases: Sequence[CaseStudy]) -> tuple[tuple[int, int], ...]:
    """Return the position of each case that tells a story again, with that of the first that tells it."""
    position_of = {case.id: position for position, case in enumerate(cases)}
    first: dict[int, int] = {}
    for pair in near_duplicates(cases):
        first.setdefault(position_of[pair.case_id], position_of[pair.other])
    for later, earlier in sorted(first.items()):  # an account of an account is one of the first
        first[later] = first.get(earlier, earlier)
    return tuple(sorted(first.items()))


def passages_of(cases: Sequence[CaseStudy]) -> tuple[Passage, ...]:
    """Return the passages of all cases, in their order."""
    return tuple(passage for case in cases for passage in split_passages(case))


def _read_cases(file: Path) -> tuple[CaseStudy, ...]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        return tuple(CaseStudy.model_validate_json(line) for line in lines if line)
    except (ValidationError, UnicodeDecodeError) as error:
        raise IndexDamagedError(file, "holds something else than case studies") from error


def _read_derived(file: Path, n_cases: int) -> Derived:
    try:
        derived = Derived.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise IndexDamagedError(file, "does not hold what is worked out from the cases") from error
    if not all(0 <= first < later < n_cases for later, first in derived.stories):
        raise IndexDamagedError(file, "speaks of cases that there are not")
    return derived
