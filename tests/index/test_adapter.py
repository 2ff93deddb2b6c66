"""The adapter: what it is made of, that it is added as it says, and that nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import pytest

import index.encoder
from index.adapter import SHIPPED_ADAPTER, digest_of, merge_adapter
from index.encoder import (
    DEFAULT_MODEL,
    PUBLISHED_MODEL,
    PUBLISHED_SHA256,
    SHIPPED_MODELS,
    EncoderIdentity,
    SentenceTransformerEncoder,
)
from index.errors import EncoderMismatchError, ModelError

A, B = ".lora_A.weight", ".lora_B.weight"


class SmallModel:
    """Stands for a sentence-transformers model of one weight."""

    def __init__(self):
        import torch

        self.auto_model = torch.nn.Sequential()
        self.auto_model.add_module("dense", torch.nn.Linear(3, 2))

    def __getitem__(self, number):
        assert number == 0
        return self

    @property
    def weight(self):
        return self.auto_model.dense.weight.detach().numpy().copy()


@pytest.fixture
def write(tmp_path):
    """Write an adapter of some factors."""
    from safetensors.numpy import save_file

    def make(factors, **header):
        save_file({name: np.asarray(value) for name, value in factors.items()}, tmp_path / "a", header)
        return tmp_path / "a"

    return make


def factors(rank=2, rows=2, columns=3, name="dense", dtype=np.float16):
    draw = np.random.default_rng(3)
    a, b = draw.normal(size=(rank, columns)), draw.normal(size=(rows, rank))
    return {name + A: a.astype(dtype), name + B: b.astype(dtype)}


def test_the_digest_is_the_sha256_of_the_file(tmp_path):
    (tmp_path / "a").write_bytes(b"factors")
    assert digest_of(tmp_path / "a") == hashlib.sha256(b"factors").hexdigest()


@pytest.mark.parametrize("name", ["missing", ""])
def test_an_adapter_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(ModelError, match="cannot be read") as caught:
        digest_of(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_an_identity_tells_its_adapter_and_two_adapters_are_two_models():
    plain = EncoderIdentity("small", "0123456789abcdef", 3)
    adapted = dataclasses.replace(plain, adapter="fedcba9876543210")
    assert plain != adapted != dataclasses.replace(plain, adapter="00")
    assert str(adapted) == "small (0123456789ab, adapter fedcba987654)"
    assert "adapter" not in str(plain)


def test_the_shipped_models_are_the_published_one_and_the_same_with_our_adapter():
    assert set(SHIPPED_MODELS) == {DEFAULT_MODEL, PUBLISHED_MODEL}
    assert DEFAULT_MODEL != PUBLISHED_MODEL


@pytest.mark.model
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_each_weight_becomes_itself_plus_the_scaled_product_of_its_factors(write, dtype):
    parts, model = factors(dtype=dtype), SmallModel()
    before, bias = model.weight, model.auto_model.dense.bias.detach().numpy().copy()
    merge_adapter(model, write(parts, scale="0.5"))
    a, b = (parts["dense" + part].astype(np.float64) for part in (A, B))
    np.testing.assert_allclose(model.weight, before + 0.5 * b @ a, atol=1e-6)
    np.testing.assert_array_equal(model.auto_model.dense.bias.detach().numpy(), bias)


@pytest.mark.model
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\x80\x04pickle", b"\xff" * 100, b"\x08" + b"\0" * 7 + b"{}      "]
)
def test_a_file_of_something_else_is_no_adapter(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ModelError, match="is no adapter for this model"):
        merge_adapter(SmallModel(), tmp_path / "a")


@pytest.mark.model
def test_a_missing_file_is_no_adapter(tmp_path):
    with pytest.raises(ModelError, match="is no adapter for this model"):
        merge_adapter(SmallModel(), tmp_path / "a")


@pytest.mark.model
def test_half_of_the_shipped_file_is_no_adapter(tmp_path):
    content = SHIPPED_ADAPTER.read_bytes()
    (tmp_path / "a").write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="is no adapter for this model"):
        merge_adapter(SmallModel(), tmp_path / "a")


@pytest.mark.model
@pytest.mark.parametrize(
    ("parts", "header"),
    [
        (factors(), {}),  # no scale
        (factors(), {"scale": "much"}),
        (factors(name="another"), {"scale": "1"}),  # a weight that the model does not have
        (factors(columns=5), {"scale": "1"}),  # of another shape
        ({"dense" + A: factors()["dense" + A]}, {"scale": "1"}),  # one factor alone
    ],
    ids=["no scale", "scale in words", "another weight", "another shape", "one factor"],
)
def test_factors_that_do_not_fit_the_model_are_no_adapter_and_leave_it_as_it_was(write, parts, header):
    model = SmallModel()
    before = model.weight
    with pytest.raises(ModelError, match="is no adapter for this model"):
        merge_adapter(model, write(parts, **header))
    np.testing.assert_array_equal(model.weight, before)


@pytest.mark.model
def test_a_model_whose_adapter_is_damaged_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"other factors")
    monkeypatch.setattr(index.encoder, "SHIPPED_ADAPTER", tmp_path / "a")
    with pytest.raises(ModelError, match="is no adapter for this model"):
        SentenceTransformerEncoder().encode_queries(["phones"])


@pytest.mark.model
def test_the_digest_of_the_adapter_is_in_the_identity_of_the_default_model_alone(real_encoder):
    published = SentenceTransformerEncoder(PUBLISHED_MODEL).identity
    assert published == EncoderIdentity(PUBLISHED_MODEL, PUBLISHED_SHA256, 384)
    adapter = hashlib.sha256(SHIPPED_ADAPTER.read_bytes()).hexdigest()
    assert real_encoder.identity == EncoderIdentity(DEFAULT_MODEL, PUBLISHED_SHA256, 384, adapter=adapter)


@pytest.mark.model
def test_the_merged_weights_are_the_published_ones_plus_the_scaled_factors(real_encoder):
    from safetensors import safe_open

    published = dict(SentenceTransformerEncoder(PUBLISHED_MODEL).model[0].auto_model.named_parameters())
    merged = dict(real_encoder.model[0].auto_model.named_parameters())
    assert merged.keys() == published.keys()
    with safe_open(SHIPPED_ADAPTER, framework="np") as file:
        scale = float(file.metadata()["scale"])
        changed = {f"{key.removesuffix(A)}.weight" for key in file.keys() if key.endswith(A)}  # noqa: SIM118
        assert changed
        for name, weight in published.items():
            expected = weight.detach().numpy().astype(np.float64)
            if name in changed:
                a, b = (
                    file.get_tensor(name.removesuffix(".weight") + part).astype(np.float64) for part in (A, B)
                )
                assert np.abs(b @ a).max() > 0
                expected = expected + scale * b @ a
            np.testing.assert_allclose(merged[name].detach().numpy(), expected, atol=1e-6)


@pytest.mark.model
def test_an_index_of_the_published_model_is_refused_by_the_default_one(tmp_path, make_case, real_encoder):
    from engine.matcher import Matcher
    from index.building import build_index
    from index.case_index import CaseIndex

    build_index([make_case()], SentenceTransformerEncoder(PUBLISHED_MODEL), tmp_path / "i")
    with pytest.raises(EncoderMismatchError, match="adapter") as caught:
        Matcher(CaseIndex.open(tmp_path / "i"), real_encoder)
    assert caught.value.built_with.startswith(PUBLISHED_MODEL)
