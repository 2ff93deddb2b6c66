"""Train the model of what a clause rules out, and write engine/data/denial.json.

Run:  python -m training.denial

training/data/denial.jsonl holds texts with the spans that rule something out. The figures printed are from
five-fold cross-validation by text: the rules of `engine.denial` alone, the model alone, and both together.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from engine.concern import clauses_of, clean_text
from engine.denial import LIKELY, complains, ruled_out_by_rule
from engine.denial_model import INTERCEPT, WEIGHTS_FILE, features_of

TEXTS = Path(__file__).parent / "data" / "denial.jsonl"
FOLDS = 5
STRENGTH = 0.3  # inverse regularisation; flat from 0.1 to 1
LEAST_WEIGHT = 0.02  # smaller ones change nothing and would only fill the file


def main() -> None:
    """Train, measure and write."""
    features, denied, by_rule, asked, text_of = samples()
    probability = np.zeros(len(denied))
    for fold in range(FOLDS):
        held = text_of % FOLDS == fold
        vectorizer, model = fit([f for f, h in zip(features, held, strict=True) if not h], denied[~held])
        rows = vectorizer.transform([f for f, h in zip(features, held, strict=True) if h])
        probability[held] = model.predict_proba(rows)[:, 1]
    print(f"{len(set(text_of))} texts, {len(denied)} clauses, {int(denied.sum())} of them rule something out")
    for name, found in (
        ("rules", by_rule),
        ("model", asked & (probability >= LIKELY)),
        ("both", by_rule | (asked & (probability >= LIKELY))),
    ):
        right = (found & denied).sum()
        print(
            f"{name}: precision {right / found.sum():.3f}, recall {right / denied.sum():.3f}, "
            f"F1 {2 * right / (found.sum() + denied.sum()):.3f}"
        )
    vectorizer, model = fit(features, denied)
    weights = dict(zip(vectorizer.get_feature_names_out(), model.coef_[0].tolist(), strict=True))
    kept = {name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= LEAST_WEIGHT}
    content = {INTERCEPT: round(float(model.intercept_[0]), 3), **dict(sorted(kept.items()))}
    WEIGHTS_FILE.parent.mkdir(exist_ok=True)
    WEIGHTS_FILE.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{WEIGHTS_FILE}: {len(content)} weights, {WEIGHTS_FILE.stat().st_size / 1e3:.0f} kB")


def fit(features: list[list[str]], denied: np.ndarray) -> tuple[CountVectorizer, LogisticRegression]:
    """Fit the regression on clauses' features."""
    vectorizer = CountVectorizer(analyzer=list, binary=True, min_df=2)
    rows = vectorizer.fit_transform(features)
    return vectorizer, LogisticRegression(C=STRENGTH, max_iter=2000).fit(rows, denied)


def samples() -> tuple[list[list[str]], np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return each clause's features, and if it is marked, found by rule, put to the model; its text."""
    features, denied, by_rule, asked, text_of = [], [], [], [], []
    with TEXTS.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            item = json.loads(line)
            text = item["text"]
            if clean_text(text) != text:
                raise ValueError(f"{TEXTS}:{number + 1}: the text has white space that is cleaned away")
            marked = np.zeros(len(text), dtype=bool)
            for start, end in item["denied"]:
                marked[start:end] = True
            clauses = clauses_of(text)
            texts = [clause.text for clause in clauses]
            rules = ruled_out_by_rule(texts)
            for position, clause in enumerate(clauses):
                features.append(list(features_of(texts, position)))
                denied.append(bool(marked[clause.start : clause.end].mean() > 0.5))
                by_rule.append(position in rules)
                asked.append(not complains(clause.text))
                text_of.append(number)
    return features, np.array(denied), np.array(by_rule), np.array(asked), np.array(text_of)


if __name__ == "__main__":
    main()
