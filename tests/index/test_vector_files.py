import numpy as np
import pytest

from index.compressed_index import CompressedIndex
from index.errors import IndexDamagedError
from index.faiss_index import FaissIndex
from index.vector_files import open_vectors, save_vectors

VECTORS = np.random.default_rng(1).normal(size=(100, 24)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("exact_most", "kind", "names"),
    [
        pytest.param(100, FaissIndex, {"vectors.npy"}, id="up to the limit"),
        pytest.param(99, CompressedIndex, {"vectors.lists", "vectors.rows"}, id="above it"),
    ],
)
def test_the_size_of_the_corpus_decides_the_kind_and_the_files_tell_it(tmp_path, exact_most, kind, names):
    save_vectors(VECTORS, tmp_path, exact_most=exact_most)
    assert {file.name for file in tmp_path.iterdir()} == names
    index = open_vectors(tmp_path, names)
    assert isinstance(index, kind)
    np.testing.assert_array_equal(index.vectors(np.arange(100)), VECTORS)


def test_corpora_of_today_are_searched_exactly(tmp_path):
    save_vectors(VECTORS, tmp_path)
    assert isinstance(open_vectors(tmp_path, {"vectors.npy"}), FaissIndex)


def test_no_vectors_at_all_can_be_written_and_opened(tmp_path):
    save_vectors(VECTORS[:0], tmp_path)
    assert len(open_vectors(tmp_path, {"vectors.npy"})) == 0


@pytest.mark.parametrize(("exact_most", "kind"), [(100, FaissIndex), (99, CompressedIndex)])
def test_files_that_nobody_vouches_for_are_left_alone(tmp_path, exact_most, kind):
    """A file of the other kind beside it was opened, though its checksum had been compared with nothing."""
    save_vectors(VECTORS, tmp_path, exact_most=exact_most)
    names = {file.name for file in tmp_path.iterdir()}
    for stray in {"vectors.npy", "vectors.lists", "vectors.rows"} - names:
        (tmp_path / stray).write_bytes(b"stray")
    assert isinstance(open_vectors(tmp_path, names), kind)


@pytest.mark.parametrize("missing", ["vectors.npy", "vectors.lists", "vectors.rows"])
def test_a_missing_file_is_named(tmp_path, missing):
    save_vectors(VECTORS, tmp_path, exact_most=100 if missing == "vectors.npy" else 0)
    names = {file.name for file in tmp_path.iterdir()}
    (tmp_path / missing).unlink()
    with pytest.raises(IndexDamagedError) as caught:
        open_vectors(tmp_path, names)
    assert caught.value.file == tmp_path / missing
