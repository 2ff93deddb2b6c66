"""The pages, one module each. They need no JavaScript, and nothing from another host."""

from service.pages import asking, case, comparing, pack

ROUTERS = (asking.router, case.router, comparing.router, pack.router)
