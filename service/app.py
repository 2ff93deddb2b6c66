"""The web application: routes, headers, errors, and the model loaded behind the first answers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles

from engine.matcher import Matcher
from index.case_index import CaseIndex
from service import api, pages
from service.opening import encoder_for
from service.problems import describe_problems, install_handlers
from service.settings import Settings

logger = logging.getLogger("warts")
_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # The address of an answer holds the question; the sources a reader opens must not get it.
    "Referrer-Policy": "no-referrer",
}


def create_app(index: CaseIndex, settings: Settings) -> FastAPI:
    """Make the application for an open index; the model is loaded in the background when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.loading = asyncio.create_task(_load(app, index, settings))
        yield
        app.state.loading.cancel()

    app = FastAPI(
        title="Warts & All",
        version=version("warts-and-all"),
        description="Schools that felt the same objection: what they did, what went wrong, what they regret.",
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        # The usual documentation pages load scripts from elsewhere; docs/api.md says the same in words.
        docs_url=None,
        redoc_url=None,
    )
    app.state.index, app.state.matcher, app.state.load_error = index, None, None
    app.middleware("http")(_finish)
    install_handlers(app)
    describe_problems(app)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    return app


async def _load(app: FastAPI, index: CaseIndex, settings: Settings) -> None:
    try:
        app.state.matcher = await asyncio.to_thread(Matcher, index, encoder_for(settings, index))
    except Exception as error:
        app.state.load_error = str(error)
        logger.exception("the model cannot be loaded; /readyz will keep answering 503")


async def _finish(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Add the headers that every answer has, and log the request without its question."""
    began = time.perf_counter()
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    took = 1000 * (time.perf_counter() - began)
    logger.info("%s %s %d %.0f ms", request.method, request.url.path, response.status_code, took)
    return response
