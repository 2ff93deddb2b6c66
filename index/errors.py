"""What can be wrong with an index or a model, each with what to run about it."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import WartsError


class SearchIndexError(WartsError):
    """A problem with an index on disk or the model it needs."""


class IndexNotFoundError(SearchIndexError):
    """There is no index in the folder."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"there is no index in {directory}; run `warts index --index {directory}` to build one"
        )
        self.directory = directory


_AGAIN = "build it again with `warts index` (and the --cases and --index it was built with)"


class IndexDamagedError(SearchIndexError):
    """A file of the index is missing, cut off or altered."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"the index is damaged: {file} {reason}; {_AGAIN}")
        self.file, self.reason = file, reason


class IndexFormatError(SearchIndexError):
    """The index was written by another version of this software."""

    def __init__(self, directory: Path, *, found: object, expected: int) -> None:
        super().__init__(
            f"the index in {directory} has format {found!r} but this version reads {expected}; {_AGAIN}"
        )
        self.directory, self.found, self.expected = directory, found, expected


class VocabularyMismatchError(SearchIndexError):
    """The index on disk was built with another vocabulary than the one this version ships."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"the index in {directory} was built with another vocabulary; {_AGAIN}")
        self.directory = directory


class EncoderMismatchError(SearchIndexError):
    """The index on disk was built with another model, or other prompts, than the configured ones."""

    def __init__(self, *, built_with: str, configured: str) -> None:
        super().__init__(
            f"the index was built with {built_with} but {configured} is configured; "
            f"{_AGAIN}, "
            "or configure the model it was built with (WARTS_MODEL)"
        )
        self.built_with, self.configured = built_with, configured


class ModelError(SearchIndexError):
    """The embedding model cannot be loaded, or is not the one that was expected."""


class EmptyCorpusError(SearchIndexError):
    """There is nothing to index."""

    def __init__(self) -> None:
        super().__init__(
            "there is no case study to index; name a file or folder that holds some with --cases"
        )
