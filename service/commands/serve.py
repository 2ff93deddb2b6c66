"""`warts serve`: the web page and the API."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.options import index_option
from service.opening import open_index
from service.settings import load_settings
from service.state.database import open_state


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer, all from the same index; at most one a processor is of use.",
)
@index_option
def serve(host: str, port: int, workers: int, index_dir: Path | None) -> None:
    """Serve the web page and the API, until interrupted.

    The page answers at once; until the model is loaded it says so, and /readyz answers 503.
    """
    import logging.config

    from service.logs import log_config
    from service.running import run_alone, run_workers

    settings = load_settings()
    logging.config.dictConfig(log_config(settings))
    with open_state(settings.state):  # brought up to date before a worker asks it; what is wrong is told here
        pass
    index = open_index(settings, index_dir)  # a missing or damaged index is told before the port is taken
    click.echo(
        f"{len(index.cases)} cases; open http://{host}:{port}/ in a browser (Ctrl+C ends it)", err=True
    )
    if workers == 1:
        run_alone(index, settings, host, port)
    else:
        directory = index.directory.absolute()
        del index  # the process that watches over the workers needs none
        run_workers(directory, settings, host, port, workers)
