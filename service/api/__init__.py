"""The JSON API under /v1, one module a resource, and the addresses of health; see docs/api.md."""

from service.api import cases, comparing, counting, health, matching

ROUTERS = (matching.router, cases.router, comparing.router, counting.router, health.router)
