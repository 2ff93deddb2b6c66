"""Exported models beside an index: written once, and verified whenever one is opened."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from index.encoder import Encoder, SentenceTransformerEncoder
from index.errors import SearchIndexError
from index.manifest import ModelEntry, describe_files, read_manifest, verify_files
from index.serving import ServingEncoder, read_about
from index.storage import sync, sync_tree

EXPORT = 1  # raised when the same model has to be exported anew
logger = logging.getLogger("warts")


def serving_encoder(
    encoder: Encoder, index_dir: Path, texts: Sequence[str]
) -> tuple[Encoder, ModelEntry | None]:
    """Return the encoder that an index is built and asked with: a model's export, made at the first build.

    With it comes what a manifest keeps of the export; None where there is none: an encoder that is no
    sentence-transformers model, or whose model cannot be exported, serves itself. Must be called within
    `index.storage.only_builder`.

    Args:
        encoder: The configured encoder.
        index_dir: Folder of the index.
        texts: What is going to be encoded; the export is verified on some of it.
    """
    if not isinstance(encoder, SentenceTransformerEncoder):
        return encoder, None
    from index.exporting import ExportError, export_model

    key = _key_of(encoder)
    if (known := _known(index_dir, key)) is not None:
        return known
    models = index_dir / "models"
    models.mkdir(exist_ok=True)
    for leftover in models.glob(".exporting-*"):  # of a builder that died: we hold the lock
        shutil.rmtree(leftover, ignore_errors=True)
    work = models / f".exporting-{key}"
    work.mkdir()
    try:
        about = export_model(encoder, work, texts).about
        sync_tree(work)
        shutil.rmtree(models / key, ignore_errors=True)  # one that no generation vouches for
        work.rename(models / key)
        sync(models)  # before a generation that names it is published
    except ExportError as error:
        logger.warning("%s; it serves as it is, slowly", error)
        return encoder, None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    served = ServingEncoder(models / key, about)
    return served, ModelEntry(key=key, precision=served.precision, files=describe_files(served.folder))


def open_model(index_dir: Path, entry: ModelEntry) -> ServingEncoder:
    """Return the encoder of an index, every file of it verified; it is loaded at first use.

    Raises:
        IndexDamagedError: If a file is missing or altered.
    """
    folder = index_dir / "models" / entry.key
    verify_files(folder, entry.files)
    return ServingEncoder(folder, read_about(folder))


def _key_of(encoder: SentenceTransformerEncoder) -> str:
    """Return the name of a model's export: another for other weights, prompts, or versions of the runtime."""
    from importlib.metadata import version

    what = f"{encoder.fingerprint} openvino {version('openvino')} export {EXPORT}"
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def _known(index_dir: Path, key: str) -> tuple[ServingEncoder, ModelEntry] | None:
    """Return the export that a generation vouches for, the current one or the one before, if it is sound."""
    for generation in (index_dir / "generations").iterdir():
        with suppress(SearchIndexError):
            model = read_manifest(index_dir, generation).model
            if model is not None and model.key == key:
                encoder = open_model(index_dir, model)
                return encoder, model.model_copy(update={"precision": encoder.precision})
    return None
