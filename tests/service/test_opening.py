"""Which encoder answers from an index, and when the default index is built again."""

from __future__ import annotations

import dataclasses

import pytest
from click.testing import CliRunner

from corpus.reading import to_json
from index.adapter import SHIPPED_ADAPTER, digest_of
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import DEFAULT_MODEL, SHIPPED_MODELS
from service import cli
from service.opening import encoder_for
from service.settings import Settings


def named(index, model):
    """Return an open index as if it had been built with a model."""
    entry = index.manifest.encoder.model_copy(update={"model": model})
    return dataclasses.replace(index, manifest=index.manifest.model_copy(update={"encoder": entry}))


@pytest.mark.parametrize("model", SHIPPED_MODELS)
def test_an_index_of_a_model_that_we_ship_is_answered_with_that_model(monkeypatch, index_dir, model):
    monkeypatch.setattr(Settings, "encoder_named", lambda _, model, *prompts: f"the encoder {model}")
    settings = Settings(model="another")
    assert encoder_for(settings, named(CaseIndex.open(index_dir), model)) == f"the encoder {model}"


def test_an_index_of_another_model_is_answered_with_the_configured_one(monkeypatch, index_dir):
    monkeypatch.setattr(Settings, "encoder_named", lambda _, model, *prompts: f"the encoder {model}")
    settings = Settings(model="configured")
    assert encoder_for(settings, named(CaseIndex.open(index_dir), "a third")) == "the encoder configured"


@pytest.fixture
def default_index(monkeypatch, tmp_path, three_cases, encoder):
    """Build the default index with some adapter, and ask it with the shipped one."""
    cases = tmp_path / "cases.jsonl"
    cases.write_text("".join(to_json(case) + "\n" for case in three_cases), encoding="utf-8")
    monkeypatch.setenv("WARTS_INDEX", str(tmp_path / "default"))
    monkeypatch.setenv("WARTS_CASES", str(cases))
    monkeypatch.setattr(Settings, "encoder_named", lambda _, model, *prompts: encoder)

    def make(adapter):
        encoder.identity = dataclasses.replace(encoder.identity, model=DEFAULT_MODEL, adapter=adapter)
        build_index(three_cases, encoder, tmp_path / "default", from_configured_cases=True)
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
