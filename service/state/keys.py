"""API keys: made, recognised, counted, revoked.

A key reads ``warts_1a2b3c4d_`` and 43 more characters. The part in front tells keys apart and is no secret;
the rest is 256 random bits, and the database holds only the SHA-256 of the whole.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Literal

from service.state.database import now, transaction
from service.state.errors import KeyNameTakenError, KeyNotFoundError

Scope = Literal["match", "export", "feedback", "reports"]
# What anybody may do where no key is asked for; `reports` takes a key.
USUAL_SCOPES: tuple[Scope, ...] = ("match", "export", "feedback")
_PREFIX = len("warts_1a2b3c4d")


@dataclass(frozen=True, slots=True)
class Key:
    """A key, without its secret.

    Attributes:
        id: Its number in the database.
        name: Whose it is, in the operator's words.
        prefix: Its first characters, to recognise it by.
        scopes: What it may be used for.
        per_minute: The most questions a minute; None for no limit.
        per_day: The most questions a day; None for no limit.
        created: When it was made.
        last_used: The last day it was used for a question; None if never.
        used: How many questions were counted on that day.
        revoked: When it was revoked; None while it is in use.
    """

    id: int
    name: str
    prefix: str
    scopes: tuple[str, ...]
    per_minute: int | None
    per_day: int | None
    created: str
    last_used: str | None
    used: int
    revoked: str | None


def create_key(
    connection: sqlite3.Connection,
    name: str,
    scopes: Collection[Scope] = USUAL_SCOPES,
    *,
    per_minute: int | None = None,
    per_day: int | None = None,
) -> tuple[Key, str]:
    """Make a key.

    Returns:
        The key, and the text to be handed over: it cannot be had again.

    Raises:
        KeyNameTakenError: If a key of that name is in use.
    """
    prefix = f"warts_{secrets.token_hex(4)}"
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    with transaction(connection):
        if connection.execute(
            "SELECT 1 FROM api_keys WHERE name = ? AND revoked IS NULL", (name,)
        ).fetchone():
            raise KeyNameTakenError(name)
        row = connection.execute(
            "INSERT INTO api_keys (name, prefix, digest, scopes, per_minute, per_day, created) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING *",
            (name, prefix, _digest(token), " ".join(scopes), per_minute, per_day, now()),
        ).fetchone()
    return _key(row), token


def list_keys(connection: sqlite3.Connection) -> list[Key]:
    """Return all keys, those that were revoked too, in the order in which they were made."""
    return [_key(row) for row in connection.execute("SELECT * FROM api_keys ORDER BY id")]


def revoke_key(connection: sqlite3.Connection, name: str) -> Key:
    """Revoke the key of a name; servers that run refuse it from then on.

    Raises:
        KeyNotFoundError: If no key in use has that name.
    """
    row = connection.execute(
        "UPDATE api_keys SET revoked = ? WHERE name = ? AND revoked IS NULL RETURNING *",
        (now(), name),
    ).fetchone()
    if row is None:
        raise KeyNotFoundError(name)
    return _key(row)


def find_key(connection: sqlite3.Connection, token: str) -> Key | None:
    """Return the key that a text is, if it is one in use."""
    row = connection.execute(
        "SELECT * FROM api_keys WHERE prefix = ? AND revoked IS NULL", (token[:_PREFIX],)
    ).fetchone()
    if row is None or not hmac.compare_digest(row["digest"], _digest(token)):
        return None
    return _key(row)


def count_use(connection: sqlite3.Connection, key: Key, today: str, cost: int) -> int | None:
    """Count a use of a key, unless its day's quota would be passed.

    Args:
        connection: To the state.
        key: Whose use it is.
        today: The day in UTC.
        cost: How many questions it counts for.

    Returns:
        How many were counted today, this one included; None if it was refused.
    """
    used = connection.execute(
        "UPDATE api_keys SET used = iif(last_used IS :today, used, 0) + :cost, last_used = :today "
        "WHERE id = :id AND (per_day IS NULL OR iif(last_used IS :today, used, 0) + :cost <= per_day) "
        "RETURNING used",
        {"id": key.id, "today": today, "cost": cost},
    ).fetchone()
    return None if used is None else int(used[0])


def _digest(token: str) -> bytes:
    # A slow hash is for passwords, which can be guessed. Nobody guesses 256 random bits, and a slow hash
    # would only make each request slow.
    return hashlib.sha256(token.encode()).digest()


def _key(row: sqlite3.Row) -> Key:
    told = {field.name: row[field.name] for field in fields(Key)}
    return Key(**{**told, "scopes": tuple(row["scopes"].split())})
