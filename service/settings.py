"""Settings, read once and passed in; docs/settings.md lists them all.

They come from the environment (``WARTS_...``) and from one file, plain TOML with the same names in small
letters and without the prefix; the environment wins.
"""

from __future__ import annotations

import os
import re
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from corpus.errors import WartsError
from corpus.reading import SHIPPED_CASES
from index.encoder import DEFAULT_MODEL, Encoder, SentenceTransformerEncoder

PREFIX = "WARTS_"
FILE_VARIABLE = "WARTS_SETTINGS"
# What Kubernetes sets by itself for a service that is called "warts".
_OF_KUBERNETES = re.compile(r"WARTS_(\w+_)?(SERVICE_(HOST|PORT)|PORT)(_|$)")


class SettingsError(WartsError):
    """A setting has a value that cannot be."""


def load_settings() -> Settings:
    """Read the settings from the file, if there is one, and from the environment, which wins.

    Raises:
        SettingsError: If a setting is not known or its value cannot be; it names the variable, or the file
            and the key.
    """
    told, said_in = _in_file()
    for variable, value in os.environ.items():
        if variable.startswith(PREFIX) and variable != FILE_VARIABLE and not _OF_KUBERNETES.match(variable):
            name = variable.removeprefix(PREFIX).lower()
            told[name], said_in[name] = value, variable
    for name in told.keys() - Settings.model_fields.keys():
        raise SettingsError(f"there is no setting {said_in[name]}{_meant(name)}")
    try:
        return Settings.model_validate(told)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        name, why = str(fault["loc"][0]), fault["msg"].removeprefix("Value error, ")
        raise SettingsError(f"the setting {said_in[name]} is {fault['input']!r}: {why}") from error


def settings_file() -> Path:
    """Return where the file of settings is, or would be."""
    named = os.environ.get(FILE_VARIABLE)
    return Path(named) if named else platformdirs.user_config_path("warts-and-all") / "settings.toml"


def _in_file() -> tuple[dict[str, Any], dict[str, str]]:
    """Return what the file of settings says, and for each of them how to name it in an error."""
    file = settings_file()
    if not os.environ.get(FILE_VARIABLE) and not _is_there(file):
        return {}, {}
    import tomllib

    try:
        told = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"the file of settings {file} cannot be read: {error}") from error
    return told, {name: f"{name} in {file}" for name in told}


def _is_there(file: Path) -> bool:
    try:
        return file.exists()
    except PermissionError:  # the folder of somebody else's home
        return False


def _meant(name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, Settings.model_fields, 1)
    if not near:
        return "; see docs/settings.md"
    return f"; did you mean {PREFIX}{near[0].upper()} ({near[0]} in a file)?"


def _default_index() -> Path:
    return platformdirs.user_cache_path("warts-and-all") / "index"


def _default_state() -> Path:
    return platformdirs.user_data_path("warts-and-all")


def _separate(told: object) -> object:
    """Take a list as text apart, which is how a variable tells it."""
    return tuple(told.replace(",", " ").split()) if isinstance(told, str) else told


# Nothing that could end a header, or add a directive to it.
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)


def _origin(told: str) -> str:
    if told not in ("*", "self") and not _ORIGIN.fullmatch(told):
        raise ValueError(
            "an origin looks like https://intranet.example.org, in small letters and without a path"
        )
    return told


def _one_site(told: str) -> str:
    if "*." in told or told == "self":
        raise ValueError("a site is named in full, like https://intranet.example.org")
    return told


def _proxy(told: str) -> str:
    if told != "*":
        ip_network(told)
    return told


_CONTACT = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+|https?://[^\s<>\"]+")


def _contact(told: str | None) -> str | None:
    if told and not _CONTACT.fullmatch(told):
        raise ValueError("write an e-mail address, or a web address that begins with https://")
    return told or None


_Origin = Annotated[str, AfterValidator(_origin)]
_Site = Annotated[_Origin, AfterValidator(_one_site)]


class Settings(BaseModel):
    """What an operator can set."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    index: Path = Field(default_factory=_default_index, description="Folder of the default index.")
    state: Path = Field(
        default_factory=_default_state, description="Folder of what the service keeps: it cannot be rebuilt."
    )
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
    log_format: Literal["text", "json"] = Field("text", description="How a line of the log is written.")
    log_queries: bool = Field(False, description="Whether the log has the text of questions.")
    metrics: bool = Field(False, description="Whether /metrics tells figures for Prometheus.")
    connections: int = Field(400, ge=1, le=100_000, description="The most connections a worker answers on.")
    body_seconds: float = Field(
        10.0, gt=0, le=3600, description="How long a request's head, and then its body, may take to arrive."
    )
    keep_alive_seconds: int = Field(5, ge=1, le=3600, description="How long an idle connection is kept open.")
    shutdown_seconds: int = Field(
        20, ge=1, le=3600, description="How long requests in work may take once the server is told to end."
    )
    embed_ancestors: Annotated[tuple[_Origin, ...], BeforeValidator(_separate)] = Field(
        (), description="Who may show /embed/... in a frame; nobody if empty."
    )
    contact: Annotated[str | None, AfterValidator(_contact)] = Field(
        None, description="Where corrections and problems are told: an e-mail address or a web page."
    )
    cors_origins: Annotated[tuple[_Site, ...], BeforeValidator(_separate)] = Field(
        (), description="Sites whose scripts may call /v1; none if empty."
    )
    require_key: bool = Field(False, description="Whether /v1 answers only those who send an API key.")
    anonymous_per_minute: int = Field(
        120, ge=0, description="The most questions a minute from one address without a key; 0 for no limit."
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_proxy)], ...], BeforeValidator(_separate)
    ] = Field((), description="Proxies whose X-Forwarded-For is believed: addresses or networks.")
    reports: Path | None = Field(
        None, description="Folder of the reports that are made as jobs; `reports` in the state's without it."
    )
    report_jobs: int = Field(20, ge=1, description="The most reports of a key that are kept at a time.")
    report_jobs_at_once: int = Field(1, ge=1, le=64, description="How many reports are made at a time.")
    report_turn_seconds: float = Field(
        60.0, gt=0, description="How long a report is worked on while those of others wait."
    )
    report_keep_hours: float = Field(24.0, gt=0, le=8760, description="How long a finished report is kept.")
    report_bytes: int = Field(64 << 20, ge=1, description="The most bytes that are sent for a report.")
    report_schools: int = Field(50_000, ge=1, description="The most schools of a report.")

    @property
    def reports_folder(self) -> Path:
        """Where the reports are that are made as jobs."""
        return self.reports or self.state / "reports"

    @cached_property
    def encoder(self) -> Encoder:
        """The configured encoder; its model is loaded at first use."""
        return self.encoder_named(self.model, self.query_prompt, self.passage_prompt)

    def encoder_named(self, model: str, query_prompt: str = "", passage_prompt: str = "") -> Encoder:
        """Return the encoder of a model."""
        return SentenceTransformerEncoder(model, query_prompt=query_prompt, passage_prompt=passage_prompt)
