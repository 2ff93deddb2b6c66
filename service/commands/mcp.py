"""`warts mcp`: the cases as tools of an assistant."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path

import click

from service.commands.options import index_option
from service.live import LiveIndex
from service.opening import encoder_for, open_index
from service.settings import load_settings


@click.command()
@click.option(
    "--http",
    "port",
    type=click.IntRange(1, 65535),
    metavar="PORT",
    help="Answer at http://127.0.0.1:PORT/mcp instead of on standard input and output.",
)
@index_option
def mcp(port: int | None, index_dir: Path | None) -> None:
    """Let an assistant match worries and read and compare cases, over the Model Context Protocol.

    An assistant's program starts this command and talks to it over standard input and output; docs/mcp.md
    says how it is told to. What happens is logged on standard error, without the text of any question.
    """
    try:
        from service.mcp.server import make_server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise click.ClickException("this needs the MCP SDK: pip install 'warts-and-all[mcp]'") from error
    settings = load_settings()
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    live = LiveIndex(open_index(settings, index_dir), partial(encoder_for, settings))
    server = make_server(live, settings.poll_seconds)
    if port is None:
        server.run()
    else:
        server.run("streamable-http", port=port)
