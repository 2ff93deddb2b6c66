"""Reporting on schools on a Ray cluster: the step of `SchoolStep` as a Ray Data pipeline.

The index must lie at the same path on every node, as on a shared file system; a node with another index,
model or program is refused by the step. The nodes of a cluster trust one another: this is Ray's own way.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from engine.reports.records import ReportSchool, SchoolKept
from service.reports.errors import EngineError
from service.reports.run_file import RunFile
from service.reports.spreading import CHUNK
from service.reports.step import SchoolStep

_PATIENCE = 10  # seconds
_SCHOOL, _LINE = "school", "line"
_as_json = TypeAdapter(ReportSchool)


def report_on_ray(
    schools: Iterable[ReportSchool], index: Path, about: RunFile, address: str | None = None
) -> Iterator[SchoolKept]:
    """Report on schools in their order, on all processors of a cluster.

    The schools lie in the cluster's object store, which spills to disk; here there are a few at a time.

    Args:
        schools: Schools.
        index: Folder of the index, on every node.
        about: The run.
        address: Of the cluster; None begins one on this machine, and ends it.

    Raises:
        EngineError: If Ray is not installed, or the cluster cannot be reached or ends the work.
    """
    with _cluster(address) as ray:
        import pyarrow

        coming, blocks = iter(schools), []
        while chunk := [_as_json.dump_json(one).decode() for one in islice(coming, CHUNK)]:
            blocks.append(ray.put(pyarrow.table({_SCHOOL: chunk})))
        if not blocks:
            return
        processors = max(1, int(ray.cluster_resources().get("CPU", 1)))
        steps = ray.data.ActorPoolStrategy(size=min(processors, len(blocks)))
        found = ray.data.from_arrow_refs(blocks).map_batches(
            RayStep,
            fn_constructor_args=(str(index.resolve()), about.model_dump_json()),
            batch_format="pyarrow",
            batch_size=CHUNK,
            compute=steps,
            num_cpus=1,  # Ray tells the step's libraries to use as many threads
        )
        try:
            for row in found.iter_rows():
                yield SchoolKept.model_validate_json(row[_LINE])
        except ray.exceptions.RayError as error:
            raise EngineError(f"Ray ended the work: {_reason(error)}") from error


class RayStep:
    """`SchoolStep` on tables of Arrow: schools in, lines out, both as JSON."""

    def __init__(self, index: str, about: str) -> None:
        """Open the index of this node."""
        self._step = SchoolStep(Path(index), RunFile.model_validate_json(about))

    def __call__(self, block: Any) -> Any:
        """Return the lines of a block of schools."""
        import pyarrow

        schools = [_as_json.validate_json(one) for one in block[_SCHOOL].to_pylist()]
        return pyarrow.table({_LINE: self._step.lines(schools)})


def require_ray(address: str | None) -> None:
    """Make sure that Ray is installed and that somebody listens at an address, if one is told.

    Raises:
        EngineError: If not.
    """
    if find_spec("ray") is None:
        raise EngineError("Ray is not installed: pip install 'warts-and-all[ray]', here and on each node")
    if address is None:
        return
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise EngineError(
            f"{address!r} is no address of a Ray cluster: give HOST:PORT, as `ray start` prints it"
        )
    try:
        # Ray itself would try for a quarter of an hour.
        with socket.create_connection((host, int(port)), timeout=_PATIENCE):
            pass
    except OSError as error:
        raise EngineError(f"the Ray cluster at {address} cannot be reached: {error}") from error


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    """Join a cluster, and leave it."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody outside is told of a run
    require_ray(address)
    import ray
    import ray.data

    try:
        ray.init(address=address or "local", log_to_driver=False, logging_level="error")
    except (OSError, RuntimeError, ValueError) as error:
        where = f"at {address} cannot be joined" if address else "of this machine cannot be begun"
        raise EngineError(f"the Ray cluster {where}: {_reason(error)}") from error
    try:
        context = ray.data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False  # the run shows its own
        yield ray
    finally:
        ray.shutdown()


def _reason(error: Exception) -> str:
    """Return the last line of an error, where Ray puts what went wrong on the node."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
