"""How far two independent judgements of the same queries agree.

Run:  python -m benchmarks.agreement

Both judged the same pool blind: every case that the first judge or any ranking's first ten brought in. The
judged set that is measured on (qrels.tsv) takes the lower of the two grades. Pairs that both graded 0 are
not in the files; they are counted from the size of the pools, which queries.jsonl keeps.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.metrics import cohen_kappa_score

from engine.judgements import USEFUL

JUDGED = Path(__file__).parent.parent / "tests" / "relevance"


def main() -> None:
    """Print the table of grades and the agreement."""
    first, second = _grades("qrels-first.tsv"), _grades("qrels-second.tsv")
    counts = Counter((first[pair], second[pair]) for pair in first)
    with (JUDGED / "queries.jsonl").open(encoding="utf-8") as lines:
        pooled = sum(json.loads(line)["pool"] for line in lines)
    counts[0, 0] = pooled - len(first)
    table = np.array([[counts[a, b] for b in range(4)] for a in range(4)])
    print(f"{pooled} pairs judged twice; first judge down, second across, grades 0 to 3\n{table}")
    pairs = np.array([pair for pair, count in counts.items() for _ in range(count)])
    weighted = cohen_kappa_score(pairs[:, 0], pairs[:, 1], weights="quadratic")
    useful = cohen_kappa_score(pairs[:, 0] >= USEFUL, pairs[:, 1] >= USEFUL)
    print(f"kappa, quadratic weights: {weighted:.3f}; kappa of useful or not: {useful:.3f}")


def _grades(name: str) -> dict[tuple[str, str], int]:
    lines = (JUDGED / name).read_text(encoding="utf-8").splitlines()[1:]
    return {(query, case): int(grade) for query, case, grade in (line.split("\t") for line in lines)}


if __name__ == "__main__":
    main()
