"""A sentence-transformers model, written once as a graph that serves without torch.

The graph goes from tokens to unit vectors: transformer, pooling and whatever else the model has. It is
compared with the model it came from on real texts before it may be used; see `index.serving`.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoder import SentenceTransformerEncoder
from index.errors import ModelError
from index.serving import ABOUT, GRAPH, TOKENIZER, ModelFile, ServingEncoder, best_precision, openvino

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

LEAST_MEAN_COSINE, LEAST_COSINE = 0.999, 0.995  # with the reference, for a precision to be used
VERIFIED_ON = 64  # texts


class ExportError(ModelError):
    """A model cannot be exported, or its graph gives other vectors than the model."""


def export_model(reference: SentenceTransformerEncoder, folder: Path, texts: Sequence[str]) -> ServingEncoder:
    """Write a model into a folder, in the fastest precision that agrees with the reference.

    Args:
        reference: The model.
        folder: Where to write; it must exist.
        texts: What is going to be encoded; some of them are what the graph is verified on.

    Raises:
        ExportError: If the model has no such graph, or no precision agrees.
        ModelError: If the model cannot be loaded.
    """
    model = reference.model
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the tracer's, about branches that are the same for every text
            _write_graph(model, folder / GRAPH)
        model.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    except Exception as error:  # whatever an unusual model trips over, it can still serve as it is
        raise ExportError(f"the model {reference.identity.model!r} cannot be exported: {error}") from error
    sample = _sample(texts)
    expected = reference.encode_passages(sample)
    precisions = ("bf16", "f32") if best_precision() == "bf16" else ("f32",)
    for precision in precisions:
        about = ModelFile(
            identity=reference.identity,
            precision=precision,
            most_tokens=int(model.max_seq_length),
            runtime=f"openvino {version('openvino')}",
            mean_cosine=0,
            least_cosine=0,
            verified_on=len(sample),
        )
        cosine = (ServingEncoder(folder, about).encode_passages(sample) * expected).sum(axis=1)
        if cosine.mean() >= LEAST_MEAN_COSINE and cosine.min() >= LEAST_COSINE:
            told = {"mean_cosine": float(cosine.mean()), "least_cosine": float(cosine.min())}
            about = about.model_copy(update=told)
            (folder / ABOUT).write_text(about.model_dump_json(indent=2) + "\n", encoding="utf-8")
            return ServingEncoder(folder, about)
    shutil.rmtree(folder, ignore_errors=True)
    raise ExportError(
        f"the graph of {reference.identity.model!r} gives other vectors (mean cosine {cosine.mean():.4f})"
    )


def _write_graph(model: SentenceTransformer, file: Path) -> None:
    import torch

    takes_types = "token_type_ids" in model.tokenizer.model_input_names

    class Graph(torch.nn.Module):
        """From tokens and their mask to unit vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            if takes_types:
                features["token_type_ids"] = torch.zeros_like(input_ids)
            return torch.nn.functional.normalize(self.model(features)["sentence_embedding"], dim=1)

    ov = openvino()
    ids = torch.arange(1, 31).reshape(2, 15)
    example = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    with torch.inference_mode():
        graph = ov.convert_model(Graph().eval(), example_input=example)
    graph.reshape({"input_ids": [-1, -1], "attention_mask": [-1, -1]})
    ov.save_model(graph, file)  # weights in half precision: they are read in less time, and agree to 1e-6


def _sample(texts: Sequence[str]) -> list[str]:
    """Return texts of all lengths, shortest to longest."""
    by_length = sorted(texts, key=len)
    places = np.unique(np.linspace(0, len(by_length) - 1, VERIFIED_ON).astype(int))
    return [by_length[place] for place in places]
