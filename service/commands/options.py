"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click
from pydantic import ValidationError

from corpus.records import Kind, Level, Phase, Sector, Setting
from engine.comparability import WEIGHTS, Attribute
from engine.context import SchoolContext
from engine.facets import FACETS, CaseFilter, Facet
from engine.ranking import Preferences, Unlike
from engine.tuning import TUNING

Command = TypeVar("Command", bound=Callable[..., Any])

index_option = click.option(
    "--index",
    "index_dir",
    type=click.Path(path_type=Path),
    help="Folder of the index; without it the default one, built when it has to be.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")

_CONTEXT_OPTIONS = (
    click.option(
        "--phase", "phases", multiple=True, type=click.Choice(get_args(Phase)), help="May be repeated."
    ),
    click.option("--setting", type=click.Choice(get_args(Setting))),
    click.option("--pupils", type=click.IntRange(min=1), help="Head count."),
    click.option("--country", metavar="CC", help="ISO 3166-1 alpha-2, such as GB."),
    click.option("--sector", type=click.Choice(get_args(Sector))),
    click.option("--kind", type=click.Choice(get_args(Kind))),
    click.option("--disadvantage", type=click.Choice(get_args(Level)), help="Relative to your country."),
)


_PREFERENCE_OPTIONS = (
    click.option(
        "--closeness",
        type=click.FloatRange(0, 1),
        help=f"How much the school counts, 0 to 1; default {TUNING.closeness}.",
    ),
    click.option(
        "--exclude-unlike",
        multiple=True,
        type=click.Choice(list(WEIGHTS)),
        help="Leave out schools known to differ in this; may be repeated.",
    ),
    click.option(
        "--count-less-unlike",
        multiple=True,
        type=click.Choice(list(WEIGHTS)),
        help="Move down schools known to differ in this; may be repeated.",
    ),
    click.option(
        "--only",
        multiple=True,
        metavar="FACET=VALUE",
        help="Of what comes near show only this, such as outcome=abandoned; may be repeated.",
    ),
    click.option("--school-first", is_flag=True, help="The school most like yours first."),
)


def preference_options(command: Command) -> Command:
    """Add the options that say how schools are to be compared."""
    for option in reversed(_PREFERENCE_OPTIONS):
        command = option(command)
    return command


def preferences_of(values: dict[str, Any]) -> Preferences:
    """Return the preferences that the options describe.

    Raises:
        click.BadParameter: If a filter is no pair of a facet and a value.
    """
    unlike: dict[Attribute, Unlike] = dict.fromkeys(values["count_less_unlike"], "count-less")
    return Preferences(
        values["closeness"],
        {**unlike, **dict.fromkeys(values["exclude_unlike"], "exclude")},
        _filter_of(values["only"]),
        "school" if values["school_first"] else "match",
    )


def _filter_of(told: tuple[str, ...]) -> CaseFilter:
    """Return the filter that pairs such as ``outcome=abandoned`` describe; several of one facet mean any.

    Raises:
        click.BadParameter: If one is no such pair.
    """
    wanted: dict[Facet, tuple[str, ...]] = {}
    for pair in told:
        name, equals, value = pair.partition("=")
        facet = next((known for known in FACETS if known == name), None)
        if facet is None or not equals or not value:
            message = f"{pair!r} is not FACET=VALUE; the facets are {', '.join(FACETS)}"
            raise click.BadParameter(message, param_hint="--only")
        wanted[facet] = (*wanted.get(facet, ()), value)
    return CaseFilter(wanted)


def context_options(command: Command) -> Command:
    """Add the options that describe the leader's school."""
    for option in reversed(_CONTEXT_OPTIONS):
        command = option(command)
    return command


def context_of(values: dict[str, Any]) -> SchoolContext:
    """Return the school that the options describe.

    Raises:
        click.BadParameter: If a value is not possible; it names the option.
    """
    if values.get("country"):
        values = {**values, "country": values["country"].upper()}
    try:
        return SchoolContext.model_validate(values)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        message = fault["msg"].removeprefix("Value error, ")
        raise click.BadParameter(message, param_hint=f"--{fault['loc'][0]}") from error
