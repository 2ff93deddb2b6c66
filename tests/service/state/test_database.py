from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import threading

import pytest

from service.state import database
from service.state.database import FILE, State, migrations, open_state, transaction
from service.state.errors import NewerStateError, UnreadableStateError
from tests.loops import run


def version(folder) -> int:
    with sqlite3.connect(folder / FILE) as plain:
        (found,) = plain.execute("PRAGMA user_version").fetchone()
    plain.close()
    return found


def test_a_new_state_has_seen_every_migration_once_and_is_for_its_owner_alone(folder):
    for _ in range(2):
        with open_state(folder) as state:
            assert state.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
            assert state.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    assert version(folder) == len(migrations()) >= 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_migrations_are_numbered_without_a_gap():
    numbers = [int(file.name.split("-")[0]) for file in sorted(database._MIGRATIONS.iterdir())]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_newer_database_is_refused_and_left_as_it_is(folder):
    with open_state(folder) as state:
        state.execute("PRAGMA user_version = 999")
    with pytest.raises(NewerStateError, match=r"version 999.*program that wrote") as told, open_state(folder):
        pass
    assert (told.value.found, told.value.known) == (999, len(migrations()))
    assert version(folder) == 999


def test_a_migration_that_fails_changes_nothing(folder, monkeypatch):
    broken = (*migrations(), "CREATE TABLE half (a) STRICT;")  # STRICT wants types
    with open_state(folder):
        pass
    monkeypatch.setattr(database, "migrations", lambda: ("CREATE TABLE one (a TEXT);", *broken[1:]))
    fresh = folder / "fresh"
    with pytest.raises(UnreadableStateError), open_state(fresh):
        pass
    assert version(fresh) == 0
    monkeypatch.undo()
    with open_state(fresh) as state:
        assert state.execute("SELECT count(*) FROM api_keys").fetchone()[0] == 0


def test_a_later_migration_is_applied_to_a_state_that_has_seen_the_others(folder, monkeypatch):
    with open_state(folder) as state:
        state.execute("INSERT INTO feedback (received, case_id, kind) VALUES ('2026', 'x', 'useful')")
    later = (*migrations(), "ALTER TABLE feedback ADD seen TEXT;")
    monkeypatch.setattr(database, "migrations", lambda: later)
    with open_state(folder) as state:
        assert tuple(state.execute("SELECT case_id, seen FROM feedback").fetchone()) == ("x", None)
    assert version(folder) == len(migrations()) + 1


def _open(folder, start):
    start.wait()
    with open_state(folder) as state:
        state.execute("INSERT INTO feedback (received, case_id, kind) VALUES ('2026', 'x', 'useful')")


def test_processes_that_start_at_once_migrate_once(folder):
    several = multiprocessing.get_context("spawn")
    start = several.Event()
    processes = [several.Process(target=_open, args=(folder, start)) for _ in range(4)]
    for process in processes:
        process.start()
    start.set()
    for process in processes:
        process.join(30)
    assert [process.exitcode for process in processes] == [0] * 4
    with open_state(folder) as state:
        assert state.execute("SELECT count(*) FROM feedback").fetchone()[0] == 4


def test_threads_that_open_a_new_state_at_once_all_get_it(folder):
    barrier, failed = threading.Barrier(8), []

    def opening():
        barrier.wait()
        try:
            with open_state(folder):
                pass
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is the finding
            failed.append(error)

    threads = [threading.Thread(target=opening) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_file_that_is_no_database_and_a_folder_that_cannot_be_are_told(folder):
    folder.mkdir()
    (folder / FILE).write_bytes(b"no database at all " * 100)
    with pytest.raises(UnreadableStateError, match="warts restore"), open_state(folder):
        pass
    with pytest.raises(UnreadableStateError, match="WARTS_STATE"), open_state(folder / FILE / "below"):
        pass


def test_a_transaction_happens_whole_or_not_at_all(state):
    insert = "INSERT INTO feedback (received, case_id, kind) VALUES ('2026', 'x', 'useful')"
    with pytest.raises(ValueError), transaction(state):  # noqa: PT011, PT012
        state.execute(insert)
        raise ValueError
    assert state.execute("SELECT count(*) FROM feedback").fetchone()[0] == 0
    with transaction(state):
        state.execute(insert)
    assert state.execute("SELECT count(*) FROM feedback").fetchone()[0] == 1


def test_the_state_of_a_server_is_opened_at_first_use_in_a_thread_of_its_own(folder):
    kept = State(folder)
    assert not folder.exists()

    def count(connection, added):
        name = threading.current_thread().name
        return connection.execute("SELECT count(*) FROM feedback").fetchone()[0] + added, name

    try:
        told, thread = run(lambda: kept.run(count, 2))
    finally:
        kept.close()
    assert told == 2
    assert thread.startswith("state")
