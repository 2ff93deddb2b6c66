"""Clients of the application over the three cases."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import runpy
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from corpus.records import CaseStudy
from index.building import build_index
from index.case_index import CaseIndex
from service.app import create_app
from service.settings import Settings
from tests.loops import run as in_loop

PATIENCE = 30  # seconds until a test gives up waiting for what must come


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, index_dir: Path, encoder) -> Iterator[TestClient]:
    """A client whose application is ready."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    app = create_app(CaseIndex.open(index_dir), Settings(anonymous_per_minute=0))
    with TestClient(app, raise_server_exceptions=False) as client:
        until(lambda: client.get("/readyz").status_code == 200)
        yield client


def until(comes_true) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE
    while not comes_true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


@pytest.fixture(name="until")
def _until():
    """Wait until something is true."""
    return until


class GatedEncoder:
    """Wraps an encoder: notes every pass over queries, and holds them while its gate is shut."""

    def __init__(self, encoder) -> None:
        self.encoder, self.identity, self.passes = encoder, encoder.identity, []
        self.gate = Event()
        self.gate.set()

    def encode_passages(self, texts, *, progress=None):
        return self.encoder.encode_passages(texts, progress=progress)

    def encode_queries(self, texts):
        self.passes.append(list(texts))
        assert self.gate.wait(PATIENCE)
        if "fail" in texts:
            raise RuntimeError("the encoder failed")
        return self.encoder.encode_queries(texts)


@pytest.fixture
def gated(encoder) -> GatedEncoder:
    """An encoder that can be held."""
    return GatedEncoder(encoder)


class Calls:
    """Calls an application from its own event loop, many at a time, by clients that can go."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def match(self, text: str, gone: asyncio.Event | None = None):
        """Send a question to the API."""
        return self.call("POST", "/v1/match", json.dumps({"text": text}).encode(), gone=gone)

    async def call(self, method, path, body=b"", query=b"", gone=None, headers=()) -> SimpleNamespace:
        """Send a request; ``gone`` is set when its client goes."""
        gone = gone or asyncio.Event()
        pending, sent = [{"type": "http.request", "body": body, "more_body": False}], []
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http"},
            **{"method": method, "path": path, "raw_path": path.encode(), "query_string": query},
            **{"root_path": "", "client": ("test", 1), "server": ("test", 80), "state": {}},
            "headers": [(b"content-type", b"application/json"), *headers],
        }

        async def receive():
            if pending:
                return pending.pop()
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        text = b"".join(message.get("body", b"") for message in sent[1:]).decode()
        return SimpleNamespace(status=sent[0]["status"], headers=headers, text=text)


@pytest.fixture
def run_app(monkeypatch: pytest.MonkeyPatch, index_dir: Path, gated: GatedEncoder):
    """Run a coroutine of `Calls` against an application that is ready, with the gated encoder."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: gated))

    def run(test, **settings):
        settings = {"anonymous_per_minute": 0, **settings}
        app = create_app(CaseIndex.open(index_dir), Settings(**settings))
        calls = Calls(app)

        async def whole():
            async with app.router.lifespan_context(app):
                while (await calls.call("GET", "/readyz")).status != 200:
                    await asyncio.sleep(0.01)
                gated.passes.clear()
                await test(calls)

        async def bounded():
            await asyncio.wait_for(whole(), PATIENCE)

        try:
            in_loop(bounded)
        finally:
            gated.gate.set()

    return run


class Server:
    """A server process over the three cases, with the small encoder."""

    def __init__(self, index: Path, log: Path, options: tuple[str, ...], environment: dict[str, str]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        script = Path(__file__).with_name("small_server.py")
        common = {"WARTS_POLL_SECONDS": "0.05", "WARTS_ANONYMOUS_PER_MINUTE": "0"}
        command = [sys.executable, script, "serve", "--port", str(self.port), "--index", index, *options]
        self._log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=script.parents[2],
                env={**os.environ, **common, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> str:
        return self._log.read_text()

    def send(self, method, address, body=None, **headers) -> SimpleNamespace:
        """Send a request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, address, body, {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return SimpleNamespace(
                status=response.status, headers=response.headers, text=response.read().decode()
            )
        finally:
            connection.close()

    def match(self, text="parents and phones"):
        return self.send("POST", "/v1/match", json.dumps({"text": text}))

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return self.send("GET", "/readyz").status == 200
        except OSError:
            return False


@pytest.fixture(scope="module")
def start_shared_server(tmp_path_factory: pytest.TempPathFactory):
    """Start a server process for all tests of a module, over one case; variables by their names."""
    shared = runpy.run_path(str(Path(__file__).parents[1] / "conftest.py"))
    folder = tmp_path_factory.mktemp("server")
    build_index([CaseStudy.model_validate(shared["record"]())], shared["HashingEncoder"](), folder / "index")
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        servers.append(Server(folder / "index", folder / f"log-{len(servers)}", (), environment))
        until(servers[-1].is_ready)
        return servers[-1]

    yield start
    end(servers)


def end(servers: list[Server]) -> None:
    """End server processes."""
    for server in servers:
        server.process.terminate()
    for server in servers:
        server.process.wait(timeout=PATIENCE)


@pytest.fixture
def start_server(index_dir: Path, tmp_path: Path):
    """Start a server process: options of `warts serve`, and variables by their names."""
    servers: list[Server] = []

    def start(*options: str, **environment: str) -> Server:
        server = Server(index_dir, tmp_path / f"log-{len(servers)}", options, environment)
        servers.append(server)
        until(server.is_ready)
        return server

    yield start
    end(servers)
