"""What the adapter is trained on: queries, each with a text that answers it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from corpus.passages import Passage, split_passages
from corpus.reading import SHIPPED_CASES, read_cases
from corpus.records import CaseStudy
from engine.judgements import USEFUL, read_judged_set

DATA = Path(__file__).parent / "data"
UNSEEN = Path(__file__).parent.parent / "tests" / "relevance" / "unseen-cases.txt"
HEAD_ON = 3  # the grade of a case that meets the worry head-on
TRAINED_ON = "train"  # the split; queries of the split "calibration" are left for fitting the rest


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a text that answers it.

    Attributes:
        query: The query.
        text: The text.
        case: The case that the text comes from.
        useful: Ids of all cases that answer the query at least a little; None where that is not known.
        judged: Ids of the cases that it was judged against; of the others nobody knows.
    """

    query: str
    text: str
    case: CaseStudy
    useful: frozenset[str] | None = None
    judged: frozenset[str] = frozenset()

    def may_be_answered_by(self, other: CaseStudy) -> bool:
        """Say whether a text of another case may answer the query too."""
        if self.useful is None or other.id not in self.judged:
            return self.shares_technology_with(other)
        return other.id in self.useful

    def shares_technology_with(self, other: CaseStudy) -> bool:
        """Say whether a case is about a technology that this pair's case is about."""
        return not set(self.case.technology).isdisjoint(other.technology)


def judged_against(query_id: str, cases: Iterable[CaseStudy]) -> frozenset[str]:
    """Return the ids of the cases that a judged query was judged against.

    Queries of the first edition (``t``) were judged before some of the cases joined.
    """
    if query_id.startswith("t"):
        return frozenset((DATA / "judged" / "first-cases.txt").read_text(encoding="utf-8").split())
    return frozenset(case.id for case in cases) - unseen_cases()


def unseen_cases() -> frozenset[str]:
    """Return the ids of the cases that nothing here is about."""
    return frozenset(UNSEEN.read_text(encoding="utf-8").split())


def all_pairs(generator: random.Random) -> list[Pair]:
    """Return every pair, from the labelled and from the judged queries."""
    cases = {case.id: case for case in read_cases([SHIPPED_CASES]).cases}
    passages = {(p.case_id, p.field, p.item): p for case in cases.values() for p in split_passages(case)}
    return [*_labelled(cases, passages, generator), *_judged(cases, passages, generator)]


Passages = dict[tuple[str, str, int | None], Passage]


def _labelled(cases: dict[str, CaseStudy], passages: Passages, generator: random.Random) -> list[Pair]:
    """Pair each query labelled with its case with the statements, and with the whole or the summary."""
    pairs = []
    with (DATA / "queries.jsonl").open(encoding="utf-8") as lines:
        for query in map(json.loads, lines):
            case = cases[query["case_id"]]
            places = [(case.id, field, item) for field, item in query["items"]]
            texts = [passages[place] for place in places if place in passages]
            texts.append(passages[case.id, generator.choice(["case", "summary"]), None])
            pairs += [Pair(query["text"], text.indexed_text, case) for text in texts]
    return pairs


def _judged(cases: dict[str, CaseStudy], passages: Passages, generator: random.Random) -> list[Pair]:
    """Pair each judged query with marked statements of its useful cases, and with the stories head-on."""
    folder, pairs = DATA / "judged", []
    judged = read_judged_set(folder / "queries.jsonl", folder / "qrels.tsv", folder / "passages.tsv")
    for query in judged.of_split(TRAINED_ON).queries:
        grades = judged.grades(query)
        useful, against = frozenset(grades), judged_against(query.id, cases.values())
        for case_id, grade in grades.items():
            if grade < USEFUL or case_id not in cases:
                continue
            marked = sorted(judged.passages.get((query.id, case_id), ()))
            generator.shuffle(marked)
            texts = [passages[case_id, field, item] for field, item in marked[: 2 if grade == HEAD_ON else 1]]
            if grade == HEAD_ON:
                texts.append(passages[case_id, generator.choice(["case", "summary"]), None])
            pairs += [Pair(query.text, text.indexed_text, cases[case_id], useful, against) for text in texts]
    return pairs
