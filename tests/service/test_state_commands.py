from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from service.cli import warts
from service.state.database import open_state
from service.state.errors import KeyNameTakenError, KeyNotFoundError
from service.state.feedback import FeedbackIn, add_feedback
from service.state.keys import find_key, list_keys


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """The state folder that commands use."""
    monkeypatch.setenv("WARTS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("WARTS_SETTINGS", str(tmp_path / "settings.toml"))
    (tmp_path / "settings.toml").write_text("queue = 7\n")
    return tmp_path / "state"


def run(*arguments, code=0):
    ran = CliRunner().invoke(warts, [str(argument) for argument in arguments])
    assert ran.exit_code == code, ran.output
    return ran


def test_a_key_is_shown_once_and_listed_without_its_secret(folder):
    ran = run("keys", "create", "intranet", "--scope", "match", "--per-minute", 60, "--per-day", 1000)
    token = ran.stdout.strip()
    assert "cannot be shown again" in ran.stderr
    with open_state(folder) as state:
        found = find_key(state, token)
    assert found is not None
    assert (found.scopes, found.per_minute, found.per_day) == (("match",), 60, 1000)
    listed = run("keys", "list").output
    assert listed.split("\t") == [
        "intranet", token[:14], "match", "60 a minute, 1,000 a day", "last used never\n",
    ]  # fmt: skip
    assert token not in listed + run("keys", "list", "--json").output


def test_keys_as_json(folder):
    made = json.loads(run("keys", "create", "trust", "--json").output)
    assert made["key"].startswith(made["prefix"])
    assert made["scopes"] == ["match", "export", "feedback"]
    (one,) = json.loads(run("keys", "list", "--json").output)["keys"]
    assert one == {name: value for name, value in made.items() if name not in ("key", "version")}
    assert json.loads(run("keys", "revoke", "trust", "--json").output)["revoked"]
    assert "revoked 2" in run("keys", "list").output


@pytest.mark.parametrize(
    "wrong", [["", ""], ["a\nb"], ["x" * 101], ["a", "--scope", "all"], ["a", "--per-day", "0"]]
)
def test_a_key_that_cannot_be_is_wrong_use(folder, wrong):
    run("keys", "create", *wrong, code=2)


def test_a_name_in_use_and_one_that_is_not_are_told(folder):
    run("keys", "create", "trust")
    assert isinstance(run("keys", "create", "trust", code=1).exception, KeyNameTakenError)
    assert isinstance(run("keys", "revoke", "other", code=1).exception, KeyNotFoundError)
    assert run("keys", "revoke", "trust").output.startswith("revoked warts_")
    with open_state(folder) as state:
        assert len(list_keys(state)) == 1


@pytest.fixture
def comments(folder):
    """Feedback with comments that a spreadsheet would take for formulas, and one of several lines."""
    said = ['=HYPERLINK("http://evil.example")', "+1", "-1", "@a", 'two\nlines, "quoted"', None]
    with open_state(folder) as state:
        for comment in said:
            add_feedback(state, FeedbackIn(case_id="elm", kind="wrong", comment=comment))
    return said


def test_feedback_is_listed_as_text_json_and_csv(comments):
    lines = run("feedback", "list").output.splitlines()
    assert len(lines) == len(comments)
    assert lines[4].endswith('\twrong\telm\ttwo lines, "quoted"')
    told = json.loads(run("feedback", "list", "--json").output)["feedback"]
    assert [one["comment"] for one in told] == comments
    rows = list(csv.DictReader(io.StringIO(run("feedback", "list", "--csv").output, newline="")))
    assert [row["comment"] for row in rows] == [f"'{one}" for one in comments[:4]] + [comments[4], ""]
    run("feedback", "list", "--csv", "--json", code=2)


def test_feedback_is_deleted(comments):
    assert run("feedback", "delete", 1).output == "deleted 1\n"
    assert json.loads(run("feedback", "delete", 2, "--json").output) == {"version": 1, "deleted": 2}
    assert len(run("feedback", "list").output.splitlines()) == len(comments) - 2
    run("feedback", "delete", 1, code=1)


def test_a_backup_is_restored(comments, folder, tmp_path):
    archive = tmp_path / "b.zip"
    assert "settings.toml" in run("backup", archive).output
    run("feedback", "delete", 1)
    run("restore", archive, code=1)
    told = json.loads(run("restore", archive, "--force", "--json").output)
    assert set(told["files"]) == {"state.sqlite", "settings.toml"}
    assert len(run("feedback", "list").output.splitlines()) == len(comments)
    run("backup", archive, code=1)
