"""A question to a fresh process: everything is imported, read and asked once."""

from __future__ import annotations

from benchmarks.speeds.bench import Bench
from benchmarks.speeds.processes import in_turns, seconds_of
from benchmarks.speeds.rows import OURS, RIVALS, Cell, Goal, Row, compared

QUESTION = "mobiles banned here"
TIMES_AS_FAST, LONGEST_S = 8, 1.0


def measure(bench: Bench) -> list[Row]:
    """Time `warts ask` and the rivals' scripts in turns, with everything in the file cache."""
    environment = bench.environment()
    commands = {OURS: bench.ours("ask", QUESTION)}
    for system, module in RIVALS.items():
        if bench.installed(module):
            commands[system] = bench.rival(module, "ask", str(bench.store(module)), QUESTION)
    takes = {
        system: (lambda command=command: seconds_of(command, environment))
        for system, command in commands.items()
    }
    taken = in_turns("cold", takes, bench.repeats)
    cells = {system: Cell.of(values, "s") for system, values in taken.items()} | bench.not_installed()
    row = compared(f'fresh process: `warts ask "{QUESTION}"`, index built', cells, TIMES_AS_FAST)
    under = Goal.at_most(f"under {LONGEST_S:.1f} s", cells[OURS].median, LONGEST_S, " s")
    return [Row(row.what, row.cells, row.ratio, (*row.goals, under))]
