"""What tests of an index on disk share."""

import os
import shutil

import pytest

from index.manifest import describe_files, write_manifest
from index.storage import current_generation, open_generation, writing_generation


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch):
    """Make syncing cost nothing."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def republish(index_dir):
    """Publish the index's generation again with files changed, all sums right; return its folder."""

    def republish(change=lambda _: None, **told):
        folder, manifest = open_generation(index_dir)
        with writing_generation(index_dir, "0" * 12, manifest.built_at) as copy:
            shutil.copytree(folder, copy, dirs_exist_ok=True)
            (copy / "manifest.json").unlink()
            change(copy)
            write_manifest(copy, manifest.model_copy(update={"files": describe_files(copy), **told}))
        return current_generation(index_dir)

    return republish
