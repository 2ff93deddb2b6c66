"""From case studies to an index on disk."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from corpus.reading import to_json
from corpus.records import CaseStudy, corpus_digest
from corpus.vocabulary import shipped_vocabulary
from index.case_index import passages_of
from index.encoder import Encoder, Progress
from index.errors import EmptyCorpusError, SearchIndexError
from index.faiss_index import FaissIndex
from index.lexical import CASE_TERMS, PASSAGE_TERMS, LexicalIndex
from index.storage import (
    FORMAT,
    EncoderEntry,
    Manifest,
    describe_files,
    write_manifest,
    writing_generation,
)
from index.term_statistics import shipped_statistics, shipped_statistics_digest

_MADE_WITH = ("warts-and-all", "sentence-transformers", "torch", "faiss-cpu", "numpy")


def build_index(
    cases: Sequence[CaseStudy],
    encoder: Encoder,
    directory: Path,
    *,
    from_configured_cases: bool = False,
    progress: Progress | None = None,
) -> Manifest:
    """Encode and index case studies, and publish the result as the folder's current generation.

    Args:
        cases: What to index.
        encoder: Embeds the passages; queries must be embedded with the same one.
        directory: Folder of the index; made if it does not exist.
        from_configured_cases: Whether these are the operator's own cases, so that the index may be built
            again from them when they change; one built from cases that were named is left alone.
        progress: Called with how many passages are encoded and how many there are.

    Raises:
        EmptyCorpusError: If there is no case.
        SearchIndexError: If the folder is a file.
    """
    if not cases:
        raise EmptyCorpusError
    if directory.exists() and not directory.is_dir():
        raise SearchIndexError(f"{directory} is a file; name a folder for the index")
    digest, built_at = corpus_digest(cases), datetime.now(UTC)
    passages, vocabulary = passages_of(cases), shipped_vocabulary()
    texts = [passage.indexed_text for passage in passages]
    vectors = encoder.encode_passages(texts, progress=progress)
    with writing_generation(directory, digest, built_at) as folder:
        lines = "".join(to_json(case) + "\n" for case in cases)
        (folder / "cases.jsonl").write_text(lines, encoding="utf-8")
        FaissIndex.build(vectors).save(folder / "vectors.faiss")
        whole_cases = [passage.indexed_text for passage in passages if passage.field == "case"]
        rare = shipped_statistics()
        LexicalIndex.build(whole_cases, vocabulary, rare, CASE_TERMS).save(folder / "words-of-cases")
        LexicalIndex.build(texts, vocabulary, rare, PASSAGE_TERMS).save(folder / "words-of-passages")
        manifest = Manifest(
            format=FORMAT,
            built_at=built_at,
            corpus_digest=digest,
            vocabulary_digest=vocabulary.digest,
            statistics_digest=shipped_statistics_digest(),
            from_configured_cases=from_configured_cases,
            cases=len(cases),
            passages=len(passages),
            encoder=EncoderEntry(**asdict(encoder.identity)),
            versions={name: importlib.metadata.version(name) for name in _MADE_WITH},
            files=describe_files(folder),
        )
        write_manifest(folder, manifest)
    return manifest
