"""The web application: routes, errors, and the model and new indexes loaded behind the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from index.case_index import CaseIndex
from service import api, pages
from service.answering import Answering
from service.live import LiveIndex
from service.middleware import EveryAnswer
from service.opening import encoder_for
from service.problems import describe_problems, install_handlers
from service.settings import Settings

_HERE = Path(__file__).parent


def create_app(index: CaseIndex, settings: Settings) -> FastAPI:
    """Make the application for an open index.

    Its model is loaded in the background when the application starts; generations that are published in its
    folder later are taken up while it runs.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(app.state.live.run(settings.poll_seconds))
        yield
        loading.cancel()
        app.state.answering.close()

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
    app.state.live = LiveIndex(index, partial(encoder_for, settings))
    app.state.answering = Answering(settings.queue)
    app.add_middleware(EveryAnswer)
    install_handlers(app)
    describe_problems(app)
    for router in (*api.ROUTERS, *pages.ROUTERS):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    return app
