"""A typed client of the HTTP API, for Python; see docs/client.md.

It needs neither an index nor a model: importing it loads none of what answers questions.
"""

from service.client.async_client import AsyncWartsClient
from service.client.calls import CaseFilters, MatchOptions
from service.client.clients import WartsClient
from service.client.errors import WartsAnswerError, WartsApiError, WartsConnectionError
from service.client.report_calls import ReportOptions
from service.jobs.schemas import ReportJobOut

__all__ = [
    "AsyncWartsClient",
    "CaseFilters",
    "MatchOptions",
    "ReportJobOut",
    "ReportOptions",
    "WartsAnswerError",
    "WartsApiError",
    "WartsClient",
    "WartsConnectionError",
]
