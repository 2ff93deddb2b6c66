"""Opening an index for an answer: one that was named as it is, the default one built when it has to be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from corpus.errors import BrokenRecordsError
from corpus.reading import read_cases
from corpus.records import CaseStudy, corpus_digest
from corpus.vocabulary import shipped_vocabulary
from engine.matcher import Matcher
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import SHIPPED_MODELS, Encoder, Progress, adapter_of
from index.errors import IndexFormatError, IndexNotFoundError
from index.storage import current_generation, read_manifest
from index.term_statistics import shipped_statistics_digest
from service.settings import Settings


def open_matcher(settings: Settings, index: Path | None = None) -> Matcher:
    """Open an index and its encoder.

    Args:
        settings: Where the default index is, what it is built from, and with which model.
        index: An index folder that was named; None for the default one, which is built if there is none
            yet, or built again if the cases it was built from have changed since.
    """
    opened = open_index(settings, index)
    return Matcher(opened, encoder_for(settings, opened))


def encoder_for(settings: Settings, index: CaseIndex) -> Encoder:
    """Return the encoder for an index: the one it names if we ship that model, else the configured one."""
    built_with = index.manifest.encoder
    if built_with.model not in SHIPPED_MODELS:
        return settings.encoder
    return settings.encoder_named(built_with.model, built_with.query_prompt, built_with.passage_prompt)


def open_index(settings: Settings, index: Path | None = None) -> CaseIndex:
    """Open an index without its encoder; see `open_matcher`."""
    if index is None:
        index = settings.index
        _refresh_default(settings)
    return CaseIndex.open(index)


def _refresh_default(settings: Settings) -> None:
    cases = read_all([settings.cases])
    try:
        manifest = read_manifest(settings.index, current_generation(settings.index))
    except (IndexNotFoundError, IndexFormatError):
        reason = "first use"
    else:
        if not manifest.from_configured_cases:
            return
        encoder = manifest.encoder
        words = (manifest.vocabulary_digest, manifest.statistics_digest)
        built_from = (manifest.corpus_digest, *words, encoder.model, encoder.adapter)
        wanted_words = (shipped_vocabulary().digest, shipped_statistics_digest())
        if built_from == (corpus_digest(cases), *wanted_words, settings.model, adapter_of(settings.model)):
            return
        reason = "the case studies, the vocabulary or the model have changed"
    print(f"Building the index in {settings.index} ({reason}); this takes about a minute.", file=sys.stderr)
    with progress_bar("passages") as progress:
        build_index(cases, settings.encoder, settings.index, from_configured_cases=True, progress=progress)


def read_all(paths: list[Path], *, skip_broken: bool = False) -> tuple[CaseStudy, ...]:
    """Read case studies to be indexed.

    Raises:
        BrokenRecordsError: If a record is broken and ``skip_broken`` is false.
    """
    reading = read_cases(paths)
    if reading.errors and not skip_broken:
        hint = "nothing was indexed; mend these records, or index the sound ones with --skip-broken"
        raise BrokenRecordsError(reading.errors, hint=hint)
    return reading.cases


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """Show progress with the time left on standard error, where that is a terminal or not."""
    with tqdm(unit=f" {unit}", file=sys.stderr, leave=False, mininterval=1.0, miniters=1) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
