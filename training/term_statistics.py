"""Count how rare the trade's terms are, and write index/data/term-statistics.json.

Run:  python -m training.term_statistics

To be run again when the vocabulary changes: concepts are terms too, and a test compares its digest.
"""

from __future__ import annotations

import json

from corpus.passages import split_passages
from corpus.reading import SHIPPED_CASES, read_cases
from corpus.vocabulary import shipped_vocabulary
from index.lexical import terms_of
from index.term_statistics import SHIPPED_STATISTICS, TermStatistics


def main() -> None:
    """Count and write."""
    vocabulary, cases = shipped_vocabulary(), read_cases([SHIPPED_CASES]).cases
    passages = [[terms_of(p.indexed_text, vocabulary).terms for p in split_passages(case)] for case in cases]
    whole = [first for first, *_ in passages]
    counted = TermStatistics.of(whole)
    content = {
        "vocabulary": vocabulary.digest,
        "documents": counted.documents,
        "frequency": dict(sorted(counted.frequency.items())),
    }
    text = json.dumps(content, indent=0, ensure_ascii=True) + "\n"
    SHIPPED_STATISTICS.write_text(text, encoding="utf-8")
    rest = [terms for _, *parts in passages for terms in parts]
    print(f"{counted.documents} cases, {len(counted.frequency)} terms: {SHIPPED_STATISTICS}")
    print(f"mean length: cases {sum(map(len, whole)) / len(whole):.0f} terms, ", end="")
    print(f"passages {sum(map(len, rest)) / len(rest):.0f}")


if __name__ == "__main__":
    main()
