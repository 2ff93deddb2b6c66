"""What all rows share: folders, texts, threads, and the commands of ours and of the rivals."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.speeds.processes import ROOT, note, run, write_lines
from benchmarks.speeds.rows import NOT_INSTALLED, RIVALS, Cell
from corpus.reading import SHIPPED_CASES, read_cases
from corpus.records import CaseStudy
from index.case_index import passages_of

RUN = ROOT / "benchmarks" / "rivals" / "run.py"
THREADS = 2
PACKAGES = {
    "usual": ("sentence-transformers", "transformers", "torch", "faiss-cpu", "fastapi", "uvicorn", "numpy"),
    "with_txtai": ("txtai",),
    "with_chroma": ("chromadb",),
}


@dataclass(frozen=True)
class Bench:
    """Where and how it is measured.

    Attributes:
        folder: For the indexes of all systems and the files that they are given.
        rivals_python: The Python that runs the rivals.
        repeats: How often each system has its turn; what takes minutes, half as often.
    """

    folder: Path
    rivals_python: str
    repeats: int

    @property
    def few(self) -> int:
        """How often what takes minutes is repeated."""
        return max(1, self.repeats // 2)

    @property
    def index(self) -> Path:
        """Folder of our index."""
        return self.folder / "index"

    @cached_property
    def cases(self) -> tuple[CaseStudy, ...]:
        """The shipped cases."""
        return read_cases([SHIPPED_CASES]).cases

    @cached_property
    def passages(self) -> list[dict[str, str]]:
        """Their passages, as the rivals get them."""
        return passages_for_rivals(self.cases)

    @cached_property
    def queries(self) -> list[str]:
        """The judged queries."""
        with (ROOT / "tests" / "relevance" / "queries.jsonl").open(encoding="utf-8") as lines:
            return [json.loads(line)["text"] for line in lines]

    @cached_property
    def rival_versions(self) -> dict[str, str | None]:
        """Versions of what the rivals need; None for what is not installed."""
        packages = [package for needed in PACKAGES.values() for package in needed]
        told = run([self.rivals_python, str(RUN), "versions", *packages], self.environment())
        versions: dict[str, str | None] = json.loads(told)
        return versions

    def installed(self, module: str) -> bool:
        """Return whether a rival can be run; all of them need what the usual way needs."""
        needed = (*PACKAGES["usual"], *PACKAGES[module])
        return all(self.rival_versions[package] for package in needed)

    def environment(self, threads: int = THREADS) -> dict[str, str]:
        """Return the environment of a measured process: its threads, and no network."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARTS_")}
        pools = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
        return {
            **kept,
            **dict.fromkeys(pools, str(threads)),
            "HF_HUB_OFFLINE": "1",
            "TRANSFORMERS_OFFLINE": "1",
            "ANONYMIZED_TELEMETRY": "False",
            "WARTS_INDEX": str(self.index),
            "WARTS_LOG_LEVEL": "warning",
            "WARTS_ANONYMOUS_PER_MINUTE": "0",
        }

    def ours(self, *arguments: str) -> list[str]:
        """Return a command of ours."""
        return [sys.executable, "-m", "service.cli", *arguments]

    def rival(self, module: str, *arguments: str) -> list[str]:
        """Return a command of a rival."""
        return [self.rivals_python, str(RUN), module, *arguments]

    def store(self, module: str) -> Path:
        """Return the folder of a rival's index."""
        return self.folder / module

    def prepare(self) -> None:
        """Build every index that is not there yet."""
        self.folder.mkdir(parents=True, exist_ok=True)
        note("our index")
        run(self.ours("ask", "mobiles banned here"), self.environment())
        file = write_lines(self.folder / "passages.jsonl", self.passages)
        for module in RIVALS.values():
            done = self.store(module) / "done"
            if self.installed(module) and not done.exists():
                note(f"the index of {module}")
                command = self.rival(module, "build", str(file), str(self.store(module)))
                run(command, self.environment())
                done.touch()

    def file_of_texts(self, name: str, texts: Sequence[str]) -> str:
        """Write texts for another process and return the file."""
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps(list(texts)), encoding="utf-8")
        return str(file)

    def not_installed(self) -> dict[str, Cell]:
        """Return the cells of the rivals that cannot be run."""
        return {
            system: Cell(NOT_INSTALLED) for system, module in RIVALS.items() if not self.installed(module)
        }


def passages_for_rivals(cases: Sequence[CaseStudy]) -> list[dict[str, str]]:
    """Return the passages of cases with the title of their case."""
    titles = {case.id: case.title for case in cases}
    return [
        {"id": str(row), "title": titles[passage.case_id], "text": passage.indexed_text}
        for row, passage in enumerate(passages_of(cases))
    ]
