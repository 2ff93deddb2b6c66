"""The model of an index loaded while everything else that an answer needs is still being imported.

Loading it takes as long as the imports do, and on a second processor: an answer from a fresh process comes a
third sooner. It is a matter of time alone. Where it comes to nothing, the model is loaded when it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from corpus.errors import WartsError
from index.manifest import ModelEntry, read_manifest
from index.models import open_model
from index.serving import ServingEncoder, openvino
from index.storage import current_generation
from service.settings import load_settings

_BEGUN: dict[Path, tuple[ModelEntry, ServingEncoder, Future[None]]] = {}


def begin(arguments: Sequence[str]) -> None:
    """Begin to load the model of the index that a command line is going to ask."""
    with suppress(WartsError, OSError, ValueError):  # whatever it is, the command itself will say it better
        named = arguments[arguments.index("--index") + 1] if "--index" in arguments[:-1] else None
        directory = Path(named) if named else load_settings().index
        model = read_manifest(directory, current_generation(directory)).model
        if model is not None:
            encoder = open_model(directory, model)
            openvino()  # imported here, because a thread would get nowhere beside other imports
            threads = ThreadPoolExecutor(1)
            _BEGUN[directory] = model, encoder, threads.submit(encoder.load)
            threads.shutdown(wait=False)


def encoder_begun(directory: Path, model: ModelEntry) -> ServingEncoder | None:
    """Return the encoder that was begun to be loaded for an index, if it is the right one and sound."""
    entry, encoder, loading = _BEGUN.pop(directory, (None, None, None))
    if loading is None or entry != model or loading.exception() is not None:
        return None
    return encoder
