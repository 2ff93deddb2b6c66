"""Compare the editions of the judged set, and write benchmarks/results/editions.{md,json}.

Run:  python -m benchmarks.editions

When cases join, more of them compete, and new questions are asked: figures on the whole set go up or down for
that alone. So the test questions of the first edition are measured among all cases and among the first ones
only, where the figures of the first edition stand beside them, and the new questions apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import describe_machine
from engine.evaluation import SystemResult, evaluate
from engine.judgements import JudgedQuery, JudgedSet, read_judged_set
from service.opening import open_matcher
from service.settings import load_settings

HERE = Path(__file__).parent
JUDGED = HERE.parent / "tests" / "relevance"
SYSTEMS = ("simple blend", "warts")
MEASURES = ("ndcg@10", "useful@1", "recall@5")


def main() -> None:
    """Measure and write."""
    matcher = open_matcher(load_settings())
    judged = read_judged_set(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv").of_split("test")
    first_cases = (JUDGED / "first-cases.txt").read_text(encoding="utf-8").split()

    def part(wanted: Callable[[JudgedQuery], bool]) -> JudgedSet:
        return JudgedSet(tuple(filter(wanted, judged.queries)), judged.qrels, judged.passages)

    of_first = evaluate(matcher, part(lambda query: not query.id.startswith("n")), unseen=first_cases)
    of_new = evaluate(matcher, part(lambda query: query.id.startswith("n")))
    found = {
        "questions of the first edition, among its cases": _means(of_first.unseen),
        "questions of the first edition, among all cases": _means(of_first.systems),
        "new questions, among all cases": _means(of_new.systems),
    }
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": "python -m benchmarks.editions",
        "machine": describe_machine(),
        "cases": len(matcher.index.cases),
        "first_cases": len(first_cases),
        "found": found,
    }
    (HERE / "results" / "editions.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    text = as_markdown(facts)
    (HERE / "results" / "editions.md").write_text(text, encoding="utf-8")
    print(text)


def _means(systems: Sequence[SystemResult]) -> dict[str, dict[str, float | int | None]]:
    return {
        one.system: {
            **{measure: one.mean(measure) for measure in MEASURES},
            "answerable": len(one.per_query["ndcg@10"]),
        }
        for one in systems
        if one.system in SYSTEMS
    }


def as_markdown(facts: dict[str, object]) -> str:
    """Return the figures as a table."""
    lines = [
        "# Editions of the judged set",
        "",
        f"{facts['date']}, {facts['cases']} cases, {facts['first_cases']} of them of the first edition, "
        f"`{facts['command']}`. {facts['machine']}.",
        "",
        "The simple blend has our vectors here, and not those of the published model.",
        "",
        f"| test questions | system | {' | '.join(MEASURES)} |",
        "|---|---|---|---|---|",
    ]
    found = facts["found"]
    if isinstance(found, dict):
        for part, systems in found.items():
            for system, means in systems.items():
                told = " | ".join(f"{means[measure]:.3f}" for measure in MEASURES)
                lines.append(f"| {part} ({means['answerable']}) | {system} | {told} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
