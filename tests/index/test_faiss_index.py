import faiss
import numpy as np
import pytest

from index.errors import IndexDamagedError
from index.faiss_index import FaissIndex

VECTORS = np.eye(5, dtype=np.float32)


def test_a_saved_index_is_read_back_bit_for_bit(tmp_path):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(40, 8)).astype(np.float32)
    FaissIndex.build(vectors).save(tmp_path / "vectors.faiss")
    loaded = FaissIndex.load(tmp_path / "vectors.faiss")
    assert (len(loaded), loaded.dimension) == (40, 8)
    np.testing.assert_array_equal(loaded.vectors(np.arange(40)), vectors)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: faiss.IndexFlatL2(5), id="distances instead of products"),
        pytest.param(lambda: faiss.IndexHNSWFlat(5, 4, faiss.METRIC_INNER_PRODUCT), id="not exact"),
        pytest.param(lambda: faiss.IndexIDMap(faiss.IndexFlatIP(5)), id="wrapped"),
    ],
)
def test_another_kind_of_faiss_index_is_refused(tmp_path, other):
    """A distance index once passed for an inner-product one, elsewhere: lower came out as nearer."""
    file = tmp_path / "vectors.faiss"
    faiss.write_index(other(), str(file))
    with pytest.raises(IndexDamagedError, match="another kind of FAISS index") as caught:
        FaissIndex.load(file)
    assert caught.value.file == file


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: b"", id="empty"),
        pytest.param(lambda whole: whole[:10], id="cut in the header"),
        pytest.param(lambda whole: whole[:-7], id="cut in the vectors"),
        pytest.param(lambda whole: b"JUNK" + whole[4:], id="unknown type"),
    ],
)
def test_a_file_that_faiss_cannot_read_is_named(tmp_path, damage):
    file = tmp_path / "vectors.faiss"
    FaissIndex.build(VECTORS).save(file)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(IndexDamagedError, match="cannot be read by FAISS") as caught:
        FaissIndex.load(file)
    assert caught.value.file == file


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(IndexDamagedError) as caught:
        FaissIndex.load(tmp_path / "nowhere.faiss")
    assert caught.value.file == tmp_path / "nowhere.faiss"
