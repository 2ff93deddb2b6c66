"""Feedback on cases: what people found useful, not useful, wrong or outdated."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.queries import LONGEST_TEXT
from service.state.database import now
from service.state.errors import FeedbackNotFoundError

FeedbackKind = Literal["useful", "not-useful", "wrong", "outdated"]
LONGEST_COMMENT = 2_000
# Lines stay lines; other control characters would act on the terminal of whoever lists feedback.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _plain(text: object) -> object:
    """Return a text without control characters; None where nothing is left of it."""
    if not isinstance(text, str):
        return text
    # A form sends two characters for a line's end, and they count as one.
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip() or None


class FeedbackIn(BaseModel):
    """What somebody says of a case."""

    model_config = ConfigDict(extra="forbid")

    case_id: str = Field(min_length=1, max_length=100, examples=["auburn-maine-ipads-2013"])
    kind: FeedbackKind
    comment: Annotated[str | None, BeforeValidator(_plain)] = Field(
        None, max_length=LONGEST_COMMENT, description="What there is to say; name no pupil."
    )
    worry: Annotated[str | None, BeforeValidator(_plain)] = Field(
        None, max_length=LONGEST_TEXT, description="What was asked, only where the person agreed to send it."
    )


@dataclass(frozen=True, slots=True)
class Feedback:
    """Feedback that was kept.

    Attributes:
        id: Its number.
        received: When it came, in UTC.
        case_id: The case it is about.
        kind: Useful, not useful, wrong or outdated.
        comment: What was said besides; None where nothing was.
        worry: What had been asked; None where it was not sent.
        key: Name of the API key it came with; None where there was none.
    """

    id: int
    received: str
    case_id: str
    kind: str
    comment: str | None
    worry: str | None
    key: str | None


def add_feedback(connection: sqlite3.Connection, said: FeedbackIn, key_id: int | None = None) -> int:
    """Keep feedback; return its number."""
    (number,) = connection.execute(
        "INSERT INTO feedback (received, case_id, kind, comment, worry, key_id) "
        "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (now(), said.case_id, said.kind, said.comment, said.worry, key_id),
    ).fetchone()
    return int(number)


def list_feedback(connection: sqlite3.Connection) -> list[Feedback]:
    """Return all feedback, in the order in which it came."""
    rows = connection.execute(
        "SELECT f.id, f.received, f.case_id, f.kind, f.comment, f.worry, k.name "
        "FROM feedback f LEFT JOIN api_keys k ON k.id = f.key_id ORDER BY f.id"
    )
    return [Feedback(*row) for row in rows]


def delete_feedback(connection: sqlite3.Connection, number: int) -> None:
    """Delete feedback for good.

    Raises:
        FeedbackNotFoundError: If there is none of that number.
    """
    # Without this the words would stay readable in the file until they are written over.
    connection.execute("PRAGMA secure_delete = ON")
    if connection.execute("DELETE FROM feedback WHERE id = ?", (number,)).rowcount == 0:
        raise FeedbackNotFoundError(number)
