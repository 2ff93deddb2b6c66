"""Finding texts by their words: BM25 over stemmed words and the concepts they name.

A word that names a concept of the trade's vocabulary counts twice: as itself and as the concept (and as
any broader one), so that "handsets" finds "phones", and "phones" finds it a little better still.

Scores are *shares*: a document's BM25 score divided by the highest one that the query could reach in any
document, so that they lie in [0, 1) and mean the same for a query of two words as for one of thirty. A
query word that no document has counts in the divisor: what was asked for and is nowhere is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from bm25s.stopwords import STOPWORDS_EN

from corpus.vocabulary import Vocabulary, stems_of
from index.vectors import Scores

# "Mobiles banned here", and what is left of contractions: "don't" is read as "don" and a single letter.
_MORE_STOPWORDS = (
    "here re ve ll don doesn didn isn aren wasn weren won wouldn couldn shouldn hasn haven hadn ain"
)
_STOP_STEMS = frozenset(stems_of(" ".join([*STOPWORDS_EN, _MORE_STOPWORDS])))
_CONCEPT = "\x01"
_NO_WORD = "\x00"
K1, B = 1.2, 0.75  # Lucene's defaults
NAMED_SHARE = 0.5  # of its concept's weight that a word counts for itself; chosen on the training queries


@dataclass(frozen=True, slots=True)
class Terms:
    """What a text is indexed and searched by.

    Attributes:
        terms: Stems without stop words, then the concepts, marked so that no stem is like one.
        concept_of: The concept that stands for a stem as well, for the stems that name one.
    """

    terms: tuple[str, ...]
    concept_of: dict[str, str]


def terms_of(text: str, vocabulary: Vocabulary) -> Terms:
    """Return the terms of a text."""
    stems = stems_of(text)
    mentions = vocabulary.mentions(stems)
    concepts = [
        _CONCEPT + concept
        for mention in mentions
        for concept in (mention.concept, *vocabulary.concepts[mention.concept].broader)
    ]
    concept_of = {
        stem: _CONCEPT + mention.concept
        for mention in mentions
        for stem in stems[mention.start : mention.end]
    }
    return Terms((*(stem for stem in stems if stem not in _STOP_STEMS), *concepts), concept_of)


class LexicalIndex:
    """BM25 (the Lucene variant) over a fixed list of texts; rows are their positions.

    Source: Kamphuis et al., "Which BM25 do you mean?", ECIR 2020, doi:10.1007/978-3-030-45442-5_4
    """

    def __init__(self, bm25: bm25s.BM25, size: int, vocabulary: Vocabulary) -> None:
        self._bm25, self._size, self._vocabulary = bm25, size, vocabulary
        self._document_frequency = np.diff(bm25.scores["indptr"])

    @classmethod
    def build(cls, texts: Sequence[str], vocabulary: Vocabulary) -> LexicalIndex:
        """Index texts."""
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        # bm25s cannot index a collection without words, so a text without any gets one that no query has.
        terms = [list(terms_of(text, vocabulary).terms) or [_NO_WORD] for text in texts]
        bm25.index(terms, create_empty_token=False, show_progress=False)
        return cls(bm25, len(texts), vocabulary)

    @classmethod
    def load(cls, folder: Path, vocabulary: Vocabulary) -> LexicalIndex:
        """Read an index that `save` wrote, with the vocabulary it was built with.

        Its files' checksums must have been verified.
        """
        bm25 = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False)
        return cls(bm25, int(bm25.scores["num_docs"]), vocabulary)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        self._bm25.save(folder, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def shares(self, text: str) -> Scores:
        """Return every document's share of the best possible score, shape ``(n_documents,)``, in [0, 1)."""
        query = terms_of(text, self._vocabulary)
        scores, best = np.zeros(self._size, dtype=np.float32), 0.0
        plain = [term for term in query.terms if term not in query.concept_of]
        best += sum(self.weight(term) for term in plain)
        if known := [term for term in plain if term in self._bm25.vocab_dict]:
            scores += self._bm25.get_scores(known)
        for stem in (term for term in query.terms if term in query.concept_of):
            if stem not in self._bm25.vocab_dict:
                continue  # a word that no document has is not missing where its concept stands for it
            # "Mobiles" is rare and "phones" is not, but they are asked for alike: the concept is what counts.
            share = min(1.0, NAMED_SHARE * self.weight(query.concept_of[stem]) / self.weight(stem))
            best += share * self.weight(stem)
            scores += np.float32(share) * self._bm25.get_scores([stem])
        return scores / np.float32(best) if best else scores

    def count_terms(self, text: str) -> int:
        """Return how many terms a text is searched by, known or not."""
        return len(terms_of(text, self._vocabulary).terms)

    def weight(self, term: str) -> float:
        """Return the inverse document frequency of a term, in nats; highest for an unknown one."""
        token = self._bm25.vocab_dict.get(term)
        documents = 0 if token is None else int(self._document_frequency[token])
        return float(np.log1p((self._size - documents + 0.5) / (documents + 0.5)))
