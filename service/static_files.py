"""The files that pages are dressed with. An address that names a file's version may be kept for good."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from fastapi import Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
_EACH_TIME = "no-cache"
_FOR_GOOD = "public, max-age=31536000, immutable"


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    return {
        file.relative_to(FOLDER).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        for file in FOLDER.rglob("*")
        if file.is_file()
    }


def static_address(name: str) -> str:
    """Return the address of a file, with the version that it has.

    Raises:
        KeyError: If there is none of that name.
    """
    return f"/static/{name}?v={_versions()[name]}"


class Static(StaticFiles):
    """Serves the files; what is asked for by its version need not be asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        asked = scope["query_string"].decode("latin-1")
        response.headers["Cache-Control"] = _FOR_GOOD if asked == f"v={_versions().get(path)}" else _EACH_TIME
        return response
