import hashlib
import json
import shutil
import threading
from datetime import UTC, datetime, timedelta

import pytest

from index.case_index import CaseIndex
from index.errors import IndexDamagedError, IndexFormatError, IndexNotFoundError
from index.manifest import FORMAT, describe_files, read_manifest, write_manifest
from index.storage import current_generation, open_generation, writing_generation

VERSION = b'{"format": %d}' % FORMAT
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def publish(tmp_path, index_dir):
    """Publish a generation that holds one small file; return its folder."""
    _, manifest = open_generation(index_dir)

    def publish(text, built_at=NOON, directory=tmp_path / "small", meanwhile=lambda: None):
        digest = hashlib.sha256(text.encode()).hexdigest()
        with writing_generation(directory, digest, built_at) as folder:
            (folder / "said.txt").write_text(text, encoding="utf-8")
            described = {"files": describe_files(folder), "corpus_digest": digest, "built_at": built_at}
            write_manifest(folder, manifest.model_copy(update=described))
            meanwhile()
        return current_generation(directory)

    publish.directory = tmp_path / "small"
    return publish


def files_below(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def said(directory):
    """Read what the current generation says, checked."""
    folder, _ = open_generation(directory)
    return (folder / "said.txt").read_text(encoding="utf-8")


# --- what is written


def test_the_manifest_gives_size_and_sum_of_every_other_file(index_dir):
    folder, manifest = open_generation(index_dir)
    others = [path for path in files_below(folder) if path.name != "manifest.json"]
    assert len(others) > 5
    assert {name: (entry.bytes, entry.sha256) for name, entry in manifest.files.items()} == {
        path.relative_to(folder).as_posix(): (
            len(path.read_bytes()),
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in others
    }


def test_a_manifest_is_read_back_as_it_was_written(index_dir, tmp_path):
    _, manifest = open_generation(index_dir)
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path, tmp_path) == manifest


def test_current_is_the_generation_published_last(publish):
    publish("one")
    folder = publish("two", NOON + timedelta(seconds=1))
    assert said(publish.directory) == "two"
    assert folder.name.startswith("20260304T120001-")


def test_two_builds_of_the_same_in_the_same_second_get_two_names(publish):
    assert publish("same") != publish("same")
    assert said(publish.directory) == "same"


def test_of_the_old_generations_one_is_kept(publish):
    folders = [publish(str(number), NOON + timedelta(minutes=number)) for number in range(5)]
    assert [folder.exists() for folder in folders] == [False, False, False, True, True]


@pytest.mark.parametrize(
    "times",
    [
        pytest.param([0, 0, 0], id="all in one second"),
        pytest.param([120, 60, 0], id="the clock was set back"),
        pytest.param([60, 0, 120], id="a slow build ended after a quick one"),
    ],
)
def test_the_generation_that_was_current_until_now_is_the_one_kept(publish, times):
    """A reader may hold the name that CURRENT gave a moment ago, whatever the names sort like."""
    *_, before, now = [
        publish(text, NOON + timedelta(seconds=late)) for text, late in zip("abc", times, strict=True)
    ]
    assert before.is_dir()
    assert now.is_dir()


def test_leftovers_of_a_builder_that_died_are_cleared_away(publish):
    generations = publish("one").parent
    dead = generations / ".building-20260101T000000-0123456789ab"
    (dead / "words").mkdir(parents=True)
    (dead / "words" / "half").write_text("half")
    publish("two")
    assert not dead.exists()


# --- when building fails


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, OSError, SystemExit])
def test_a_failure_while_writing_leaves_the_old_generation_and_nothing_else(publish, failure):
    publish("old")
    before = files_below(publish.directory)

    def write_half():
        with writing_generation(publish.directory, "0" * 12, NOON) as folder:
            (folder / "words").mkdir()
            (folder / "words" / "half").write_text("half")
            raise failure("stop here")

    with pytest.raises(failure, match="stop here"):
        write_half()
    assert said(publish.directory) == "old"
    assert files_below(publish.directory) == before
    assert publish("new").is_dir()
    assert said(publish.directory) == "new"


def test_a_first_build_that_fails_leaves_no_index(tmp_path):
    with pytest.raises(ValueError, match="stop"), writing_generation(tmp_path / "new", "0" * 12, NOON):
        raise ValueError("stop")
    with pytest.raises(IndexNotFoundError):
        open_generation(tmp_path / "new")
    assert list((tmp_path / "new" / "generations").iterdir()) == []


def test_a_generation_without_a_manifest_is_never_published_and_leaves_nothing(publish):
    publish("old")
    before = files_below(publish.directory)

    def forget_the_manifest():
        with writing_generation(publish.directory, "0" * 12, NOON) as folder:
            (folder / "said.txt").write_text("new")

    with pytest.raises(FileNotFoundError, match=r"manifest\.json"):
        forget_the_manifest()
    assert said(publish.directory) == "old"
    assert files_below(publish.directory) == before


def test_when_current_cannot_be_replaced_the_old_generation_stays_readable(publish):
    publish("old")
    (publish.directory / ".CURRENT.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        publish("new", NOON + timedelta(minutes=1))
    assert said(publish.directory) == "old"


def test_builders_at_the_same_time_wait_for_each_other(publish):
    texts = [f"{number} " * 5000 for number in range(8)]
    start = threading.Barrier(len(texts))
    inside, most, failures = [], [], []

    def meet():
        inside.append(threading.get_ident())
        most.append(len(inside))
        inside.remove(threading.get_ident())

    def build(text):
        start.wait()
        try:
            publish(text, meanwhile=meet)
        except Exception as error:  # noqa: BLE001 -- told to the main thread
            failures.append(error)

    threads = [threading.Thread(target=build, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert most == [1] * len(texts)
    assert said(publish.directory) in texts
    names = [path.name for path in (publish.directory / "generations").iterdir()]
    assert len(names) == 2
    assert not [name for name in names if name.startswith(".")]


# --- when a file is damaged


def flip_a_bit(content, place):
    position = {"first": 0, "middle": len(content) // 2, "last": len(content) - 1}[place]
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda content: content[:-1], id="last byte cut"),
        pytest.param(lambda content: content[: len(content) // 2], id="half cut"),
        pytest.param(lambda content: b"", id="emptied"),
        pytest.param(lambda content: content + b"\n", id="one byte more"),
        pytest.param(lambda content: flip_a_bit(content, "first"), id="first byte flipped"),
        pytest.param(lambda content: flip_a_bit(content, "middle"), id="middle byte flipped"),
        pytest.param(lambda content: flip_a_bit(content, "last"), id="last byte flipped"),
    ],
)
def test_every_altered_file_is_noticed_and_named(index_dir, damage):
    folder, manifest = open_generation(index_dir)
    for name in manifest.files:
        file = folder / name
        whole = file.read_bytes()
        file.write_bytes(damage(whole))
        with pytest.raises(IndexDamagedError, match="checksum") as caught:
            CaseIndex.open(index_dir)
        assert caught.value.file == file
        assert str(file) in str(caught.value)
        file.write_bytes(whole)
    assert len(CaseIndex.open(index_dir).cases) == 3


@pytest.mark.parametrize("instead", ["nothing", "a folder"])
def test_every_missing_file_is_noticed_and_named(index_dir, instead):
    folder, manifest = open_generation(index_dir)
    for name in manifest.files:
        file = folder / name
        whole = file.read_bytes()
        file.unlink()
        if instead == "a folder":
            file.mkdir()
        with pytest.raises(IndexDamagedError, match="is missing") as caught:
            CaseIndex.open(index_dir)
        assert caught.value.file == file
        if instead == "a folder":
            file.rmdir()
        file.write_bytes(whole)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"\x00" * 50, b"[" * 100_000, VERSION, VERSION[:-1] + b', "files": []}'],
    ids=["empty", "cut", "not text", "zeros", "bottomless", "format alone", "wrong parts"],
)
def test_a_manifest_that_is_none_is_named(index_dir, content):
    file = current_generation(index_dir) / "manifest.json"
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index_dir)
    assert caught.value.file == file


@pytest.mark.parametrize("cut", [1, 2, 50, 1000])
def test_a_manifest_that_is_cut_off_is_named(index_dir, cut):
    file = current_generation(index_dir) / "manifest.json"
    file.write_bytes(file.read_bytes().rstrip()[:-cut])
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index_dir)
    assert caught.value.file == file


def test_a_missing_manifest_is_named(index_dir):
    file = current_generation(index_dir) / "manifest.json"
    file.unlink()
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index_dir)
    assert caught.value.file == file


def test_no_flipped_bit_in_the_manifest_goes_unnoticed(index_dir):
    """The manifest vouches for the other files; nothing vouched for the manifest itself."""
    file = current_generation(index_dir) / "manifest.json"
    whole = file.read_bytes()
    for number, position in enumerate(range(0, len(whole), 7)):
        flipped = whole[position] ^ (1 << number % 8)
        file.write_bytes(whole[:position] + bytes([flipped]) + whole[position + 1 :])
        with pytest.raises((IndexDamagedError, IndexFormatError)):
            open_generation(index_dir)


@pytest.mark.parametrize("found", [0, FORMAT + 1, str(FORMAT), None, [FORMAT]])
def test_another_format_is_refused_by_number_and_not_as_damage(index_dir, found):
    file = current_generation(index_dir) / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "format": found}))
    vouched = hashlib.sha256(file.read_bytes()).hexdigest()
    (index_dir / "CURRENT").write_text(f"{file.parent.name} {vouched}\n")
    with pytest.raises(IndexFormatError, match=f"format {found!r}".replace("[", r"\[")) as caught:
        open_generation(index_dir)
    assert (caught.value.directory, caught.value.found, caught.value.expected) == (index_dir, found, FORMAT)


# --- what CURRENT may say


def test_where_there_is_no_index_it_says_so(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for directory in (tmp_path / "nowhere", tmp_path, tmp_path / "file"):
        with pytest.raises(IndexNotFoundError) as caught:
            open_generation(directory)
        assert caught.value.directory == directory


@pytest.mark.parametrize(
    "name",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"generations",
        b".",
        b"..",
        b"/",
        b"../../outside",
        b"../outside",
        b"NAME/",
        b"./NAME",
        b"../generations/NAME",
        b"NAME/../../../outside",
        b"NAME\nNAME",
        b".building-NAME",
        b"20260304T120000-0123456789AB",
        b"20260304T120000-0123456789ab",
        b"x" * 100_000,
    ],
)
@pytest.mark.parametrize(
    "line", [b"%b\n", b"%b SUM\n", b"%b SUM SUM\n"], ids=["name", "name and sum", "more"]
)
def test_current_names_a_generation_that_is_there_or_nothing(index_dir, name, line):
    real = current_generation(index_dir)
    shutil.copytree(real, index_dir.parent / "outside")
    shutil.copytree(real, index_dir / "outside")
    digest = hashlib.sha256((real / "manifest.json").read_bytes()).hexdigest()
    content = (line % name).replace(b"NAME", real.name.encode()).replace(b"SUM", digest.encode())
    (index_dir / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index_dir)
    named = index_dir / "generations" / "20260304T120000-0123456789ab"
    assert caught.value.file in (index_dir / "CURRENT", named)


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_flipped_bit_in_current_is_noticed(index_dir, place):
    whole = (index_dir / "CURRENT").read_bytes().rstrip()
    (index_dir / "CURRENT").write_bytes(flip_a_bit(whole, place))
    with pytest.raises(IndexDamagedError):
        open_generation(index_dir)


def test_the_manifest_of_another_build_of_the_same_index_is_noticed(publish):
    publish("old")
    other = (current_generation(publish.directory) / "manifest.json").read_bytes()
    file = publish("new") / "manifest.json"
    file.write_bytes(other)
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(publish.directory)
    assert caught.value.file == file


def test_a_current_that_cannot_be_read_is_named(index_dir):
    (index_dir / "CURRENT").unlink()
    (index_dir / "CURRENT").mkdir()
    with pytest.raises(IndexDamagedError) as caught:
        open_generation(index_dir)
    assert caught.value.file == index_dir / "CURRENT"


def test_an_index_can_be_moved_as_a_folder(index_dir, tmp_path):
    moved = index_dir.rename(tmp_path / "moved é")
    assert len(CaseIndex.open(moved).cases) == 3
