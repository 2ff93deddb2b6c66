"""The command `warts`: each command parses, calls the engine and prints.

Exit codes: 0 done, 1 a problem with the data or no answer possible, 2 wrong use.
"""

from __future__ import annotations

import sys

import click

from corpus.errors import WartsError
from service.commands.ask import ask
from service.commands.corpus import check, import_, show
from service.commands.evaluate import evaluate
from service.commands.index import index
from service.commands.match import match
from service.commands.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="warts-and-all", prog_name="warts")
def warts() -> None:
    """Find schools like yours that faced the same objection to technology.

    What they did about it, what went wrong, and what they would not do again: real, sourced case studies.

    Start with:  warts ask "mobiles banned here"
    """


for command in (ask, match, index, import_, check, show, evaluate, serve):
    warts.add_command(command)


def main() -> None:
    """Run the command line; an error of ours is one plain message, not a traceback."""
    try:
        warts(prog_name="warts")
    except (WartsError, OSError) as error:  # the latter: a folder that cannot be written, a full disk
        print(f"warts: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
