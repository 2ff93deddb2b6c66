"""The lines of the documents that call a server are run against one, as they stand there."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from service.client import WartsClient
from service.settings import Settings
from service.state.database import open_state
from service.state.keys import create_key

pytestmark = [pytest.mark.server, pytest.mark.model]
ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ADDRESS = "http://127.0.0.1:8000"


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the blocks of a language, each with the name of its document."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.DOTALL | re.MULTILINE)
    return [(path.name, block) for path in DOCUMENTS for block in pattern.findall(path.read_text("utf-8"))]


def curl_lines() -> list[tuple[str, str]]:
    """Return the commands that call the server with curl, each whole, with the name of its document."""
    commands = [
        (name, command)
        for name, block in blocks("sh")
        for command in re.sub(r"\\\n\s*", " ", block).splitlines()
        if re.search(r"\bcurl\b", command)
    ]
    return [(name, command) for name, command in commands if ADDRESS in command]


@pytest.fixture(scope="module")
def around(server, tmp_path_factory) -> Callable[[str], tuple[Path, dict[str, str]]]:
    """Give what stands around a line: a folder with a table of schools, a key, and the id of a report."""
    folder = tmp_path_factory.mktemp("lines")
    (folder / "schools.csv").write_text("id,name,concern\nS1,Hill Primary,The wifi is slow\n", "utf-8")
    with open_state(Settings().state) as state:
        _, token = create_key(state, "lines", ["match", "reports"])
    ids: list[str] = []

    def make(line: str) -> tuple[Path, dict[str, str]]:
        if "$ID" in line and (not ids or "DELETE" in line):
            with WartsClient(server, token) as warts:
                ids.append(warts.make_report(folder / "schools.csv", formats=["csv"]).id)
                warts.wait_for_report(ids[-1], 60)
        return folder, {**os.environ, "KEY": token, "ID": ids[-1] if ids else ""}

    return make


def problem_with(
    command: str, server: str, folder: Path, told_by: dict[str, str] | None = None
) -> str | None:
    """Run a command that calls curl; return what is wrong with it or its answer, None where nothing is."""
    told = "curl() { command curl --fail-with-body -w '%{stderr}\\ntype: %{content_type}\\n' \"$@\"; }\n"
    nothing = "-X DELETE" in command
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", told + command.replace(ADDRESS, server)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env=told_by,
    )
    if ran.returncode:
        return f"exit code {ran.returncode}: {ran.stdout}{ran.stderr}"
    kind = re.findall(r"^type: ([^;\n]*)", ran.stderr, re.MULTILINE)[-1]
    words = shlex.split(command)
    written = [words[place + 1] for place, word in enumerate(words[:-1]) if word in ("-o", "--output")]
    if kind == "application/zip":
        return None if zipfile.is_zipfile(folder / written[0]) else "this is no ZIP"
    body = (folder / written[0]).read_text("utf-8") if written else ran.stdout
    if nothing:
        return f"an answer where there should be none: {body}" if body else None
    if "|" in words or kind not in READ:
        return None if body else "there is no answer"
    try:
        READ[kind](body)
    except (ValueError, AssertionError, ET.ParseError) as error:
        return f"{kind} that cannot be read: {error!r}"
    return None


def read_csv(body: str) -> None:
    head, *rows = csv.reader(body.splitlines())
    assert rows, "no row"
    assert {len(row) for row in rows} == {len(head)}


def read_lines(body: str) -> None:
    assert all(map(json.loads, body.splitlines()))
    assert body


def read_feed(body: str) -> None:
    assert ET.fromstring(body).tag == "{http://www.w3.org/2005/Atom}feed"  # noqa: S314 -- our own


READ = {
    "application/json": json.loads,
    "application/jsonl": read_lines,
    "text/csv": read_csv,
    "application/atom+xml": read_feed,
}


@pytest.mark.parametrize(("document", "command"), curl_lines())
def test_a_line_that_calls_the_server_works(document, command, server, around):
    assert problem_with(command, server, *around(command)) is None


def test_there_are_such_lines():
    assert "api.md" in {name for name, _ in curl_lines()}


@pytest.mark.parametrize(
    "command",
    [
        f"curl -s {ADDRESS}/v1/caes",
        f'curl -s {ADDRESS}/v1/match -H \'Content-Type: application/json\' -d \'{{"text": "x", "K": 1}}\'',
        f'curl -s {ADDRESS}/v1/match -d \'{{"text": ',
        f"curl -s {ADDRESS}/v1/cases --no-such-option",
        "curl -s http://127.0.0.1:9/v1/cases",
    ],
)
def test_a_broken_line_would_be_found(command, server, tmp_path):
    assert problem_with(command, server, tmp_path)


@pytest.mark.parametrize(("document", "code"), blocks("python"))
def test_an_example_in_python_works(document, code, server, around):
    folder, environment = around(code)
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code.replace(ADDRESS, server)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
