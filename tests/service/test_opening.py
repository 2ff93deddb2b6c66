"""Which encoder answers from an index, and when the default index is built again."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner

from corpus.reading import files_digest, to_json
from index.adapter import SHIPPED_ADAPTER, digest_of
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import DEFAULT_MODEL
from index.serving import ServingEncoder
from service import cli
from service.opening import encoder_for
from service.settings import Settings


def test_an_index_without_an_exported_model_is_answered_with_the_configured_encoder(
    monkeypatch, index_dir, encoder
):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    assert encoder_for(Settings(), CaseIndex.open(index_dir)) is encoder


@pytest.mark.model
def test_an_index_is_answered_with_the_model_that_lies_beside_it_whatever_is_configured(real_index):
    index = CaseIndex.open(real_index)
    encoder = encoder_for(Settings(model="another"), index)
    assert isinstance(encoder, ServingEncoder)
    assert encoder.folder.parent == real_index / "models"
    assert encoder.identity == index.manifest.encoder


@pytest.fixture
def default_index(monkeypatch, tmp_path, three_cases, encoder):
    """Build the default index with some adapter, and ask it with the shipped one."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(to_json(case) + "\n" for case in three_cases), encoding="utf-8")
    monkeypatch.setenv("WARTS_INDEX", str(tmp_path / "default"))
    monkeypatch.setenv("WARTS_CASES", str(cases))
    monkeypatch.setattr(Settings, "encoder_named", lambda _, model, *prompts: encoder)

    def make(adapter, said_of=None):
        encoder.identity = dataclasses.replace(encoder.identity, model=DEFAULT_MODEL, adapter=adapter)
        digest = files_digest([cases]) if said_of is None else said_of
        build_index(three_cases, encoder, tmp_path / "default", sources_digest=digest)
        encoder.identity = dataclasses.replace(encoder.identity, adapter=digest_of(SHIPPED_ADAPTER))
        return CliRunner().invoke(cli.warts, ["ask", "slow broadband"], catch_exceptions=False)

    return make


def test_a_default_index_of_the_shipped_adapter_is_used_as_it_is(default_index):
    result = default_index(digest_of(SHIPPED_ADAPTER))
    assert result.exit_code == 0
    assert "Building" not in result.stderr


def test_a_default_index_of_another_adapter_is_built_again(default_index):
    """The adapter was not among what the default index is compared by: the index was refused."""
    result = default_index("0" * 64)
    assert result.exit_code == 0
    assert "have changed" in result.stderr


def test_a_default_index_of_other_files_is_built_again(default_index):
    result = default_index(digest_of(SHIPPED_ADAPTER), said_of="0" * 64)
    assert result.exit_code == 0
    assert "have changed" in result.stderr


def test_a_default_index_of_cases_that_were_named_is_left_alone(default_index):
    result = default_index(digest_of(SHIPPED_ADAPTER), said_of="")
    assert result.exit_code == 0
    assert "Building" not in result.stderr
