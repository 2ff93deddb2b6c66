"""The server's process, or its workers: uvicorn within our bounds.

Workers are processes that answer from one folder, each with an application of its own; uvicorn's supervisor
starts them, replaces one that dies, and ends them all.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from corpus.errors import WartsError
from index.case_index import CaseIndex
from index.serving import usable_threads
from service.app import create_app
from service.connections import BoundedConnection
from service.logs import log_config
from service.settings import Settings

RETRY_SECONDS = 5.0  # before a worker that cannot open the index makes room for the next
_HEALTHY_SECONDS = 10  # for a worker to say that it lives; a new one has to import everything first
logger = logging.getLogger("warts")


def run_alone(index: CaseIndex, settings: Settings, host: str, port: int) -> None:
    """Answer from this process until it is told to end.

    Raises:
        SystemExit: If the port cannot be had.
    """
    _hand_over_soon()
    server = uvicorn.Server(_config(create_app(index, settings), settings, host, port, 1))
    try:
        server.run()
    except KeyboardInterrupt:
        pass  # uvicorn has ended in order, and passes the signal on
    except SystemExit as end:
        sys.exit(1 if end.code else 0)


def run_workers(directory: Path, settings: Settings, host: str, port: int, workers: int) -> None:
    """Answer from several processes until this one is told to end.

    Raises:
        SystemExit: If the port cannot be had, or no worker can start.
    """
    # Each would otherwise compute with every processor, and fight the others for it.
    os.environ.setdefault("OMP_NUM_THREADS", str(max(1, usable_threads() // workers)))
    with ExitStack() as passing:
        if settings.metrics:
            shared = passing.enter_context(tempfile.TemporaryDirectory(prefix="warts-metrics-"))
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = shared
        config = _config(partial(application, directory, settings), settings, host, port, workers)
        try:
            supervisor = Multiprocess(config, [config.bind_socket()])
            supervisor.run()
        except SystemExit as end:
            sys.exit(1 if end.code else 0)
    if any(worker.exitcode == STARTUP_FAILURE for worker in supervisor.processes):
        sys.exit(1)


def application(directory: Path, settings: Settings) -> FastAPI:
    """Make the application of a worker.

    If the index cannot be opened, the process ends, and the supervisor starts another worker.
    """
    _hand_over_soon()
    try:
        index = CaseIndex.open(directory)
    except (WartsError, OSError) as error:
        logger.error("this worker ends, because the index cannot be opened: %s", error)  # noqa: TRY400
        time.sleep(RETRY_SECONDS)
        os._exit(1)  # at once: the supervisor would wait for a word from one that is still clearing up
    # It takes its place among others, who can answer already.
    return create_app(index, settings, load_first=True)


def _config(
    app: FastAPI | Callable[[], FastAPI], settings: Settings, host: str, port: int, workers: int
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=not isinstance(app, FastAPI),
        host=host,
        port=port,
        workers=workers,
        http=partial(  # type: ignore[arg-type]  # whatever makes a protocol
            BoundedConnection, most=settings.connections, seconds=settings.body_seconds
        ),
        ws="none",
        # The access log of uvicorn would hold the address of the page, and with it the question.
        access_log=False,
        log_config=log_config(settings),
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=settings.keep_alive_seconds,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        timeout_worker_healthcheck=_HEALTHY_SECONDS,
    )


def _hand_over_soon() -> None:
    # An encoder that is done needs the interpreter to go on; by default it would wait ten times as long
    # while questions are read and ranked (sixteen clients get about 8% more answers so).
    sys.setswitchinterval(0.0005)
