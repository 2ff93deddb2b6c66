"""Answering never imports torch: it takes seconds, and an answer is waited for."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request

import pytest

HEAVY = ("torch", "transformers", "sentence_transformers", "peft", "sklearn")
pytestmark = pytest.mark.model


def imported(listing: str) -> set[str]:
    """Return the names of the packages that ``-X importtime`` listed."""
    lines = [line for line in listing.splitlines() if line.startswith("import time:")]
    return {line.rsplit("|", 1)[1].strip().split(".")[0] for line in lines}


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-X", "importtime", "-m", "service.cli", *map(str, arguments)]


def test_ask_imports_nothing_heavy(real_index):
    run = subprocess.run(
        command("ask", "mobiles banned here", "--json", "--index", real_index),
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout)["matches"]
    names = imported(run.stderr)
    assert {"openvino", "tokenizers", "numpy"} <= names
    assert names.isdisjoint(HEAVY)


def test_match_imports_nothing_heavy(real_index, tmp_path):
    (tmp_path / "queries.jsonl").write_text('{"id": "1", "text": "slow broadband"}\n')
    run = subprocess.run(
        command("match", tmp_path / "queries.jsonl", "--index", real_index),
        check=False,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout)["id"] == "1"
    assert imported(run.stderr).isdisjoint(HEAVY)


@pytest.mark.server
def test_serve_imports_nothing_heavy(real_index, tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command("serve", "--port", "0", "--index", real_index), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        asked = urllib.request.Request(
            f"{address_in(log, server)}/v1/match",
            json.dumps({"text": "slow broadband"}).encode(),
            {"Content-Type": "application/json"},
        )
        answer = ask_until_ready(asked)
    finally:
        server.terminate()
        server.wait(timeout=20)
    assert answer["matches"]
    assert imported(log.read_text()).isdisjoint(HEAVY)


def address_in(log, server) -> str:
    """Return the address that the server tells once it listens."""
    for _ in range(240):
        for line in log.read_text().splitlines():
            if "running on http://" in line:
                return line.split("running on ")[1].split()[0]
        if server.poll() is not None:
            break
        time.sleep(0.25)
    pytest.fail(log.read_text()[-2000:])


def ask_until_ready(asked):
    for _ in range(120):
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                raise
            time.sleep(0.25)
    pytest.fail("the server did not get ready")


def test_the_runtime_leaves_no_trace_of_telemetry(real_index, tmp_path):
    """Imported as it comes, it makes an identifier in the home folder and may report to its makers."""
    run = subprocess.run(
        [sys.executable, "-m", "service.cli", "ask", "slow broadband", "--index", str(real_index)],
        check=False,
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert list(tmp_path.iterdir()) == []
