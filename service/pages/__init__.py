"""The pages, one module each. They need no JavaScript, and nothing from another host."""

from service.pages import asking, case

ROUTERS = (asking.router, case.router)
