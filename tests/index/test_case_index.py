import shutil
from dataclasses import replace

import numpy as np
import pytest

import index.case_index
from corpus.vocabulary import Vocabulary
from index import case_index
from index.building import build_index
from index.case_index import CaseIndex
from index.errors import EncoderMismatchError, IndexDamagedError, VocabularyMismatchError
from index.faiss_index import FaissIndex
from index.manifest import describe_files, write_manifest
from index.storage import current_generation, open_generation, writing_generation

# Of the three cases: whole, summary and five or six statements each.
SIZES = [5, 6, 4]


@pytest.fixture
def opened(index_dir):
    return CaseIndex.open(index_dir)


def rewrite(index_dir, change):
    """Publish the current generation again with files changed and all the sums right; return its folder."""
    folder, manifest = open_generation(index_dir)
    with writing_generation(index_dir, "0" * 12, manifest.built_at) as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        (copy / "manifest.json").unlink()
        change(copy)
        write_manifest(copy, manifest.model_copy(update={"files": describe_files(copy)}))
    return current_generation(index_dir)


# --- rows and cases


def test_a_case_is_a_run_of_rows_that_begins_with_the_whole_of_it(opened, three_cases):
    assert opened.first_row.tolist() == [0, 5, 11, 15]
    assert opened.case_of_row.tolist() == [0] * 5 + [1] * 6 + [2] * 4
    assert [opened.rows_of_case(position) for position in range(3)] == [range(5), range(5, 11), range(11, 15)]
    for position, case in enumerate(three_cases):
        run = [opened.passages[row] for row in opened.rows_of_case(position)]
        assert [passage.field == "case" for passage in run] == [True] + [False] * (SIZES[position] - 1)
        assert {passage.case_id for passage in run} == {case.id}


def test_positions_are_found_by_id(opened, three_cases):
    assert opened.position_of == {case.id: number for number, case in enumerate(three_cases)}


# --- candidates


def nearest_cases(opened, queries, depth):
    """Return the cases of each query's nearest passages, by a dot product sorted here."""
    vectors = opened.vectors.vectors(np.arange(len(opened.passages)))
    found = set()
    for query in queries:
        score = [float(np.dot(query, vector)) for vector in vectors]
        rows = sorted(range(len(vectors)), key=lambda row: (-score[row], row))[:depth]
        found |= {opened.passages[row].case_id for row in rows}
    return found


@pytest.fixture
def chosen(monkeypatch, opened):
    """Return the candidates chosen among even the fewest cases."""
    monkeypatch.setattr(case_index, "MOST_LOOKED_AT", 0)

    def chosen(queries, texts, *, depth):
        words = np.stack([opened.words_of_cases.shares(text) for text in texts])
        return opened.candidates(queries, words, depth=depth)

    return chosen


def test_of_few_cases_all_are_candidates(opened, encoder):
    queries, words = encoder.encode_queries(["zebra"]), np.zeros((1, 3), dtype=np.float32)
    assert opened.candidates(queries, words, depth=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_nearest_passages_bring_in_their_cases(chosen, opened, encoder, depth):
    texts = ["Half of the tablets broke within a year", "Pupils brought a second phone"]
    queries = encoder.encode_queries(texts)
    positions = chosen(queries, ["zebra", "quokka"], depth=depth)
    assert {opened.cases[position].id for position in positions} == nearest_cases(opened, queries, depth)


def test_a_shared_word_brings_in_a_case_that_is_not_near(chosen, opened, encoder):
    phones = encoder.encode_queries(["Pupils brought a second phone"])
    assert chosen(phones, ["zebra"], depth=1).tolist() == [0]
    assert chosen(phones, ["governors"], depth=1).tolist() == [0, 1]


def test_words_bring_in_no_more_cases_than_the_depth_and_the_best_first(chosen, opened, encoder):
    broadband = encoder.encode_queries(["Lessons stalled whenever two classes were online"])
    # The first and the last case speak of parents, only the last one of the monthly cost.
    assert chosen(broadband, ["parents monthly cost"], depth=1).tolist() == [1, 2]
    assert chosen(broadband, ["parents monthly cost"], depth=2).tolist() == [0, 1, 2]


def test_candidates_are_ascending_and_each_stands_once(chosen, opened, encoder):
    texts = ["tablets cost parents", "broadband", "phones in pouches", "tablets"]
    positions = chosen(encoder.encode_queries(texts), texts, depth=500)
    assert positions.tolist() == [0, 1, 2]


# --- opening what does not belong together


def test_queries_must_be_encoded_as_the_passages_were(opened, encoder):
    opened.require_encoder(encoder.identity)
    for change in (
        {"model": "another"},
        {"sha256": "0" * 64},
        {"dimension": 128},
        {"query_prompt": "query: "},
        {"passage_prompt": "passage: "},
        {"adapter": "0" * 64},
    ):
        with pytest.raises(EncoderMismatchError, match="hashing") as caught:
            opened.require_encoder(replace(encoder.identity, **change))
        assert caught.value.built_with == str(encoder.identity)


def test_an_index_built_with_other_words_is_refused(index_dir, monkeypatch):
    monkeypatch.setattr(index.case_index, "shipped_vocabulary", lambda: Vocabulary((), digest="another"))
    with pytest.raises(VocabularyMismatchError, match="warts index") as caught:
        CaseIndex.open(index_dir)
    assert caught.value.directory == index_dir


def test_vectors_of_other_cases_are_refused(index_dir, three_cases, encoder, tmp_path):
    build_index(three_cases[:2], encoder, tmp_path / "other")
    other, _ = open_generation(tmp_path / "other")
    folder = rewrite(
        index_dir,
        lambda folder: (folder / "vectors.npy").write_bytes((other / "vectors.npy").read_bytes()),
    )
    with pytest.raises(IndexDamagedError, match="does not fit") as caught:
        CaseIndex.open(index_dir)
    assert caught.value.file == folder / "cases.jsonl"


def test_vectors_of_another_length_than_the_encoder_gives_are_refused(index_dir):
    short = FaissIndex(np.eye(15, dtype=np.float32))
    folder = rewrite(index_dir, lambda folder: short.save(folder / "vectors.npy"))
    with pytest.raises(IndexDamagedError, match="does not fit") as caught:
        CaseIndex.open(index_dir)
    assert caught.value.file == folder / "cases.jsonl"


@pytest.mark.parametrize("content", [b'{"id": "x"}\n', b"[]\n", b"\xff\n", b"not json\n", b"null\n"])
def test_a_cases_file_that_holds_something_else_is_named(index_dir, content):
    folder = rewrite(index_dir, lambda folder: (folder / "cases.jsonl").write_bytes(content))
    with pytest.raises(IndexDamagedError, match="something else than case studies") as caught:
        CaseIndex.open(index_dir)
    assert caught.value.file == folder / "cases.jsonl"


# --- words of these cases


def test_misspelt_words_are_read_by_the_words_of_these_cases(opened):
    (one,) = opened.spelling.corrections("our braodband")
    assert (one.written, one.read_as) == ("braodband", "broadband")
    assert opened.spelling is opened.spelling


def test_cases_that_tell_different_stories_are_no_retellings(opened):
    assert opened.same_story == {}


def test_a_case_that_tells_an_earlier_one_again_is_known_with_it(tmp_path, make_case, three_cases, encoder):
    again = make_case(id="elm-again", title="Pouches again")
    build_index((*three_cases, again), encoder, tmp_path / "again")
    assert CaseIndex.open(tmp_path / "again").same_story == {3: 0}
