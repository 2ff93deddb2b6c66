"""A typed client of the HTTP API, for Python; see docs/client.md.

It needs neither an index nor a model: importing it loads none of what answers questions.
"""

from service.client.calls import CaseFilters, MatchOptions
from service.client.clients import AsyncWartsClient, WartsClient
from service.client.errors import WartsAnswerError, WartsApiError, WartsConnectionError

__all__ = [
    "AsyncWartsClient",
    "CaseFilters",
    "MatchOptions",
    "WartsAnswerError",
    "WartsApiError",
    "WartsClient",
    "WartsConnectionError",
]
