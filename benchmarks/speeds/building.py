"""Build and update our index in this process, and print how long each call took.

Run:  python -m benchmarks.speeds.building CASES CHANGED SEED WORK FULLS UPDATES

CASES and CHANGED are files of records, SEED is an index of something else that the exported model is taken
from, WORK a folder for the indexes. The files are read and the libraries imported before a clock runs.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from benchmarks.speeds.processes import note
from corpus.reading import read_cases
from corpus.records import CaseStudy
from index.building import build_index
from service.settings import load_settings


def main() -> None:
    """Measure and print one line of JSON: seconds of each full build, and of each update."""
    paths, numbers = [Path(argument) for argument in sys.argv[1:5]], sys.argv[5:]
    (cases, after), (seed, work) = [read_cases([file]).cases for file in paths[:2]], paths[2:]
    fulls, updates = map(int, numbers)
    warm = work / "warming-up"
    build_after_copy(seed, warm, cases[:1])
    full = [build_after_copy(seed, work / "full", cases) for _ in range(fulls)]
    note("building: updates")
    update = [build_after_copy(work / "full", work / "update", after) for _ in range(updates)]
    print(json.dumps({"full": full, "update": update}))


def build_after_copy(start: Path, directory: Path, cases: tuple[CaseStudy, ...]) -> float:
    """Build into a copy of an index and return the seconds of the build."""
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(start, directory)
    encoder = load_settings().encoder
    began = time.perf_counter()
    build_index(cases, encoder, directory)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
