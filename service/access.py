"""Who may ask, and how much: API keys, their scopes and quotas, and the rate of everybody else.

Questions without a key are counted by the client's address, in memory only: no address is written anywhere.
`key_of_request` is a dependency of the whole application; `allowed` and `counted` make those of single
routes.
"""

from __future__ import annotations

import ipaddress
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from service.minutes import MinuteCounter, Standing
from service.problems import problem_responses
from service.settings import Settings
from service.state.database import Done, State, connect
from service.state.keys import Key, Scope, count_use, find_key

_COUNTS_A_LOG = 500
FEEDBACK_COST = 10  # questions: it is written to the disk


class Access:
    """Recognises keys and counts questions; to be used from one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._minutes = MinuteCounter()
        # Waiting for the disk at each question of a quota would cost far more than a miscount by a power cut.
        self._patient = State(settings.state, durable=False)
        self._at_hand: sqlite3.Connection | None = None
        self._counts = 0

    async def key(self, request: Request) -> Key | None:
        """Return the key that a request brings.

        Raises:
            HTTPException: 401 if it is none in use, or if there is none and one is required.
        """
        token = _token(request)
        if token is None:
            if self._settings.require_key:
                raise HTTPException(401, "Send an API key: Authorization: Bearer warts_...", _challenge())
            return None
        key = await self._run(lambda state: find_key(state, token))
        if key is None:
            detail = "This API key is not known, or was revoked; ask whoever runs this server for another."
            raise HTTPException(401, detail, _challenge(error="invalid_token"))
        if key.last_used != _today():
            await self._count_use(key, 0)
        return key

    async def count(self, request: Request, key: Key | None, cost: int = 1) -> None:
        """Count a question.

        Raises:
            HTTPException: 429 if there were too many.
        """
        if key is None:
            limit = self._settings.anonymous_per_minute
            standings = [self._minutes.count(_whence(request), limit, cost)] if limit else []
        else:
            standings = [self._minutes.count(key.id, key.per_minute, cost)] if key.per_minute else []
            if key.per_day and all(standing.allowed for standing in standings):
                standings.append(await self._count_day(key, key.per_day, cost))
        if not standings:
            return
        standing = min(standings, key=lambda standing: (standing.allowed, standing.left))
        request.state.standing = standing  # for the headers of the answer
        if not standing.allowed:
            whose = "without an API key" if key is None else f"with the key {key.prefix}"
            raise HTTPException(
                429,
                f"More than {standing.limit:,} questions were asked {whose}; "
                f"come back in {standing.seconds:,} seconds.",
                {"Retry-After": str(standing.seconds)},
            )

    async def _count_day(self, key: Key, limit: int, cost: int) -> Standing:
        now = datetime.now(UTC)
        ends = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        seconds = int((ends - now).total_seconds()) or 1
        used = await self._count_use(key, min(cost, limit))
        return Standing(used is not None, limit, 0 if used is None else limit - used, seconds)

    def close(self) -> None:
        """Close the state."""
        self._patient.close()
        if self._at_hand is not None:
            self._at_hand.close()

    async def _count_use(self, key: Key, cost: int) -> int | None:
        self._counts += 1
        # In the thread now and then, because there the write-ahead log is emptied.
        patiently = self._counts % _COUNTS_A_LOG == 0
        return await self._run(lambda state: count_use(state, key, _today(), cost), patiently=patiently)

    async def _run(self, work: Callable[[sqlite3.Connection], Done], *, patiently: bool = False) -> Done:
        """Do something short with the database.

        A key is looked up at every request, so that one that was revoked is refused by every worker from then
        on. On the loop that takes 20 µs and counting 50; in a thread they take 150 more, so the thread is for
        when another process is writing.
        """
        if not patiently:
            try:
                if self._at_hand is None:
                    self._at_hand = connect(self._settings.state, durable=False)
                    self._at_hand.execute("PRAGMA busy_timeout = 0")
                    self._at_hand.execute("PRAGMA wal_autocheckpoint = 0")
                return work(self._at_hand)
            except sqlite3.OperationalError:
                pass
        return await self._patient.run(work)


async def key_of_request(request: Request) -> Key | None:
    """Return the key that a request of the API brings; pages take none.

    Raises:
        HTTPException: 401; see `Access.key`.
    """
    path = request.scope["path"]
    if not path.startswith("/v1/") or path == "/v1/openapi.json":
        return None
    noted: dict[str, Any] = request.scope.setdefault("state", {})
    if "key" not in noted:
        access: Access = request.app.state.access
        noted["key"] = await access.key(request)
    key: Key | None = noted["key"]
    return key


TheKey = Annotated[Key | None, Depends(key_of_request)]


async def key_that_is_needed(key: TheKey) -> Key:
    """Return the key that a request brings, where it takes one even if the server asks for none.

    Raises:
        HTTPException: 401 if it brings none.
    """
    if key is None:
        raise HTTPException(401, "This takes an API key: Authorization: Bearer warts_...", _challenge())
    return key


KeyNeeded = Annotated[Key, Depends(key_that_is_needed)]


def allowed(scope: Scope, *, cost: int = 0) -> Any:
    """Return the dependency of a route of the API that only keys with a scope may use, beside the anonymous.

    Args:
        scope: What the route is for.
        cost: How many questions its use counts for.
    """

    async def check(request: Request, key: TheKey) -> None:
        if key is not None and scope not in key.scopes:
            raise HTTPException(
                403,
                f"The key {key.prefix} is not for {scope!r}, only for: {', '.join(key.scopes)}.",
                _challenge(error="insufficient_scope", scope=scope),
            )
        if cost:
            access: Access = request.app.state.access
            await access.count(request, key, cost)

    return Depends(check)


def counted(cost: int = 1, *, asks: str | None = None) -> Any:
    """Return the dependency of a page that costs something.

    Args:
        cost: How many questions a visit counts for.
        asks: The field of the address that has the question; without one nothing is counted.
    """

    async def check(request: Request) -> None:
        if asks is None or request.query_params.get(asks, "").strip():
            access: Access = request.app.state.access
            await access.count(request, None, cost)

    return Depends(check)


def describe_keys(description: dict[str, Any]) -> None:
    """Put the keys into an OpenAPI description.

    They may be left out unless the operator asks for them, but for reports, which belong to a key.
    """
    description.setdefault("components", {})["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer"},
        "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }
    for path, operations in description["paths"].items():
        if path.startswith("/v1/"):
            for operation in operations.values():
                keyed: list[dict[str, list[str]]] = [{"bearer": []}, {"header": []}]
                operation["security"] = keyed if "reports" in operation["tags"] else [{}, *keyed]
                operation["responses"]["401"] = problem_responses(401)[401]


def _token(request: Request) -> str | None:
    if (alone := request.headers.get("x-api-key")) is not None:
        return alone.strip()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    # Other schemes are those of a proxy before us.
    return token.strip() if scheme.lower() == "bearer" else None


def _challenge(**told: str) -> dict[str, str]:
    parts = ['realm="warts"', *(f'{name}="{value}"' for name, value in told.items())]
    return {"WWW-Authenticate": f"Bearer {', '.join(parts)}"}


def _whence(request: Request) -> str:
    """Return whom the client's address stands for; a household or school has 2^64 addresses of IPv6."""
    try:
        address = ipaddress.ip_address(request.client.host if request.client else "")
    except ValueError:  # a socket of the file system, or what a proxy made up
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(address), 64), strict=False))
    return str(address)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
