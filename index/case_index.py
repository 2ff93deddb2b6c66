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
from pydantic import ValidationError

from corpus.neighbours import near_duplicates
from corpus.passages import WHOLE_CASE, Passage, split_passages
from corpus.records import CaseStudy
from corpus.vocabulary import shipped_vocabulary
from index.encoder import EncoderIdentity, Vectors
from index.errors import EncoderMismatchError, IndexDamagedError, VocabularyMismatchError
from index.faiss_index import FaissIndex
from index.lexical import LexicalIndex
from index.spelling import Spelling
from index.storage import Manifest, open_generation
from index.vectors import Rows, VectorIndex


@dataclass(frozen=True)
class CaseIndex:
    """An index ready to be searched.

    Attributes:
        manifest: What it was built from and with.
        cases: The case studies.
        passages: Their passages, in the order of the cases; positions are the rows of the vectors.
        vectors: Passage embeddings.
        words_of_cases: Words of each whole case; positions are those of ``cases``.
        words_of_passages: Words of each passage; positions are rows.
    """

    manifest: Manifest
    cases: tuple[CaseStudy, ...]
    passages: tuple[Passage, ...]
    vectors: VectorIndex
    words_of_cases: LexicalIndex
    words_of_passages: LexicalIndex

    @classmethod
    def open(cls, directory: Path) -> CaseIndex:
        """Open the current generation of an index; every file is verified first.

        Raises:
            IndexNotFoundError: If there is none.
            IndexDamagedError: If a file is missing or altered.
            IndexFormatError: If another version of this software wrote it.
            VocabularyMismatchError: If it was built with another vocabulary.
        """
        folder, manifest = open_generation(directory)
        vocabulary = shipped_vocabulary()
        if manifest.vocabulary_digest != vocabulary.digest:
            raise VocabularyMismatchError(directory)
        cases = _read_cases(folder / "cases.jsonl")
        passages = passages_of(cases)
        vectors = FaissIndex.load(folder / "vectors.faiss")
        if len(vectors) != len(passages) or vectors.dimension != manifest.encoder.dimension:
            raise IndexDamagedError(folder / "vectors.faiss", "does not fit the case studies beside it")
        return cls(
            manifest,
            cases,
            passages,
            vectors,
            LexicalIndex.load(folder / "words-of-cases", vocabulary),
            LexicalIndex.load(folder / "words-of-passages", vocabulary),
        )

    def require_encoder(self, identity: EncoderIdentity) -> None:
        """Make sure that queries will be encoded as the passages were.

        Raises:
            EncoderMismatchError: If they would not.
        """
        built_with = EncoderIdentity(**self.manifest.encoder.model_dump())
        if built_with != identity:
            raise EncoderMismatchError(built_with=str(built_with), configured=str(identity))

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
        first: dict[int, int] = {}
        for pair in near_duplicates(self.cases):
            later, earlier = self.position_of[pair.case_id], self.position_of[pair.other]
            first.setdefault(later, earlier)
        for later, earlier in sorted(first.items()):  # an account of an account is one of the first
            first[later] = first.get(earlier, earlier)
        return first

    @cached_property
    def spelling(self) -> Spelling:
        """Reads misspelt words by the words of these cases."""
        texts = [passage.indexed_text for passage in self.passages]
        return Spelling(texts, shipped_vocabulary())

    def rows_of_case(self, position: int) -> range:
        """Return the rows of a case's passages, the whole case first."""
        return range(int(self.first_row[position]), int(self.first_row[position + 1]))

    def candidates(self, queries: Vectors, texts: Sequence[str], *, depth: int) -> Rows:
        """Return the positions of the cases worth a close look, ascending.

        Args:
            queries: The query and its parts as unit vectors, shape ``(n, dimension)``.
            texts: The same as texts.
            depth: How many passages, and how many cases by their words, each of them brings in.
        """
        near = self.case_of_row[self.vectors.search(queries, depth).rows.ravel()]
        found = [near]
        for text in texts:
            by_words = self.words_of_cases.shares(text)
            best = np.argsort(-by_words, kind="stable")[:depth]
            found.append(best[by_words[best] > 0])
        return np.unique(np.concatenate(found))


def passages_of(cases: Sequence[CaseStudy]) -> tuple[Passage, ...]:
    """Return the passages of all cases, in their order."""
    return tuple(passage for case in cases for passage in split_passages(case))


def _read_cases(file: Path) -> tuple[CaseStudy, ...]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
        return tuple(CaseStudy.model_validate_json(line) for line in lines if line)
    except (ValidationError, UnicodeDecodeError) as error:
        raise IndexDamagedError(file, "holds something else than case studies") from error
