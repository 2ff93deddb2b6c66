"""What can be made of a run: the pages, the workbook, and the tables for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from engine.matcher import Matcher
from service.reports import tables


def _write_html(lines: Path, matcher: Matcher, out: Path) -> object:
    from service.reports.pages import write_pages

    return write_pages(lines, matcher.index, matcher.encoder, out / "html")


_WRITERS: dict[str, Callable[[Path, Matcher, Path], object]] = {
    "html": _write_html,
    "xlsx": lambda lines, _, out: tables.write_xlsx(lines, out),
    "csv": lambda lines, _, out: tables.write_csv(lines, out / "csv"),
    "json": lambda lines, _, out: tables.write_json(lines, out),
    "parquet": lambda lines, _, out: tables.write_parquet(lines, out / "parquet"),
}
FORMATS = tuple(_WRITERS)
USUAL_FORMATS = "html,xlsx,csv,json"


def formats_of(told: str) -> tuple[str, ...]:
    """Return the formats of a list with commas, each once.

    Raises:
        ValueError: If one of them is none.
    """
    wanted = tuple(dict.fromkeys(name.strip() for name in told.split(",")))
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise ValueError(f"{unknown[0]!r} is no format; choose among {', '.join(FORMATS)}")
    return wanted


def require_formats(formats: Iterable[str]) -> None:
    """Make sure that formats can be written here, before hours are spent on what is to be written.

    Raises:
        FormatError: If a library is missing.
    """
    if "parquet" in formats:
        tables.require_parquet()


def write_formats(formats: Iterable[str], lines: Path, matcher: Matcher, out: Path) -> None:
    """Write a run that is done in some formats, each into its place in a folder.

    Raises:
        ReportError: If one cannot be written.
        OSError: If there is no room, or the folder cannot be written.
    """
    for name in formats:
        _WRITERS[name](lines, matcher, out)
