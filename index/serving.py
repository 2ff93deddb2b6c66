"""The encoder that serves: an exported graph, run without torch.

A folder that `index.exporting` wrote holds the model, adapter merged, as one graph from tokens to unit
vectors. OpenVINO runs it, in bfloat16 where the processor has it, else in single precision.

Every text is padded to the next multiple of `STEP` tokens, and passages are run in batches whose shape
depends on that length alone. So a passage's vector depends on its own text and on nothing else: an index
that was updated is the same, bit for bit, as one that was built anew.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from index.encoder import EncoderIdentity, Progress, Vectors
from index.errors import IndexDamagedError, ModelError

if TYPE_CHECKING:
    from openvino import CompiledModel

GRAPH, WEIGHTS, TOKENIZER, ABOUT = "graph.xml", "graph.bin", "tokenizer.json", "model.json"
MODEL_FILES = (GRAPH, WEIGHTS, TOKENIZER, ABOUT)
STEP = 8  # tokens; lengths are rounded up to a multiple, because every new shape costs the runtime time
BATCH_TOKENS = 256  # of one batch; on processors of today larger ones only pad more
PASS_TOKENS = 24  # what a pass costs by itself, as tokens

Precision = Literal["bf16", "f32"]
Tokens = NDArray[np.int64]


class ModelFile(BaseModel):
    """What ``model.json`` says of an exported model.

    Attributes:
        identity: The model that was exported.
        precision: The precision that its vectors were verified in, and that passages are encoded in.
        most_tokens: Longer texts are cut off.
        runtime: Name and version of what ran it.
        mean_cosine: Of its vectors with those of the reference, over the texts it was verified on.
        least_cosine: The lowest of those.
        verified_on: How many texts.
    """

    model_config = ConfigDict(frozen=True)

    identity: EncoderIdentity
    precision: Precision
    most_tokens: PositiveInt
    runtime: str
    mean_cosine: float
    least_cosine: float
    verified_on: int


class ServingEncoder:
    """An exported model, read from its folder at first use.

    Its files' checksums must have been verified before; see `index.models`.
    """

    def __init__(self, folder: Path, about: ModelFile, *, threads: int | None = None) -> None:
        """Take the folder of an exported model, and what its ``model.json`` says.

        Args:
            folder: Where the files are.
            about: What they are.
            threads: Of the processor; without it as many as this process may use.
        """
        self.folder, self.about = folder, about
        self.threads = threads or usable_threads()
        self._loading, self._asking = Lock(), Lock()

    @property
    def identity(self) -> EncoderIdentity:
        """The model that was exported."""
        return self.about.identity

    @cached_property
    def precision(self) -> Precision:
        """The precision that this processor computes in: the one it was verified in, or single precision."""
        return "bf16" if self.about.precision == best_precision() == "bf16" else "f32"

    def load(self) -> None:
        """Read the model for queries now instead of at the first one."""
        with self._loading:
            _ = self._tokenizer, self._for_queries

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode queries, several in one pass."""
        self.load()
        tokens = self._tokenize(texts, self.identity.query_prompt)
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        with self._asking:
            for rows in _together([len(ids) for ids in tokens]):
                length = _rounded(max(len(tokens[row]) for row in rows))
                inputs = _padded([tokens[row] for row in rows], len(rows), length)
                vectors[rows] = self._for_queries.infer(inputs, share_inputs=True)[0]
        return vectors

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Encode passages, one stream of work a thread, long ones first; rows keep the order given."""
        if not texts:
            return np.zeros((0, self.identity.dimension), dtype=np.float32)
        with self._loading:
            tokens = self._tokenize(texts, self.identity.passage_prompt)
        return self._in_bulk(self._compiled(streams=self.threads), tokens, list(map(len, tokens)), progress)

    def encode_questions(self, questions: Sequence[Sequence[str]]) -> list[Vectors]:
        """Encode the texts of many questions in bulk, each bit for bit as `encode_queries` encodes them.

        A vector depends on its text and on the length that it is padded to, and that on the other texts of
        its question; so each is padded as it would be there, and only texts of one length share a pass.
        """
        texts = [text for question in questions for text in question]
        with self._loading:
            tokens = self._tokenize(texts, self.identity.query_prompt)
            model = self._for_many
        lengths, starts = [0] * len(tokens), np.cumsum([0, *map(len, questions)]).tolist()
        for start, end in pairwise(starts):
            for rows in _together([len(ids) for ids in tokens[start:end]]):
                length = max(len(tokens[start + row]) for row in rows)
                for row in rows:
                    lengths[start + row] = length
        vectors = self._in_bulk(model, tokens, lengths)
        return [vectors[start:end] for start, end in pairwise(starts)]

    def _in_bulk(
        self,
        model: CompiledModel,
        tokens: Sequence[Sequence[int]],
        lengths: Sequence[int],
        progress: Progress | None = None,
    ) -> Vectors:
        """Encode texts, each padded to its length at least; rows keep the order given."""
        vectors = np.zeros((len(tokens), self.identity.dimension), dtype=np.float32)
        done, total = 0, sum(map(len, tokens))

        def keep(request: Any, rows: list[int]) -> None:
            nonlocal done
            vectors[rows] = request.get_output_tensor(0).data[: len(rows)]
            done += sum(len(tokens[row]) for row in rows)

        queue = openvino().AsyncInferQueue(model)
        queue.set_callback(keep)
        for rows, n_rows, length in _batches(lengths):
            queue.start_async(_padded([tokens[row] for row in rows], n_rows, length), rows)
            if progress is not None:
                progress(done, total)
        queue.wait_all()
        if progress is not None:
            progress(done, total)
        return vectors

    def _tokenize(self, texts: Sequence[str], prompt: str) -> list[Sequence[int]]:
        encodings = self._tokenizer.encode_batch([prompt + text for text in texts])
        return [encoding.ids for encoding in encodings]

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        file = self.folder / TOKENIZER
        try:
            tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:  # the library raises nothing narrower
            raise IndexDamagedError(file, "is no tokenizer") from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(self.about.most_tokens)
        return tokenizer

    @cached_property
    def _for_queries(self) -> Any:
        """The graph with all threads on one request: what answers soonest."""
        return self._compiled(streams=1).create_infer_request()

    @cached_property
    def _for_many(self) -> CompiledModel:
        """The graph with a request a thread: what answers most."""
        return self._compiled(streams=self.threads)

    def _compiled(self, *, streams: int) -> CompiledModel:
        settings = {
            "INFERENCE_NUM_THREADS": self.threads,
            "NUM_STREAMS": streams,
            "INFERENCE_PRECISION_HINT": self.precision,
        }
        file = self.folder / GRAPH
        try:
            compiled: CompiledModel = openvino().Core().compile_model(file, "CPU", settings)
            named = {one.any_name: one.partial_shape.rank.get_length() for one in compiled.inputs}
            width = compiled.output(0).partial_shape[1]
        except (RuntimeError, ValueError, IndexError) as error:  # whichever, by where it is damaged
            why = " ".join(str(error).split())
            raise ModelError(f"the exported model in {file} cannot be used: {why}") from error
        if named != {"input_ids": 2, "attention_mask": 2} or width != self.identity.dimension:
            raise IndexDamagedError(file, "takes or gives something else than its model")
        return compiled


def usable_threads() -> int:
    """Return how many processors this process may use, or fewer if ``OMP_NUM_THREADS`` says so."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(processors, int(told)) if told.isdigit() and int(told) else processors


def read_about(folder: Path) -> ModelFile:
    """Return what an exported model is.

    Raises:
        IndexDamagedError: If its ``model.json`` cannot be read.
    """
    file = folder / ABOUT
    try:
        return ModelFile.model_validate_json(file.read_bytes())
    except (OSError, ValidationError) as error:
        raise IndexDamagedError(file, "does not describe a model") from error


def openvino() -> Any:
    """Import OpenVINO without its telemetry, which would send a report at the first use of its converter."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    return openvino


def best_precision() -> Precision:
    """Return the fastest precision that this processor has and that agrees with the reference."""
    return "bf16" if "BF16" in openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


def _rounded(length: int) -> int:
    return -(-length // STEP) * STEP


def _together(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield which queries to encode in one pass: several, unless padding them costs more than a pass."""
    group: list[int] = []
    padding = 0
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if group:
            padding += len(group) * (_rounded(lengths[row]) - _rounded(lengths[group[-1]]))
        if group and (padding > PASS_TOKENS or (len(group) + 1) * _rounded(lengths[row]) > BATCH_TOKENS):
            yield group
            group, padding = [], 0
        group.append(row)
    if group:
        yield group


def _batches(lengths: Sequence[int]) -> Iterator[tuple[list[int], int, int]]:
    """Yield batches, long texts first: which texts, how many rows, and how many tokens a row."""
    of_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        of_length.setdefault(_rounded(length), []).append(row)
    for length in sorted(of_length, reverse=True):
        rows, n_rows = of_length[length], max(1, BATCH_TOKENS // length)
        for start in range(0, len(rows), n_rows):
            yield rows[start : start + n_rows], n_rows, length


def _padded(tokens: Sequence[Sequence[int]], n_rows: int, length: int) -> dict[str, Tokens]:
    """Return the graph's inputs, each of shape ``(n_rows, length)``; rows beyond the texts hold one token."""
    ids, mask = np.zeros((2, n_rows, length), dtype=np.int64)
    mask[:, 0] = 1  # of nothing at all there is no mean
    for row, some in enumerate(tokens):
        ids[row, : len(some)] = some
        mask[row, : len(some)] = 1
    return {"input_ids": ids, "attention_mask": mask}
