"""The domain adapter: a low-rank change to the default model's weights, for leaders' words.

Each changed weight ``W`` becomes ``W + scale * B @ A``. The two factors of every weight lie in
``data/adapter.safetensors`` (half precision), the scale in its header; `training.adapter` makes it.

Source: Hu et al., "LoRA: low-rank adaptation of large language models", 2021, arXiv:2106.09685
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHIPPED_ADAPTER = Path(__file__).parent / "data" / "adapter.safetensors"
_A, _B = ".lora_A.weight", ".lora_B.weight"


def digest_of(file: Path) -> str:
    """Return the SHA-256 of an adapter.

    Raises:
        ModelError: If it cannot be read.
    """
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"the adapter {file} cannot be read: {error.strerror}") from error


def merge_adapter(model: SentenceTransformer, file: Path) -> None:
    """Add an adapter to a model's weights, in place.

    Raises:
        ModelError: If the file is no adapter for this model.
    """
    import torch
    from safetensors import SafetensorError, safe_open

    weights = dict(model[0].auto_model.named_parameters())
    try:
        with safe_open(file, framework="pt") as factors:
            scale = float(factors.metadata()["scale"])
            names = [key.removesuffix(_A) for key in factors.keys() if key.endswith(_A)]  # noqa: SIM118 -- no mapping
            with torch.no_grad():
                for name in names:
                    a, b = (factors.get_tensor(name + part).float() for part in (_A, _B))
                    weights[f"{name}.weight"] += scale * b @ a
    except (OSError, SafetensorError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ModelError(f"{file} is no adapter for this model: {error}") from error
