"""The engine with one part off in turn, to see what each part is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from corpus.vocabulary import Vocabulary
from engine.matcher import Matcher
from engine.tuning import TUNING, Tuning
from index.case_index import CaseIndex
from index.encoder import DEFAULT_MODEL, PUBLISHED_MODEL, Encoder, Progress, SentenceTransformerEncoder
from index.lexical import CASE_TERMS, PASSAGE_TERMS, LexicalIndex
from index.term_statistics import shipped_statistics
from index.vectors import FlatIndex


def _without_arms(*arms: str) -> Tuning:
    return replace(TUNING, fusion={arm: 0.0 if arm in arms else w for arm, w in TUNING.fusion.items()})


TUNINGS = {
    "without the words": _without_arms("words"),
    "without the whole case": _without_arms("whole"),
    "without the passages": _without_arms("passage", "passages"),
    "worries not told apart": replace(TUNING, worries_share=0.0),
    "denial not heeded": replace(TUNING, denied_share=1.0, surely_denied_share=1.0),
    "what is ruled out left out altogether": replace(TUNING, denied_share=0.0),
    "school not counted": replace(TUNING, closeness=0.0),
    "story not counted": replace(TUNING, story_share=0.0),
    "first matches not diversified": replace(TUNING, diverse=False),
    "misspellings not forgiven": replace(TUNING, forgiving=False),
}


def ablated(matcher: Matcher, published: Matcher | None) -> Iterator[tuple[str, Matcher]]:
    """Yield a name and a matcher for each part off; ``published`` is the one without the adapter, if any."""
    for name, tuning in TUNINGS.items():
        yield name, Matcher(matcher.index, matcher.encoder, tuning)
    yield "without the vocabulary", Matcher(_without_vocabulary(matcher.index), matcher.encoder)
    if published is not None:
        yield "without the adapter", published


def _without_vocabulary(index: CaseIndex) -> CaseIndex:
    no_words = Vocabulary((), digest="")
    cases = [index.texts[row] for row in index.first_row[:-1]]
    return replace(
        index,
        words_of_cases=LexicalIndex.build(cases, no_words, shipped_statistics(), CASE_TERMS),
        words_of_passages=LexicalIndex.build(index.texts, no_words, shipped_statistics(), PASSAGE_TERMS),
    )


def without_adapter(matcher: Matcher, progress: Progress | None = None) -> Matcher | None:
    """Return ours over the published model's vectors, encoding all passages; None if it has no adapter."""
    if matcher.index.manifest.encoder.model != DEFAULT_MODEL:
        return None
    return encoded_by(matcher, SentenceTransformerEncoder(PUBLISHED_MODEL), progress)


def encoded_by(matcher: Matcher, encoder: Encoder, progress: Progress | None = None) -> Matcher:
    """Return ours over another encoder's vectors, encoding all passages."""
    index = matcher.index
    vectors = encoder.encode_passages(index.texts, progress=progress)
    manifest = index.manifest.model_copy(update={"encoder": encoder.identity})
    return Matcher(
        replace(index, manifest=manifest, vectors=FlatIndex(np.ascontiguousarray(vectors))), encoder
    )
