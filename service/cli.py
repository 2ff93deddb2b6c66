"""The command `warts`: each command parses, calls the engine and prints.

Exit codes: 0 done, 1 a problem with the data or no answer possible, 2 wrong use.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys

import click

from corpus.errors import WartsError

# One question's products are small: a second thread only costs, and fights with the encoder's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Where each command is; only the one that is used is imported, because an answer is waited for.
_COMMANDS = {
    "ask": "service.commands.ask:ask",
    "match": "service.commands.match:match",
    "report": "service.commands.report:report",
    "index": "service.commands.index:index",
    "import": "service.commands.corpus:import_",
    "check": "service.commands.corpus:check",
    "show": "service.commands.corpus:show",
    "evaluate": "service.commands.evaluate:evaluate",
    "serve": "service.commands.serve:serve",
    "similar": "service.commands.similar:similar",
    "schools": "service.commands.schools:schools",
    "keys": "service.commands.keys:keys",
    "feedback": "service.commands.feedback:feedback",
    "backup": "service.commands.backup:backup",
    "restore": "service.commands.backup:restore",
    "mcp": "service.commands.mcp:mcp",
}


class _Commands(click.Group):
    """The commands, each imported when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's own signature
        """Return the names, in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command; None where there is none of that name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="warts-and-all", prog_name="warts")
def warts() -> None:
    """Find schools like yours that faced the same objection to technology.

    What they did about it, what went wrong, and what they would not do again: real, sourced case studies.

    Start with:  warts ask "mobiles banned here"
    """


def main() -> None:
    """Run the command line; an error of ours is one plain message, not a traceback."""
    one_answer = sys.argv[1:2] == ["ask"]
    if one_answer or sys.argv[1:2] == ["match"]:
        from service import warming

        warming.begin(sys.argv[2:])
    try:
        if one_answer:
            _answer_soon()
        warts(prog_name="warts")
    except (WartsError, OSError) as error:  # the latter: a folder that cannot be written, a full disk
        print(f"warts: {error}", file=sys.stderr)
        sys.exit(1)


def _answer_soon() -> None:
    """Run the command line in a process that ends with it: nothing is cleared up that ends with it anyway.

    Looking for garbage among what is imported, and taking the model down, are a fifth of such an answer.
    """
    gc.disable()
    try:
        warts(prog_name="warts")
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        if end.code is None or isinstance(end.code, int):
            os._exit(end.code or 0)
        raise


if __name__ == "__main__":
    main()
