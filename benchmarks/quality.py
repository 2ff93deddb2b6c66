"""Measure the ranking on the test part of the judged set, and write benchmarks/results/quality.{md,json}.

Run:  python -m benchmarks.quality [--index DIR] [--split test]

It is what `warts evaluate --ablation` prints with all files of tests/relevance, with the versions and the
machine beside it, and with what it costs that the exported model serves and not the one it came from.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.machine import describe_machine
from engine.ablation import ablated, encoded_by, without_adapter
from engine.context_evaluation import context_f1, read_context_gold
from engine.evaluation import evaluate
from engine.judgements import read_judged_set
from engine.pairs import pair_accuracy, read_pairs
from index.encoder import SentenceTransformerEncoder
from service.evaluation_report import as_markdown, as_plain
from service.opening import open_matcher, progress_bar
from service.settings import load_settings

HERE = Path(__file__).parent
JUDGED = HERE.parent / "tests" / "relevance"
_VERSIONS = ("warts-and-all", "sentence-transformers", "torch", "faiss-cpu", "ir-measures")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path)
    parser.add_argument("--split", default="test")
    options = parser.parse_args()
    judged = read_judged_set(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv", JUDGED / "passages.tsv")
    matcher = open_matcher(load_settings(), options.index)
    pairs = [pair for pair in read_pairs(JUDGED / "pairs.jsonl") if pair.split == options.split]
    texts = [text for text in read_context_gold(JUDGED / "context.jsonl") if text.split == options.split]
    unseen = (JUDGED / "unseen-cases.txt").read_text(encoding="utf-8").split()
    with progress_bar("passages for the baselines") as progress:
        published = without_adapter(matcher, progress)
    with progress_bar("passages by sentence-transformers") as progress:
        reference = encoded_by(matcher, SentenceTransformerEncoder(), progress)
    by_reference = ("vectors of sentence-transformers, not of its export", reference)
    with progress_bar("queries") as progress:
        evaluation = evaluate(
            matcher,
            judged.of_split(options.split),
            published=published,
            ablated=(*ablated(matcher, published), by_reference),
            unseen=unseen,
            progress=progress,
        )
    measured = evaluation, pair_accuracy(matcher, pairs), context_f1(texts)
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.quality --split {options.split}",
        "split": options.split,
        "cases": matcher.index.manifest.cases,
        "corpus_digest": matcher.index.manifest.corpus_digest,
        "machine": describe_machine(),
        "versions": {name: version(name) for name in _VERSIONS},
    }
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    content = json.dumps({**facts, "evaluation": as_plain(*measured)}, indent=2) + "\n"
    (results / "quality.json").write_text(content, encoding="utf-8")
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    text = (
        f"# Quality on the {options.split} part of the judged set\n\n"
        f"{facts['date']}, {facts['cases']} cases, `{facts['command']}`. {versions}. {facts['machine']}.\n\n"
        f"{as_markdown(*measured)}\n"
    )
    (results / "quality.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
