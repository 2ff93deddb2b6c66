"""A Ray cluster of several processes writes what one process writes, and says why it does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.ranking import NO_PREFERENCES
from service.reports.run_file import RunFile
from service.reports.running import LINES
from tests.report_inputs import write_report_csv

pytestmark = [pytest.mark.model, pytest.mark.server]

REFUSED = Path(__file__).with_name("ray_refusal.py")
CLUSTER = Path(__file__).with_name("ray_cluster.py")
SCHOOLS = 150  # of which four in five are two blocks: one a node


@pytest.fixture(scope="module")
def address():
    """The address of a cluster of two nodes."""
    with subprocess.Popen(
        [sys.executable, str(CLUSTER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        yield process.stdout.readline().strip()
        process.stdin.close()


@pytest.fixture(scope="module")
def report(real_index, tmp_path_factory):
    """Run the command over the same schools; returns what it did."""
    schools = write_report_csv(tmp_path_factory.mktemp("schools") / "schools.csv", SCHOOLS)

    def run(out, *arguments):
        told = ["report", schools, "--out", out, "--index", real_index, "--format", "csv,json", *arguments]
        return subprocess.run(
            [sys.executable, "-m", "service.cli", *map(str, told)],
            check=False,
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture(scope="module")
def alone(report, tmp_path_factory):
    """What one process writes, by file."""
    out = tmp_path_factory.mktemp("alone") / "out"
    report(out, "--processes", 1)
    return contents(out)


def contents(out):
    return {
        str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*.*") if file.name != ".lock"
    }


def test_a_run_begun_by_one_process_ends_the_same_on_a_cluster(report, alone, address, tmp_path):
    out = tmp_path / "out"
    report(out, "--processes", 1)
    with (out / LINES).open("r+b") as stream:
        stream.truncate(len(alone[LINES]) // 5)
    done = report(out, "--engine", "ray", "--address", address, "--resume")
    assert f"{SCHOOLS} schools reported on" in done.stdout, done.stderr
    assert contents(out) == alone
    assert alone[LINES].count(b"\n") == SCHOOLS


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("127.0.0.1:1", "127.0.0.1:1 cannot be reached"),
        ("nowhere", "'nowhere' is no address of a Ray cluster"),
    ],
)
def test_a_cluster_that_is_not_there_is_told_in_one_line_before_anything_is_written(
    report, tmp_path, address, why
):
    done = report(tmp_path / "out", "--engine", "ray", "--address", address)
    assert done.returncode == 1
    assert why in done.stderr.splitlines()[-1]
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in done.stderr


def test_an_index_that_is_not_the_runs_is_refused_on_the_node(real_index, real_matcher, address):
    about = RunFile.of((), real_matcher, 3, NO_PREFERENCES).model_copy(update={"corpus": "0" * 64})
    done = subprocess.run(
        [sys.executable, str(REFUSED), str(real_index), about.model_dump_json(), address],
        check=False,
        capture_output=True,
        text=True,
    )
    assert "another corpus than the run was begun with" in done.stdout, done.stderr
