"""The compressed index against the exact one, and against files that are not what they should be."""

import subprocess
import sys

import faiss
import numpy as np
import pytest

from index import compressed_index
from index.compressed_index import CompressedIndex, write_compressed
from index.errors import IndexDamagedError
from index.vectors import FlatIndex


def topical_vectors(rng, n, dimension=24, topics=40):
    """Unit vectors about topics, as embeddings lie: neither all over the sphere nor in heaps."""
    centres = rng.normal(size=(topics, dimension))
    vectors = centres[rng.integers(topics, size=n)] + 0.7 * rng.normal(size=(n, dimension))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def exact_vectors(rng, n, dimension=24):
    """Unit vectors of four halves each: their products are quarters, so equal scores are truly equal."""
    vectors = np.zeros((n, dimension), dtype=np.float32)
    for vector in vectors:
        vector[rng.choice(dimension, 4, replace=False)] = rng.choice([-0.5, 0.5], 4)
    return vectors


VECTORS = topical_vectors(np.random.default_rng(1), 4000)
QUERIES = topical_vectors(np.random.default_rng(1), 4020)[4000:]


def write(folder, vectors):
    files = folder / "vectors.lists", folder / "vectors.rows"
    write_compressed(vectors, *files)
    return files


def built(folder, vectors):
    return CompressedIndex.open(*write(folder, vectors))


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return built(tmp_path_factory.mktemp("large"), VECTORS)


@pytest.mark.parametrize("k", [10, 200])
def test_nearly_all_of_the_nearest_rows_are_found(large, k):
    found, exact = large.search(QUERIES, k).rows, FlatIndex(VECTORS).search(QUERIES, k).rows
    shared = [len(set(a) & set(b)) / k for a, b in zip(found.tolist(), exact.tolist(), strict=True)]
    assert np.mean(shared) >= 0.95


def test_scores_are_those_of_the_exact_vectors_best_first(large):
    rows, scores = large.search(QUERIES, 50)
    expected = np.einsum("qd,qkd->qk", QUERIES.astype(float), VECTORS[rows].astype(float))
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    assert (np.diff(scores, axis=1) <= 0).all()
    assert (rows.dtype, scores.dtype) == (np.int64, np.float32)


def test_more_rows_than_the_scanned_lists_hold_are_found_by_scanning_more(large, monkeypatch):
    """FAISS fills up with row -1 where its lists hold too few."""
    monkeypatch.setattr(compressed_index, "PROBES", 1)
    for k in (1000, 4000, 5000):
        rows = large.search(QUERIES[:3], k).rows
        assert rows.shape == (3, min(k, 4000))
        assert all(len(set(found)) == len(found) for found in rows.tolist())
    assert np.sort(rows[0]).tolist() == list(range(4000))


@pytest.mark.parametrize("n", [1, 2, 39, 900])
@pytest.mark.parametrize("k", [1, 10, 200])
def test_of_passages_that_are_the_same_the_lower_rows_come_first(tmp_path, n, k):
    """Sixty of each: more than there are candidates at first, so the search must go on."""
    rng = np.random.default_rng(2)
    vectors = np.repeat(exact_vectors(rng, 15), 60, axis=0)[rng.permutation(900)][:n]
    queries = exact_vectors(rng, 10)
    exact = FlatIndex(vectors).search(queries, k)
    found = built(tmp_path, vectors).search(queries, k)
    np.testing.assert_array_equal(found.rows, exact.rows)
    np.testing.assert_array_equal(found.scores, exact.scores)


def test_nothing_asked_for_finds_nothing(large):
    assert large.search(QUERIES[:0], 5).rows.shape == (0, 5)
    assert large.search(QUERIES[:2], 0).scores.shape == (2, 0)


def test_a_query_that_is_not_finite_is_refused(large):
    with pytest.raises(ValueError, match="finite"):
        large.search(np.full((1, 24), np.nan, dtype=np.float32), 5)


def test_vectors_come_back_bit_for_bit_in_the_order_asked_for(large, monkeypatch):
    assert (len(large), large.dimension) == (4000, 24)
    monkeypatch.setattr(compressed_index, "BLOCK", 100)  # so that a run is read in several parts
    for rows in ([7, 0, 7], [3999], [], range(4000), [5, 6, 7, 7, 8, 3], range(9, 0, -1)):
        wanted = np.array(list(rows), dtype=np.int64)
        np.testing.assert_array_equal(large.vectors(wanted), VECTORS[wanted])
    assert large.vectors(np.array([], dtype=np.int64)).shape == (0, 24)


def test_similarities_are_those_of_the_exact_index(large):
    rows = np.array([3, 1, 2000])
    expected = FlatIndex(VECTORS).similarities(QUERIES, rows)
    np.testing.assert_allclose(large.similarities(QUERIES, rows), expected, atol=1e-6)


@pytest.mark.parametrize("row", [-1, 4000])
def test_a_row_that_does_not_exist_is_an_error(large, row):
    with pytest.raises(IndexError, match="0 to 3999"):
        large.vectors(np.array([0, row]))


def test_two_builds_are_the_same_byte_for_byte_whatever_the_threads_and_the_memory(tmp_path):
    np.save(tmp_path / "mapped.npy", VECTORS)
    before = faiss.omp_get_max_threads()
    contents = []
    for threads, vectors in ((1, VECTORS), (2, np.load(tmp_path / "mapped.npy", mmap_mode="r"))):
        faiss.omp_set_num_threads(threads)
        try:
            contents.append([file.read_bytes() for file in write(tmp_path, vectors)])
            assert faiss.omp_get_max_threads() == threads
        finally:
            faiss.omp_set_num_threads(before)
    assert contents[0] == contents[1]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(faiss.IndexFlatIP(24), id="exact"),
        pytest.param(faiss.index_factory(24, "IVF1,SQ8", faiss.METRIC_INNER_PRODUCT), id="eight bits"),
        pytest.param(faiss.index_factory(24, "IVF1,SQ4"), id="distances instead of products"),
    ],
)
def test_another_kind_of_faiss_index_is_refused(tmp_path, other):
    lists, rows = write(tmp_path, VECTORS[:50])
    faiss.write_index(other, str(lists))
    with pytest.raises(IndexDamagedError, match="another kind of FAISS index") as caught:
        CompressedIndex.open(lists, rows)
    assert caught.value.file == lists


def test_rows_that_do_not_fit_or_are_missing_are_named(tmp_path):
    lists, rows = write(tmp_path, VECTORS[:50])
    rows.write_bytes(rows.read_bytes()[:-4])
    with pytest.raises(IndexDamagedError, match="does not fit") as caught:
        CompressedIndex.open(lists, rows)
    assert caught.value.file == rows
    rows.unlink()
    with pytest.raises(IndexDamagedError, match="cannot be read") as caught:
        CompressedIndex.open(lists, rows)
    assert caught.value.file == rows


def test_rows_that_are_cut_while_they_are_open_are_named(tmp_path):
    lists, rows = write(tmp_path, VECTORS[:50])
    index = CompressedIndex.open(lists, rows)
    rows.write_bytes(b"")
    with pytest.raises(IndexDamagedError, match="has been cut") as caught:
        index.search(QUERIES, 5)
    assert caught.value.file == rows


def test_lists_that_name_rows_which_do_not_exist_are_told_of(tmp_path):
    lists, rows = write(tmp_path, VECTORS[:1])
    content = lists.read_bytes()
    lists.write_bytes(content[:-8] + (10**6).to_bytes(8, "little"))  # the row's number comes last
    with pytest.raises(IndexDamagedError, match="rows that do not exist") as caught:
        CompressedIndex.open(lists, rows).search(QUERIES, 1)
    assert caught.value.file == lists


_TRY_DAMAGED_FILES = """
import sys
from pathlib import Path
import numpy as np
from index.compressed_index import CompressedIndex
from index.errors import IndexDamagedError

lists, rows = Path(sys.argv[1]), Path(sys.argv[2])
whole, rng = lists.read_bytes(), np.random.default_rng(3)
cut = [whole[:length] for length in range(0, len(whole), len(whole) // 50)]
places = [*range(0, 120, 2), *rng.integers(len(whole), size=100)]
flipped = [whole[:at] + bytes([whole[at] ^ 1 << int(rng.integers(8))]) + whole[at + 1 :] for at in places]
query = np.full((1, 24), 0.2, dtype=np.float32)
refused = 0
for content in cut + flipped:
    lists.unlink(missing_ok=True)  # written anew: what is still mapped keeps what it holds
    lists.write_bytes(content)
    try:
        CompressedIndex.open(lists, rows).search(query, 50)
    except IndexDamagedError as error:
        assert error.file == lists
        refused += 1
    else:
        assert content not in cut
print(refused)
"""


def test_cut_files_and_flipped_bits_end_in_our_error_and_never_the_process(tmp_path):
    """Checksums are verified before; without them a bit flipped in a code only makes a row harder to find."""
    lists, rows = write(tmp_path, VECTORS[:300])
    command = [sys.executable, "-c", _TRY_DAMAGED_FILES, str(lists), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 50  # every cut one, and of those with flipped bits some
