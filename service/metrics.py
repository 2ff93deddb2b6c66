"""Figures for Prometheus at /metrics, where they are switched on.

Labels take few values: routes by their template, never by their path. Several workers write theirs into the
folder that ``PROMETHEUS_MULTIPROC_DIR`` names, which `warts serve` sets, and whichever is asked adds them up.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Metric,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from service.jobs.job import JobState
from service.jobs.store import count_jobs
from service.live import Live
from service.state.errors import StateError

logger = logging.getLogger("warts")
ADDRESS = "/metrics"
SHARED = "PROMETHEUS_MULTIPROC_DIR"
_REPORTS = "warts_reports"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REFUSED = {401: "key", 403: "forbidden", 408: "slow", 413: "large", 429: "busy", 503: "not ready"}
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = of = CollectorRegistry()
        self._reports_known = False
        self._requests = Counter(
            "warts_requests", "Requests answered.", ("method", "route", "status"), registry=of
        )
        self._refused = Counter("warts_refused", "Requests refused, by reason.", ("reason",), registry=of)
        self._steps = Histogram(
            "warts_question_seconds",
            "Time of a question by step, waiting for its turn included; whole is all of the request.",
            ("step",),
            registry=of,
            buckets=_SECONDS,
        )
        self._verdicts = Counter("warts_verdicts", "Answers, by verdict.", ("verdict",), registry=of)
        self._queue = Gauge(
            "warts_queue", "Questions waiting or in work.", registry=of, multiprocess_mode="livesum"
        )
        self._reports = Gauge(
            *(_REPORTS, "Reports made as jobs, by state.", ("state",)),
            registry=of,
            multiprocess_mode="livemostrecent",
        )
        self._cases = _latest("warts_index_cases", "Cases in the index that answers.", of)
        self._passages = _latest("warts_index_passages", "Passages in the index that answers.", of)
        self._built = Gauge(
            "warts_index_built_timestamp_seconds",
            "When the generation that answers was built; of several workers the oldest.",
            registry=of,
            multiprocess_mode="livemin",
        )

    def request(self, scope: Scope, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(method if method in _METHODS else "other", _template(scope), status).inc()
        noted = scope["state"]
        if status in _REFUSED:
            self._refused.labels(_reason(noted, status)).inc()
        if "steps" in noted:
            self._verdicts.labels(noted["verdict"]).inc()
            for step, took in {**noted["steps"], "whole": seconds}.items():
                self._steps.labels(step).observe(took)

    def queue(self, inside: int) -> None:
        """Tell how many questions wait or are in work."""
        self._queue.set(inside)

    def reports(self, counted: Mapping[JobState, int] | None) -> None:
        """Tell how many reports there are in each state, of all workers; None: nobody can tell."""
        self._reports_known = counted is not None
        for state, jobs in (counted or {}).items():
            self._reports.labels(state).set(jobs)

    def index(self, live: Live) -> None:
        """Tell of the index that answers from now on."""
        manifest = live.index.manifest
        self._cases.set(manifest.cases)
        self._passages.set(manifest.passages)
        self._built.set(manifest.built_at.timestamp())

    def text(self) -> bytes:
        """Return all figures that are known, of all workers, in Prometheus' text format."""
        registry = self._registry
        if SHARED in os.environ:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry if self._reports_known else _WithoutReports(registry))


class _WithoutReports(Collector):
    """All figures but how many reports there are; those that were told last would look like new ones."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        return (family for family in self._registry.collect() if family.name != _REPORTS)


def add_metrics(app: FastAPI) -> Metrics:
    """Make the figures of an application, which has its index and queue already, and the address of them."""
    _forget_dead_workers()
    disable_created_metrics()  # type: ignore[no-untyped-call]  # when each was first counted: twice the lines, and of no use
    metrics = Metrics()
    metrics.index(app.state.live.current)
    app.state.live.tell, app.state.answering.tell = metrics.index, metrics.queue

    said = ""

    async def tell(_: Request) -> Response:
        nonlocal said
        try:
            metrics.reports(await app.state.state.run(count_jobs))
            said = ""
        except (
            StateError,
            sqlite3.Error,
        ) as error:  # all else is told
            metrics.reports(None)
            if str(error) != said:
                said = str(error)
                logger.error("reports are not counted in %s, because of %s", ADDRESS, error)  # noqa: TRY400 -- no text of callers
        return Response(await run_in_threadpool(metrics.text), media_type=CONTENT_TYPE_LATEST)

    app.add_route(ADDRESS, tell, include_in_schema=False)
    return metrics


def _reason(noted: dict[str, Any], status: int) -> str:
    """Return why a request was refused; the state of the request tells apart what has the same status."""
    standing = noted.get("standing")  # against a limit; see `service.access`
    if status == 429 and standing is not None and not standing.allowed:
        return "limit"
    return "connections" if noted.get("refused") else _REFUSED[status]


def _latest(name: str, what: str, registry: CollectorRegistry) -> Gauge:
    return Gauge(name, what, registry=registry, multiprocess_mode="livemostrecent")


def _template(scope: Scope) -> str:
    """Return the template of the route that answered; all addresses that are not there have one together."""
    if scope["path"].startswith("/static/"):
        return "/static"
    return str(getattr(scope.get("route"), "path", "none"))


def _forget_dead_workers() -> None:
    """Remove the gauges of workers that have died; whoever takes their place does it."""
    if SHARED not in os.environ:
        return
    for file in Path(os.environ[SHARED]).glob("gauge_live*_*.db"):
        pid = int(file.stem.rsplit("_", 1)[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        except PermissionError:
            continue
