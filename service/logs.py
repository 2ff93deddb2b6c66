"""The server's log: one line a request and event, as text or as JSON, and no question unless it is wanted.

Nothing that a client sends can begin a line or add a field: text is escaped, JSON is JSON.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import traceback
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.settings import Settings

logger = logging.getLogger("warts")
LONGEST_PATH = 300  # characters; of a longer one the log has the beginning
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_IN_MESSAGE = ("event", "method", "path", "status", "milliseconds")  # of a line of text about a request
_MOST_CAUSES = 5


def request_id_of(told: str | None) -> str:
    """Return the id that a client or proxy gave a request, if it is well-formed, else a new one."""
    return told if told and _REQUEST_ID.fullmatch(told) else secrets.token_hex(8)


def shown_path(path: str) -> str:
    """Return a path as the log has it: percent-encoded, and not endless."""
    return quote(path[:LONGEST_PATH], errors="replace")


def log_request(fields: dict[str, Any]) -> None:
    """Write the line of a request that was answered: method, path, status, milliseconds, and what else."""
    message = "{method} {path} {status} {milliseconds:.0f} ms".format(**fields)
    logger.info(message, extra={"fields": {"event": "request", **fields}})


def log_failure(method: str, path: str, request_id: str, error: Exception, *, wholly: bool) -> None:
    """Write that nobody foresaw an error.

    Args:
        method: Of the request.
        path: As the log has it.
        request_id: Of the request.
        error: What happened.
        wholly: Whether to write what the error says, too; it may hold the question.
    """
    told = traceback.format_exception(error) if wholly else list(places_of(error))
    extra = {"fields": {"request_id": request_id}, "traceback": "".join(told)}
    logger.error("%s %s failed", method, path, extra=extra)


def places_of(error: BaseException | None) -> Iterator[str]:
    """Yield where an error and its causes came from, without what they say."""
    for one in islice(_causes(error), _MOST_CAUSES):
        yield from traceback.format_tb(one.__traceback__)
        yield f"{type(one).__qualname__}\n"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def log_config(settings: Settings) -> dict[str, Any]:
    """Return how to log, for `logging.config.dictConfig`."""
    of = {"text": TextLines, "json": JsonLines}[settings.log_format]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": f"{of.__module__}.{of.__qualname__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
    }


class TextLines(logging.Formatter):
    """Lines for people: time, level, logger, message, then fields; what goes on is indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record, and the indented lines of its traceback."""
        fields = {name: value for name, value in _fields(record).items() if name not in _IN_MESSAGE}
        more = "".join(f" {name}={_escaped(json.dumps(value))}" for name, value in fields.items())
        message = _escaped(record.getMessage())
        line = f"{_time(record)} {record.levelname} {record.name}: {message}{more}"
        return "\n    ".join([line, *map(_escaped, _traceback(self, record).splitlines())])


class JsonLines(logging.Formatter):
    """Lines for tools: one JSON object each, with ``time``, ``level``, ``logger`` and ``event``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_fields(record),
        }
        if happened := _traceback(self, record):
            told["traceback"] = happened
        return json.dumps(told, default=str)


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fields: dict[str, Any] = getattr(record, "fields", {})
    return fields


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    told: str = getattr(record, "traceback", "")
    return told or (formatter.formatException(record.exc_info) if record.exc_info else "")


def _escaped(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")
