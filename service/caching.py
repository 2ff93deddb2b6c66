"""Answers that follow from the index alone carry a tag, and are sent again only when the tag has changed.

The tag is made of what such an answer follows from: the generation of the index, the software, its settings
and the address. So it is known before any work is done, is the same from every worker, and changes in the
moment in which a new generation answers. ``no-cache`` lets anybody keep the answer, and has them ask with the
tag each time. No answer depends on a header of its request, so there is nothing to vary by.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.access import key_of_request
from service.live import Live
from service.readiness import the_live
from service.settings import Settings

UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the tag that `If-None-Match` holds was given."}
}
CHECK_EACH_TIME = "no-cache"
_PACKAGES = tuple(Path(__file__).parents[1] / name for name in ("corpus", "index", "engine", "service"))


class FromIndex(APIRoute):
    """A route whose answers follow from the index, the settings and the address, and from nothing else.

    To be used as the ``route_class`` of a router. What people have sent and the server has kept, such as
    feedback, must not show in its answers, and no answer may depend on a cookie.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        answer = super().get_route_handler()

        async def answer_or_say_unchanged(request: Request) -> Response:
            await key_of_request(request)  # first of all: without a key that is asked for, nothing is told
            tag = tag_of(request, await the_live(request))
            headers = {"ETag": tag, "Cache-Control": CHECK_EACH_TIME}
            if tag in _tags_held(request):
                return Response(status_code=304, headers=headers)
            response = await answer(request)
            if response.status_code == 200:
                response.headers.update(headers)
            return response

        return answer_or_say_unchanged


def tag_of(request: Request, live: Live) -> str:
    """Return the entity tag of what an address answers from an index.

    It is weak: whatever stands between may have compressed the bytes.

    Source: RFC 9110, section 8.8.3
    """
    parts = (request.app.state.edition, live.index.generation.name, str(request.url))
    return f'W/"{hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32]}"'


def edition_of(settings: Settings) -> str:
    """Return a digest of the program and its settings: what answers of other servers may differ by."""
    return hashlib.sha256(f"{program_digest(_PACKAGES)} {settings.model_dump_json()}".encode()).hexdigest()


@lru_cache(maxsize=1)
def program_digest(packages: tuple[Path, ...]) -> str:
    """Return a digest of the code and templates in some folders.

    The number of the version would not do: a program that is run from its repository changes without it.
    """
    digest = hashlib.sha256()
    for package in packages:
        for file in sorted(file for file in package.rglob("*") if file.suffix in (".py", ".html")):
            content = file.read_bytes()
            digest.update(f"{file.relative_to(package.parent)} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _tags_held(request: Request) -> set[str]:
    """Return the tags of what the client has; strong ones as weak ones, for that is how GET compares them."""
    told = ",".join(request.headers.getlist("if-none-match"))
    return {f"W/{tag.strip().removeprefix('W/')}" for tag in told.split(",")}
