"""What can go wrong between a tool and a server.

WartsError
    |- WartsConnectionError   the server cannot be reached, or does not answer in time
    |- WartsApiError          it answered that it cannot; carries the problem details
    |- WartsAnswerError       it answered what this client does not understand
"""

from __future__ import annotations

from corpus.errors import WartsError
from service.schemas import Problem


class WartsConnectionError(WartsError):
    """The server cannot be reached, or does not answer in time."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address} cannot be reached: {reason}")
        self.address, self.reason = address, reason


class WartsApiError(WartsError):
    """The server answered with a problem (RFC 9457).

    Attributes:
        status: The HTTP status, such as 404.
        title: What kind of problem it is.
        detail: What is wrong, and what to do.
        errors: Where the request is wrong, as pairs of field and message; empty where it is not that.
        type: The kind of problem as an address; ``about:blank`` where the status says it all.
        retry_after: Seconds after which it is worth another try; None where the server does not say.
    """

    def __init__(self, problem: Problem, retry_after: int | None = None) -> None:
        places = "".join(f"; {error.get('field')}: {error.get('message')}" for error in problem.errors)
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}{places}")
        self.status, self.title, self.detail = problem.status, problem.title, problem.detail
        self.errors = tuple((error.get("field", ""), error.get("message", "")) for error in problem.errors)
        self.type, self.retry_after = problem.type, retry_after


class WartsAnswerError(WartsError):
    """The server answered what this client does not understand."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(f"{address} answered what this client does not understand: {reason}")
        self.address, self.reason = address, reason
