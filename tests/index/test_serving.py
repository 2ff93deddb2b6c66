"""The exported model: the vectors of the reference, and a passage's vector that depends on its text alone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from corpus.reading import SHIPPED_CASES, read_cases
from engine.judgements import read_judged_set
from engine.matcher import Matcher
from index import serving
from index.case_index import CaseIndex
from index.encoder import SentenceTransformerEncoder
from index.errors import IndexDamagedError
from index.exporting import LEAST_COSINE, LEAST_MEAN_COSINE, ExportError, export_model
from index.models import open_model, serving_encoder
from index.serving import BATCH_TOKENS, STEP, ServingEncoder, read_about, usable_threads
from index.storage import only_builder

RELEVANCE = Path(__file__).parent.parent / "relevance"
QUERY = "our parents object to phones"


@pytest.fixture(scope="module")
def opened(real_index):
    return CaseIndex.open(real_index)


@pytest.fixture(scope="module")
def served(real_index, opened):
    return open_model(real_index, opened.manifest.model)


@pytest.fixture(scope="module")
def texts(opened):
    """Passages of all lengths."""
    by_length = sorted((passage.indexed_text for passage in opened.passages), key=len)
    return by_length[:: len(by_length) // 60]


# --- batches


def test_the_shape_of_a_batch_depends_on_the_length_of_its_texts_alone():
    lengths = np.random.default_rng(1).integers(1, 257, 300).tolist()
    batches = list(serving._batches(lengths))
    assert sorted(row for rows, _, _ in batches for row in rows) == list(range(300))
    for rows, n_rows, length in batches:
        assert length % STEP == 0
        assert n_rows == max(1, BATCH_TOKENS // length)
        assert 1 <= len(rows) <= n_rows
        assert all(length - STEP < lengths[row] <= length for row in rows)
    sizes = [length for _, _, length in batches]
    assert sizes == sorted(sizes, reverse=True)


def test_padding_is_masked_and_a_row_without_a_text_holds_one_token():
    inputs = serving._padded([[7, 8], [9]], 3, 8)
    assert inputs["input_ids"][:2, :2].tolist() == [[7, 8], [9, 0]]
    assert inputs["attention_mask"].sum(axis=1).tolist() == [2, 1, 1]


@pytest.mark.parametrize(("told", "expected"), [("1", 1), ("0", None), ("", None), ("many", None)])
def test_the_usual_variable_limits_the_threads(monkeypatch, told, expected):
    monkeypatch.setattr(serving.os, "sched_getaffinity", lambda _: range(4), raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert usable_threads() == (expected or 4)


# --- agreement with the reference


@pytest.mark.model
def test_vectors_are_those_of_the_reference(served, real_encoder, texts):
    assert served.identity == real_encoder.identity
    for encode in ("encode_passages", "encode_queries"):
        vectors = getattr(served, encode)(texts)
        assert (vectors.dtype, vectors.shape) == (np.float32, (len(texts), 384))
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
        cosine = (vectors * getattr(real_encoder, encode)(texts)).sum(axis=1)
        assert cosine.mean() >= LEAST_MEAN_COSINE
        assert cosine.min() >= LEAST_COSINE


@pytest.mark.model
def test_what_was_measured_when_it_was_exported_is_written_down(served):
    about = read_about(served.folder)
    assert about == served.about
    assert about.verified_on > 32
    assert LEAST_COSINE <= about.least_cosine <= about.mean_cosine <= 1 + 1e-4
    assert about.mean_cosine >= LEAST_MEAN_COSINE
    assert about.precision in ("bf16", "f32")


@pytest.mark.model
def test_judged_concerns_are_answered_with_the_same_cases(real_index, opened, served, real_encoder):
    """The vectors of the passages are the exported model's, those of the concerns each one's own."""
    judged = read_judged_set(RELEVANCE / "queries.jsonl", RELEVANCE / "qrels.tsv").of_split("dev")
    ours, theirs = Matcher(opened, served), Matcher(opened, real_encoder)
    first, shared = [], []
    for query in judged.queries:
        one, other = (
            [match.case.id for match in matcher.match(query.text, query.context, 10).matches]
            for matcher in (ours, theirs)
        )
        first.append(one[:1] == other[:1])
        shared.append(len({*one} & {*other}) / max(1, len(one)))
    assert len(first) > 50
    assert np.mean(first) >= 0.95
    assert np.mean(shared) >= 0.97


# --- a text's vector is its own


@pytest.mark.model
def test_a_passage_has_one_vector_whatever_it_is_encoded_with(served, texts):
    together = served.encode_passages(texts)
    order = np.random.default_rng(3).permutation(len(texts))
    shuffled = served.encode_passages([texts[row] for row in order])
    np.testing.assert_array_equal(shuffled, together[order])
    some = [0, 7, len(texts) - 1]
    np.testing.assert_array_equal(served.encode_passages([texts[row] for row in some]), together[some])


@pytest.mark.model
def test_queries_that_share_a_pass_keep_their_order_and_their_vectors(served, texts):
    queries = [*texts[:20], QUERY, "", "word " * 600]
    alone = np.vstack([served.encode_queries([query]) for query in queries])
    together = served.encode_queries(queries)
    assert ((alone * together).sum(axis=1) > 0.9995).all()


@pytest.mark.model
def test_no_text_has_no_vector(served):
    assert served.encode_queries([]).shape == served.encode_passages([]).shape == (0, 384)


@pytest.mark.model
def test_each_side_takes_its_own_prompt(served):
    identity = dataclasses.replace(served.identity, query_prompt="query: ", passage_prompt="passage: ")
    prompted = ServingEncoder(served.folder, served.about.model_copy(update={"identity": identity}))
    np.testing.assert_array_equal(
        prompted.encode_passages([QUERY]), served.encode_passages([f"passage: {QUERY}"])
    )
    np.testing.assert_allclose(
        prompted.encode_queries([QUERY]), served.encode_queries([f"query: {QUERY}"]), atol=1e-3
    )


@pytest.mark.model
def test_progress_counts_tokens_up_to_all_of_them(served, texts):
    told = []
    served.encode_passages(texts, progress=lambda *now: told.append(now))
    assert len({total for _, total in told}) == 1
    done = [count for count, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1] > len(texts)


@pytest.mark.model
def test_where_the_processor_lacks_the_precision_single_precision_is_taken(monkeypatch, served):
    monkeypatch.setattr(serving, "best_precision", lambda: "f32")
    plain = ServingEncoder(served.folder, served.about)
    assert plain.precision == "f32"
    assert (plain.encode_queries([QUERY]) * served.encode_queries([QUERY])).sum() > 0.999


# --- exporting


@pytest.mark.model
def test_a_graph_that_gives_other_vectors_is_not_used(monkeypatch, tmp_path, real_encoder):
    (tmp_path / "model").mkdir()
    with monkeypatch.context() as other:
        other.setattr(
            real_encoder, "encode_passages", lambda texts: np.eye(384, dtype=np.float32)[: len(texts)]
        )
        with pytest.raises(ExportError, match="other vectors"):
            export_model(real_encoder, tmp_path / "model", ["phones", "wifi", "tablets"])
    assert not (tmp_path / "model" / "model.json").exists()


@pytest.mark.model
def test_a_model_that_cannot_be_exported_serves_itself(monkeypatch, tmp_path, caplog):
    def fail(*_):
        raise ExportError("it has no graph")

    monkeypatch.setattr("index.exporting.export_model", fail)
    encoder = SentenceTransformerEncoder()
    with only_builder(tmp_path):
        assert serving_encoder(encoder, tmp_path, ["phones"]) == (encoder, None)
    assert "it has no graph" in caplog.text
    assert list((tmp_path / "models").iterdir()) == []


def test_a_model_file_that_says_something_else_is_named(tmp_path):
    for content in (b"", b"[]", json.dumps({"precision": "int1"}).encode()):
        (tmp_path / "model.json").write_bytes(content)
        with pytest.raises(IndexDamagedError) as caught:
            read_about(tmp_path)
        assert caught.value.file == tmp_path / "model.json"


def test_the_shipped_cases_fit_what_the_export_is_verified_on():
    texts = [case.summary for case in read_cases([SHIPPED_CASES]).cases]
    from index.exporting import VERIFIED_ON, _sample

    sample = _sample(texts)
    assert len(sample) == len(set(sample)) == VERIFIED_ON
    assert (min(map(len, sample)), max(map(len, sample))) == (min(map(len, texts)), max(map(len, texts)))
    assert _sample(["one"]) == ["one"]
