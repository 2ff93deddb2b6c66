"""From case studies to an index on disk; what has not changed since the last build is not encoded again."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from corpus.passages import WHOLE_CASE, Passage
from corpus.reading import to_json
from corpus.records import CaseStudy, corpus_digest
from corpus.vocabulary import shipped_vocabulary
from index.case_index import DERIVED, CaseIndex, Derived, passages_of, retold_stories
from index.encoder import Encoder, Progress, Vectors
from index.errors import EmptyCorpusError, SearchIndexError
from index.lexical import CASE_TERMS, PASSAGE_TERMS, LexicalIndex
from index.manifest import FORMAT, Manifest, ModelEntry, describe_files, write_manifest
from index.models import serving_encoder
from index.spelling import words_in_use
from index.storage import only_builder, writing_generation
from index.term_statistics import shipped_statistics, shipped_statistics_digest
from index.vector_files import save_vectors
from index.vectors import Rows

_MADE_WITH = ("warts-and-all", "sentence-transformers", "torch", "openvino", "faiss-cpu", "numpy")


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did.

    Attributes:
        manifest: Of the new generation.
        encoded: How many passages had to be encoded; the vectors of the others were there already.
    """

    manifest: Manifest
    encoded: int


def build_index(
    cases: Sequence[CaseStudy],
    encoder: Encoder,
    directory: Path,
    *,
    sources_digest: str = "",
    progress: Progress | None = None,
) -> Built:
    """Index case studies, and publish the result as the folder's current generation.

    What the folder's generation before holds of the same passages, made with the same model and vocabulary,
    is taken over. The result is the same, file for file, as one that is built anew.

    Args:
        cases: What to index.
        encoder: Embeds the passages; its export, if it has one, is kept with the index and answers queries.
        directory: Folder of the index; made if it does not exist.
        sources_digest: Of the files, if these are the operator's own cases; see `Manifest`.
        progress: Called while passages are encoded.

    Raises:
        EmptyCorpusError: If there is no case.
        SearchIndexError: If the folder is a file.
    """
    if not cases:
        raise EmptyCorpusError
    if directory.exists() and not directory.is_dir():
        raise SearchIndexError(f"{directory} is a file; name a folder for the index")
    passages, vocabulary = passages_of(cases), shipped_vocabulary()
    texts = [passage.indexed_text for passage in passages]
    with only_builder(directory):
        encoder, model = serving_encoder(encoder, directory, texts)
        digest, built_at = corpus_digest(cases), datetime.now(UTC)
        before = _before(directory, encoder, model)
        rows = _rows_in(before.texts if before else (), texts)
        vectors, encoded = _vectors(texts, encoder, before, rows, progress)
        with writing_generation(directory, digest, built_at) as folder:
            lines = "".join(to_json(case) + "\n" for case in cases)
            (folder / "cases.jsonl").write_text(lines, encoding="utf-8")
            derived = Derived(stories=retold_stories(cases), words=words_in_use(texts, vocabulary))
            (folder / DERIVED).write_text(derived.model_dump_json(), encoding="utf-8")
            save_vectors(vectors, folder)
            for name, index in _word_indexes(passages, texts, before, rows):
                index.save(folder / name)
            manifest = Manifest(
                format=FORMAT,
                built_at=built_at,
                corpus_digest=digest,
                sources_digest=sources_digest,
                vocabulary_digest=vocabulary.digest,
                statistics_digest=shipped_statistics_digest(),
                cases=len(cases),
                passages=len(passages),
                encoder=encoder.identity,
                model=model,
                versions={name: importlib.metadata.version(name) for name in _MADE_WITH},
                files=describe_files(folder),
            )
            write_manifest(folder, manifest)
    return Built(manifest, encoded)


def _before(directory: Path, encoder: Encoder, model: ModelEntry | None) -> CaseIndex | None:
    """Return the generation before, if it is sound and its vectors were made as the new ones will be."""
    try:
        index = CaseIndex.open(directory, any_vocabulary=True)
    except SearchIndexError:
        return None
    return index if (index.manifest.encoder, index.manifest.model) == (encoder.identity, model) else None


def _vectors(
    texts: Sequence[str],
    encoder: Encoder,
    before: CaseIndex | None,
    rows: Rows,
    progress: Progress | None,
) -> tuple[Vectors, int]:
    """Return the vectors of texts, shape ``(n_texts, dimension)``, and how many of them had to be encoded."""
    known, new = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
    encoded = encoder.encode_passages([texts[int(row)] for row in new], progress=progress)
    if before is None:
        return encoded, len(new)
    vectors = np.zeros((len(texts), encoder.identity.dimension), dtype=np.float32)
    vectors[known], vectors[new] = before.vectors.vectors(rows[known]), encoded
    return vectors, len(new)


def _word_indexes(
    passages: Sequence[Passage], texts: Sequence[str], before: CaseIndex | None, rows: Rows
) -> Iterator[tuple[str, LexicalIndex]]:
    """Yield both indexes of words with their folders' names; texts known from before are not read again."""
    vocabulary, rare = shipped_vocabulary(), shipped_statistics()
    whole = [text for text, passage in zip(texts, passages, strict=True) if passage.field == WHOLE_CASE]
    known_cases = known_passages = None
    if before is not None and before.manifest.vocabulary_digest == vocabulary.digest:
        whole_before = [before.texts[row] for row in before.first_row[:-1]]
        known_cases = before.words_of_cases, _rows_in(whole_before, whole)
        known_passages = before.words_of_passages, rows
    yield "words-of-cases", LexicalIndex.build(whole, vocabulary, rare, CASE_TERMS, known_cases)
    yield "words-of-passages", LexicalIndex.build(texts, vocabulary, rare, PASSAGE_TERMS, known_passages)


def _rows_in(before: Sequence[str], texts: Sequence[str]) -> Rows:
    """Return where each text stood before, shape ``(n_texts,)``; -1 where it is new."""
    row_of = {text: row for row, text in enumerate(before)}
    return np.array([row_of.get(text, -1) for text in texts], dtype=np.int64)
