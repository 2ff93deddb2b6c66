"""Settings, read once from the environment (``WARTS_...``) and passed in; docs/settings.md lists them all."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.errors import WartsError
from corpus.reading import SHIPPED_CASES
from index.encoder import DEFAULT_MODEL, Encoder, SentenceTransformerEncoder

PREFIX = "WARTS_"


class SettingsError(WartsError):
    """A setting has a value that cannot be."""


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: If a value cannot be; it names the variable.
    """
    told = {name: os.environ.get(f"{PREFIX}{name.upper()}") for name in Settings.model_fields}
    try:
        return Settings.model_validate({name: value for name, value in told.items() if value is not None})
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name = f"{PREFIX}{str(fault['loc'][0]).upper()}"
        raise SettingsError(f"the setting {name} is {fault['input']!r}: {fault['msg']}") from error


def _default_index() -> Path:
    return platformdirs.user_cache_path("warts-and-all") / "index"


class Settings(BaseModel):
    """What an operator can set."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    index: Path = Field(default_factory=_default_index, description="Folder of the default index.")
    cases: Path = Field(SHIPPED_CASES, description="File or folder of the case studies it is built from.")
    model: str = Field(DEFAULT_MODEL, description="warts-minilm, all-MiniLM-L6-v2, or another model.")
    query_prompt: str = Field("", description="Put before a query, for models trained with one.")
    passage_prompt: str = Field("", description="Put before a passage, for models trained with one.")
    log_level: Literal["critical", "error", "warning", "info", "debug"] = Field(
        "info", description="How much the server logs."
    )
    queue: int = Field(64, ge=1, description="The most questions the server has waiting or in work.")
    poll_seconds: float = Field(
        1.0, gt=0, le=3600, description="How often the server looks for a new generation of its index."
    )

    @cached_property
    def encoder(self) -> Encoder:
        """The configured encoder; its model is loaded at first use."""
        return self.encoder_named(self.model, self.query_prompt, self.passage_prompt)

    def encoder_named(self, model: str, query_prompt: str = "", passage_prompt: str = "") -> Encoder:
        """Return the encoder of a model."""
        return SentenceTransformerEncoder(model, query_prompt=query_prompt, passage_prompt=passage_prompt)
