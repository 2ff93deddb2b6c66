"""The web application: routes, errors, and the model and new indexes loaded behind the answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from index.case_index import CaseIndex
from service import api, description, pages
from service.access import Access, key_of_request
from service.answering import Answering
from service.caching import edition_of
from service.headers import ApiForSites
from service.jobs.queue import JobQueue
from service.live import LiveIndex
from service.middleware import EveryAnswer
from service.opening import encoder_for
from service.problems import install_handlers
from service.schools.register import SchoolRegister
from service.settings import Settings
from service.state.database import State
from service.static_files import Static


def create_app(index: CaseIndex, settings: Settings, *, load_first: bool = False) -> FastAPI:
    """Make the application for an open index.

    Generations that are published in its folder later are taken up while it runs.

    Args:
        index: What it answers from.
        settings: The operator's.
        load_first: Whether the model is loaded before the application starts, and not in the background.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if load_first:
            await app.state.live.load()
        loading = asyncio.create_task(app.state.live.run(settings.poll_seconds))
        reporting = asyncio.create_task(app.state.jobs.runner.run())
        yield
        loading.cancel()
        reporting.cancel()
        await asyncio.wait([reporting])  # the job that runs is put back into the queue
        app.state.answering.close()
        app.state.schools.close()
        app.state.access.close()
        app.state.state.close()

    app = FastAPI(
        lifespan=lifespan,
        dependencies=[Depends(key_of_request)],
        # The usual documentation pages load scripts from elsewhere; `service.description` describes the API.
        openapi_url=None,
    )
    app.state.live = LiveIndex(index, partial(encoder_for, settings))
    app.state.settings = settings
    app.state.edition = edition_of(settings)
    app.state.answering = Answering(settings.queue)
    app.state.schools = SchoolRegister(settings.state)
    app.state.access = Access(settings)
    app.state.state = State(settings.state)
    app.state.jobs = JobQueue(settings, app.state.state, index.directory.absolute())
    metrics = None
    if settings.metrics:
        from service.metrics import add_metrics

        metrics = add_metrics(app)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    if settings.cors_origins:
        app.add_middleware(ApiForSites, origins=settings.cors_origins)
    app.add_middleware(EveryAnswer, settings=settings, metrics=metrics)  # the last is the outermost
    install_handlers(app)
    routers = (*api.ROUTERS, description.router, *pages.ROUTERS)
    for router in routers:
        app.include_router(router)
    app.state.routes = [route for router in routers for route in router.routes]
    app.mount("/static", Static(), name="static")
    return app
