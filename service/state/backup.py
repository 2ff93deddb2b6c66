"""The whole state as one archive, and back.

An archive is a ZIP with at most the files of `MEMBERS`, and ``manifest.json``, which has their sizes and
SHA-256. No name in an archive is ever used as a path, so there is none to trick us with.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.state.database import FILE, now, version_of
from service.state.errors import BackupError

STATE, REGISTER, SETTINGS = FILE, "schools.sqlite", "settings.toml"
MEMBERS = (STATE, REGISTER, SETTINGS)
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 1 << 16  # bytes


class Member(BaseModel):
    """A file of an archive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(ge=0)
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """What an archive holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    program: str
    made: str
    files: dict[Literal["state.sqlite", "schools.sqlite", "settings.toml"], Member]


def back_up(archive: Path, files: Mapping[str, Path]) -> Manifest:
    """Write an archive; a server may go on meanwhile.

    Args:
        archive: Its file; it appears when it is whole.
        files: Where each of `MEMBERS` is; those that are not there are left out.

    Raises:
        BackupError: If ``archive`` is there already, or there is nothing to back up.
        OSError: If it cannot be written.
    """
    if archive.exists():
        raise BackupError(f"{archive} is there already; name a file that is not")
    present = {name: files[name] for name in MEMBERS if name in files and files[name].is_file()}
    if not present:
        raise BackupError("there is nothing to back up: neither state, register nor settings file")
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".warts-backup-") as folder:
        copies = {name: _copy(path, Path(folder) / name) for name, path in present.items()}
        manifest = Manifest(
            program=version("warts-and-all"),
            made=now(),
            files={name: _measured(copy) for name, copy in copies.items()},
        )
        whole = Path(folder) / "archive"
        # Readable to its owner alone: it has what people wrote.
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
                packed.writestr(_MANIFEST, manifest.model_dump_json(indent=1))
                for name, copy in copies.items():
                    packed.write(copy, name)
            out.flush()
            os.fsync(out.fileno())
        whole.replace(archive)
    return manifest


def restore(archive: Path, files: Mapping[str, Path], *, force: bool = False) -> Manifest:
    """Put back what an archive holds: all of it is checked first, and then all of it is put back, or nothing.

    Args:
        archive: What `back_up` wrote.
        files: Where each of `MEMBERS` belongs.
        force: Whether what is there is replaced.

    Raises:
        BackupError: If the archive is none or damaged, if something is there already and ``force`` is
            false, or if a server has the state open.
        OSError: If something cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            manifest = _manifest(packed)
            targets: dict[str, Path] = {name: files[name] for name in manifest.files}
            there = [str(path) for path in targets.values() if path.exists()]
            if there and not force:
                raise BackupError(f"{', '.join(there)} would be replaced; say --force if that is meant")
            with _staged(packed, manifest, targets) as staged:
                _put(staged, targets)
    except FileNotFoundError as error:
        raise BackupError(f"{error.filename} does not exist") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # The last two: a compression that is not known, and encryption.
        raise BackupError(f"{archive} is not an archive of `warts backup`, or is damaged: {error}") from error
    return manifest


def _copy(source: Path, copy: Path) -> Path:
    if source.suffix != ".sqlite":
        shutil.copyfile(source, copy)
        return copy
    try:
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(copy)) as duplicate:
            original.backup(duplicate)
            # The copy of a database with a write-ahead log would ask for such a log beside it.
            duplicate.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BackupError(f"{source} cannot be backed up: {error}") from error
    return copy


def _measured(path: Path) -> Member:
    with path.open("rb") as file:
        return Member(bytes=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def _manifest(packed: zipfile.ZipFile) -> Manifest:
    names = sorted(packed.namelist())
    try:
        with packed.open(_MANIFEST) as file:
            manifest = Manifest.model_validate_json(file.read(_LARGEST_MANIFEST))
    except (KeyError, ValidationError) as error:
        raise BackupError(f"{packed.filename} is not an archive of `warts backup`") from error
    if names != sorted([_MANIFEST, *manifest.files]):
        raise BackupError(
            f"{packed.filename} holds other files than its manifest names; nothing was restored"
        )
    return manifest


@contextmanager
def _staged(
    packed: zipfile.ZipFile, manifest: Manifest, targets: Mapping[str, Path]
) -> Iterator[dict[str, Path]]:
    """Unpack each file beside the place where it belongs, and check it; what is not taken away is deleted."""
    staged: dict[str, Path] = {}
    try:
        for name, member in manifest.files.items():
            folder = targets[name].parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            number, path = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
            staged[name] = Path(path)
            with os.fdopen(number, "wb") as out, packed.open(name) as file:
                if packed.getinfo(name).file_size == member.bytes:  # no more than that is ever unpacked
                    shutil.copyfileobj(file, out)
                out.flush()
                os.fsync(out.fileno())
            if _measured(staged[name]) != member:
                raise BackupError(f"{name} in {packed.filename} is damaged; nothing was restored")
            if name.endswith(".sqlite"):
                _check_database(name, staged[name])
        yield staged
    finally:
        for left in staged.values():
            left.unlink(missing_ok=True)


def _check_database(name: str, path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if name == STATE:
                version_of(connection)
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise BackupError(f"{name} in the archive is no sound database ({found}); nothing was restored")


def _put(staged: Mapping[str, Path], targets: Mapping[str, Path]) -> None:
    for name in staged:
        if name.endswith(".sqlite"):
            _settle(targets[name])
    for name, path in staged.items():
        path.replace(targets[name])


def _settle(path: Path) -> None:
    """Empty the write-ahead log of a database that is to be replaced: it would be applied to the new one."""
    mode = "delete"
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=1.0)) as connection:
                (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError as error:
            mode = str(error)
        except sqlite3.DatabaseError:
            pass  # it is damaged: reason enough to restore it
    if mode != "delete":
        raise BackupError(f"{path} is in use ({mode}): stop the server first; nothing was restored")
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
