"""Choose the weights of the arms by cross-validation, and print what belongs into engine/tuning.py.

Run:  python -m benchmarks.weights [--index DIR]

Every mixture of the four arms in steps of 0.05 is tried on four fifths of the queries and measured on the
last fifth, five times; nDCG@10 of relevance alone, without the school. The queries are those of
`benchmarks.calibrate` that have an answer: the development part of the judged set, and judged queries that
the adapter was not trained on. The test part is not read.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np

from benchmarks.calibrate import asked
from engine.concern import parse_concern
from engine.judgements import USEFUL
from engine.matcher import Matcher
from engine.retrieval import retrieve
from engine.tuning import TUNING
from service.opening import open_matcher, progress_bar
from service.settings import load_settings
from training.unseen import ndcg

ARMS = tuple(TUNING.fusion)
STEPS = 20
FOLDS = 5


def main() -> None:
    """Choose and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--index", type=Path)
    matcher = open_matcher(load_settings(), parser.parse_args().index)
    measured = samples(matcher)
    mixtures = np.array(
        [mix for mix in itertools.product(range(STEPS + 1), repeat=len(ARMS)) if sum(mix) == STEPS]
    )
    mixtures = mixtures / STEPS
    gains = np.stack([[ndcg(mix @ arms, grades) for arms, grades in measured] for mix in mixtures])
    fold = np.arange(len(measured)) % FOLDS
    held_out = []
    for number in range(FOLDS):
        best = int(gains[:, fold != number].mean(axis=1).argmax())
        held_out.append(gains[best, fold == number].mean())
        print(f"fold {number}: {_named(mixtures[best])}  held out {held_out[-1]:.3f}")
    best = int(gains.mean(axis=1).argmax())
    print(f"{len(measured)} queries; held out, mean of the folds: {np.mean(held_out):.4f}")
    print(f"best on all: {_named(mixtures[best])} {gains[best].mean():.4f}")
    shipped = np.array([TUNING.fusion[arm] for arm in ARMS])
    print(f"shipped: {_named(shipped)} {np.mean([ndcg(shipped @ a, g) for a, g in measured]):.4f}")
    equal = np.full(len(ARMS), 1 / len(ARMS))
    print(f"equal weights: {np.mean([ndcg(equal @ a, g) for a, g in measured]):.4f}")


def samples(matcher: Matcher) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return for each query the arms of its judged candidates, shape ``(n_arms, n)``, and their grades."""
    measured = []
    queries = [one for one in asked() if max(one[3].values(), default=0) >= USEFUL]
    with progress_bar("queries") as progress:
        for number, (_, text, context, grades, judged) in enumerate(queries, start=1):
            concern = parse_concern(text, context, spelling=matcher.index.spelling)
            candidates = retrieve(matcher.index, matcher.encoder, concern)
            ids = [matcher.index.cases[position].id for position in candidates.positions]
            known = np.array([judged is None or case in judged for case in ids])
            arms = np.stack([candidates.fused_arms[arm] for arm in ARMS])[:, known]
            gained = np.array([grades.get(case, 0) for case, k in zip(ids, known, strict=True) if k])
            measured.append((arms, gained))
            progress(number, len(queries))
    return measured


def _named(mixture: np.ndarray) -> str:
    return ", ".join(f"{arm} {weight:.2f}" for arm, weight in zip(ARMS, mixture, strict=True))


if __name__ == "__main__":
    main()
