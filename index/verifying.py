"""Everything that can be checked of an index on disk: its sums, and that its parts are of one piece."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus.records import corpus_digest
from corpus.vocabulary import shipped_vocabulary
from index.case_index import CaseIndex, retold_stories
from index.errors import IndexDamagedError
from index.lexical import CASE_TERMS, PASSAGE_TERMS, LexicalIndex
from index.models import open_model
from index.spelling import words_in_use

BLOCK = 10_000  # vectors looked at in one go
SAMPLE = 32  # passages encoded again
LEAST_COSINE = 0.995  # between a stored vector and the passage encoded again, on whatever processor


def verify_index(directory: Path) -> Iterator[str]:
    """Check an index from end to end; yield what was found to be in order, a line a part.

    Raises:
        SearchIndexError: At the first thing that is not.
    """
    index = CaseIndex.open(directory)
    files = len(index.manifest.files) + 1
    yield f"{files} files of {index.generation.name} are what was written"
    _verify_cases(index)
    yield f"{len(index.cases)} cases are those of the manifest, and what is worked out from them fits"
    _verify_words(index)
    yield "the words of every case and passage are those of its text"
    _verify_vectors(index)
    yield f"{len(index.vectors)} vectors are unit vectors, one a passage"
    if index.manifest.model is None:
        yield "there is no exported model: the configured encoder answers"
        return
    encoder = open_model(directory, index.manifest.model)
    rows = np.unique(np.linspace(0, len(index.passages) - 1, SAMPLE).astype(np.int64))
    again = encoder.encode_passages([index.texts[row] for row in rows])
    least = float((again * index.vectors.vectors(rows)).sum(axis=1).min())
    if encoder.identity != index.manifest.encoder or least < LEAST_COSINE:
        raise IndexDamagedError(encoder.folder, "is not the model that the passages were encoded with")
    yield f"{len(rows)} passages encoded again give the vectors that are stored (least cosine {least:.4f})"


def _verify_cases(index: CaseIndex) -> None:
    manifest = index.manifest
    counted = (corpus_digest(index.cases), len(index.cases), len(index.passages))
    if counted != (manifest.corpus_digest, manifest.cases, manifest.passages):
        raise IndexDamagedError(index.generation / "cases.jsonl", "holds other cases than the manifest says")
    derived = (retold_stories(index.cases), words_in_use(index.texts, shipped_vocabulary()))
    if derived != (index.derived.stories, index.derived.words):
        raise IndexDamagedError(index.generation / "derived.json", "was worked out from other cases")


def _verify_words(index: CaseIndex) -> None:
    cases = [index.texts[row] for row in index.first_row[:-1]]
    for name, found, expected, usual_length in (
        ("words-of-cases", index.words_of_cases, cases, CASE_TERMS),
        ("words-of-passages", index.words_of_passages, index.texts, PASSAGE_TERMS),
    ):
        again = LexicalIndex.build(expected, shipped_vocabulary(), found.statistics, usual_length)
        if again != found:
            raise IndexDamagedError(index.generation / name, "was made from other texts")


def _verify_vectors(index: CaseIndex) -> None:
    for start in range(0, len(index.vectors), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(index.vectors)))
        lengths = np.linalg.norm(index.vectors.vectors(rows), axis=1)
        if not np.allclose(lengths, 1, atol=1e-3):  # False for what is no number, too
            raise IndexDamagedError(index.generation, "holds vectors that are not of length 1")
