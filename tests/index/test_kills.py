"""Builders that are killed, in small numbers; `python -m benchmarks.kills` does it in large ones."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.kills import outcome, rubbish
from index.building import build_index
from index.manifest import describe_files, write_manifest
from index.storage import current_generation, writing_generation

ROOT = Path(__file__).parents[2]


def test_whenever_a_builder_is_killed_the_old_or_the_new_index_opens_and_the_next_build_works(tmp_path):
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.kills", "--kills", "6", "--every", "16", "--cases", "3"),
            *("--out", str(tmp_path)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    result = json.loads((tmp_path / "kills.json").read_text())
    counts = list(result["by phase"].values())
    assert result["faults"] == []
    assert result["random_kills"] == 6
    assert result["steps"] >= 6
    assert sum(one["old"] + one["new"] for one in counts) == 6 + result["steps"]
    assert sum(one["old"] for one in counts) > 0
    assert sum(one["new"] for one in counts) > 0


# --- what the kills are judged by


def test_old_and_new_are_told_apart_and_no_index_is_the_old_state_of_a_first_build(
    index_dir, three_cases, encoder, tmp_path
):
    old = build_index(three_cases, encoder, index_dir).manifest
    new = build_index(three_cases[1:], encoder, tmp_path / "new").manifest
    assert outcome(index_dir, old, new) == "old"
    assert outcome(tmp_path / "new", old, new) == "new"
    assert outcome(tmp_path / "nowhere", None, new) == "old"
    assert "there is no index" in outcome(tmp_path / "nowhere", old, new)


def test_a_mixture_and_damage_are_neither_old_nor_new(index_dir, three_cases, encoder, tmp_path):
    old = build_index(three_cases, encoder, index_dir).manifest
    new = build_index([*three_cases[1:], three_cases[0]], encoder, tmp_path / "new").manifest
    with writing_generation(index_dir, "0" * 12, old.built_at) as mixed:
        shutil.copytree(current_generation(index_dir), mixed, dirs_exist_ok=True)
        shutil.copy(current_generation(tmp_path / "new") / "cases.jsonl", mixed)
        (mixed / "manifest.json").unlink()
        write_manifest(mixed, old.model_copy(update={"files": describe_files(mixed)}))
    assert outcome(index_dir, old, new) == "a mixture"
    (current_generation(index_dir) / "cases.jsonl").write_text("")
    assert outcome(index_dir, old, new).startswith("IndexDamagedError")


def test_what_a_dead_builder_left_is_rubbish_and_what_is_named_is_not(index_dir, three_cases, encoder):
    before = current_generation(index_dir).name
    build_index(three_cases[1:], encoder, index_dir)
    assert rubbish(index_dir, before) == []
    left = ["generations/.building-x", "generations/20260101T000000-0123456789ab", "models/0123456789abcdef"]
    for folder in left:
        (index_dir / folder).mkdir(parents=True)
    (index_dir / ".CURRENT.new").write_text("half")
    assert rubbish(index_dir, before) == [".CURRENT.new", *left]
