"""Why a process failed, told to the log with the job it worked for."""

from __future__ import annotations

import json

import pytest

from service.jobs.child import FAILED
from service.jobs.failures import DIED, Failure, failure_of
from service.jobs.job import TOLD


@pytest.mark.parametrize(
    ("told", "code", "failure", "logged"),
    [
        ({"reason": "no school", "field": "schools"}, FAILED, Failure("no school", "schools", False), ""),
        ({"reason": "full", "no_room": True}, FAILED, Failure("full", None, True), ""),
        ({"reason": "odd", "where": "a.py"}, FAILED, Failure("odd", None, False), "could not be made"),
        ({"schools": 3}, -9, Failure(DIED, None, False), "ended with -9"),
        ({"reason": "of another time"}, -9, Failure(DIED, None, False), "ended with -9"),
        ({"schools": 3}, FAILED, Failure(DIED, None, False), f"ended with {FAILED}"),
    ],
)
def test_what_nobody_foresaw_is_logged_and_nothing_else(tmp_path, caplog, told, code, failure, logged):
    (tmp_path / TOLD).write_text(json.dumps(told))
    assert failure_of(tmp_path, code, "job-7") == failure
    assert len(caplog.records) == bool(logged)
    for record in caplog.records:
        assert logged in record.getMessage()
        assert record.fields == {"job": "job-7"}
        assert getattr(record, "traceback", "") == told.get("where", "")
