"""What a run is made from and with: ``run.json``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from engine.matcher import Matcher
from engine.ranking import Preferences
from index.manifest import entry_of


class RunFile(BaseModel):
    """What ``run.json`` says: all that the lines of a run depend on.

    Attributes:
        input: SHA-256 of the files that schools, concerns and columns were read from.
        corpus: SHA-256 of what the cases say.
        vocabulary: SHA-256 of the words that were known.
        statistics: SHA-256 of how rare terms are.
        encoder: The model.
        precision: What it computed in; empty where it does not say.
        program: Version of this program.
        k: The most matches a concern.
        closeness: How much the school counted; None for the default.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    input: str
    corpus: str
    vocabulary: str
    statistics: str
    encoder: str
    precision: str
    program: str
    k: int
    closeness: float | None

    @classmethod
    def of(cls, files: Iterable[Path], matcher: Matcher, k: int, preferences: Preferences) -> RunFile:
        """Describe a run over the schools of some files.

        Raises:
            OSError: If a file cannot be read.
        """
        manifest = matcher.index.manifest
        return cls(
            input=hashlib.sha256("\n".join(entry_of(file).sha256 for file in files).encode()).hexdigest(),
            corpus=manifest.corpus_digest,
            vocabulary=manifest.vocabulary_digest,
            statistics=manifest.statistics_digest,
            encoder=str(manifest.encoder),
            precision=str(getattr(matcher.encoder, "precision", "")),
            program=version("warts-and-all"),
            k=k,
            closeness=preferences.closeness,
        )

    def differing(self, other: RunFile) -> list[str]:
        """Return the names of what is not the same in another run."""
        return [name for name in RunFile.model_fields if getattr(self, name) != getattr(other, name)]

    def differs_from(self, matcher: Matcher) -> list[str]:
        """Return the names of what a matcher would answer otherwise by."""
        other = RunFile.of((), matcher, self.k, Preferences(self.closeness))
        return self.differing(other.model_copy(update={"input": self.input}))
