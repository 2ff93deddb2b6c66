"""A folder of pages that opens from disk: written beside its place, and moved there when it is whole."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from service import wording
from service.reports.errors import ReportError
from service.static_files import FOLDER as STATIC

_MARK = "warts-report.txt"  # tells a folder that may be replaced from one that may not
_SHEETS = (STATIC / "style.css", Path(__file__).parent / "report.css")

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_templates.globals.update(wording=wording, zip=zip)


class FolderTakenError(ReportError):
    """There is something else where the pages are to go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds something that is no report, so no pages were written; name another folder"
        )
        self.folder = folder


@contextmanager
def written_beside(out: Path) -> Iterator[Path]:
    """Give a new folder with the style sheet, which takes the place of an older one when all is written.

    Raises:
        FolderTakenError: If there is something else in its place.
    """
    if out.exists() and not (out / _MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise FolderTakenError(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as beside:
        new = Path(beside) / "new"
        new.mkdir()
        sheet = "".join(file.read_text(encoding="utf-8") for file in _SHEETS)
        (new / "style.css").write_text(sheet, encoding="utf-8")
        shutil.copyfile(STATIC / "icon.svg", new / "icon.svg")
        (new / _MARK).write_text("Pages of Warts & All: open index.html\n", encoding="utf-8")
        yield new
        if out.exists():
            out.rename(Path(beside) / "old")
        new.rename(out)


def write_page(file: Path, template: str, content: Mapping[str, Any]) -> None:
    """Write one page; everything that the template shows is escaped."""
    file.write_text(_templates.get_template(template).render(content), encoding="utf-8")
