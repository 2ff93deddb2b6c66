"""Finding texts by their words: BM25 over stemmed words.

Scores are *shares*: a document's BM25 score divided by the highest one that the query could reach in any
document, so that they lie in [0, 1) and mean the same for a query of two words as for one of thirty. A
query word that no document has counts in the divisor: what was asked for and is nowhere is missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

from index.vectors import Scores

_WORD = re.compile(r"\w\w+")
_STOPWORDS = frozenset(STOPWORDS_EN)
_NO_WORD = "\x00"
K1, B = 1.2, 0.75  # Lucene's defaults


def words_of(text: str) -> list[str]:
    """Return the stemmed words of a text in order, without stop words and single characters."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).lower())
    stems: list[str] = Stemmer.Stemmer("english").stemWords(
        [word for word in words if word not in _STOPWORDS]
    )
    return stems


class LexicalIndex:
    """BM25 (the Lucene variant) over a fixed list of texts; rows are their positions.

    Source: Kamphuis et al., "Which BM25 do you mean?", ECIR 2020, doi:10.1007/978-3-030-45442-5_4
    """

    def __init__(self, bm25: bm25s.BM25, size: int) -> None:
        self._bm25, self._size = bm25, size
        self._document_frequency = np.diff(bm25.scores["indptr"])

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Index texts."""
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        # bm25s cannot index a collection without words, so a text without any gets one that no query has.
        words = [words_of(text) or [_NO_WORD] for text in texts]
        bm25.index(words, create_empty_token=False, show_progress=False)
        return cls(bm25, len(texts))

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read an index that `save` wrote and whose checksums have been verified."""
        bm25 = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False)
        return cls(bm25, int(bm25.scores["num_docs"]))

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._bm25.save(folder, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def shares(self, text: str) -> Scores:
        """Return every document's share of the best possible score, shape ``(n_documents,)``, in [0, 1)."""
        words = words_of(text)
        known = [word for word in words if word in self._bm25.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        best = sum(self.weight(word) for word in words)
        scores: Scores = np.asarray(self._bm25.get_scores(known), dtype=np.float32)
        return scores / np.float32(best)

    def weight(self, word: str) -> float:
        """Return the inverse document frequency of a stemmed word, in nats; highest for an unknown word."""
        token = self._bm25.vocab_dict.get(word)
        documents = 0 if token is None else int(self._document_frequency[token])
        return float(np.log1p((self._size - documents + 0.5) / (documents + 0.5)))
