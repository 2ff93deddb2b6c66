"""Fit the confidence of a match, and print what belongs into engine/confidence.py.

Run:  python -m benchmarks.calibrate [--index DIR]

A logistic regression of "useful" (grade 2 or 3) on the arms of a match and the length of its query. The
matches are the first twenty for every query in the development part of the judged set, for the judged queries
that the adapter was not trained on (among the cases they were judged against), and for the questions in
benchmarks/data/off-topic.txt, which have no answer. The test part is not read.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from corpus.reading import SHIPPED_CASES, read_cases
from engine.concern import parse_concern
from engine.confidence import MOST_TERMS
from engine.context import SchoolContext
from engine.judgements import USEFUL, read_judged_set
from engine.matcher import SURE_AMONG, Matcher
from engine.ranking import rank
from engine.retrieval import retrieve
from service.opening import open_matcher
from service.settings import load_settings
from training.pairs import judged_against

HERE = Path(__file__).parent
JUDGED = HERE.parent / "tests" / "relevance"
TRAINED = HERE.parent / "training" / "data" / "judged"
ARMS = ("passage", "whole", "words")
LOOKED_AT = SURE_AMONG


def main() -> None:
    """Fit and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path)
    matcher = open_matcher(load_settings(), parser.parse_args().index)
    rows, useful, origin = samples(matcher)
    model = LogisticRegression(C=10.0, max_iter=10_000).fit(rows, useful)
    print(f"{len(rows)} pairs, {int(useful.sum())} of them useful")
    print(f"INTERCEPT = {model.intercept_[0]:.2f}")
    *coefficients, length = model.coef_[0]
    named = ", ".join(f'"{arm}": {value:.2f}' for arm, value in zip(ARMS, coefficients, strict=True))
    print(f"COEFFICIENTS = {{{named}}}\nLENGTH = {length:.2f}")
    confidence = model.predict_proba(rows)[:, 1]
    bins = np.minimum((confidence * 10).astype(int), 9)
    for number in sorted(set(bins)):
        chosen = bins == number
        print(
            f"{number / 10:.1f}-  n={chosen.sum():4d}  confidence {confidence[chosen].mean():.2f}"
            f"  useful {useful[chosen].mean():.2f}"
        )
    kinds = np.array([kind for kind, _ in origin])
    starts = [number for number, (_, is_first) in enumerate(origin) if is_first]
    best = np.maximum.reduceat(confidence, starts)
    answerable = np.logical_or.reduceat(useful, starts)
    told_apart = {
        threshold: (best[answerable] >= threshold).mean() - (best[~answerable] >= threshold).mean()
        for threshold in np.arange(0.1, 0.6, 0.05).round(2)
    }
    print("told apart at: " + "  ".join(f"{at:.2f} {value:.2f}" for at, value in told_apart.items()))
    for kind in sorted(set(kinds)):
        values = sorted(best[kinds[starts] == kind])
        print(f"{kind:10s} best match: " + " ".join(f"{value:.2f}" for value in values))


def samples(matcher: Matcher) -> tuple[np.ndarray, np.ndarray, list[tuple[str, bool]]]:
    """Return the arms of the matches looked at, whether each is useful, and each one's kind of query.

    The last tells besides whether it is the first of its query.
    """
    rows, useful, origin = [], [], []
    for kind, text, context, grades, judged in asked():
        concern = parse_concern(text, context, spelling=matcher.index.spelling)
        candidates = retrieve(matcher.index, matcher.encoder, concern)
        fused = candidates.fused_arms
        terms = np.log1p(min(len(candidates.terms[0].terms), MOST_TERMS))
        ranked = rank(matcher.index, candidates, concern.context)
        known = [one for one in ranked if judged is None or matcher.index.cases[one.position].id in judged]
        for place, one in enumerate(known[:LOOKED_AT]):
            number = candidates.number_of(one.position)
            rows.append([*(float(fused[arm][number]) for arm in ARMS), terms])
            useful.append(grades.get(matcher.index.cases[one.position].id, 0) >= USEFUL)
            origin.append((kind, place == 0))
    return np.array(rows), np.array(useful), origin


Asked = tuple[str, str, SchoolContext | None, dict[str, int], frozenset[str] | None]


def asked() -> Iterator[Asked]:
    """Yield kind, text, school and grades of each query, and the cases it was judged against if not all."""
    dev = read_judged_set(JUDGED / "queries.jsonl", JUDGED / "qrels.tsv").of_split("dev")
    for query in dev.queries:
        yield query.kind or "", query.text, query.context, dev.grades(query), None
    cases = read_cases([SHIPPED_CASES]).cases
    trained = read_judged_set(TRAINED / "queries.jsonl", TRAINED / "qrels.tsv")
    for query in trained.queries:
        # The adapter was trained on the others; one without an answer is in no training pair.
        if query.split == "calibration" or not trained.is_answerable(query):
            against = judged_against(query.id, cases)
            yield query.kind or "", query.text, query.context, trained.grades(query), against
    for text in (HERE / "data" / "off-topic.txt").read_text(encoding="utf-8").splitlines():
        yield "off-topic", text, None, {}, None


if __name__ == "__main__":
    main()
