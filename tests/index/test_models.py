"""Which exported models an index keeps, and when they are safe on the disk."""

import os
from pathlib import Path

import pytest

import index.exporting
import index.models
from benchmarks import builder
from index.building import build_index
from index.case_index import CaseIndex
from index.models import open_model
from index.serving import GRAPH
from index.storage import current_generation

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")


@pytest.fixture
def build(monkeypatch, tmp_path, three_cases):
    """Build an index with a made-up model of some name; return the folder of its export."""
    exported = []

    def export(model, folder, texts):
        exported.append(model.fingerprint)
        return builder.made_up_export(model, folder, texts)

    monkeypatch.setattr(index.exporting, "export_model", export)
    monkeypatch.setattr(index.models, "ServingEncoder", builder.MadeUpExport)

    def build(model):
        manifest = build_index(three_cases, builder.MadeUpModel(model), tmp_path / "index").manifest
        return tmp_path / "index" / "models" / manifest.model.key

    build.exported = exported
    return build


def test_a_model_is_kept_as_long_as_a_generation_names_it(build, tmp_path):
    one, two = build("one"), build("two")
    assert {one, two} == set((tmp_path / "index" / "models").iterdir())
    build("two")
    assert {two} == set((tmp_path / "index" / "models").iterdir())


def test_a_model_that_the_generation_before_names_is_used_as_it_lies(build):
    """It was removed and made again, while that generation could still be opened."""
    one = build("one")
    made = (one / GRAPH).stat().st_ino
    build("two")
    assert build("one") == one
    assert (one / GRAPH).stat().st_ino == made
    assert len(build.exported) == 2


def test_a_model_that_was_altered_is_made_again(build, tmp_path):
    one = build("one")
    (one / GRAPH).write_text("altered")
    assert build("one") == one
    open_model(tmp_path / "index", CaseIndex.open(tmp_path / "index").manifest.model)
    assert len(build.exported) == 2


def test_no_model_is_removed_while_it_is_not_known_what_a_kept_generation_names(build, tmp_path):
    """One that could not be read just then was taken to name none, and lost its model."""
    one = build("one")
    manifest = current_generation(tmp_path / "index") / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(b"")
    two = build("two")
    assert {one, two} == set((tmp_path / "index" / "models").iterdir())
    manifest.write_bytes(whole)
    build("two")
    assert {two} == set((tmp_path / "index" / "models").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files have no names here")
def test_an_exported_model_is_on_the_disk_before_a_generation_names_it(build, monkeypatch):
    """Its files were synced but not the folder that lists them: after a power cut it might have been gone."""
    done, rename, replace = [], Path.rename, Path.replace

    def noted(what, function):
        def call(path, target):
            done.append((what, target.name))
            return function(path, target)

        return call

    monkeypatch.setattr(Path, "rename", noted("rename", rename))
    monkeypatch.setattr(Path, "replace", noted("replace", replace))
    fsync = lambda file: done.append(("sync", Path(f"/proc/self/fd/{file}").readlink().name))  # noqa: E731
    monkeypatch.setattr(os, "fsync", fsync)
    key = build("one").name
    assert done.index(("sync", GRAPH)) < done.index(("rename", key)) < done.index(("sync", "models"))
    published = done.index(("replace", "CURRENT"))
    assert done.index(("sync", "models")) < done.index(("sync", "index")) < published
    (generation,) = [name for what, name in done if what == "rename" and name != key]
    assert done.index(("sync", "cases.jsonl")) < done.index(("rename", generation))
    assert done.index(("rename", generation)) < done.index(("sync", "generations")) < published
    assert ("sync", "index") in done[published:]
