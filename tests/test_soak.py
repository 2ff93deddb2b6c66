"""The soak benchmark in a short form: every answer is as it should be while the index is switched."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.server, pytest.mark.model]


def test_a_server_under_load_makes_no_error_while_its_index_is_built_again(real_index, tmp_path):
    """Whether memory grows, twenty seconds cannot tell; that it is measured, they can."""
    command = [sys.executable, "-m", "benchmarks.soak", "--minutes", "0.33", "--index", real_index]
    ran = subprocess.run(
        [*command, "--out", tmp_path],
        check=False,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        timeout=180,
    )
    assert (tmp_path / "soak.json").exists(), ran.stderr
    facts = json.loads((tmp_path / "soak.json").read_text(encoding="utf-8"))
    assert facts["errors"] == []
    assert facts["switched_at_seconds"]
    assert len(facts["answers"]) == 6
    assert min(facts["answers"].values()) >= 5
    assert facts["memory_after_warm_up_mb"] > 50
    assert facts["memory_at_the_end_mb"] > 50
    assert "Errors: 0." in (tmp_path / "soak.md").read_text(encoding="utf-8")
