"""An index under builders that wait, full disks, readers in between, files that do not belong."""

import errno
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import index.case_index
from corpus.reading import to_json
from corpus.records import corpus_digest
from index.building import build_index
from index.case_index import CaseIndex
from index.errors import IndexDamagedError
from index.faiss_index import FaissIndex
from index.manifest import write_manifest
from index.storage import current_generation, only_builder, open_generation, writing_generation

HERE, FULL = Path(__file__).parent, Path("/dev/full")
GENERATIONS_KEPT = 2


def paths_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def write_cases(file, cases):
    file.write_text("".join(to_json(case) + "\n" for case in cases), encoding="utf-8")
    return file


# --- nothing is parsed before its sum is right


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda content: bytes([content[0] ^ 128]) + content[1:], id="first bit flipped"),
        pytest.param(lambda content: content[:-1] + bytes([content[-1] ^ 1]), id="last bit flipped"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut"),
        pytest.param(lambda content: bytes(len(content)), id="zeros, as after a power cut"),
        pytest.param(lambda content: content * 2, id="written twice"),
    ],
)
def test_no_altered_file_reaches_a_parser(index_dir, monkeypatch, alter):
    parsed = []

    def watched(parser):
        def parse(*args):
            parsed.append(args[0])
            return parser(*args)

        return parse

    for name in ("_read_cases", "open_vectors", "_read_derived"):
        monkeypatch.setattr(index.case_index, name, watched(getattr(index.case_index, name)))
    monkeypatch.setattr(index.case_index.LexicalIndex, "load", watched(index.case_index.LexicalIndex.load))
    CaseIndex.open(index_dir)
    assert len(parsed) == 5  # cases, vectors, twice words, derived: they are what is watched
    parsed.clear()
    folder, manifest = open_generation(index_dir)
    for name in manifest.files:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(alter(whole))
        with pytest.raises(IndexDamagedError, match="checksum") as caught:
            CaseIndex.open(index_dir)
        assert caught.value.file == folder / name
        (folder / name).write_bytes(whole)
    assert parsed == []


# --- what does not belong


def test_files_that_do_not_belong_are_harmless_and_stay_where_no_generation_goes(
    index_dir, three_cases, encoder, no_waiting_for_the_disk
):
    generation = f"generations/{current_generation(index_dir).name}"
    outside = [
        "notes.txt",
        "generations/notes.txt",
        "generations/my copy/cases.jsonl",
        "models/mine/graph.xml",
    ]
    inside = [f"{generation}/{name}" for name in ("notes.txt", "vectors.lists", "words-of-cases/more.npy")]
    for name in (*outside, *inside):
        (index_dir / name).parent.mkdir(parents=True, exist_ok=True)
        (index_dir / name).write_text("mine")
    (index_dir / "generations" / "link").symlink_to(index_dir.parent)
    assert CaseIndex.open(index_dir).cases == three_cases
    for _ in range(GENERATIONS_KEPT):
        build_index(three_cases[1:], encoder, index_dir)
    assert CaseIndex.open(index_dir).cases == three_cases[1:]
    assert [(index_dir / name).exists() for name in outside] == [True] * len(outside)
    assert not (index_dir / generation).exists()
    assert (index_dir / "generations" / "link").is_symlink()


def test_an_index_behind_links_is_built_and_read(tmp_path, three_cases, encoder):
    (tmp_path / "disk" / "generations").mkdir(parents=True)
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "generations").symlink_to(tmp_path / "disk" / "generations")
    (tmp_path / "link").symlink_to(tmp_path / "index")
    for cases in (three_cases, three_cases[1:], three_cases[2:]):
        build_index(cases, encoder, tmp_path / "link")
    assert CaseIndex.open(tmp_path / "index").cases == three_cases[2:]
    assert len(list((tmp_path / "disk" / "generations").iterdir())) == GENERATIONS_KEPT


# --- a disk that is full


@pytest.mark.parametrize("call", ["fsync", "mkdir", "open for writing", "rename", "replace"])
def test_a_disk_that_is_full_at_any_call_leaves_the_old_index_and_no_rubbish(
    index_dir, three_cases, encoder, monkeypatch, no_waiting_for_the_disk, call
):
    before = paths_below(index_dir)
    calls = 0

    def fails(function, number):
        def call_or_fail(*args, **kwargs):
            nonlocal calls
            calls += call != "open for writing" or (args[1:] or tuple(kwargs.values()))[0] in ("w", "wb")
            if calls == number:
                raise OSError(errno.ENOSPC, "No space left on device")
            return function(*args, **kwargs)

        return call_or_fail

    owner, name = (os, "fsync") if call == "fsync" else (Path, call.split()[0])
    whole = getattr(owner, name)
    failed = 0
    while True:
        calls = 0
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fails(whole, failed + 1))
            try:
                build_index(three_cases[1:], encoder, index_dir)
            except OSError as error:
                caught = error.errno
            else:
                break
        failed += 1
        assert caught == errno.ENOSPC
        cases = CaseIndex.open(index_dir).cases
        if cases == three_cases[1:] and call == "fsync":  # the last one comes after it has been published
            break
        assert cases == three_cases
        assert [path for path in paths_below(index_dir) if path not in before] in ([], [".CURRENT.new"])
    assert failed >= 1
    build_index(three_cases[2:], encoder, index_dir)
    assert CaseIndex.open(index_dir).cases == three_cases[2:]
    assert not [path for path in paths_below(index_dir) if "/." in path or path == ".CURRENT.new"]
    assert len(list((index_dir / "generations").iterdir())) == GENERATIONS_KEPT


def test_a_full_disk_or_a_folder_that_may_not_be_written_is_told_in_one_plain_line(
    index_dir, three_cases, tmp_path
):
    file = write_cases(tmp_path / "cases.jsonl", three_cases[1:])
    sizes = sorted(entry.bytes for entry in open_generation(index_dir)[1].files.values())
    limits = [0, 60, 200, *sizes[::2], max(sizes) // 2]
    command = [sys.executable, HERE / "full_disk.py", index_dir, file, json.dumps([*limits, 10**9])]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    *full, enough, forbidden = json.loads(ran.stdout)
    old, new = corpus_digest(three_cases), corpus_digest(three_cases[1:])
    failed = [(code, said) for _, code, said, opened in full if opened == old]
    assert len(failed) > len(limits) / 2
    for code, said in (*failed, forbidden[1:3]):
        assert code == 1
        assert said.startswith("warts: ")
        assert said.count("\n") == 1
        assert said.endswith("\n")
    assert any("File too large" in said for _, said in failed)
    assert "Permission denied" in forbidden[2]
    assert (enough[1], enough[3]) == (0, new)
    assert not [path for path in paths_below(index_dir) if "/." in path or path == ".CURRENT.new"]


@pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")
@pytest.mark.parametrize("n", [1, 1000])
def test_a_disk_that_is_full_at_the_last_bytes_of_the_vectors_is_noticed(n):
    """FAISS told nobody, and the cut file was published with the checksum of a cut file."""
    with pytest.raises(OSError, match="No space left"):
        FaissIndex(np.eye(n, dtype=np.float32)).save(FULL)


# --- builders and readers at the same time


def test_builders_wait_for_one_another_and_a_reader_sees_only_whole_indexes(tmp_path, three_cases, encoder):
    corpora = [three_cases, three_cases[1:], three_cases[:1], three_cases[::-1]]
    files = [write_cases(tmp_path / f"{number}.jsonl", cases) for number, cases in enumerate(corpora)]
    directory = tmp_path / "index"
    expected = {cases: build_index(cases, encoder, directory).manifest.files for cases in corpora}
    held = CaseIndex.open(directory)
    script = HERE / "publish_over_and_over.py"
    with only_builder(directory):
        builders = [
            subprocess.Popen(
                [sys.executable, script, directory, "6", *some],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            for some in (files[:2], files[2:])
        ]
        for builder in builders:
            assert b"waiting until it is done" in builder.stderr.readline()
        assert CaseIndex.open(directory).generation == held.generation
    seen = []
    while any(builder.poll() is None for builder in builders):
        opened = CaseIndex.open(directory)
        assert opened.manifest.files == expected[opened.cases]
        assert len(opened.vectors) == len(opened.passages) == len(opened.words_of_passages)
        seen.append(opened.generation)
    told = [builder.communicate()[1] for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0], told
    assert len(set(seen)) > 2
    assert len(list((directory / "generations").iterdir())) == GENERATIONS_KEPT
    assert not held.generation.exists()  # and yet:
    assert held.words_of_cases.shares("broadband").argmax() == 1
    assert held.vectors.search(encoder.encode_queries([held.passages[3].indexed_text]), 1).rows.item() == 3


def test_two_publications_at_any_moment_of_opening_do_no_harm(
    index_dir, three_cases, encoder, monkeypatch, no_waiting_for_the_disk
):
    """A generation that went between the reading of CURRENT and the look for its folder was called damage."""
    build_index(three_cases[1:], encoder, index_dir)
    built = [CaseIndex.open(index_dir)]
    build_index(three_cases, encoder, index_dir)
    built.append(CaseIndex.open(index_dir))
    sources = []
    for number, one in enumerate(built):
        sources.append((index_dir.parent / f"copy-{number}", one.manifest))
        shutil.copytree(one.generation, sources[number][0])

    def publish_twice():
        for folder, manifest in sources:
            now = datetime.now(UTC)
            with writing_generation(index_dir, manifest.corpus_digest, now) as copy:
                shutil.copytree(folder, copy, dirs_exist_ok=True)
                write_manifest(copy, manifest.model_copy(update={"built_at": now}))

    def interrupted(function, publish_before):
        def access(*args, **kwargs):
            nonlocal accesses
            accesses += 1
            if accesses == publish_before:
                publish_twice()
            return function(*args, **kwargs)

        return access

    names, moment, accesses = ("is_dir", "is_file", "open"), 0, 0
    while moment <= accesses:
        moment, accesses = moment + 1, 0
        with monkeypatch.context() as patch:
            for name in names:
                patch.setattr(Path, name, interrupted(getattr(Path, name), moment))
            opened = CaseIndex.open(index_dir)
        assert opened.cases == three_cases
        if moment <= accesses:
            assert opened.generation.exists()
    assert moment > 30
