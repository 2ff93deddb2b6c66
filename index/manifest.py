"""What a generation of an index was built from and with, and the checksums that tell its files are that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from index.encoder import EncoderIdentity
from index.errors import IndexDamagedError, IndexFormatError

FORMAT = 3
MANIFEST = "manifest.json"
_BLOCK = 1 << 24  # bytes read at a time


class FileEntry(BaseModel):
    """Size and checksum of one file of a generation."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class ModelEntry(BaseModel):
    """An exported model in the folder ``models`` of the index.

    Attributes:
        key: Name of its folder.
        precision: The one that the passages were encoded in.
        files: Its files.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    precision: str
    files: dict[str, FileEntry]


class Manifest(BaseModel):
    """What a generation was built from and with.

    Attributes:
        corpus_digest: SHA-256 of what the cases say.
        sources_digest: SHA-256 of the files that they were read from, where those are the operator's own
            cases, so that the index may be built again from them when they change; empty for cases that
            were named, whose index is left alone.
        model: The exported model that answers; None where the encoder cannot be exported and serves itself.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[3]
    built_at: datetime
    corpus_digest: str
    sources_digest: str = ""
    vocabulary_digest: str
    statistics_digest: str = ""
    cases: int
    passages: int
    encoder: EncoderIdentity
    model: ModelEntry | None = None
    versions: dict[str, str]
    files: dict[str, FileEntry]


def describe_files(folder: Path) -> dict[str, FileEntry]:
    """Return size and checksum of every file below a folder, by its path relative to it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): entry_of(path) for path in files}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation; it comes last, when all other files are there."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(index_dir: Path, folder: Path) -> Manifest:
    """Return a generation's manifest; its files are not looked at.

    Raises:
        IndexFormatError: If another version wrote it.
        IndexDamagedError: If it cannot be read.
    """
    file = folder / MANIFEST
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise IndexDamagedError(file, "cannot be read") from error
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise IndexFormatError(index_dir, found=found, expected=FORMAT)
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        raise IndexDamagedError(file, "does not hold a manifest") from error


def verify_files(folder: Path, files: Mapping[str, FileEntry]) -> None:
    """Compare files with what was written of them.

    Raises:
        IndexDamagedError: If one is missing, or does not have its checksum.
    """
    for name, entry in files.items():
        verify_file(folder / name, entry.sha256)


def verify_file(file: Path, sha256: str) -> None:
    """Compare one file with its checksum.

    Raises:
        IndexDamagedError: If it is missing, or does not have it.
    """
    if not file.is_file():
        raise IndexDamagedError(file, "is missing")
    try:
        entry = entry_of(file)
    except OSError as error:
        raise IndexDamagedError(file, f"cannot be read ({error.strerror})") from error
    if entry.sha256 != sha256:
        raise IndexDamagedError(file, "is not what was written (its checksum differs)")


def entry_of(file: Path) -> FileEntry:
    """Return size and checksum of a file as it is."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        # Each block lets go of the interpreter once, and has to wait for it after: few and large ones cost
        # nothing, while those of the standard library held up the loading of a model by half a second.
        while block := stream.read(_BLOCK):
            digest.update(block)
    return FileEntry(bytes=file.stat().st_size, sha256=digest.hexdigest())
