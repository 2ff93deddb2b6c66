"""Measure reports on many schools, and write benchmarks/results/reports.{md,json}.

Run:  python -m benchmarks.reports [--schools 24000] [--turns 2000] [--kills 20] [--rows many,country,...]

Schools are made up, with the spread of a country's; their concerns are real texts: some out of a few
hundred, as schools of one survey repeat each other, the others the school's own. `many` lets `match` in a
loop, the same in bulk, and a report's processes take turns over the same schools; `country` runs
`warts report` and watches its memory; `kills` kills it with SIGKILL at random moments, each time in a folder
of its own, and compares what it ends with after --resume; `alike` finds each school's nearest among 10,000.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.reports_tables import as_markdown
from benchmarks.speeds.processes import ROOT, in_turns, memory_of, note
from engine.context import SchoolContext
from engine.matcher import DEFAULT_MATCHES
from engine.ranking import NO_PREFERENCES
from engine.reports.batch import Question
from engine.reports.records import ReportSchool, SchoolKept
from engine.reports.run import report_on

RESULTS = Path(__file__).parent / "results"
QUERIES = ROOT / "training" / "data" / "queries.jsonl"
SHARED = 300  # texts that schools have in common
REPEATED = 0.75  # of all concerns are among them
CONCERNS = 2
REPEATS = 3
VECTORS, NEAREST = 10_000, 20
SEED = 6
LEAST_ALIKE = "no two concerns alike"


class Survey:
    """Makes up schools and their concerns, always the same ones."""

    def __init__(self, seed: int = SEED) -> None:
        self._rng = random.Random(seed)  # noqa: S311 -- it draws schools, no secrets
        texts = [json.loads(line)["text"] for line in QUERIES.read_text(encoding="utf-8").splitlines()]
        texts = list(dict.fromkeys(texts))
        self._rng.shuffle(texts)
        self._shared, self._own = texts[:SHARED], texts[SHARED:]
        self._unused = iter(self._own)

    def school(self) -> dict[str, Any]:
        """Return what is known of a school; a tenth of its values is not."""
        rng = self._rng
        phase = rng.choices(("primary", "secondary", "special"), (75, 20, 5))[0]
        size = {"primary": 250, "secondary": 950, "special": 110}[phase]
        known = {
            "kind": "school",
            "country": "GB",
            "phases": phase,
            "setting": rng.choice(("urban", "suburban", "town", "rural")),
            "sector": rng.choices(("state", "independent"), (9, 1))[0],
            "pupils": max(5, round(rng.lognormvariate(0, 0.5) * size)),
            "disadvantage_percent": round(rng.betavariate(2, 6) * 100, 1),
        }
        return {key: value for key, value in known.items() if rng.random() > 0.1}

    def concern(self, repeated: float) -> str:
        """Return a concern: with some probability a shared one, else one that hardly anybody else has."""
        if self._rng.random() < repeated:
            return self._rng.choice(self._shared)
        # Where a country has more schools than there are texts, two make a new one.
        return next(self._unused, None) or f"{self._rng.choice(self._own)}. {self._rng.choice(self._own)}"

    def questions(self, n: int, repeated: float) -> list[Question]:
        """Return what schools ask, two concerns each."""
        asked: list[Question] = []
        while len(asked) < n:
            known = self.school()
            known["phases"] = (known["phases"],) if "phases" in known else ()
            context = SchoolContext(**known)
            asked += [Question(self.concern(repeated), context) for _ in range(CONCERNS)]
        return asked[:n]

    @property
    def own_texts(self) -> int:
        """How many texts there are that schools do not have in common."""
        return len(self._own)

    def single(self, n: int) -> list[Question]:
        """Return questions of which no two have the same text."""
        asked = self.questions(n, 1.0)
        return [Question(text, one.context) for text, one in zip(self._own[:n], asked, strict=True)]

    def ticked(self, n: int) -> list[Question]:
        """Return questions whose texts are out of a list of twenty."""
        return [Question(self._rng.choice(self._shared[:20]), one.context) for one in self.questions(n, 1.0)]

    def write(self, file: Path, n: int) -> None:
        """Write a table of schools in our own template's columns."""
        columns = "id name kind country phases setting sector pupils disadvantage_percent".split()
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(
                stream, [*columns, *(f"concern_{number + 1}" for number in range(CONCERNS))]
            )
            writer.writeheader()
            for number in range(n):
                concerns = {f"concern_{at + 1}": self.concern(REPEATED) for at in range(CONCERNS)}
                writer.writerow(
                    {"id": str(100_000 + number), "name": f"School {number}", **self.school(), **concerns}
                )


def many(options: argparse.Namespace, _: Path) -> dict[str, Any]:
    """Let a loop over `match`, the same in bulk and a report's processes take turns over the same schools."""
    from engine.reports.run import kept
    from index.serving import usable_threads
    from service.opening import open_matcher
    from service.reports.run_file import RunFile
    from service.reports.spreading import report_in_processes
    from service.settings import load_settings

    matcher = open_matcher(load_settings())
    about = RunFile.of((), matcher, DEFAULT_MATCHES, NO_PREFERENCES)
    survey = Survey()
    n = options.turns
    sets = {
        LEAST_ALIKE: survey.single(min(n, survey.own_texts)),
        "three in four of 300 shared ones": survey.questions(n, REPEATED),
        "out of 20, as a list to tick": survey.ticked(n),
    }
    first = [ReportSchool("0", None, SchoolContext(), tuple(one.text for one in sets[LEAST_ALIKE][:20]))]
    list(report_on(first, matcher))  # what is loaded at first use

    def in_a_loop(schools: list[ReportSchool]) -> list[SchoolKept]:
        return [kept(one, [matcher.match(text, one.context) for text in one.concerns]) for one in schools]

    def by_many(schools: list[ReportSchool]) -> list[SchoolKept]:
        return list(report_on(schools, matcher))

    def in_processes(schools: list[ReportSchool]) -> list[SchoolKept]:
        return list(report_in_processes(schools, matcher.index.directory, about, usable_threads()))

    found: dict[str, Any] = {}
    for name, asked in sets.items():
        schools = [
            ReportSchool(
                str(at),
                None,
                asked[at].context or SchoolContext(),
                tuple(one.text for one in asked[at : at + CONCERNS]),
            )
            for at in range(0, len(asked) - 1, CONCERNS)
        ]
        ways = {"loop": in_a_loop, "one process": by_many, "processes": in_processes}
        taken = in_turns(
            name, {way: _timed(do, schools) for way, do in ways.items()}, options.repeats, warm=False
        )
        medians = {way: median(seconds for seconds, _ in turns) for way, turns in taken.items()}
        first = taken["loop"][0][1]
        found[name] = {
            "schools": len(schools),
            "texts": len({text for one in schools for text in one.concerns}),
            "schools_a_second": {way: len(schools) / seconds for way, seconds in medians.items()},
            "times": {way: medians["loop"] / medians[way] for way in ("one process", "processes")},
            "answers_identical": all(lines == first for turns in taken.values() for _, lines in turns),
        }
    return found


def _timed(
    do: Callable[[list[ReportSchool]], list[SchoolKept]], schools: list[ReportSchool]
) -> Callable[[], tuple[float, list[SchoolKept]]]:
    def turn() -> tuple[float, list[SchoolKept]]:
        began = time.perf_counter()
        kept = do(schools)
        return time.perf_counter() - began, kept

    return turn


def country(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run `warts report` over many schools, and say how long it took and what memory it had at most."""
    Survey().write(folder / "country.csv", options.schools)
    found: dict[str, Any] = {"schools": options.schools, "concerns": options.schools * CONCERNS}
    for formats in options.formats:
        note(f"{options.schools:,} schools, {formats}")
        began = time.perf_counter()
        process = subprocess.Popen(_command(folder / "country.csv", folder / "country", formats), cwd=ROOT)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, memory_of(process.pid).get("Pss", 0) / 1024)
            time.sleep(0.5)
        if process.returncode:
            raise RuntimeError(f"the report ended with {process.returncode}")
        found[formats] = {
            "seconds": time.perf_counter() - began,
            "peak_mb": peak,
            "bytes": sum(file.stat().st_size for file in (folder / "country").rglob("*") if file.is_file()),
        }
        shutil.rmtree(folder / "country")
    return found


def kills(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Kill reports at random moments, resume each, and count how many end as one that was not."""
    rng = random.Random(SEED)  # noqa: S311 -- it draws moments, no secrets
    file = folder / "kills.csv"
    Survey().write(file, options.killed_schools)
    began = time.perf_counter()
    subprocess.run(_command(file, folder / "whole", "csv,json"), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    lasted = time.perf_counter() - began
    whole, moments, same = _contents(folder / "whole"), [], 0
    for number in range(options.kills):
        out = folder / "killed"
        process = subprocess.Popen(
            [*_command(file, out, "csv,json"), "--processes", "2"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            process.wait(timeout=rng.uniform(0, lasted))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        lines = out / "schools.jsonl"
        moments.append(lines.read_bytes().count(b"\n") if lines.exists() else 0)
        note(f"kill {number + 1}: behind line {moments[-1]}")
        again = [*_command(file, out, "csv,json"), "--resume"]
        subprocess.run(again, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        same += _contents(out) == whole
        shutil.rmtree(out)
    return {
        "schools": options.killed_schools,
        "kills": options.kills,
        "identical": same,
        "whole_lines_at_the_kill": moments,
    }


def alike(options: argparse.Namespace, _: Path) -> dict[str, Any]:
    """Find the nearest of each of many schools."""
    import numpy as np

    from engine.neighbours import nearest

    vectors = np.random.default_rng(SEED).standard_normal((VECTORS, 384), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    taken = []
    for _turn in range(options.repeats):
        began = time.perf_counter()
        nearest(vectors, NEAREST)
        taken.append(time.perf_counter() - began)
    return {"vectors": VECTORS, "nearest": NEAREST, "seconds": median(taken)}


ROWS: dict[str, Callable[[argparse.Namespace, Path], dict[str, Any]]] = {
    "many": many,
    "country": country,
    "kills": kills,
    "alike": alike,
}


def _command(schools: Path, out: Path, formats: str) -> list[str]:
    told = ["report", str(schools), "--out", str(out), "--format", formats]
    return [sys.executable, "-m", "service.cli", *told]


def _contents(folder: Path) -> dict[str, bytes]:
    """Return every file of a report by its name; the lock is none of it."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != ".lock")
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", default=",".join(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--schools", type=int, default=24_000, help="of the country")
    parser.add_argument(
        "--formats", type=lambda told: told.split("/"), default=["json", "html,xlsx,csv,json"]
    )
    parser.add_argument("--turns", type=int, default=2000, help="concerns that all ways answer")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--killed-schools", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    told = " ".join(arguments if arguments is not None else sys.argv[1:])
    measured = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.reports {told}".strip(),
        "machine": describe_machine(),
    }
    options.out.mkdir(exist_ok=True)
    file = options.out / "reports.json"
    # Rows that are not measured again keep what was measured, with its date.
    rows: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    with tempfile.TemporaryDirectory(prefix="warts-reports-") as passing:
        for name in options.rows.split(","):
            rows[name] = {"measured": measured, "found": ROWS[name](options, Path(passing))}
    file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    file.with_suffix(".md").write_text(as_markdown(rows), encoding="utf-8")
    print(as_markdown(rows))


if __name__ == "__main__":
    main()
