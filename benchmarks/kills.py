"""Kill builders with SIGKILL, see what a reader finds, build once more; write results/kills.{md,json}.

Run:  python -m benchmarks.kills [--kills 200] [--seed 1]

Half of the kills fall anywhere in the builder's life, a quarter after its first written file, a quarter after
it has begun to publish. Then one builder is killed before each change that it makes in the folder, in turn.
Every time the index must open as the old or the new generation, file for file, and the next build must work
and leave nothing behind that is not named. The vectors and the exported model are made up: loading a real
one would take most of a builder's life. Ends with 1 if anything else than old or new was found.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.builder import build, builder
from benchmarks.machine import describe_machine
from corpus.reading import SHIPPED_CASES, read_cases
from corpus.records import CaseStudy
from index.case_index import CaseIndex
from index.errors import IndexNotFoundError
from index.manifest import Manifest, read_manifest
from index.models import open_model
from index.storage import current_generation

STEPS = "before each change"
PHASES = ("preparing", "exporting", "writing", "publishing", "clearing up")
# After which phase's beginning a kill may fall, and what that is called; taken in turn.
MOMENTS = (
    ("preparing", "any moment"),
    ("writing", "while writing"),
    ("preparing", "any moment"),
    ("publishing", "while publishing"),
)
_VERSIONS = ("warts-and-all", "faiss-cpu", "numpy", "filelock")
_PROCESSES = multiprocessing.get_context("forkserver")  # its children start at once, and with one thread


@dataclass(frozen=True, slots=True)
class Run:
    """What a builder told until it ended or was killed: its phases with their times, and its changes."""

    phases: list[tuple[str, float]]
    changes: int | None
    killed: bool
    seconds: float

    def since(self, phase: str) -> float:
        """Return the seconds from the beginning of a phase to the end."""
        return self.seconds - next(at for name, at in self.phases if name == phase)


@dataclass(frozen=True, slots=True)
class Kill:
    """A builder that was killed: in which scenario, how, in which phase, and what was found."""

    scenario: str
    how: str
    phase: str
    found: str


@dataclass(frozen=True)
class Scenario:
    """What is built over what: the old generation's cases and model, if there is one, and the new one's."""

    name: str
    old: tuple[CaseStudy, ...]
    new: tuple[CaseStudy, ...]
    models: tuple[str, str]

    def prepare(self, folder: Path) -> tuple[Manifest | None, Manifest]:
        """Write the old index to ``folder/old``, and return the old and the new manifest."""
        (folder / "old").mkdir(parents=True)
        old = None
        for start in (2, 1, 0) if self.old else ():  # the builds before it are there to be cleared up
            old = build(self.old[start:], self.models[0], folder / "old")
        shutil.copytree(folder / "old", folder / "new")
        return old, build(self.new, self.models[1], folder / "new")

    def run(self, directory: Path, after: str, delay: float | None, die_before: int | None) -> Run:
        """Let a builder build the new generation; kill it some seconds after a phase has begun."""
        receiver, sender = _PROCESSES.Pipe(duplex=False)
        process = _PROCESSES.Process(
            target=builder, args=(self.new, self.models[1], directory, sender, die_before)
        )
        process.start()
        sender.close()
        phases: list[tuple[str, float]] = []
        changes, begun = None, 0.0

        def listen() -> None:
            nonlocal changes, begun
            said = receiver.recv()
            begun = begun or time.perf_counter()
            if isinstance(said, int):
                changes = said
            else:
                phases.append((said, time.perf_counter() - begun))

        try:
            while delay is None or after not in [name for name, _ in phases]:
                listen()
            process.join(delay)
            process.kill()
            while True:
                listen()
        except EOFError:  # the builder has ended
            process.join()
        if process.exitcode not in (0, -signal.SIGKILL):
            raise RuntimeError(f"the builder ended with {process.exitcode}")
        return Run(phases, changes, process.exitcode != 0, time.perf_counter() - begun)


def files_of(manifest: Manifest) -> dict[str, object]:
    """Return what tells a generation from any other: the sums of all of its files and its model's."""
    return {**manifest.files, **(manifest.model.files if manifest.model else {})}


def outcome(directory: Path, old: Manifest | None, new: Manifest) -> str:
    """Return which generation opens, "old" or "new"; else what happened."""
    try:
        opened = CaseIndex.open(directory)
        if opened.manifest.model is not None:
            open_model(directory, opened.manifest.model)
    except IndexNotFoundError as error:
        return "old" if old is None else f"not found: {error}"
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is a finding
        return f"{type(error).__name__}: {error}"
    for name, manifest in (("old", old), ("new", new)):
        if manifest is not None and files_of(opened.manifest) == files_of(manifest):
            return name
    return "a mixture"


def rubbish(directory: Path, before: str | None) -> list[str]:
    """Return what an index's folder holds that neither the current generation nor the one before names."""
    current, expected = current_generation(directory).name, {".lock", "CURRENT", "generations", "models"}
    for name in {current, before} - {None}:
        folder = directory / "generations" / str(name)
        manifest = read_manifest(directory, folder)
        named = [folder / file for file in ("manifest.json", *manifest.files)]
        if manifest.model is not None:
            named += [directory / "models" / manifest.model.key / file for file in manifest.model.files]
        for path in (file.relative_to(directory) for file in named):
            expected |= {str(path), *map(str, path.parents)}
    return sorted({str(path.relative_to(directory)) for path in directory.rglob("*")} - expected)


def after_the_kill(directory: Path, scenario: Scenario, old: Manifest | None, new: Manifest) -> str:
    """Return what is found after a kill: "old", "new", or what went wrong then or at the next build."""
    found = outcome(directory, old, new)
    before = current_generation(directory).name if (directory / "CURRENT").exists() else None
    try:
        expected = build(scenario.new[1:], scenario.models[1], directory)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is a finding
        return f"{found}, but the next build failed: {type(error).__name__}: {error}"
    if outcome(directory, None, expected) != "new":
        return f"{found}, but the next build is not what opens"
    left = rubbish(directory, before)
    return f"{found}, but the next build left {', '.join(left)}" if left else found


def kill_all(scenario: Scenario, kills: int, every: int, rng: random.Random) -> list[Kill]:
    """Kill builders of one scenario at random moments, then before each change; return what was found."""
    found: list[Kill] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        old, new = scenario.prepare(home)

        def one(how: str, after: str = "", delay: float | None = None, die_before: int | None = None) -> Run:
            directory = home / "run"
            shutil.copytree(home / "old", directory)
            run = scenario.run(directory, after, delay, die_before)
            if run.killed:
                result = after_the_kill(directory, scenario, old, new)
                found.append(Kill(scenario.name, how, run.phases[-1][0], result))
            elif outcome(directory, old, new) != "new":
                raise RuntimeError(f"{scenario.name}: a build that nobody killed is not what opens")
            shutil.rmtree(directory)
            return run

        whole = [one("not at all") for _ in range(3)]
        with tqdm(total=kills, desc=f"{scenario.name}, random", file=sys.stderr, mininterval=1.0) as bar:
            while len(found) < kills:  # a kill that comes too late is none, and is drawn again
                after, how = MOMENTS[len(found) % len(MOMENTS)]
                span = statistics.median(run.since(after) for run in whole)
                one(how, after, rng.uniform(0, span))
                bar.update(len(found) - bar.n)
        changes = max(run.changes or 0 for run in whole)
        steps = range(0, changes, every)
        for step in tqdm(steps, desc=f"{scenario.name}, steps", file=sys.stderr, mininterval=1.0):
            one(STEPS, die_before=step)
    return found


def tables(kills: list[Kill]) -> dict[str, dict[str, dict[str, int]]]:
    """Return the counts of outcomes by how and where it was killed, and by phase."""
    counted: dict[str, dict[str, dict[str, int]]] = {"by scenario": {}, "by phase": {}}
    rows = [("by scenario", f"{kill.scenario}, {kill.how}", kill.found) for kill in kills]
    rows += [("by phase", phase, kill.found) for phase in PHASES for kill in kills if kill.phase == phase]
    for table, row, found in rows:
        counts = counted[table].setdefault(row, {"old": 0, "new": 0, "anything else": 0})
        counts[found if found in counts else "anything else"] += 1
    return counted


def main() -> None:
    """Kill, count and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200, help="at random moments, over all scenarios")
    parser.add_argument("--every", type=int, default=1, help="kill before each so-many-th change")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=40, help="of the old index")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    print(f"seed {options.seed}", file=sys.stderr)
    _PROCESSES.set_forkserver_preload(["benchmarks.builder"])
    rng, n = random.Random(options.seed), options.cases  # noqa: S311 -- it draws moments, no secrets
    cases = read_cases([SHIPPED_CASES]).cases
    scenarios = (
        Scenario("first build", (), cases[:n], ("one", "one")),
        Scenario("update", cases[:n], cases[1 : n + 1], ("one", "one")),
        Scenario("update with another model", cases[:n], cases[1 : n + 1], ("one", "two")),
    )
    kills: list[Kill] = []
    for number, scenario in enumerate(scenarios, start=1):
        share = options.kills * number // len(scenarios) - sum(kill.how != STEPS for kill in kills)
        kills += kill_all(scenario, share, options.every, rng)
    faults = sorted({f"{kill.phase}: {kill.found}" for kill in kills if kill.found not in ("old", "new")})
    facts = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": f"python -m benchmarks.kills --kills {options.kills} --seed {options.seed}",
        "random_kills": sum(kill.how != STEPS for kill in kills),
        "steps": sum(kill.how == STEPS for kill in kills),
        "cases": options.cases,
        "machine": describe_machine(),
        "versions": {name: version(name) for name in _VERSIONS},
        **tables(kills),
        "faults": faults,
    }
    options.out.mkdir(exist_ok=True)
    (options.out / "kills.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    (options.out / "kills.md").write_text(as_markdown(facts), encoding="utf-8")
    print(as_markdown(facts))
    sys.exit(1 if faults else 0)


def as_markdown(facts: dict[str, Any]) -> str:
    """Return the counts as tables."""
    versions = ", ".join(f"{name} {number}" for name, number in facts["versions"].items())
    lines = [
        "# Builders killed with SIGKILL",
        "",
        f"{facts['date']}, {facts['cases']} cases, `{facts['command']}`. {versions}. {facts['machine']}.",
        "",
        f"{facts['random_kills']} builders were killed at random moments, half of them while they wrote and "
        f"published, and {facts['steps']} more before each change that a builder makes in the folder.",
        "Afterwards the index was opened, all sums verified and compared with those of the old and the new",
        "generation; then it was built once more, and its folder searched for anything left over.",
        "What was not in order then counts as anything else, too. The model is a made-up one.",
    ]
    for title in ("by scenario", "by phase"):
        lines += ["", f"| {title} | old | new | anything else |", "|---|---|---|---|"]
        lines += [
            f"| {row} | {counts['old']} | {counts['new']} | {counts['anything else']} |"
            for row, counts in facts[title].items()
        ]
    lines += ["", *(f"- {fault}" for fault in facts["faults"])] if facts["faults"] else []
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
