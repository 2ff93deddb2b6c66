"""Reporting on schools in several processes of this machine.

A process each, and one thread each in it: the encoder's and the algebra's threads would wait for one another
while the rest of the step, which is Python, has one processor to itself.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path

from engine.reports.records import ReportSchool, SchoolKept
from service.reports.errors import EngineError
from service.reports.parent import end_with_the_parent
from service.reports.run_file import RunFile
from service.reports.step import SchoolStep

CHUNK = 64  # schools that a process is given at a time
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def report_in_processes(
    schools: Iterable[ReportSchool], index: Path, about: RunFile, processes: int
) -> Iterator[SchoolKept]:
    """Report on schools in their order, some in each process, in constant memory.

    Args:
        schools: Taken as they are needed, a few chunks ahead.
        index: Folder of the index, opened by each process.
        about: The run.
        processes: How many, at least 1.

    Raises:
        EngineError: If a process finds another index than the run's, or is ended from outside.
    """
    coming = iter(schools)
    with (
        _one_thread_each(),
        ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), end_with_the_parent) as pool,
    ):
        ahead: deque[Future[list[str]]] = deque()
        try:
            while True:
                while len(ahead) < 2 * processes and (chunk := list(islice(coming, CHUNK))):
                    ahead.append(pool.submit(_lines, index, about, chunk))
                if not ahead:
                    return
                for line in ahead.popleft().result():
                    yield SchoolKept.model_validate_json(line)
        except BrokenProcessPool as error:
            raise EngineError("a process was ended from outside; go on with --resume") from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@lru_cache(maxsize=1)
def _step(index: Path, about: RunFile) -> SchoolStep:
    return SchoolStep(index, about)


def _lines(index: Path, about: RunFile, schools: list[ReportSchool]) -> list[str]:
    # Opened at the first chunk and not as the process begins: only then does the pool tell what went wrong.
    return _step(index, about).lines(schools)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Have processes that begin within use one thread each; it is read when their libraries are loaded."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
