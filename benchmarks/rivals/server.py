"""A search behind FastAPI, as one would write it: one process, a plain function for a route."""

from __future__ import annotations

from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

Search = Callable[[str, int], list[dict[str, str]]]


class Asked(BaseModel):
    """What is asked, and for how many cases."""

    text: str
    k: int = 5


def serve(search: Search, port: int) -> None:
    """Answer POST /match until ended."""
    app = FastAPI()

    @app.post("/match")
    def match(asked: Asked) -> list[dict[str, str]]:
        """Return titles and texts."""
        return search(asked.text, asked.k)

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
