"""An index on disk: generations, checksums, atomic publishing, verified opening.

    INDEX/
      CURRENT                     the name of the generation to read, and the SHA-256 of its manifest
      generations/NAME/
        manifest.json             what it was built from and with, and the SHA-256 of every other file
        cases.jsonl               the case studies themselves
        vectors.faiss
        words-of-cases/  words-of-passages/

A generation is written under a name that starts with a dot, synced, renamed, and only then named by
``CURRENT``, which is itself replaced in one step. So a reader finds the old generation or the new one.
Every file is compared with its checksum before anything parses it; nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Literal

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError

from index.errors import IndexDamagedError, IndexFormatError, IndexNotFoundError, SearchIndexError

FORMAT = 2
MANIFEST = "manifest.json"
_ALTERED = "is not what was written (its checksum differs)"
_POINTER = re.compile(r"(?P<name>\d{8}T\d{6}-[0-9a-f]{12}(?:-\d+)?) (?P<sha256>[0-9a-f]{64})", re.ASCII)


class FileEntry(BaseModel):
    """Size and checksum of one file of a generation."""

    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class EncoderEntry(BaseModel):
    """The encoder's identity as the manifest keeps it; see `index.encoder.EncoderIdentity`."""

    model_config = ConfigDict(frozen=True)

    model: str
    sha256: str
    dimension: int
    query_prompt: str
    passage_prompt: str
    adapter: str = ""


class Manifest(BaseModel):
    """What a generation was built from and with."""

    model_config = ConfigDict(frozen=True)

    format: Literal[2]
    built_at: datetime
    corpus_digest: str
    vocabulary_digest: str
    statistics_digest: str = ""
    from_configured_cases: bool
    cases: int
    passages: int
    encoder: EncoderEntry
    versions: dict[str, str]
    files: dict[str, FileEntry]


@contextmanager
def writing_generation(index_dir: Path, name_hint: str, built_at: datetime) -> Iterator[Path]:
    """Give a folder to write a generation into; when the block ends well, publish it.

    One builder at a time: a second one waits. When the block raises, the old generation stays.

    Args:
        index_dir: Folder of the index; made if it does not exist.
        name_hint: Hexadecimal digest that goes into the generation's name.
        built_at: Time that goes into it.
    """
    generations = index_dir / "generations"
    generations.mkdir(parents=True, exist_ok=True)
    with FileLock(index_dir / ".lock"):
        for leftover in generations.glob(".building-*"):  # of a builder that died: we hold the lock
            shutil.rmtree(leftover, ignore_errors=True)
        name = _free_name(generations, f"{built_at:%Y%m%dT%H%M%S}-{name_hint[:12]}")
        work = generations / f".building-{name}"
        work.mkdir()
        try:
            yield work
            vouched = _entry_of(work / MANIFEST).sha256
            _sync_tree(work)
            work.rename(generations / name)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        _sync(generations)
        before = _current_name(index_dir)
        _replace_text(index_dir / "CURRENT", f"{name} {vouched}\n")
        # The one before stays: somebody may have read its name and be about to open it.
        for old in generations.iterdir():
            if old.name not in (name, before):
                shutil.rmtree(old, ignore_errors=True)


def describe_files(folder: Path) -> dict[str, FileEntry]:
    """Return size and checksum of every file below a folder, by its path relative to it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _entry_of(path) for path in files}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a generation; it comes last, when all other files are there."""
    text = json.dumps(manifest.model_dump(mode="json"), indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def open_generation(index_dir: Path) -> tuple[Path, Manifest]:
    """Return the current generation's folder and manifest, every file of it verified.

    Raises:
        IndexNotFoundError: If the folder holds no index.
        IndexFormatError: If another version wrote it.
        IndexDamagedError: If a file is missing or does not have its checksum.
    """
    folder, manifest_sha256 = _read_pointer(index_dir)
    manifest = read_manifest(index_dir, folder)
    if _entry_of(folder / MANIFEST).sha256 != manifest_sha256:
        raise IndexDamagedError(folder / MANIFEST, _ALTERED)
    for name, entry in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise IndexDamagedError(file, "is missing")
        if _entry_of(file) != entry:
            raise IndexDamagedError(file, _ALTERED)
    return folder, manifest


def current_generation(index_dir: Path) -> Path:
    """Return the folder of the generation that ``CURRENT`` names.

    Raises:
        IndexNotFoundError: If the folder holds no index.
        IndexDamagedError: If ``CURRENT`` names nothing that is there.
    """
    return _read_pointer(index_dir)[0]


def _read_pointer(index_dir: Path) -> tuple[Path, str]:
    """Return the current generation's folder and its manifest's SHA-256."""
    pointer = index_dir / "CURRENT"
    try:
        found = _POINTER.fullmatch(pointer.read_text(encoding="utf-8").strip())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexNotFoundError(index_dir) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(pointer, "cannot be read") from error
    if not found:
        raise IndexDamagedError(pointer, "does not name a generation")
    folder = index_dir / "generations" / found["name"]
    if not folder.is_dir():
        raise IndexDamagedError(folder, "is missing")
    return folder, found["sha256"]


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


def _current_name(index_dir: Path) -> str | None:
    try:
        return current_generation(index_dir).name
    except SearchIndexError:
        return None


def _entry_of(file: Path) -> FileEntry:
    with file.open("rb") as stream:
        return FileEntry(bytes=file.stat().st_size, sha256=hashlib.file_digest(stream, "sha256").hexdigest())


def _free_name(generations: Path, name: str) -> str:
    taken = {path.name for path in generations.iterdir()}
    candidates = [name, *(f"{name}-{number}" for number in range(1, len(taken) + 2))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace_text(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    _sync(beside)
    beside.replace(file)
    _sync(file.parent)
