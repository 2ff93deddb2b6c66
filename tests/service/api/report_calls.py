"""Calls about reports, and what is left of them."""

from __future__ import annotations

import time

from service.jobs.address import ADDRESS

TABLE = "id,name,country,concern\n1,Hill Primary,GB,slow broadband\n2,Town High,GB,\n,No id,GB,phones\n"


def send(client, key, table=TABLE, name="Trust 2026.csv", files=None, **options):
    """Send files and options to be reported on."""
    files = files or {"schools": (name, table)}
    return client.post(ADDRESS, headers=key.headers, files=files, data=options)


def told(client, key, job):
    """Return what is told of a job."""
    answer = client.get(f"{ADDRESS}/{job['id']}", headers=key.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def finished(client, key, job, until):
    """Wait until a job is done or has failed; return what is told of it."""
    until(lambda: told(client, key, job)["state"] in ("done", "failed"))
    return told(client, key, job)


def problem(answer, status):
    """Return the problem that an answer tells of."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()


def left_in(folder):
    """Return what there is of jobs."""
    root = folder / "state" / "reports"
    return {path.name for path in root.iterdir()} - {"slots"} if root.exists() else set()


def wait_for_ever(folder, *_):
    """Work on a job until `end_waiting`."""
    while (folder / "input").exists():
        time.sleep(0.005)


def end_waiting(folder, job):
    """End what `wait_for_ever` does; a thread cannot be ended from outside."""
    (folder / "state" / "reports" / job["id"] / "input").rename(folder / "input")
