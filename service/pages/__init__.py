"""The pages, one module each. They need no JavaScript, and nothing from another host."""

from service.pages import (
    about,
    asking,
    case,
    comparing,
    embedding,
    exploring,
    feedback,
    pack,
    planning,
    schools,
)

ROUTERS = (
    asking.router,
    exploring.router,
    about.router,
    case.router,
    comparing.router,
    pack.router,
    planning.router,
    embedding.router,
    feedback.router,
    schools.router,
)
