"""What many tests share: a small encoder without a model, records made to measure, a small index."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.reading import SHIPPED_CASES, read_cases
from corpus.records import CaseStudy
from corpus.vocabulary import stems_of
from engine.matcher import Matcher
from index.building import build_index
from index.case_index import CaseIndex
from index.encoder import EncoderIdentity, Progress, SentenceTransformerEncoder, Vectors
from service.opening import encoder_for
from service.settings import Settings

MakeCase = Callable[..., CaseStudy]


@pytest.fixture(autouse=True, scope="session")
def _nobodys_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests, and the processes they start, away from the state of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("state")))
        yield


class HashingEncoder:
    """Bag of hashed stems: like texts get like unit vectors, always the same ones."""

    def __init__(self, dimension: int = 256, model: str = "hashing") -> None:
        self.identity = EncoderIdentity(model, hashlib.sha256(model.encode()).hexdigest(), dimension)
        self.encoded = 0

    def encode_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        self.encoded += len(texts)
        if progress is not None:
            progress(len(texts), len(texts))
        return self.encode_queries(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.identity.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for stem in stems_of(text):
                bucket = int.from_bytes(hashlib.blake2b(stem.encode(), digest_size=4).digest(), "big")
                vectors[row, bucket % self.identity.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)


def record(**changes: Any) -> dict[str, Any]:
    """Return a sound record as plain values, with some parts changed."""
    sound: dict[str, Any] = {
        "id": "elm-school-phones-2020",
        "title": "Phones in pouches",
        "summary": "Elm School locked phones in pouches for a year and then gave the pouches up.",
        "institution": {"name": "Elm School", "kind": "school", "country": "GB", "phases": ["secondary"]},
        "technology": ["phone-pouches"],
        "objections": [
            {
                "text": "Parents want to reach their children",
                "raised_by": ["parents"],
                "response": "The office takes messages",
                "result": "partly",
            }
        ],
        "failed": ["Pupils brought a second phone"],
        "not_again": ["Starting in September"],
        "outcome": "abandoned",
        "provenance": {
            "independence": "independent",
            "sources": [{"title": "Pouches at Elm School", "url": "https://example.org/elm"}],
        },
    }
    return {**sound, **changes}


@pytest.fixture
def make_record() -> Callable[..., dict[str, Any]]:
    """Make a sound record as plain values; keywords replace parts of it."""
    return record


@pytest.fixture
def make_case() -> MakeCase:
    """Make a case study; keywords replace parts of a sound record."""

    def make(**changes: Any) -> CaseStudy:
        return CaseStudy.model_validate(record(**changes))

    return make


@pytest.fixture
def encoder() -> HashingEncoder:
    """A deterministic encoder that needs no model."""
    return HashingEncoder()


@pytest.fixture
def three_cases(make_case: MakeCase) -> tuple[CaseStudy, ...]:
    """Three cases about phones, broadband and tablets."""
    return (
        make_case(),
        make_case(
            id="ash-primary-broadband-2015",
            title="Slow broadband in a village school",
            summary="Ash Primary put lessons online over a rural broadband link that failed.",
            institution={
                "name": "Ash Primary",
                "kind": "school",
                "country": "GB",
                "phases": ["primary"],
                "setting": "rural",
                "pupils": 85,
            },
            technology=["connectivity"],
            objections=[
                {"text": "The broadband is too slow for a whole class", "raised_by": ["teachers"]},
                {"text": "Governors fear too much screen time", "raised_by": ["governors"]},
            ],
            failed=["Lessons stalled whenever two classes were online"],
            not_again=["Buying devices before testing the broadband"],
            outcome="mixed",
        ),
        make_case(
            id="oak-college-tablets-2018",
            title="Tablets that parents paid for",
            summary="Oak College asked parents to pay for tablets each month and met anger over the cost.",
            institution={
                "name": None,
                "kind": "college",
                "country": "US",
                "phases": ["further-education"],
                "setting": "urban",
            },
            technology=["tablets"],
            objections=[{"text": "Parents cannot afford the monthly cost", "result": "unresolved"}],
            failed=["Half of the tablets broke within a year"],
            not_again=[],
            outcome="scaled-back",
        ),
    )


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Build an index once for the same cases and encoder: to build takes longer than most tests."""
    known: dict[tuple[str, ...], Path] = {}

    def built(cases: tuple[CaseStudy, ...], encoder: HashingEncoder) -> Path:
        key = (str(encoder.identity), *(case.model_dump_json() for case in cases))
        if key not in known:
            folder = tmp_path_factory.mktemp("index") / "index"
            build_index(cases, encoder, folder)
            known[key] = folder
        return known[key]

    return built


@pytest.fixture
def index_dir(
    tmp_path: Path,
    three_cases: tuple[CaseStudy, ...],
    encoder: HashingEncoder,
    _built: Callable[..., Path],
) -> Path:
    """A folder of the test's own with an index of the three cases."""
    return shutil.copytree(_built(three_cases, encoder), tmp_path / "index", symlinks=True)


@pytest.fixture
def matcher(index_dir: Path, encoder: HashingEncoder) -> Matcher:
    """A matcher over the three cases."""
    return Matcher(CaseIndex.open(index_dir), encoder)


@pytest.fixture(scope="session")
def real_encoder() -> SentenceTransformerEncoder:
    """The default model."""
    return SentenceTransformerEncoder()


@pytest.fixture(scope="session")
def real_index(tmp_path_factory: pytest.TempPathFactory, real_encoder: SentenceTransformerEncoder) -> Path:
    """A folder with an index of the shipped cases by the default model; built once a run."""
    directory = tmp_path_factory.mktemp("real") / "index"
    build_index(read_cases([SHIPPED_CASES]).cases, real_encoder, directory)
    return directory


@pytest.fixture(scope="session")
def real_matcher(real_index: Path) -> Matcher:
    """A matcher over the shipped cases, asked as users ask: with the exported model."""
    index = CaseIndex.open(real_index)
    return Matcher(index, encoder_for(Settings(), index))


@pytest.fixture(scope="session")
def server(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server process, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--index", str(real_index)]
    with log.open("wb") as output:
        environment = {**os.environ, "WARTS_ANONYMOUS_PER_MINUTE": "0"}
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    pytest.fail(f"the server did not get ready:\n{log.read_text()}")
