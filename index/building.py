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
from index.models import entry_of, serving_encoder
from index.spelling import words_in_use
from index.storage import (
    FORMAT,
    Manifest,
    ModelEntry,
    describe_files,
    only_builder,
    write_manifest,
    writing_generation,
)
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
        progress: Called with how many passages are encoded and how many have to be.

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
        encoder = serving_encoder(encoder, directory, texts)
        model, digest, built_at = entry_of(encoder), corpus_digest(cases), datetime.now(UTC)
        before = _before(directory, encoder, model)
        vectors, encoded = _vectors(texts, encoder, before, progress)
        with writing_generation(directory, digest, built_at) as folder:
            lines = "".join(to_json(case) + "\n" for case in cases)
            (folder / "cases.jsonl").write_text(lines, encoding="utf-8")
            derived = Derived(stories=retold_stories(cases), words=words_in_use(texts, vocabulary))
            (folder / DERIVED).write_text(derived.model_dump_json(), encoding="utf-8")
            save_vectors(vectors, folder)
            for name, index in _word_indexes(passages, before):
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
    texts: Sequence[str], encoder: Encoder, before: CaseIndex | None, progress: Progress | None
) -> tuple[Vectors, int]:
    """Return the vectors of texts, shape ``(n_texts, dimension)``, and how many of them had to be encoded."""
    if before is None:
        return encoder.encode_passages(texts, progress=progress), len(texts)
    rows = _rows_in([passage.indexed_text for passage in before.passages], texts)
    known = rows >= 0
    new = np.flatnonzero(~known)
    vectors = np.zeros((len(texts), encoder.identity.dimension), dtype=np.float32)
    vectors[known] = before.vectors.vectors(rows[known])
    vectors[new] = encoder.encode_passages([texts[int(row)] for row in new], progress=progress)
    return vectors, len(new)


def _word_indexes(
    passages: Sequence[Passage], before: CaseIndex | None
) -> Iterator[tuple[str, LexicalIndex]]:
    """Yield both indexes of words with their folders' names; texts known from before are not read again."""
    vocabulary = shipped_vocabulary()
    if before is not None and before.manifest.vocabulary_digest != vocabulary.digest:
        before = None
    texts, cases = _texts_of(passages)
    texts_before, cases_before = _texts_of(before.passages if before else ())
    for name, new, old, index, usual_length in (
        ("words-of-cases", cases, cases_before, before and before.words_of_cases, CASE_TERMS),
        ("words-of-passages", texts, texts_before, before and before.words_of_passages, PASSAGE_TERMS),
    ):
        known = (index, _rows_in(old, new)) if index else None
        yield name, LexicalIndex.build(new, vocabulary, shipped_statistics(), usual_length, known)


def _texts_of(passages: Sequence[Passage]) -> tuple[list[str], list[str]]:
    """Return the texts of all passages, and of the whole cases among them."""
    texts = [passage.indexed_text for passage in passages]
    return texts, [text for text, one in zip(texts, passages, strict=True) if one.field == WHOLE_CASE]


def _rows_in(before: Sequence[str], texts: Sequence[str]) -> Rows:
    """Return where each text stood before, shape ``(n_texts,)``; -1 where it is new."""
    row_of = {text: row for row, text in enumerate(before)}
    return np.array([row_of.get(text, -1) for text in texts], dtype=np.int64)
