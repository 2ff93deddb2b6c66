"""Score a public collection in BEIR layout with our own encoder and word index, adapter on and off.

Run:  python -m benchmarks.retrieval DIR

DIR holds corpus.jsonl, queries.jsonl and qrels/test.tsv. There is no vocabulary, school or field here: it
shows what the adapter costs outside its domain. Writes benchmarks/results/retrieval-NAME.{md,json}.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import nDCG

from benchmarks.machine import describe_machine
from corpus.vocabulary import Vocabulary
from engine.fusion import min_max, reciprocal_rank_fusion
from index.encoder import DEFAULT_MODEL, PUBLISHED_MODEL, SentenceTransformerEncoder
from index.lexical import LexicalIndex
from service.opening import progress_bar

DEPTH = 100
DENSE_WEIGHT = 0.6  # of the convex fusion; flat from .5 to .7 on public collections
RESULTS = Path(__file__).parent / "results"
_VERSIONS = ("warts-and-all", "sentence-transformers", "torch", "ir-measures")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    documents = {
        d["_id"]: f"{d.get('title', '')}\n{d['text']}".strip() for d in _lines(folder / "corpus.jsonl")
    }
    qrels = _qrels(folder / "qrels" / "test.tsv")
    queries = {q["_id"]: q["text"] for q in _lines(folder / "queries.jsonl") if q["_id"] in qrels}
    rows = [{"system": name, "ndcg@10": value} for name, value in measure(documents, queries, qrels).items()]
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.retrieval {folder.name}",
        "documents": len(documents),
        "queries": len(queries),
        "machine": describe_machine(),
        "versions": {name: version(name) for name in _VERSIONS},
    }
    RESULTS.mkdir(exist_ok=True)
    name = f"retrieval-{folder.name}"
    content = json.dumps({**facts, "results": rows}, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(content, encoding="utf-8")
    versions = ", ".join(f"{package} {number}" for package, number in facts["versions"].items())
    table = "\n".join(f"| {row['system']} | {row['ndcg@10']:.3f} |" for row in rows)
    text = (
        f"# {folder.name}: {len(documents):,} documents, {len(queries)} queries\n\n{facts['date']}, "
        f"`{facts['command']}`. {versions}. {facts['machine']}.\n\n| system | nDCG@10 |\n|---|---|\n{table}\n"
    )
    (RESULTS / f"{name}.md").write_text(text, encoding="utf-8")
    print(text)


def measure(
    documents: dict[str, str], queries: dict[str, str], qrels: dict[str, dict[str, int]]
) -> dict[str, float]:
    """Return nDCG@10 of every system, in the order they are shown."""
    ids, texts = list(documents), list(documents.values())
    words = LexicalIndex.build(texts, Vocabulary((), digest=""))
    by_words = np.stack([words.shares(text) for text in queries.values()])
    results = {"BM25": _ndcg(by_words, ids, list(queries), qrels)}
    for model in (PUBLISHED_MODEL, DEFAULT_MODEL):
        encoder = SentenceTransformerEncoder(model)
        with progress_bar("documents") as progress:
            vectors = encoder.encode_passages(texts, progress=progress)
        cosine = encoder.encode_queries(list(queries.values())) @ vectors.T
        fused = np.stack([_rrf(a, b) for a, b in zip(by_words, cosine, strict=True)])
        convex = DENSE_WEIGHT * min_max(cosine) + (1 - DENSE_WEIGHT) * min_max(by_words)
        for name, scores in (("dense", cosine), ("RRF with BM25", fused), ("convex with BM25", convex)):
            results[f"{model}, {name}"] = _ndcg(scores, ids, list(queries), qrels)
    return results


def _ndcg(scores: np.ndarray, ids: list[str], queries: list[str], qrels: dict[str, dict[str, int]]) -> float:
    run = {}
    for query, row in zip(queries, scores, strict=True):
        best = np.argsort(-row, kind="stable")[:DEPTH]
        run[query] = {ids[number]: float(-rank) for rank, number in enumerate(best)}
    return float(ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10])


def _rrf(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    rankings = [[str(n) for n in np.argsort(-scores, kind="stable")[:DEPTH]] for scores in (a, b)]
    fused = np.zeros(len(a))
    for number, score in reciprocal_rank_fusion(rankings).items():
        fused[int(number)] = score
    return fused


def _lines(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _qrels(file: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        found.setdefault(query, {})[document] = int(grade)
    return found


if __name__ == "__main__":
    main()
