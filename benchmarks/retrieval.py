"""Score a public collection in BEIR layout through the product's own index code.

Run:  python -m benchmarks.retrieval DIR

DIR holds corpus.jsonl, queries.jsonl and qrels/test.tsv. The collection is encoded by the exports that serve,
and by the shipped model as sentence-transformers runs it; indexed as an index of cases is; and ranked by
BM25, by meaning, by reciprocal rank fusion, by a min-max convex fusion, and by ours with the weights that
were chosen on case studies. Nothing is chosen on DIR. There is no vocabulary, school or field here, and a
document is one passage: the arms for passages and for the whole are one.

Writes benchmarks/results/retrieval-NAME.{md,json}.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import nDCG

from benchmarks.machine import describe_machine
from corpus.vocabulary import Vocabulary
from engine.fusion import convex_parts, min_max, reciprocal_rank_fusion
from engine.tuning import TUNING
from index.encoder import DEFAULT_MODEL, PUBLISHED_MODEL, Encoder, SentenceTransformerEncoder, Vectors
from index.lexical import LexicalIndex
from index.models import serving_encoder
from index.storage import only_builder
from index.vector_files import open_vectors, save_vectors
from service.opening import progress_bar

DEPTH = 100
DENSE_WEIGHT = 0.6  # of the min-max fusion; flat from .5 to .7 on public collections
RESULTS = Path(__file__).parent / "results"
_VERSIONS = ("warts-and-all", "sentence-transformers", "torch", "openvino", "ir-measures")


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
    ids, texts, asked = list(documents), list(documents.values()), list(queries.values())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        LexicalIndex.build(texts, Vocabulary((), digest="")).save(folder / "words")
        words = LexicalIndex.load(folder / "words", Vocabulary((), digest=""))
        by_words = np.stack([words.shares(text) for text in asked])
        results = {"BM25": _ndcg(by_words, ids, list(queries), qrels)}
        for model in (PUBLISHED_MODEL, DEFAULT_MODEL):
            reference = SentenceTransformerEncoder(model)
            with only_builder(folder / model):
                served, _ = serving_encoder(reference, folder / model, texts)
            encoders = {"served": served}
            if model == DEFAULT_MODEL:  # what serving costs is measured on the one that is shipped
                encoders["reference"] = reference
            for name, encoder in encoders.items():
                cosine = _cosines(encoder, texts, asked, folder / f"{model}-{name}")
                for system, scores in _fused(by_words, cosine).items():
                    results[f"{model}, {name}: {system}"] = _ndcg(scores, ids, list(queries), qrels)
    return results


def _cosines(encoder: Encoder, texts: list[str], asked: list[str], folder: Path) -> Vectors:
    """Return every query's cosine with every document, shape ``(n_queries, n_documents)``."""
    folder.mkdir()
    with progress_bar(f"{encoder.identity.model}") as progress:
        save_vectors(encoder.encode_passages(texts, progress=progress), folder)
    index = open_vectors(folder, {file.name for file in folder.iterdir()})
    return index.similarities(encoder.encode_queries(asked), np.arange(len(index)))


def _fused(by_words: Vectors, cosine: Vectors) -> dict[str, Vectors]:
    """Return the scores of each system that knows meaning, each of shape ``(n_queries, n_documents)``."""
    near = np.maximum(cosine, 0)
    arms = {"passage": near, "passages": near, "whole": near, "words": by_words}
    return {
        "dense": cosine,
        "RRF with BM25": np.stack([_rrf(a, b) for a, b in zip(by_words, cosine, strict=True)]),
        "min-max convex with BM25": DENSE_WEIGHT * min_max(cosine) + (1 - DENSE_WEIGHT) * min_max(by_words),
        "our fusion": np.sum(list(convex_parts(arms, TUNING.fusion).values()), axis=0),
    }


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
