"""A closer look at what records rest on: `warts check --sources`.

The passages that a record was written from are somebody else's, so they are not kept beside it; who has
them can have the wording compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from corpus.checks import Finding, located, statements
from corpus.errors import CorpusError
from corpus.issues import Issue
from corpus.parsing import RawRecord
from corpus.records import CaseStudy

LONG_RUN = 8  # words in a row; so many are hardly the same by chance
_WORD = re.compile(r"\w+(?:['’]\w+)?")
# A date in an address, as blogs and newspapers have it: /2014/10/ or /2014/10/26/.
_DATED = re.compile(r"/((?:19|20)\d\d)/(?:0?[1-9]|1[0-2])/")


def check_sources(
    cases: Sequence[CaseStudy], raw: Sequence[RawRecord], excerpts: Path | None = None
) -> list[Issue]:
    """Find what is wrong with the sources of records; see `compared` for how many have passages.

    Args:
        cases: The records.
        raw: What each was read from.
        excerpts: Folder with a file ``ID.txt`` for some of the records: the passages it was written from.

    Raises:
        CorpusError: If a file of passages cannot be read.
    """
    issues = []
    for case, record in zip(cases, raw, strict=True):
        findings = [*_supports(case), *_details(case)]
        if excerpts is not None and (file := _passages_of(case, excerpts)).is_file():
            findings += shared_runs(case, _read(file))
        issues += [located(finding, case, record) for finding in findings]
    return issues


def compared(cases: Sequence[CaseStudy], excerpts: Path) -> int:
    """Return how many records have a file of passages in a folder.

    Raises:
        CorpusError: If none has: then the folder is another one than was meant.
    """
    count = sum(_passages_of(case, excerpts).is_file() for case in cases)
    if not count:
        raise CorpusError(f"{excerpts} has no file ID.txt for any of these records")
    return count


def _passages_of(case: CaseStudy, excerpts: Path) -> Path:
    return excerpts / f"{case.id}.txt"


def _supports(case: CaseStudy) -> Iterator[Finding]:
    """A record rests on more than what a vendor says."""
    if all(source.kind == "vendor" for source in case.provenance.sources):
        message = "rests on a vendor alone; find somebody else who tells it"
        yield Finding(("provenance", "sources"), "only-vendor", message)


def _details(case: CaseStudy) -> Iterator[Finding]:
    """Publisher and year are told where they can be known."""
    for number, source in enumerate(case.provenance.sources):
        if not source.publisher:
            message = "has no publisher; say who published it"
            yield Finding(("provenance", "sources", number, "publisher"), "no-publisher", message, "warning")
        dated = _DATED.search(source.url)
        if dated and source.year != int(dated[1]):
            told = f"is {source.year}" if source.year else "is not told"
            message = f"the year {told}, but the address says {dated[1]}"
            yield Finding(("provenance", "sources", number, "year"), "year-in-address", message, "warning")


def shared_runs(case: CaseStudy, excerpt: str) -> Iterator[Finding]:
    """Find statements with `LONG_RUN` words in a row of an excerpt; names and titles are nobody's wording."""
    theirs = set(_runs(_words(excerpt)))
    for named in (case.institution.name or "", *(source.title for source in case.provenance.sources)):
        theirs -= set(_runs(_words(named)))
    for path, text in statements(case):
        for run in _runs(_words(text)):
            if run in theirs:
                message = f"shares “{' '.join(run)}” with its source; say it in our own words"
                yield Finding(path, "shared-wording", message)
                break


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{file}: is not UTF-8; save it as UTF-8") from error
    except OSError as error:
        raise CorpusError(f"{file}: cannot be read: {error.strerror}") from error


def _words(text: str) -> list[str]:
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for start in range(len(words) - LONG_RUN + 1):
        yield tuple(words[start : start + LONG_RUN])
