import json
import threading

import numpy as np
import pytest

from corpus.passages import split_passages, whole_text
from corpus.records import corpus_digest
from index.building import build_index
from index.case_index import CaseIndex
from index.errors import EmptyCorpusError, IndexNotFoundError, SearchIndexError


def test_what_was_indexed_comes_back_case_by_case_and_key_by_key(tmp_path, three_cases, encoder):
    build_index(three_cases, encoder, tmp_path / "index")
    index = CaseIndex.open(tmp_path / "index")
    assert index.cases == three_cases
    assert [case.as_contract() for case in index.cases] == [case.as_contract() for case in three_cases]


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\r\nand\ra third",
        "separators \u2028 \u2029 \x85 \x0b \x0c \x1c",
        "\U0001f469\u200d\U0001f3eb said “no” — twice",
        "\u202eright to left",
        '{"id": "another"}',
        "x" * 50_000,
        "?!",
    ],
    ids=["line ends", "separators", "emoji", "direction", "looks like a record", "long", "no word"],
)
def test_any_text_comes_back_as_it_was(tmp_path, make_case, encoder, text):
    case = make_case(summary=text, failed=[text])
    build_index([case], encoder, tmp_path / "index")
    assert CaseIndex.open(tmp_path / "index").cases == (case,)


def test_every_passage_is_encoded_once_with_its_response_and_keeps_its_row(tmp_path, three_cases, encoder):
    build_index(three_cases, encoder, tmp_path / "index")
    passages = [passage for case in three_cases for passage in split_passages(case)]
    texts = [f"{p.text}\n{p.response}" if p.response else p.text for p in passages]
    assert encoder.encoded == len(texts)
    index = CaseIndex.open(tmp_path / "index")
    np.testing.assert_array_equal(index.vectors.vectors(np.arange(len(texts))), encoder.encode_queries(texts))


def test_words_are_looked_up_by_case_and_by_passage_with_its_response(tmp_path, make_case, encoder):
    answered = {"text": "a zebra", "response": "a quokka"}
    cases = [make_case(), make_case(id="two", objections=[answered], failed=["a walnut", "a quokka"])]
    build_index(cases, encoder, tmp_path / "index")
    index = CaseIndex.open(tmp_path / "index")
    assert (index.words_of_cases.shares("walnut") > 0).tolist() == [False, True]
    having = [index.passages[row] for row in np.flatnonzero(index.words_of_passages.shares("quokka"))]
    assert [(passage.case_id, passage.field, passage.item) for passage in having] == [
        ("two", "case", None),
        ("two", "objections", 0),
        ("two", "failed", 1),
    ]


def test_the_manifest_says_what_it_was_built_from_and_with(tmp_path, make_case, encoder):
    cases = [make_case(), make_case(id="two", aims=["calm", "focus"], process=[{"what": "began"}])]
    manifest = build_index(cases, encoder, tmp_path / "index").manifest
    # The whole, the summary, one objection, one failure and one thing not to do again; then three more.
    assert (manifest.cases, manifest.passages) == (2, 5 + 8)
    assert manifest.corpus_digest == corpus_digest(cases)
    assert manifest.encoder == encoder.identity
    assert manifest.model is None  # it cannot be exported: it serves itself
    assert manifest.versions["numpy"] == np.__version__
    assert CaseIndex.open(tmp_path / "index").manifest == manifest


def test_the_same_cases_give_the_same_files(tmp_path, three_cases, encoder):
    first = build_index(three_cases, encoder, tmp_path / "one").manifest
    second = build_index(three_cases, encoder, tmp_path / "two").manifest
    assert first.files == second.files


def test_building_again_replaces_what_is_read(tmp_path, three_cases, encoder):
    build_index(three_cases, encoder, tmp_path / "index")
    build_index(three_cases[:1], encoder, tmp_path / "index")
    assert CaseIndex.open(tmp_path / "index").cases == three_cases[:1]


def test_an_index_that_is_open_stays_usable_while_another_is_built(tmp_path, three_cases, encoder):
    build_index(three_cases, encoder, tmp_path / "index")
    opened = CaseIndex.open(tmp_path / "index")
    for _ in range(3):
        build_index(three_cases[1:], encoder, tmp_path / "index")
    assert opened.words_of_cases.shares(whole_text(three_cases[0])).argmax() == 0
    assert opened.vectors.search(encoder.encode_queries([whole_text(three_cases[0])]), 1).rows.tolist() == [
        [0]
    ]


def test_progress_reaches_all_passages(tmp_path, three_cases, encoder):
    told = []
    manifest = build_index(
        three_cases, encoder, tmp_path / "index", progress=lambda *now: told.append(now)
    ).manifest
    assert told[-1] == (manifest.passages, manifest.passages)


def test_no_case_is_refused_before_anything_is_written(tmp_path, encoder):
    with pytest.raises(EmptyCorpusError, match="--cases"):
        build_index([], encoder, tmp_path / "index")
    assert not (tmp_path / "index").exists()


def test_a_file_where_the_folder_should_be_is_left_alone(tmp_path, three_cases, encoder):
    (tmp_path / "index").write_text("mine")
    with pytest.raises(SearchIndexError, match="is a file"):
        build_index(three_cases, encoder, tmp_path / "index")
    assert (tmp_path / "index").read_text() == "mine"


def test_an_encoder_that_fails_leaves_the_old_index(index_dir, three_cases, encoder):
    class Failing(type(encoder)):
        def encode_passages(self, texts, *, progress=None):
            raise MemoryError("no room")

    with pytest.raises(MemoryError):
        build_index(three_cases[:1], Failing(), index_dir)
    assert CaseIndex.open(index_dir).cases == three_cases
    with pytest.raises(MemoryError):
        build_index(three_cases[:1], Failing(), index_dir.parent / "new")
    with pytest.raises(IndexNotFoundError):
        CaseIndex.open(index_dir.parent / "new")


def test_builders_at_the_same_time_leave_one_whole_index(tmp_path, make_case, encoder):
    corpora = [[make_case(id=f"case-{n}-{m}", title=f"Zebra {n}") for m in range(n + 1)] for n in range(5)]
    start, failures = threading.Barrier(len(corpora)), []

    def build(cases):
        start.wait()
        try:
            for _ in range(2):
                build_index(cases, type(encoder)(), tmp_path / "index")
        except Exception as error:  # noqa: BLE001 -- told to the main thread
            failures.append(error)

    threads = [threading.Thread(target=build, args=(cases,)) for cases in corpora]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert list(CaseIndex.open(tmp_path / "index").cases) in corpora
    assert len(list((tmp_path / "index" / "generations").iterdir())) == 2


def test_the_cases_file_is_one_record_of_the_contract_a_line(index_dir, three_cases):
    (file,) = index_dir.rglob("cases.jsonl")
    lines = file.read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == [case.as_contract() for case in three_cases]
