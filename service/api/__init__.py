"""The JSON API under /v1, one module a resource, and the addresses of health; see docs/api.md."""

from service.api import cases, health, matching

ROUTERS = (matching.router, cases.router, health.router)
