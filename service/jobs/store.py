"""Jobs in the state: sent, claimed, told of, finished, forgotten.

Every change is one transaction, so that several workers share one queue. Who may run the jobs of a slot is
not decided here, but by a lock of the system that ends with its process: see `service.jobs.running`.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from service.jobs.errors import JobNotFoundError, TooManyJobsError
from service.jobs.job import Counted, Job, JobAsked, JobState
from service.state.database import now, transaction

_NEXT = """
    SELECT job.number FROM report_jobs job
    JOIN api_keys key ON key.id = job.key_id AND key.revoked IS NULL
    LEFT JOIN report_turns last ON last.key_id = job.key_id
    WHERE job.state = 'queued' ORDER BY ifnull(last.turn, 0), job.number LIMIT 1
"""


def check_room(connection: sqlite3.Connection, key_id: int, most: int) -> None:
    """Make sure that a key may have another job.

    Raises:
        TooManyJobsError: If it has as many as it may, those that are finished and kept included.
    """
    counted = "SELECT count(*) FROM report_jobs WHERE key_id = ? AND state != 'cancelled'"
    (there_are,) = connection.execute(counted, (key_id,)).fetchone()
    if there_are >= most:
        raise TooManyJobsError(most)


def add_job(
    connection: sqlite3.Connection, job_id: str, key_id: int, asked: JobAsked, counted: Counted, most: int
) -> Job:
    """Keep a job whose files are there.

    Raises:
        TooManyJobsError: See `check_room`.
    """
    with transaction(connection):
        check_room(connection, key_id, most)
        row = connection.execute(
            "INSERT INTO report_jobs (id, key_id, state, options, schools, left_out, warnings, made) "
            "VALUES (?, ?, 'queued', ?, ?, ?, ?, ?) RETURNING *",
            (
                *(job_id, key_id, asked.model_dump_json()),
                *(counted.schools, counted.left_out, counted.warnings, now()),
            ),
        ).fetchone()
    return _job(row)


def jobs_of(connection: sqlite3.Connection, key_id: int) -> list[Job]:
    """Return the jobs of a key, the newest first."""
    rows = connection.execute(
        "SELECT * FROM report_jobs WHERE key_id = ? AND state != 'cancelled' "
        "AND ifnull(expires > ?, true) ORDER BY number DESC",
        (key_id, now()),
    )
    return [_job(row) for row in rows]


def find_job(connection: sqlite3.Connection, key_id: int, job_id: str) -> Job:
    """Return a job of a key.

    Raises:
        JobNotFoundError: If the key has no such job.
    """
    row = connection.execute(
        "SELECT * FROM report_jobs WHERE key_id = ? AND id = ? AND state != 'cancelled' "
        "AND ifnull(expires > ?, true)",
        (key_id, job_id, now()),
    ).fetchone()
    if row is None:
        raise JobNotFoundError
    return _job(row)


def cancel_job(connection: sqlite3.Connection, key_id: int, job_id: str) -> bool:
    """Cancel and forget a job of a key.

    Returns:
        Whether its files may be removed at once; those of one that runs are whoever's runs it.

    Raises:
        JobNotFoundError: If the key has no such job.
    """
    with transaction(connection):
        job = find_job(connection, key_id, job_id)
        if job.state == "running":
            connection.execute("UPDATE report_jobs SET state = 'cancelled' WHERE id = ?", (job_id,))
        else:
            connection.execute("DELETE FROM report_jobs WHERE id = ?", (job_id,))
    return job.state != "running"


def count_jobs(connection: sqlite3.Connection) -> dict[JobState, int]:
    """Return how many jobs there are in each state, of all keys; one that was cancelled is about to go."""
    counted: dict[JobState, int] = {"queued": 0, "running": 0, "done": 0, "failed": 0, "cancelled": 0}
    counted.update(connection.execute("SELECT state, count(*) FROM report_jobs GROUP BY state").fetchall())
    return counted


# For whoever holds a slot


def take_over(connection: sqlite3.Connection, slot: int) -> list[str]:
    """Put back what a process that died was running in a slot; call it when the lock was won.

    Returns:
        The ids of jobs that were forgotten, whose files are to be removed.
    """
    with transaction(connection):
        connection.execute(
            "UPDATE report_jobs SET state = 'queued', slot = NULL, seconds_left = NULL, losses = losses + 1 "
            "WHERE state = 'running' AND slot = ?",
            (slot,),
        )
        gone = connection.execute(
            "DELETE FROM report_jobs WHERE state = 'cancelled' AND slot = ? RETURNING id", (slot,)
        ).fetchall()
    return [job_id for (job_id,) in gone]


def slots_beyond(connection: sqlite3.Connection, slots: int) -> list[int]:
    """Return the slots beyond so many in which jobs run: of a server that had more of them."""
    found = connection.execute("SELECT DISTINCT slot FROM report_jobs WHERE slot >= ?", (slots,))
    return [slot for (slot,) in found]


def claim_next(connection: sqlite3.Connection, slot: int) -> Job | None:
    """Begin the next job: the oldest of the key whose last turn is longest ago; None if none waits."""
    with transaction(connection):
        row = connection.execute(
            f"UPDATE report_jobs SET state = 'running', slot = ? WHERE number = ({_NEXT}) RETURNING *",  # noqa: S608 -- our own words
            (slot,),
        ).fetchone()
        if row is None:
            return None
        connection.execute(
            "INSERT INTO report_turns (key_id, turn) "
            "SELECT ?, ifnull(max(turn), 0) + 1 FROM report_turns WHERE true "
            "ON CONFLICT (key_id) DO UPDATE SET turn = excluded.turn",
            (row["key_id"],),
        )
    return _job(row)


def others_wait(connection: sqlite3.Connection, key_id: int) -> bool:
    """Say whether a job of another key is queued."""
    waiting = (
        "SELECT 1 FROM report_jobs job JOIN api_keys key ON key.id = job.key_id AND key.revoked IS NULL "
        "WHERE job.state = 'queued' AND job.key_id != ? LIMIT 1"
    )
    return connection.execute(waiting, (key_id,)).fetchone() is not None


# Whoever lost its slot meanwhile, to a server that took its jobs over, changes nothing of them any more.


def runs(connection: sqlite3.Connection, job_id: str, slot: int | None) -> bool:
    """Say whether a job still runs in a slot, and was not cancelled meanwhile."""
    found = "SELECT 1 FROM report_jobs WHERE id = ? AND slot = ? AND state = 'running'"
    return connection.execute(found, (job_id, slot)).fetchone() is not None


def note_progress(
    connection: sqlite3.Connection, job_id: str, slot: int | None, done: int, seconds_left: float | None
) -> bool:
    """Note how far a job is; return whether it still runs in its slot."""
    connection.execute(
        "UPDATE report_jobs SET losses = iif(done < ?1, 0, losses), done = ?1, seconds_left = ?2 "
        "WHERE id = ?3 AND slot = ?4 AND state = 'running' AND (done, seconds_left) IS NOT (?1, ?2)",
        (done, seconds_left, job_id, slot),
    )
    return runs(connection, job_id, slot)


def put_back(connection: sqlite3.Connection, job_id: str, slot: int | None, *, lost: bool = False) -> bool:
    """Let a job that runs wait again.

    Args:
        connection: To the state.
        job_id: The job.
        slot: In which it ran.
        lost: Whether its process was ended from outside.

    Returns:
        Whether it was running there, and not cancelled meanwhile.
    """
    put = (
        "UPDATE report_jobs SET state = 'queued', slot = NULL, seconds_left = NULL, losses = losses + ? "
        "WHERE id = ? AND slot = ? AND state = 'running'"
    )
    return connection.execute(put, (int(lost), job_id, slot)).rowcount == 1


def finish_job(
    connection: sqlite3.Connection,
    job_id: str,
    slot: int | None,
    hours: float,
    *,
    size: int | None = None,
    reason: str | None = None,
) -> bool:
    """Finish a job that runs.

    Args:
        connection: To the state.
        job_id: The job.
        slot: In which it ran.
        hours: How long it is kept.
        size: Of what can be downloaded, in bytes; None where the job failed.
        reason: Why it failed.

    Returns:
        Whether it was running there, and not cancelled meanwhile.
    """
    expires = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    finish = (
        "UPDATE report_jobs SET state = ?, slot = NULL, seconds_left = NULL, finished = ?, expires = ?, "
        "bytes = ?, reason = ?, done = iif(? IS NULL, schools, done) "
        "WHERE id = ? AND slot = ? AND state = 'running'"
    )
    state: JobState = "done" if reason is None else "failed"
    told = (state, now(), expires, size, reason, reason, job_id, slot)
    return connection.execute(finish, told).rowcount == 1


def forget_cancelled(connection: sqlite3.Connection, job_id: str, slot: int | None) -> bool:
    """Forget a job that was cancelled while it ran in a slot; return whether it was, and its files may go."""
    forget = "DELETE FROM report_jobs WHERE id = ? AND slot = ? AND state = 'cancelled' RETURNING id"
    return connection.execute(forget, (job_id, slot)).fetchone() is not None


def sweep_jobs(connection: sqlite3.Connection) -> list[str]:
    """Forget what has expired, and what no key in use asks for; return the ids of what was forgotten."""
    revoked = "key_id IN (SELECT id FROM api_keys WHERE revoked IS NOT NULL)"
    at_rest = "state NOT IN ('running', 'cancelled')"
    with transaction(connection):
        connection.execute(
            f"UPDATE report_jobs SET state = 'cancelled' WHERE state = 'running' AND {revoked}"  # noqa: S608
        )
        gone = connection.execute(
            f"DELETE FROM report_jobs WHERE expires <= ? OR ({at_rest} AND {revoked}) RETURNING id",  # noqa: S608
            (now(),),
        ).fetchall()
    return [job_id for (job_id,) in gone]


def forget_lost(connection: sqlite3.Connection, job_id: str) -> None:
    """Forget a job whose files are missing, unless it was finished meanwhile."""
    connection.execute("DELETE FROM report_jobs WHERE id = ? AND state IN ('queued', 'done')", (job_id,))


def kept_jobs(connection: sqlite3.Connection) -> dict[str, JobState]:
    """Return the state of every job by its id, of all keys."""
    return dict(connection.execute("SELECT id, state FROM report_jobs").fetchall())


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        key_id=row["key_id"],
        state=row["state"],
        asked=JobAsked.model_validate_json(row["options"]),
        counted=Counted(row["schools"], row["left_out"], row["warnings"]),
        made=row["made"],
        done=row["done"],
        seconds_left=row["seconds_left"],
        slot=row["slot"],
        losses=row["losses"],
        finished=row["finished"],
        expires=row["expires"],
        bytes=row["bytes"],
        reason=row["reason"],
    )
