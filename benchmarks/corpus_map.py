"""How well methods keep the neighbours of cases when they are placed on a plane.

    python -m benchmarks.corpus_map

compares, over the vectors of the shipped cases as the default index has them, what `engine.corpus_map` does
with principal components alone, classical and stress-minimising multidimensional scaling, and scikit-learn's
t-SNE. Trustworthiness says how far neighbours on the plane are neighbours by meaning; continuity the reverse.
Both are computed by scikit-learn.

Source: Venna and Kaski, ICANN 2001, doi:10.1007/3-540-44668-0_68
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe_machine
from engine.corpus_map import Floats, neighbours_kept, principal_plane
from index.case_index import CaseIndex
from service.settings import load_settings

RESULTS = Path(__file__).parent / "results"
JUDGED_BY = (5, 10, 20)
CHOSEN = "ours: t-SNE from principal components"


def classical_scaling(vectors: Floats) -> Floats:
    """Return points by classical multidimensional scaling of cosine distances."""
    distances = 1 - vectors @ vectors.T
    centring = np.eye(len(vectors)) - 1 / len(vectors)
    sizes, axes = np.linalg.eigh(-0.5 * centring @ distances**2 @ centring)
    points: Floats = axes[:, -2:] * np.sqrt(np.maximum(sizes[-2:], 0))
    return points


def stress_scaling(vectors: Floats) -> Floats:
    """Return points by minimising stress (SMACOF) from the principal components."""
    from sklearn.manifold import MDS

    fitted = MDS(n_init=1, init="random", max_iter=1000, random_state=0)
    return np.asarray(fitted.fit_transform(vectors, init=principal_plane(vectors)), dtype=np.float64)


def sklearn_tsne(vectors: Floats) -> Floats:
    """Return points by scikit-learn's t-SNE as it is by default, but from the principal components."""
    from sklearn.manifold import TSNE

    return np.asarray(TSNE(init="pca", random_state=0).fit_transform(vectors), dtype=np.float64)


METHODS: dict[str, Callable[[Floats], Floats]] = {
    "principal components": principal_plane,
    "classical scaling": classical_scaling,
    "stress scaling (SMACOF)": stress_scaling,
    "scikit-learn's t-SNE": sklearn_tsne,
    CHOSEN: lambda vectors: neighbours_kept(vectors, principal_plane(vectors)),
}


def measure(index: CaseIndex) -> dict[str, dict[str, dict[str, float]]]:
    """Return trustworthiness and continuity by text, method and number of neighbours."""
    from sklearn.manifold import trustworthiness

    every = index.vectors.vectors(np.arange(len(index.vectors))).astype(np.float64)
    mean = np.stack([every[index.rows_of_case(n)].mean(axis=0) for n in range(len(index.cases))])
    texts = {
        "whole case": every[index.first_row[:-1]],
        "mean of its passages": mean / np.linalg.norm(mean, axis=1, keepdims=True),
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for text, vectors in texts.items():
        for method, place in METHODS.items():
            points = place(vectors)
            told = found.setdefault(text, {})[method] = {}
            for k in JUDGED_BY:
                kept = trustworthiness(vectors, points, n_neighbors=k, metric="cosine")
                told[f"trustworthiness, {k}"] = round(float(kept), 3)
            told["continuity, 10"] = round(float(trustworthiness(points, vectors, n_neighbors=10)), 3)
    return found


def as_markdown(result: dict[str, Any]) -> str:
    """Return the result as a page."""
    measures = [*(f"trustworthiness, {k}" for k in JUDGED_BY), "continuity, 10"]
    lines = [
        "# The map of the cases: which method keeps neighbours",
        "",
        f"{result['date']}, {result['cases']} cases, `{result['command']}`, scikit-learn "
        f"{result['versions']['scikit-learn']}. {result['machine']}.",
        "",
        "Trustworthiness says how far the 5, 10 and 20 nearest points of a case are near it by meaning, too;",
        "continuity how far those near by meaning are near on the plane. 1 is perfect.",
        "",
        f"| text | method | {' | '.join(measures)} |",
        f"|---|---|{'---|' * len(measures)}",
    ]
    for text, methods in result["measured"].items():
        for method, told in methods.items():
            figures = " | ".join(f"{told[name]:.3f}" for name in measures)
            lines.append(f"| {text} | {method} | {figures} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure, and write the result."""
    index = CaseIndex.open(load_settings().index)
    result = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": "python -m benchmarks.corpus_map",
        "cases": len(index.cases),
        "corpus_digest": index.manifest.corpus_digest,
        "machine": describe_machine(),
        "versions": {name: version(name) for name in ("warts-and-all", "numpy", "scikit-learn")},
        "measured": measure(index),
    }
    (RESULTS / "corpus-map.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "corpus-map.md").write_text(as_markdown(result), encoding="utf-8")
    print(as_markdown(result))


if __name__ == "__main__":
    main()
