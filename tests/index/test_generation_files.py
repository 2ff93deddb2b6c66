"""The files of a generation whose sums are right, and that hold nonsense."""

import io
import shutil

import numpy as np
import pytest

from index.case_index import CaseIndex
from index.errors import IndexDamagedError
from index.storage import current_generation

pytestmark = pytest.mark.usefixtures("no_waiting_for_the_disk")


class Trap:
    """Makes a file when it is unpickled."""

    def __reduce__(self):
        return (print, ("unpickled",))


def npy(values, dtype=None, **options):
    stream = io.BytesIO()
    np.save(stream, np.asarray(values, dtype=dtype), **options)
    return stream.getvalue()


def npz():
    stream = io.BytesIO()
    np.savez(stream, first=np.zeros(3))
    return stream.getvalue()


TERMS, STATISTICS = "words-of-cases/terms.json", "words-of-cases/statistics.json"
FIRST, DOCUMENTS, AMOUNTS = (f"words-of-passages/{name}.npy" for name in ("first", "documents", "amounts"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("derived.json", b"{"),
        ("derived.json", b'{"stories": [], "words": {"a": "b"}}'),
        ("derived.json", b'{"stories": [[3, 0]], "words": {}}'),
        ("derived.json", b'{"stories": [[1, -1]], "words": {}}'),
        ("vectors.npy", b""),
        ("vectors.npy", b"nonsense"),
        ("vectors.npy", b"\x93NUMPY" + bytes(41)),
        (TERMS, b"not json"),
        (TERMS, b"\xff"),
        (TERMS, b"[]"),
        (TERMS, b"[" * 100_000),
        (TERMS, b'{"size": 3}'),
        (TERMS, b'{"size": 3, "terms": []}'),
        (TERMS, b'{"size": -1, "terms": []}'),
        (STATISTICS, b"null"),
        (STATISTICS, b'{"documents": 3}'),
        (STATISTICS, b'{"documents": 3, "frequency": {"slow": 4}}'),
        (STATISTICS, b'{"documents": 3, "frequency": {"slow": -1}}'),
        *((name, b"") for name in (FIRST, DOCUMENTS, AMOUNTS)),
        *((name, b"nonsense") for name in (FIRST, DOCUMENTS, AMOUNTS)),
        *((name, npz()) for name in (FIRST, DOCUMENTS, AMOUNTS)),
        # Written with a pickle in it, as an attacker would; unpickled, the trap would go off.
        *((name, npy([Trap()], allow_pickle=True)) for name in (FIRST, DOCUMENTS, AMOUNTS)),
        *((name, npy([], np.float64)) for name in (FIRST, DOCUMENTS, AMOUNTS)),
        (FIRST, npy([0, 1], np.int64)),
        (FIRST, npy([[0]], np.int64)),
        (FIRST, npy([0], np.int64)[:-1]),
        (FIRST, npy([0], np.int64).replace(b"(1,)", b"(9**9,)")),
        (DOCUMENTS, npy([0], np.int32)),
        (DOCUMENTS, npy([0], np.int32).replace(b"(1,)", b"(((,)")),
        (AMOUNTS, npy([0], np.float32)),
        (AMOUNTS, npy(0, np.float32)),
    ],
)
def test_a_file_that_is_whole_and_nonsense_is_told_and_nothing_is_unpickled(
    index_dir, republish, name, content, capsys
):
    """Errors of numpy, of json and of Python itself went to whoever opened the index."""
    folder = republish(lambda folder: (folder / name).write_bytes(content))
    with pytest.raises(IndexDamagedError) as caught:
        CaseIndex.open(index_dir)
    assert caught.value.file in (folder / name, (folder / name).parent, folder / "cases.jsonl")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (DOCUMENTS, lambda found: np.full_like(found, 15)),
        (DOCUMENTS, lambda found: -1 - found),
        (FIRST, lambda found: found[::-1]),
        (FIRST, lambda found: found + 1),
        (AMOUNTS, lambda found: np.full_like(found, np.nan)),
        (AMOUNTS, lambda found: found[1:]),
    ],
    ids=["too high", "negative", "descending", "beyond the end", "no numbers", "too few"],
)
def test_arrays_that_would_fail_at_the_first_search_are_told_when_opened(index_dir, republish, name, change):
    folder = current_generation(index_dir)
    content = npy(change(np.load(folder / name)))
    folder = republish(lambda folder: (folder / name).write_bytes(content))
    with pytest.raises(IndexDamagedError) as caught:
        CaseIndex.open(index_dir)
    assert caught.value.file in (folder / name, (folder / name).parent)


def test_words_of_another_number_of_texts_are_told(index_dir, republish):
    def exchange(folder):
        shutil.rmtree(folder / "words-of-passages")
        shutil.copytree(folder / "words-of-cases", folder / "words-of-passages")

    republish(exchange)
    with pytest.raises(IndexDamagedError, match="does not fit the words"):
        CaseIndex.open(index_dir)
