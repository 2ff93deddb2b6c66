"""The index that answers now, and the one that takes its place when a new generation is published.

A request reads `LiveIndex.current` once and keeps what it got to its end, so one answer never mixes two
generations. The old one is let go of when the last request that began on it has ended.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.matcher import Matcher
from index.case_index import CaseIndex
from index.encoder import Encoder, EncoderIdentity
from index.manifest import ModelEntry
from index.storage import current_generation

logger = logging.getLogger("warts")
RETRY_SECONDS = 30.0  # until a generation that could not be opened is looked at again
# Asked once before anybody else may ask: what an index makes at its first question is then there.
_WARM_UP = "The wifi is slow, and parents worry about fones. Staff had no training."


@dataclass(frozen=True, slots=True)
class Live:
    """An index and what answers from it; they belong together.

    Attributes:
        index: The open index.
        matcher: Answers from it; None until its model is loaded.
        load_error: Why the model could not be loaded; None if nothing went wrong.
    """

    index: CaseIndex
    matcher: Matcher | None = None
    load_error: str | None = None


class LiveIndex:
    """Holds what answers now, and replaces it in one step; ``tell`` is called with what takes its place."""

    def __init__(self, index: CaseIndex, encoder_of: Callable[[CaseIndex], Encoder]) -> None:
        """Take an open index whose model is not loaded yet.

        Args:
            index: What lists and pages of cases are made from at once. Its folder is watched.
            encoder_of: Returns the encoder that an index needs.
        """
        self.current = Live(index)
        self.tell: Callable[[Live], object] = lambda _: None
        self._encoder_of = encoder_of
        self._failed: Path | None = None
        self._told, self._retry_at = "", 0.0

    async def run(self, poll_seconds: float) -> None:
        """Load the model, and from then on open each new generation; ends when it is cancelled."""
        await self.load()
        while True:
            await asyncio.sleep(poll_seconds)
            if newer := await asyncio.to_thread(self._newer):
                self.current = newer
                self.tell(newer)
                logger.info("now answering from generation %s of the index", newer.index.generation.name)

    async def load(self) -> None:
        """Load the model, unless that was done."""
        if self.current.matcher is not None:
            return
        try:
            matcher = await asyncio.to_thread(self._ready_matcher, self.current.index)
        except Exception as error:
            self.current = replace(self.current, load_error=str(error))
            logger.exception("the model cannot be loaded; /readyz will keep answering 503")
        else:
            self.current = replace(self.current, matcher=matcher)
            logger.info("answering from generation %s of the index", self.current.index.generation.name)

    def _newer(self) -> Live | None:
        """Return the published generation if it is another than the current one and can be used."""
        current, published = self.current.index, None
        try:
            published = current_generation(current.directory)
            if published == self._failed and time.monotonic() < self._retry_at:
                return None
            newer = None
            if published != current.generation:
                index = CaseIndex.open(current.directory)
                newer = Live(index, self._ready_matcher(index))
        except Exception as error:  # whatever it is, the server goes on with what it has
            self._failed, self._retry_at = published, time.monotonic() + RETRY_SECONDS
            if str(error) != self._told:  # once, not every second
                self._told = str(error)
                logger.exception("the index that was published last cannot be used; the one before stays")
            return None
        self._failed, self._told = None, ""
        return newer

    def _ready_matcher(self, index: CaseIndex) -> Matcher:
        """Return a matcher that has answered once, with the current encoder if it fits."""
        before = self.current
        alike = _model_of(before.index) == _model_of(index)
        encoder = before.matcher.encoder if before.matcher and alike else self._encoder_of(index)
        matcher = Matcher(index, encoder)
        matcher.match(_WARM_UP)
        return matcher


def _model_of(index: CaseIndex) -> tuple[EncoderIdentity, ModelEntry | None]:
    return index.manifest.encoder, index.manifest.model
