"""An index on disk: generations, atomic publishing, verified opening.

    INDEX/
      CURRENT                     the name of the generation to read, and the SHA-256 of its manifest
      generations/NAME/
        manifest.json             what it was built from and with, and the SHA-256 of every other file
        cases.jsonl               the case studies themselves
        derived.json              what is worked out from them once: retold stories, words in use
        vectors.npy               or, for a large corpus, the files of `index.vector_files`
        words-of-cases/  words-of-passages/
      models/KEY/                 the exported models that generations name; see `index.models`

A generation is written under a name that starts with a dot, synced, renamed, and only then named by
``CURRENT``, which is itself replaced in one step. So a reader finds the old generation or the new one.
Every file is compared with its checksum before anything parses it; nothing is ever unpickled.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from index.errors import IndexDamagedError, IndexNotFoundError, SearchIndexError
from index.manifest import MANIFEST, Manifest, entry_of, read_manifest, verify_file, verify_files

logger = logging.getLogger("warts")
_GENERATION = re.compile(r"\d{8}T\d{6}-[0-9a-f]{12}(?:-\d+)?", re.ASCII)
_POINTER = re.compile(rf"(?P<name>{_GENERATION.pattern}) (?P<sha256>[0-9a-f]{{64}})", re.ASCII)
_MODEL = re.compile(r"[0-9a-f]{16}|\.exporting-[0-9a-f]{16}")  # see `index.models`


@contextmanager
def only_builder(index_dir: Path) -> Iterator[None]:
    """Keep other builders of the same index waiting while the block runs; readers are not held up.

    The folder is made if it does not exist. In one thread, blocks may stand within each other.
    """
    from filelock import FileLock, Timeout

    (index_dir / "generations").mkdir(parents=True, exist_ok=True)
    lock = FileLock(index_dir / ".lock", is_singleton=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        logger.warning("another build of %s is running; waiting until it is done", index_dir)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


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
    with only_builder(index_dir):
        for leftover in generations.glob(".building-*"):  # of a builder that died: we hold the lock
            shutil.rmtree(leftover, ignore_errors=True)
        name = _free_name(generations, f"{built_at:%Y%m%dT%H%M%S}-{name_hint[:12]}")
        work = generations / f".building-{name}"
        work.mkdir()
        try:
            yield work
            vouched = entry_of(work / MANIFEST).sha256
            sync_tree(work)
            work.rename(generations / name)
            sync(generations)
            sync(index_dir)  # a first build has made folders in it
            before = _current_name(index_dir)
            replace_text(index_dir / "CURRENT", f"{name} {vouched}\n")
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            if _current_name(index_dir) != name:  # else it is published, and only the last sync failed
                shutil.rmtree(generations / name, ignore_errors=True)
            raise
        # The one before stays: somebody may have read its name and be about to open it.
        _prune(index_dir, keep={name, before})


def _prune(index_dir: Path, keep: Set[str | None]) -> None:
    """Remove all generations but some, and the models that those do not name; what is not ours stays."""
    ours = [path for path in (index_dir / "generations").iterdir() if _GENERATION.fullmatch(path.name)]
    for generation in ours:
        if generation.name not in keep:
            shutil.rmtree(generation, ignore_errors=True)
    try:
        models = [read_manifest(index_dir, path).model for path in ours if path.name in keep]
    except SearchIndexError:  # of another version, or damaged: it may name any of the models
        return
    named = {model.key for model in models if model is not None}
    for model_folder in (index_dir / "models").glob("*"):
        if model_folder.name not in named and _MODEL.fullmatch(model_folder.name):
            shutil.rmtree(model_folder, ignore_errors=True)


def open_generation(index_dir: Path) -> tuple[Path, Manifest]:
    """Return the current generation's folder and manifest, every file of it verified.

    Raises:
        IndexNotFoundError: If the folder holds no index.
        IndexFormatError: If another version wrote it.
        IndexDamagedError: If a file is missing or does not have its checksum.
    """
    folder, manifest_sha256 = read_pointer(index_dir)
    verify_file(folder / MANIFEST, manifest_sha256)
    manifest = read_manifest(index_dir, folder)
    verify_files(folder, manifest.files)
    return folder, manifest


def current_generation(index_dir: Path) -> Path:
    """Return the folder of the generation that ``CURRENT`` names.

    Raises:
        IndexNotFoundError: If the folder holds no index.
        IndexDamagedError: If ``CURRENT`` names nothing that is there.
    """
    return read_pointer(index_dir)[0]


def read_pointer(index_dir: Path) -> tuple[Path, str]:
    """Return the current generation's folder and its manifest's SHA-256; see `current_generation`."""
    name, sha256 = _pointed_to(index_dir)
    while not (folder := index_dir / "generations" / name).is_dir():
        missing = name
        name, sha256 = _pointed_to(index_dir)
        if name == missing:  # else two builds have ended since CURRENT was read, and it has been removed
            raise IndexDamagedError(folder, "is missing")
    return folder, sha256


def _pointed_to(index_dir: Path) -> tuple[str, str]:
    """Return what ``CURRENT`` says: a generation's name, and its manifest's SHA-256."""
    pointer = index_dir / "CURRENT"
    try:
        found = _POINTER.fullmatch(pointer.read_text(encoding="utf-8").strip())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexNotFoundError(index_dir) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(pointer, "cannot be read") from error
    if not found:
        raise IndexDamagedError(pointer, "does not name a generation")
    return found["name"], found["sha256"]


def _current_name(index_dir: Path) -> str | None:
    try:
        return current_generation(index_dir).name
    except SearchIndexError:
        return None


def _free_name(generations: Path, name: str) -> str:
    taken = {path.name for path in generations.iterdir()}
    candidates = [name, *(f"{name}-{number}" for number in range(1, len(taken) + 2))]
    return next(candidate for candidate in candidates if candidate not in taken)


def sync_tree(folder: Path) -> None:
    """Make sure that a folder and everything below it is on the disk."""
    for path in sorted(folder.rglob("*")):
        sync(path)
    sync(folder)


def sync(path: Path) -> None:
    """Make sure that a file, or the list of what a folder holds, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(file: Path, text: str) -> None:
    """Write a text beside a file and let it take its place, durably."""
    beside = file.with_name(f".{file.name}.new")
    beside.write_text(text, encoding="utf-8")
    sync(beside)
    beside.replace(file)
    sync(file.parent)
