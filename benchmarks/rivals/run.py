"""Build, update, ask or serve one rival; a script of its own that knows nothing of this project.

Run:  python benchmarks/rivals/run.py usual|with_txtai|with_chroma COMMAND ...
      python benchmarks/rivals/run.py versions PACKAGE ...

Commands: build PASSAGES FOLDER, update PASSAGES FOLDER, ask FOLDER TEXT, serve FOLDER PORT. PASSAGES is JSON
Lines with id, title and text. Modules are imported where they are used, so that each process pays for what
it needs only.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

MATCHES = 5
_PASSAGES = 25  # looked at for five different titles


def main() -> None:
    """Do what the command line says."""
    name, *rest = sys.argv[1:]
    if name == "versions":
        print(json.dumps({package: _version(package) for package in rest}))
        return
    rival, (command, *arguments) = importlib.import_module(name), rest
    {"build": _build, "update": _build, "ask": _ask, "serve": _serve}[command](rival, command, *arguments)


def _build(rival: Any, command: str, passages: str, folder: str) -> None:
    with Path(passages).open(encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    Path(folder).mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    getattr(rival, command)(found, Path(folder))
    print(json.dumps({"seconds": time.perf_counter() - began}))


def _ask(rival: Any, command: str, folder: str, text: str) -> None:
    del command
    for passage in _different(rival.Search(Path(folder))(text, _PASSAGES), MATCHES):
        print(passage["title"])


def _serve(rival: Any, command: str, folder: str, port: str) -> None:
    del command
    import server

    search = rival.Search(Path(folder))
    server.serve(lambda text, k: _different(search(text, _PASSAGES), k), int(port))


def _different(passages: list[dict[str, str]], k: int) -> list[dict[str, str]]:
    """Return the first ``k`` passages of different cases, with title and text."""
    first: dict[str, dict[str, str]] = {}
    for passage in passages:
        title = passage["title"]
        first.setdefault(title, {"title": title, "text": passage["text"]})
    return list(first.values())[:k]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
