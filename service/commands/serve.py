"""`warts serve`: the web page and the API."""

from __future__ import annotations

from pathlib import Path

import click

from service.commands.options import index_option
from service.opening import open_index
from service.settings import load_settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@index_option
def serve(host: str, port: int, index_dir: Path | None) -> None:
    """Serve the web page and the API, until interrupted.

    The page answers at once; until the model is loaded it says so, and /readyz answers 503.
    """
    import logging
    import sys

    import uvicorn

    from service.app import create_app

    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    index = open_index(settings, index_dir)  # a missing or damaged index is told before the port is taken
    click.echo(
        f"{len(index.cases)} cases; open http://{host}:{port}/ in a browser (Ctrl+C ends it)", err=True
    )
    # An encoder that is done needs the interpreter to go on; by default it would wait ten times as long
    # while questions are read and ranked (sixteen clients get about 8% more answers so).
    sys.setswitchinterval(0.0005)
    # The access log of uvicorn would hold the address of the page, and with it the question.
    app = create_app(index, settings)
    uvicorn.run(app, host=host, port=port, log_level=settings.log_level, access_log=False)
