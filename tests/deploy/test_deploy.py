"""The files for operation fit the program: settings, commands, bounds. Nobody has tried to build an image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from service.commands.serve import serve
from service.settings import FILE_VARIABLE, PREFIX, Settings

ROOT = Path(__file__).parents[2]
CONTAINER = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "warts.service").read_text(encoding="utf-8")


def instructions(name):
    """Return the arguments of each instruction of the container file."""
    whole = CONTAINER.replace("\\\n", " ")
    return re.findall(rf"^{name} +(.*)$", whole, re.MULTILINE)


def told(key):
    """Return all values of a key of the unit."""
    return re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)


def served(command):
    """Return the options that a command line gives `warts serve`; a wrong one is an error."""
    name, *arguments = command[1:]
    assert Path(command[0]).name == "warts"
    assert name == "serve"
    return serve.make_context("serve", arguments).params


@pytest.mark.parametrize("text", [CONTAINER, UNIT], ids=["container", "unit"])
def test_every_setting_that_is_named_exists(text):
    named = set(re.findall(rf"\b({PREFIX}[A-Z_]+)\b", text))
    assert named
    assert named <= {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {FILE_VARIABLE}


def test_the_container_runs_a_command_line_of_ours_as_nobody_in_particular():
    (command,) = instructions("CMD")
    assert served(json.loads(command))["host"] == "0.0.0.0"  # noqa: S104 -- within the container
    (user,) = instructions("USER")
    assert user != "0"
    assert f"--uid {user} " in CONTAINER


def test_the_container_s_index_is_the_one_that_was_built_in_it_and_its_state_a_volume():
    (command,) = instructions("CMD")
    index = served(json.loads(command))["index_dir"]
    assert f"warts index --index {index}" in CONTAINER
    (volume,) = instructions("VOLUME")
    assert f"WARTS_STATE={volume}" in CONTAINER


def test_what_the_container_copies_exists_and_is_not_ignored():
    kept = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    copied = {source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]}
    assert copied == set(kept)
    assert all((ROOT / source).exists() for source in copied)
    assert {"corpus", "index", "engine", "service"} <= copied


def test_the_container_is_healthy_when_questions_can_be_answered():
    (check,) = instructions("HEALTHCHECK")
    _, _, code = json.loads(check.split("CMD ", 1)[1])
    compile(code, "HEALTHCHECK", "exec")
    assert "/readyz" in code


def test_the_container_has_a_python_that_we_are_for():
    least = re.search(
        r'requires-python = ">=3\.(\d+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    )
    for image in instructions("FROM"):
        minor = re.search(r"/python:3\.(\d+)-slim\b", image)
        assert int(minor[1]) >= int(least[1])


def test_the_unit_runs_a_command_line_of_ours_with_folders_of_its_own():
    (command,) = told("ExecStart")
    options = served(shlex.split(command))
    assert options["host"] == "127.0.0.1"
    (folder,) = told("StateDirectory")
    environment = dict(one.split("=", 1) for one in told("Environment"))
    for variable in ("WARTS_INDEX", "WARTS_STATE"):
        assert environment[variable].startswith(f"%S/{folder}/")


def test_the_unit_gives_the_server_what_its_bounds_need():
    defaults = Settings()
    assert int(told("TimeoutStopSec")[0]) > defaults.shutdown_seconds
    assert int(told("LimitNOFILE")[0]) >= 2 * defaults.connections + 100


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("DynamicUser", "yes"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
    ],
)
def test_the_unit_is_hardened(key, value):
    assert told(key) == [value]


# On CI, which installs it, a missing systemd is a failure and not skipped.
@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None and not os.environ.get("CI"), reason="there is no systemd here"
)
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path):
    unit = tmp_path / "warts.service"
    unit.write_text(UNIT.replace("/opt/warts/bin/warts", shutil.which("true")), encoding="utf-8")
    ran = subprocess.run(["systemd-analyze", "verify", unit], check=False, capture_output=True, text=True)
    ours = [line for line in ran.stderr.splitlines() if "warts" in line]
    assert ours == []
