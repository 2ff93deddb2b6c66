"""What an encoder finds among the cases that nothing was trained on, by its vectors alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

from corpus.passages import split_passages
from corpus.reading import SHIPPED_CASES, read_cases
from engine.judgements import USEFUL, read_judged_set
from training.pairs import unseen_cases

JUDGED = Path(__file__).parent.parent / "tests" / "relevance"
DEPTH = 10


def dense_ndcg(model: SentenceTransformer) -> dict[str, float]:
    """Return nDCG@10 on the development queries among the unseen cases, by best passage and by whole case."""
    unseen = unseen_cases()
    cases = [case for case in read_cases([SHIPPED_CASES]).cases if case.id in unseen]
    passages = [(n, p.indexed_text) for n, case in enumerate(cases) for p in split_passages(case)]
    judged = read_judged_set(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv").of_split("dev")
    texts = model.encode([text for _, text in passages], normalize_embeddings=True, show_progress_bar=False)
    starts = np.flatnonzero(np.diff([number for number, _ in passages], prepend=-1))
    best, whole = [], []
    for query in judged.queries:
        grades = np.array([judged.qrels.get(query.id, {}).get(case.id, 0) for case in cases], dtype=float)
        if grades.max() < USEFUL:
            continue
        cosine = texts @ model.encode(query.text, normalize_embeddings=True, show_progress_bar=False)
        best.append(ndcg(np.maximum.reduceat(cosine, starts), grades))
        whole.append(ndcg(cosine[starts], grades))
    return {"best passage": float(np.mean(best)), "whole case": float(np.mean(whole))}


def ndcg(scores: np.ndarray, grades: np.ndarray) -> float:
    """Return nDCG@10 of scores, with the grades as gains, each of shape ``(n,)``."""
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    found = grades[np.argsort(-scores, kind="stable")[:DEPTH]]
    ideal = np.sort(grades)[::-1][:DEPTH]
    return float((found * discounts[: len(found)]).sum() / (ideal * discounts[: len(ideal)]).sum())
