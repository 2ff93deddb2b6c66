"""Draw case studies at random, and print a sheet to read each again against its sources.

Run:  python -m benchmarks.second_look [--records 40] [--seed 20261122] [--cases DIR]

The same seed draws the same records of the same corpus. DATASHEET.md tells how the sheet is used.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.errors import BrokenRecordsError
from corpus.parsing import FieldPath
from corpus.reading import SHIPPED_CASES, field_name, read_cases
from corpus.records import CaseStudy

RECORDS, SEED = 40, 20261122


def draw(cases: Sequence[CaseStudy], records: int, seed: int) -> list[CaseStudy]:
    """Draw cases without repetition; the draw depends on the seed and the ids alone."""
    known = {case.id: case for case in cases}
    rng = random.Random(seed)  # noqa: S311 -- it draws a sample, no secret
    return [known[name] for name in rng.sample(sorted(known), min(records, len(known)))]


def sheet_of(case: CaseStudy) -> Iterator[str]:
    """Yield the lines of a case's sheet: its sources, and everything else it says with a box to tick."""
    yield f"## {case.id}"
    for number, source in enumerate(case.provenance.sources):
        told = ", ".join(str(part) for part in (source.publisher, source.year) if part)
        yield f"- source {number}: {source.title} ({told or 'publisher not known'}) <{source.url}>"
    said = case.model_dump(mode="json", exclude_none=True, exclude={"id", "provenance"})
    for path, value in _leaves(said):
        yield f"- [ ] {field_name(path)}: {value}"
    yield f"- [ ] provenance.independence: {case.provenance.independence}"


def _leaves(value: object, path: FieldPath = ()) -> Iterator[tuple[FieldPath, object]]:
    """Yield every value of a record with its path; a list of plain values is one."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*path, number))
    elif isinstance(value, list) and path[-1] in ("worked", "failed", "not_again", "aims"):
        for number, inner in enumerate(value):
            yield (*path, number), inner
    elif value != []:
        yield path, ", ".join(value) if isinstance(value, list) else value


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--cases", type=Path, default=SHIPPED_CASES)
    options = parser.parse_args(arguments)
    reading = read_cases([options.cases])
    if reading.errors:
        raise BrokenRecordsError(reading.errors, hint="mend them first, or the draw leaves them out")
    drawn = draw(reading.cases, options.records, options.seed)
    print(f"# {len(drawn)} records, seed {options.seed}\n")
    for case in drawn:
        print("\n".join(sheet_of(case)), end="\n\n")


if __name__ == "__main__":
    main()
