"""The JSON API under /v1, one module a resource, and the addresses of health; see docs/api.md."""

from service.api import (
    cases,
    comparing,
    counting,
    covering,
    feed,
    feedback,
    health,
    matching,
    reports,
    schools,
)

ROUTERS = (
    *(matching.router, cases.router, comparing.router, counting.router, covering.router, schools.router),
    *(reports.router, feed.router, feedback.router, health.router),
)
