"""Runs that are interrupted end as if they had not been."""

from __future__ import annotations

import json
import os
import random
import runpy
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus.issues import Issue, Place
from engine.ranking import Preferences
from engine.reports.records import SchoolKept
from engine.reports.run import report_on
from service.reports import running
from service.reports.errors import RunError
from service.reports.run_file import RunFile
from service.reports.running import ISSUES, LINES, RUN, read_lines, run_into

SMALL_RUN = Path(__file__).with_name("small_run.py")
small = runpy.run_path(str(SMALL_RUN))
PATIENCE = 60  # seconds
KILLS, SCHOOLS = 5, 600


@pytest.fixture
def go(tmp_path, matcher):
    """Run some schools into a folder; keywords change the run."""

    def run(n=20, *, k=3, resume=False, out=tmp_path / "out", issues=(), **more):
        preferences = Preferences(more.pop("closeness", None))
        about = RunFile.of([more.pop("file", SMALL_RUN)], matcher, k, preferences)

        def read():
            return iter([*issues, *small["schools"](n)])

        def report(schools, _):
            return report_on(schools, matcher, about.k, preferences)

        return run_into(out, about, read, more.pop("report", report), resume=resume, **more)

    return run


def test_a_line_a_school_in_the_order_of_the_input(go):
    ran = go(20)
    kept = list(read_lines(ran.lines))
    assert [school.id for school in kept] == [str(100_000 + number) for number in range(20)]
    assert [len(school.concerns) for school in kept] == [number % 6 for number in range(20)]
    assert (ran.schools, ran.errors, ran.warnings) == (20, 0, 0)


def test_a_line_that_was_cut_off_is_written_again(go, tmp_path):
    whole = go(20).lines.read_bytes()
    cut = tmp_path / "out" / LINES
    for at in (0, 1, len(whole) // 2, whole.index(b"\n"), whole.index(b"\n") + 1, len(whole) - 1):
        cut.write_bytes(whole[:at])
        assert go(20, resume=True).lines.read_bytes() == whole


def test_what_is_done_is_not_done_again(go):
    go(20)
    asked = []

    def report(schools, coming):
        asked.append((list(schools), coming))
        return ()

    go(20, resume=True, report=report)
    assert asked == [([], 0)]


def test_a_run_is_not_written_over(go):
    go()
    with pytest.raises(RunError, match="--resume"):
        go()


@pytest.mark.parametrize(
    ("change", "named"),
    [({"k": 4}, "k"), ({"closeness": 0.1}, "closeness"), ({"file": Path(__file__)}, "input")],
)
def test_a_run_goes_on_only_from_the_same(go, change, named):
    go()
    with pytest.raises(RunError, match=f"made with another {named};"):
        go(resume=True, **change)


def test_other_schools_than_those_of_the_lines_are_refused(go, tmp_path):
    lines = go(20).lines.read_bytes().splitlines(keepends=True)
    (tmp_path / "out" / LINES).write_bytes(b"".join(lines[3:]))
    with pytest.raises(RunError, match="other schools"):
        go(20, resume=True)
    with pytest.raises(RunError, match="other schools"):
        go(5, resume=True)


def test_lines_that_no_run_wrote_are_refused(go, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LINES).write_text("{}\n")
    with pytest.raises(RunError, match=r"without run\.json"):
        go(resume=True)
    (tmp_path / "out" / RUN).write_text("{}")
    with pytest.raises(RunError, match="does not describe a run"):
        go(resume=True)


def test_two_runs_do_not_write_into_one_folder(go, tmp_path):
    (tmp_path / "out").mkdir()
    with running._alone(tmp_path / "out"), pytest.raises(RunError, match="another run is at work"):
        go()


def test_issues_are_told_written_and_counted_and_the_rest_goes_on(go, tmp_path):
    issues = [
        Issue("unusable-row", "there is no id", Place("schools.csv", 7)),
        Issue("not-understood", "pupils is 'many'", Place("schools.csv", 8), "5", "pupils", "warning"),
    ]
    told: list[Issue] = []
    ran = go(3, issues=issues, tell=told.append)
    assert told == issues
    assert (ran.schools, ran.errors, ran.warnings) == (3, 1, 1)
    written = (tmp_path / "out" / ISSUES).read_text().splitlines()
    assert [json.loads(line) for line in written] == [issue.as_json() for issue in issues]


def test_progress_counts_schools_to_the_last(go):
    told: list[tuple[int, int]] = []
    go(5, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 5) for number in range(1, 6)]


def test_kept_lines_are_read_back_as_they_were_written(go):
    ran = go(12)
    for line, school in zip(ran.lines.read_text().splitlines(), read_lines(ran.lines), strict=True):
        assert school.as_line() == line
        assert SchoolKept.model_validate_json(line) == school


def test_killed_again_and_again_it_ends_as_if_it_had_not_been(go, index_dir, tmp_path):
    whole = go(SCHOOLS, out=tmp_path / "whole").lines
    size, rng = whole.stat().st_size, random.Random(6)  # noqa: S311 -- it draws moments, no secrets
    killed = tmp_path / "killed"
    command = [sys.executable, str(SMALL_RUN), str(index_dir), str(killed), str(SCHOOLS)]
    for moment in sorted(rng.uniform(0, 0.9) for _ in range(KILLS)):
        process = subprocess.Popen(command, cwd=Path.cwd(), env=_environment())
        end = time.monotonic() + PATIENCE
        while process.poll() is None and _size_of(killed / LINES) < moment * size:
            assert time.monotonic() < end
            time.sleep(0.001)
        process.kill()
        process.wait()
    subprocess.run(command, check=True, timeout=PATIENCE, env=_environment())
    for name in (LINES, RUN, ISSUES):
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path.cwd())}


def _size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else -1


def test_an_interrupted_run_leaves_whole_lines_for_the_rest(go, tmp_path, matcher):
    expected = go(30, out=tmp_path / "whole").lines.read_bytes()

    def stop(done, _):
        if done == 17:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(30, progress=stop)
    assert len((tmp_path / "out" / LINES).read_bytes().splitlines()) >= 16
    assert go(30, resume=True).lines.read_bytes() == expected
