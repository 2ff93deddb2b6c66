"""Opening an index for an answer: one that was named as it is, the default one built when it has to be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from corpus.errors import BrokenRecordsError
from corpus.reading import files_digest, read_cases
from corpus.records import CaseStudy
from corpus.vocabulary import shipped_vocabulary
from engine.matcher import Matcher
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import Encoder, Progress, adapter_of
from index.errors import IndexFormatError, IndexNotFoundError
from index.manifest import read_manifest
from index.models import open_model
from index.storage import current_generation
from index.term_statistics import shipped_statistics_digest
from service.settings import Settings
from service.warming import encoder_begun


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
    """Return the encoder for an index: the exported model beside it; without one, the configured encoder."""
    model = index.manifest.model
    if model is None:
        return settings.encoder
    return encoder_begun(index.directory, model) or open_model(index.directory, model)


def open_index(settings: Settings, index: Path | None = None) -> CaseIndex:
    """Open an index without its encoder; see `open_matcher`."""
    if index is None:
        index = settings.index
        _refresh_default(settings)
    return CaseIndex.open(index)


def _refresh_default(settings: Settings) -> None:
    """Build the default index if there is none, or if what it was built from has changed."""
    sources = files_digest([settings.cases])
    try:
        manifest = read_manifest(settings.index, current_generation(settings.index))
    except (IndexNotFoundError, IndexFormatError):
        reason = "first use"
    else:
        built_from = (
            manifest.sources_digest,
            manifest.vocabulary_digest,
            manifest.statistics_digest,
            manifest.encoder.model,
            manifest.encoder.adapter,
        )
        words = (shipped_vocabulary().digest, shipped_statistics_digest())
        wanted = (sources, *words, settings.model, adapter_of(settings.model))
        if not manifest.sources_digest or built_from == wanted:
            return
        reason = "the case studies, the vocabulary or the model have changed"
    cases = read_all([settings.cases])
    print(f"Building the index in {settings.index} ({reason}).", file=sys.stderr)
    with progress_bar() as progress:
        build_index(cases, settings.encoder, settings.index, sources_digest=sources, progress=progress)


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
def progress_bar(of: str = "") -> Iterator[Progress]:
    """Show progress with the time left on standard error, where that is a terminal or not."""
    shape = "{desc}{percentage:3.0f}%|{bar}| {elapsed} gone, {remaining} left"
    with tqdm(
        desc=of, total=1, bar_format=shape, file=sys.stderr, leave=False, mininterval=1.0, miniters=1
    ) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress
