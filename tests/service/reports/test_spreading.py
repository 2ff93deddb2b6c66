"""Several processes report what one reports, and none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import pytest

from engine.context import SchoolContext
from engine.ranking import NO_PREFERENCES
from engine.reports.records import ReportSchool
from engine.reports.run import report_on
from service.reports.errors import EngineError
from service.reports.run_file import RunFile
from service.reports.spreading import CHUNK, report_in_processes
from tests.report_inputs import CONCERNS, write_report_csv

pytestmark = pytest.mark.model

PATIENCE = 30  # seconds


def school(number):
    text = CONCERNS[number % len(CONCERNS)].format(who="Parents", what=f"room {number}", why="it is old")
    context = SchoolContext(country="GB", phases=("primary",), pupils=number + 20)
    return ReportSchool(str(number), None, context, (text,) * (number % 3))


@pytest.fixture
def about(real_matcher):
    return RunFile.of((), real_matcher, 3, NO_PREFERENCES)


def test_two_processes_report_what_one_does_in_the_same_order(real_matcher, about):
    schools = [school(number) for number in range(2 * CHUNK + 5)]
    together = list(report_in_processes(schools, real_matcher.index.directory, about, 2))
    assert together == list(report_on(schools, real_matcher, 3))


def test_schools_are_taken_a_few_chunks_ahead_and_the_processes_end_with_the_reader(real_matcher, about):
    taken = count()
    coming = (school(next(taken)) for _ in count())
    reports = report_in_processes(coming, real_matcher.index.directory, about, 1)
    assert next(reports).id == "0"
    reports.close()
    assert next(taken) <= 3 * CHUNK
    until = time.monotonic() + PATIENCE
    while multiprocessing.active_children() and time.monotonic() < until:
        time.sleep(0.05)
    assert not multiprocessing.active_children()


def test_another_index_than_the_runs_is_refused(real_matcher, about):
    other = about.model_copy(update={"corpus": "0" * 64, "program": "0"})
    with pytest.raises(EngineError, match="another corpus and program than the run was begun with"):
        list(report_in_processes([school(1)], real_matcher.index.directory, other, 1))


def test_an_index_that_is_gone_is_told(tmp_path, about):
    with pytest.raises(EngineError, match="nowhere"):
        list(report_in_processes([school(1)], tmp_path / "nowhere", about, 1))


def test_threads_of_this_process_are_what_they_were(real_matcher, about, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    list(report_in_processes([school(1)], real_matcher.index.directory, about, 1))
    assert (os.environ["OMP_NUM_THREADS"], "OPENBLAS_NUM_THREADS" in os.environ) == ("7", False)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads the processes of Linux")
def test_a_run_that_is_killed_leaves_no_process_behind(real_index, tmp_path):
    schools = write_report_csv(tmp_path / "schools.csv", 3000)
    told = ["report", schools, "--out", tmp_path / "out", "--index", real_index, "--processes", 2]
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", *map(str, told)], stderr=subprocess.DEVNULL
    ) as run:
        until = time.monotonic() + PATIENCE
        while len(children := children_of(run.pid)) < 3 and time.monotonic() < until:
            time.sleep(0.02)  # two that work, and multiprocessing's own tracker of resources
        run.send_signal(signal.SIGKILL)
    assert len(children) >= 3
    while any(map(lives, children)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(lives, children))


def children_of(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
