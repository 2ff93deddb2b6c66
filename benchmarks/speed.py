"""Measure speed beside what somebody would use instead, and write benchmarks/results/speed.{md,json}.

Run:  python -m benchmarks.speed [--rows cold,query,...] [--repeats 7] [--rivals-python PYTHON] [--folder DIR]

Ours and the rivals take turns on the same machine with the same number of threads, each in a process of its
own. The rivals are the usual script (sentence-transformers and FAISS, with FastAPI where it is a server),
txtai and Chroma, all with the published model: see benchmarks/rivals. They need the extra `bench`; one that
is not installed is shown as such. Nothing asks the network.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.machine import describe_machine
from benchmarks.speeds import cold, encoding, serving, updating
from benchmarks.speeds.bench import THREADS, Bench
from benchmarks.speeds.processes import note
from benchmarks.speeds.rows import NOT_INSTALLED, Row, table

RESULTS = Path(__file__).parent / "results"
ROWS: dict[str, Callable[[Bench], list[Row]]] = {
    "cold": cold.measure,
    "query": encoding.query,
    "bulk": encoding.bulk,
    "fidelity": encoding.fidelity,
    "client": serving.one_client,
    "clients": serving.many_clients,
    "memory": serving.memory,
    "update": updating.measure,
}
_OURS = """warts-and-all sentence-transformers transformers tokenizers torch openvino faiss-cpu numpy fastapi
starlette uvicorn pydantic""".split()


def main() -> None:
    """Measure and write."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="warts-speed-") as passing:
        folder = options.folder or Path(passing)
        bench = Bench(folder.absolute(), options.rivals_python, options.repeats)
        facts = _facts(options, bench)
        bench.prepare()
        rows = []
        for name in options.rows:
            began = os.getloadavg()[0]
            rows += [(name, row, (began, os.getloadavg()[0])) for row in _measured(name, bench)]
    facts["load_after"] = round(os.getloadavg()[0], 2)
    _write(options.out, facts, rows)
    if any(row.cells == {} for _, row, _ in rows):
        sys.exit(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=_row_names, default=list(ROWS), help=f"of {', '.join(ROWS)}")
    parser.add_argument("--repeats", type=int, default=7, help="turns of each system; half for what is slow")
    parser.add_argument("--rivals-python", default=sys.executable, help="the Python that has the rivals")
    parser.add_argument("--folder", type=Path, help="keep indexes here, and use those that are there")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for speed.md and speed.json")
    return parser.parse_args()


def _row_names(told: str) -> list[str]:
    names = told.split(",")
    if unknown := set(names) - set(ROWS):
        raise argparse.ArgumentTypeError(f"no such row: {', '.join(sorted(unknown))}")
    return names


def _measured(name: str, bench: Bench) -> list[Row]:
    """Measure; a row that fails says so and leaves the others to be measured."""
    try:
        return ROWS[name](bench)
    except (OSError, RuntimeError, ValueError, subprocess.SubprocessError) as error:
        note(f"{name} failed: {error}")
        return [Row(f"{name}: could not be measured ({type(error).__name__})")]


def _facts(options: argparse.Namespace, bench: Bench) -> dict[str, Any]:
    command = f"python -m benchmarks.speed --rows {','.join(options.rows)} --repeats {options.repeats}"
    if options.rows == list(ROWS):
        command = f"python -m benchmarks.speed --repeats {options.repeats}"
    if options.rivals_python != sys.executable:
        command += " --rivals-python PYTHON"
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": command,
        "machine": describe_machine(),
        "load_before": round(os.getloadavg()[0], 2),
        "threads": THREADS,
        "repeats": options.repeats,
        "cases": len(bench.cases),
        "passages": len(bench.passages),
        "versions": {name: found for name in _OURS if (found := _version(name))},
        "rival_versions": bench.rival_versions,
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _write(out: Path, facts: dict[str, Any], rows: list[tuple[str, Row, tuple[float, float]]]) -> None:
    """Write what was measured; rows that were not, but were at another time, are kept with their date."""
    out.mkdir(parents=True, exist_ok=True)
    measured = {"date": facts["date"], "repeats": facts["repeats"]}
    plain = [
        {"row": name, **row.as_plain(), **measured, "load_before": before, "load_after": after}
        for name, row, (before, after) in rows
    ]
    file = out / "speed.json"
    if file.exists():
        now = {name for name, _, _ in rows}
        plain += [
            row for row in json.loads(file.read_text(encoding="utf-8"))["rows"] if row["row"] not in now
        ]
    plain.sort(key=lambda row: list(ROWS).index(row["row"]))
    file.write_text(json.dumps({**facts, "rows": plain}, indent=2) + "\n", encoding="utf-8")
    ours, rivals = (_listed(facts[part]) for part in ("versions", "rival_versions"))
    text = (
        f"# Speed\n\n{facts['date']}, `{facts['command']}`, {facts['cases']} cases in "
        f"{facts['passages']:,} passages. {facts['machine']} before and {facts['load_after']} after; "
        f"{facts['threads']} threads for all unless the row says otherwise. Medians (lowest to highest), one "
        "system after the other; how many turns each row had, and when, is in speed.json.\n\n"
        f"Ours: {ours}.\n\nRivals: {rivals}.\n\n"
        f"{table([Row.of_plain(row) for row in plain])}\n"
    )
    (out / "speed.md").write_text(text, encoding="utf-8")
    print(text)


def _listed(versions: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {number or NOT_INSTALLED}" for name, number in versions.items())


if __name__ == "__main__":
    main()
