"""Draw case studies at random, and print a sheet to read each again against its sources.

Run:  python -m benchmarks.second_look [--records 40] [--seed 20261122] [--cases DIR]

The same seed draws the same records of the same corpus. DATASHEET.md tells how the sheet is used.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.checks import statements
from corpus.reading import SHIPPED_CASES, field_name, read_cases
from corpus.records import CaseStudy

RECORDS, SEED = 40, 20261122


def draw(cases: Sequence[CaseStudy], records: int, seed: int) -> list[CaseStudy]:
    """Draw cases without repetition; the draw depends on the seed and the ids alone."""
    known = {case.id: case for case in cases}
    rng = random.Random(seed)  # noqa: S311 -- it draws a sample, no secret
    return [known[name] for name in rng.sample(sorted(known), min(records, len(known)))]


def sheet_of(case: CaseStudy) -> Iterator[str]:
    """Yield the lines of a case's sheet: its sources, and every statement with a box to tick."""
    yield f"## {case.id}"
    for number, source in enumerate(case.provenance.sources):
        told = ", ".join(str(part) for part in (source.publisher, source.year) if part)
        yield f"- source {number}: {source.title} ({told or 'publisher not known'}) <{source.url}>"
    about = case.institution.model_dump(exclude_none=True)
    for name, value in about.items():
        yield f"- [ ] institution.{name}: {', '.join(value) if isinstance(value, tuple | list) else value}"
    for path, text in statements(case):
        yield f"- [ ] {field_name(path)}: {text}"
    yield f"- [ ] outcome: {case.outcome}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--cases", type=Path, default=SHIPPED_CASES)
    options = parser.parse_args(arguments)
    drawn = draw(read_cases([options.cases]).cases, options.records, options.seed)
    print(f"# {len(drawn)} records, seed {options.seed}\n")
    for case in drawn:
        print("\n".join(sheet_of(case)), end="\n\n")


if __name__ == "__main__":
    main()
