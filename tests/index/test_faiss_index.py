import numpy as np
import pytest

from index.errors import IndexDamagedError
from index.faiss_index import FaissIndex

VECTORS = np.eye(5, dtype=np.float32)


def test_saved_vectors_are_read_back_bit_for_bit(tmp_path):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(40, 8)).astype(np.float32)
    FaissIndex(vectors).save(tmp_path / "vectors.npy")
    loaded = FaissIndex.load(tmp_path / "vectors.npy")
    assert (len(loaded), loaded.dimension) == (40, 8)
    np.testing.assert_array_equal(loaded.vectors(np.arange(40)), vectors)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(VECTORS.astype(np.float64), id="double precision"),
        pytest.param(VECTORS.astype(np.int32), id="whole numbers"),
        pytest.param(VECTORS[0], id="one vector alone"),
        pytest.param(VECTORS[np.newaxis], id="one level too many"),
    ],
)
def test_another_kind_of_array_is_refused(tmp_path, other):
    file = tmp_path / "vectors.npy"
    np.save(file, other)
    with pytest.raises(IndexDamagedError, match="something else than vectors") as caught:
        FaissIndex.load(file)
    assert caught.value.file == file


def test_nothing_is_unpickled(tmp_path):
    file = tmp_path / "vectors.npy"
    # Written with a pickle in it, as an attacker would: what is tried is that reading refuses it.
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(IndexDamagedError, match="cannot be read by numpy"):
        FaissIndex.load(file)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: whole[:10], id="cut in the header"),
        pytest.param(lambda whole: whole[:-7], id="cut in the vectors"),
        pytest.param(lambda whole: b"JUNK" + whole[4:], id="unknown type"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, damage):
    file = tmp_path / "vectors.npy"
    FaissIndex(VECTORS).save(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(IndexDamagedError, match="cannot be read by numpy") as caught:
        FaissIndex.load(file)
    assert caught.value.file == file


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(IndexDamagedError) as caught:
        FaissIndex.load(tmp_path / "nowhere.npy")
    assert caught.value.file == tmp_path / "nowhere.npy"
