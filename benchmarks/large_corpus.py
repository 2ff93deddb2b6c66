"""Large sets of passage embeddings for benchmarks, made from the real ones.

No large corpus of such case studies exists, and random vectors would be a different problem: nothing in them
is near anything. So each new vector mixes three real passages of near topics, as a passage of a further case
would lie among them, and adds noise with the covariance of what tells real neighbours apart. `likeness`
measures how far the result is from the real set; nothing here is ever used to find case studies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.encoder import Progress, Vectors

SEED = 20_260_801
PARTS = 3  # real passages in one new vector
NEAR = 40  # nearest real passages of the first, of which the others are two
NOISE = 1.1  # with 1.0 neighbours are nearer than in the real set, with 1.2 further (see `likeness`)
BLOCK = 20_000  # vectors made at a time
_NEIGHBOURS = 10  # whose mean is a passage's topic
_PROBES = 1_000  # vectors whose neighbourhood is looked at
_SHARES = (0.05, 0.5, 0.95)


def write_large(real: Vectors, rows: int, file: Path, progress: Progress | None = None) -> Vectors:
    """Write new vectors to a .npy file, block by block, and return the file mapped into memory.

    Args:
        real: Unit vectors to be like, shape ``(n, dimension)``.
        rows: How many to make.
        file: Where to.
        progress: Called with how many rows are written and how many there will be.
    """
    shape = (rows, real.shape[1])
    made = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=shape)
    done = 0
    for block in _blocks(real, rows):
        made[done : done + len(block)] = block
        done += len(block)
        if progress:
            progress(done, rows)
    made.flush()
    mapped: Vectors = np.load(file, mmap_mode="r")
    return mapped


def _blocks(real: Vectors, rows: int) -> Iterator[Vectors]:
    """Make unit vectors, at most `BLOCK` at a time; the same ones every time."""
    cosines = real @ real.T
    np.fill_diagonal(cosines, -2)
    near = np.argsort(-cosines, axis=1, kind="stable")[:, :NEAR]
    spread = NOISE * _square_root_of_covariance(real, near[:, :_NEIGHBOURS])
    for number, start in enumerate(range(0, rows, BLOCK)):
        rng = np.random.default_rng([SEED, number])
        n = min(BLOCK, rows - start)
        first = rng.integers(len(real), size=n)
        others = near[first[:, None], rng.integers(NEAR, size=(n, PARTS - 1))]
        weights = rng.dirichlet(np.ones(PARTS), size=n).astype(np.float32)
        mixed = np.einsum("np,npd->nd", weights, real[np.column_stack([first, others])])
        # Of independent deviations with covariance C, a mixture keeps sum(w^2) C; noise gives back the rest.
        lost = np.sqrt(1 - (weights**2).sum(axis=1, keepdims=True))
        mixed += lost * (rng.standard_normal(mixed.shape, dtype=np.float32) @ spread)
        yield mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _square_root_of_covariance(real: Vectors, neighbours: np.ndarray) -> Vectors:
    """Return S with S'S the covariance of the passages about the mean of their nearest neighbours."""
    residuals = real - real[neighbours].mean(axis=1)
    variances, axes = np.linalg.eigh(np.cov(residuals.T) / (1 + 1 / neighbours.shape[1]))
    root: Vectors = (axes * np.sqrt(np.maximum(variances, 0))).T.astype(np.float32)
    return root


def likeness(vectors: Vectors, queries: Vectors) -> dict[str, list[float]]:
    """Describe a set so that it can be compared with another of the same size.

    Returns:
        5%, 50% and 95% quantiles of the cosine of pairs at random, of the first and tenth neighbour of a
        vector and of the first and tenth hit of a query; and the intrinsic dimension about a vector.
    """
    chosen = np.random.default_rng(SEED).choice(len(vectors), min(len(vectors), _PROBES), replace=False)
    probes = vectors[np.sort(chosen)]
    own = _best_cosines(probes, vectors, 21)[:, 1:]
    hits = _best_cosines(queries, vectors, 10)
    # Maximum likelihood over 20 neighbours, averaged as MacKay and Ghahramani put Levina and Bickel (2004).
    distances = np.sqrt(np.maximum(2 - 2 * own, 1e-9))
    dimension = 1 / np.mean(np.log(distances[:, -1:] / distances[:, :-1]))
    described = {
        "cosine of a random pair": probes[::2] @ probes[1::2].T,
        "cosine of a vector's 1st neighbour": own[:, 0],
        "cosine of a vector's 10th neighbour": own[:, 9],
        "cosine of a query's 1st hit": hits[:, 0],
        "cosine of a query's 10th hit": hits[:, 9],
    }
    quantiles = {name: np.quantile(values, _SHARES).tolist() for name, values in described.items()}
    return {**quantiles, "intrinsic dimension": [float(dimension)]}


def _best_cosines(queries: Vectors, vectors: Vectors, k: int) -> Vectors:
    """Return the ``k`` highest cosines of each query, highest first, read block by block."""
    best = np.full((len(queries), 0), -2, dtype=np.float32)
    for start in range(0, len(vectors), BLOCK):
        both = np.hstack([best, queries @ vectors[start : start + BLOCK].T])
        best = -np.sort(-both, axis=1)[:, :k]
    return best
