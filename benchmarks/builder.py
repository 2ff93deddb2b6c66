"""A builder in a process of its own, for `benchmarks.kills`: it tells what it is at, and may be told to die.

The vectors and the exported model are made up; everything else is what the project does.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

import index.exporting
import index.models
from corpus.records import CaseStudy
from index.building import build_index
from index.encoder import EncoderIdentity, Progress, SentenceTransformerEncoder, Vectors
from index.manifest import Manifest
from index.serving import ABOUT, MODEL_FILES, ModelFile, ServingEncoder

DIMENSION = 64


def made_up_vectors(texts: Sequence[str]) -> Vectors:
    """Return unit vectors that depend on the texts alone, shape ``(n_texts, DIMENSION)``."""
    seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
    drawn = [np.random.default_rng(seed).normal(size=DIMENSION) for seed in seeds]
    vectors = np.array(drawn, dtype=np.float32).reshape(len(texts), DIMENSION)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class MadeUpModel(SentenceTransformerEncoder):
    """Stands for a model that can be exported."""

    @property
    def fingerprint(self) -> str:
        """Its name."""
        return f"made up: {self._name}"


class MadeUpExport(ServingEncoder):
    """Stands for the exported model."""

    precision = "f32"

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Make vectors up."""
        if progress is not None:
            progress(len(texts), len(texts))
        return made_up_vectors(texts)


def made_up_export(model: MadeUpModel, folder: Path, texts: Sequence[str]) -> MadeUpExport:
    """Write what stands for the files of an exported model."""
    name = model.fingerprint
    identity = EncoderIdentity(name, hashlib.sha256(name.encode()).hexdigest(), DIMENSION)
    about = ModelFile(
        identity=identity,
        precision="f32",
        most_tokens=128,
        runtime="none",
        mean_cosine=1,
        least_cosine=1,
        verified_on=len(texts),
    )
    for file in MODEL_FILES:
        (folder / file).write_text(about.model_dump_json() if file == ABOUT else f"{file} of {name}\n" * 2000)
    return MadeUpExport(folder, about)


def build(cases: Sequence[CaseStudy], model: str, directory: Path) -> Manifest:
    """Build an index with a made-up model, by the project's own code."""
    index.exporting.export_model = made_up_export  # type: ignore[assignment]
    index.models.ServingEncoder = MadeUpExport  # type: ignore[misc]
    return build_index(cases, MadeUpModel(model), directory).manifest


def builder(
    cases: Sequence[CaseStudy], model: str, directory: Path, told: Connection, die_before: int | None
) -> None:
    """Build in a process of its own, tell what it is at, and die before some change if it is to."""
    changes, phase = 0, ""

    def enter(new: str) -> None:
        nonlocal phase
        if new != phase:
            phase = new
            told.send(phase)

    def watch(event: str, args: tuple[object, ...]) -> None:
        nonlocal changes
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if event not in ("os.mkdir", "os.rename", "os.remove", "os.rmdir") and not writes:
            return
        path = Path(os.fsdecode(args[0])) if isinstance(args[0], str | bytes | os.PathLike) else Path()
        if path.is_absolute() and not path.is_relative_to(directory):
            return
        if event == "os.mkdir" and path.name.startswith(".exporting-"):
            enter("exporting")
        elif event == "os.mkdir" and path.name.startswith(".building-"):
            enter("writing")
        elif event == "os.rename" and path.name.startswith(".building-"):
            enter("publishing")
        elif event in ("os.remove", "os.rmdir") and phase == "publishing":
            enter("clearing up")
        if changes == die_before:
            os.kill(os.getpid(), signal.SIGKILL)
        changes += 1

    enter("preparing")
    sys.addaudithook(watch)
    build(cases, model, directory)
    told.send(changes)
