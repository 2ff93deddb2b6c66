from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
import zipfile

import pytest

from service.state.backup import REGISTER, SETTINGS, STATE, back_up, restore
from service.state.database import migrations, open_state
from service.state.errors import BackupError, NewerStateError
from service.state.feedback import FeedbackIn, add_feedback, list_feedback


@pytest.fixture
def files(folder, tmp_path):
    """Where a service's files are: a state with some feedback, a register and a settings file."""
    say(folder, "before")
    register = folder / REGISTER
    with sqlite3.connect(register) as schools:
        schools.execute("CREATE TABLE schools (name TEXT)")
        schools.execute("INSERT INTO schools VALUES ('Elm')")
    schools.close()
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text("queue = 7\n")
    return {STATE: folder / STATE, REGISTER: register, SETTINGS: settings}


def say(folder, comment):
    with open_state(folder) as state:
        add_feedback(state, FeedbackIn(case_id="elm", kind="useful", comment=comment))


def comments(folder):
    with open_state(folder) as state:
        return [one.comment for one in list_feedback(state)]


def elsewhere(tmp_path):
    return {name: tmp_path / "new" / name for name in (STATE, REGISTER, SETTINGS)}


def test_what_was_backed_up_comes_back_elsewhere(files, tmp_path):
    archive = tmp_path / "backup.zip"
    told = back_up(archive, files)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with zipfile.ZipFile(archive) as packed:
        for name, member in told.files.items():
            assert hashlib.sha256(packed.read(name)).hexdigest() == member.sha256
    new = elsewhere(tmp_path)
    assert restore(archive, new) == told
    assert comments(new[STATE].parent) == ["before"]
    assert new[SETTINGS].read_text() == "queue = 7\n"
    with sqlite3.connect(new[REGISTER]) as schools:
        assert schools.execute("SELECT name FROM schools").fetchall() == [("Elm",)]
    schools.close()
    assert sorted(path.name for path in new[STATE].parent.iterdir() if path.suffix) == sorted(
        [REGISTER, SETTINGS, STATE]
    )


def test_a_backup_needs_no_pause_and_has_what_is_still_in_the_log(files, folder, tmp_path):
    with open_state(folder) as state:
        add_feedback(state, FeedbackIn(case_id="elm", kind="useful", comment="in the log"))
        assert (folder / f"{STATE}-wal").stat().st_size > 0
        back_up(tmp_path / "b.zip", files)
        add_feedback(state, FeedbackIn(case_id="elm", kind="useful", comment="afterwards"))
    restore(tmp_path / "b.zip", elsewhere(tmp_path))
    assert comments(tmp_path / "new") == ["before", "in the log"]


def test_what_is_not_there_is_left_out_and_nothing_at_all_is_told(files, tmp_path):
    files[REGISTER].unlink()
    files[SETTINGS].unlink()
    assert list(back_up(tmp_path / "b.zip", files).files) == [STATE]
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(tmp_path / "c.zip", elsewhere(tmp_path))
    with pytest.raises(BackupError, match="is there already"):
        back_up(tmp_path / "b.zip", files)
    assert not (tmp_path / "c.zip").exists()


def test_nothing_is_replaced_without_force(files, folder, tmp_path):
    archive = tmp_path / "b.zip"
    back_up(archive, files)
    say(folder, "after")
    with pytest.raises(BackupError, match="--force"):
        restore(archive, files)
    assert comments(folder) == ["before", "after"]
    restore(archive, files, force=True)
    assert comments(folder) == ["before"]


def test_the_log_of_the_state_before_is_not_applied_to_what_is_restored(files, folder, tmp_path):
    """A write-ahead log left beside a replaced database is taken for its own."""
    archive = tmp_path / "b.zip"
    back_up(archive, files)
    with open_state(folder) as state:
        for _ in range(50):
            add_feedback(state, FeedbackIn(case_id="elm", kind="wrong", comment="x" * 2000))
        left = (folder / f"{STATE}-wal").read_bytes()
    (folder / f"{STATE}-wal").write_bytes(left)  # as after a crash
    restore(archive, files, force=True)
    assert comments(folder) == ["before"]


def test_a_state_that_a_server_has_open_is_not_replaced(files, folder, tmp_path):
    back_up(tmp_path / "b.zip", files)
    with open_state(folder) as server:
        list_feedback(server)
        with pytest.raises(BackupError, match="stop the server"):
            restore(tmp_path / "b.zip", files, force=True)
    assert comments(folder) == ["before"]


def test_a_damaged_state_is_replaced(files, folder, tmp_path):
    back_up(tmp_path / "b.zip", files)
    files[STATE].write_bytes(b"damaged " * 1000)
    restore(tmp_path / "b.zip", files, force=True)
    assert comments(folder) == ["before"]


def packed(path, members, manifest=None):
    """Write an archive by hand, with a manifest that fits unless another is given."""
    files = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in members.items()
        if name in (STATE, REGISTER, SETTINGS)
    }
    usual = {"version": 1, "program": "0.1.0", "made": "2026", "files": files}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest or usual))
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    ["../settings.toml", "/etc/cron.d/x", "settings.toml/../../x", "state.sqlite-wal", "C:\\x", "other"],
)
def test_an_archive_with_any_other_name_in_it_is_refused(name, files, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    archive = packed(tmp_path / "b.zip", {SETTINGS: b"queue = 1", name: b"x"})
    with pytest.raises(BackupError, match="other files than its manifest"):
        restore(archive, files, force=True)
    told = {"version": 1, "program": "0", "made": "2026", "files": {name: {"bytes": 1, "sha256": "0" * 64}}}
    packed(archive, {name: b"x"}, told)
    with pytest.raises(BackupError, match="not an archive"):
        restore(archive, files, force=True)
    archive.unlink()
    assert sorted(tmp_path.rglob("*")) == before


def test_a_name_that_is_there_twice_is_refused(files, tmp_path):
    archive = packed(tmp_path / "b.zip", {SETTINGS: b"queue = 1"})
    with zipfile.ZipFile(archive, "a") as more, pytest.warns(UserWarning, match="Duplicate"):
        more.writestr(SETTINGS, "queue = 2")
    with pytest.raises(BackupError, match="other files"):
        restore(archive, files, force=True)


def test_damage_anywhere_is_found_and_nothing_is_restored(files, folder, tmp_path):
    archive = tmp_path / "b.zip"
    back_up(archive, files)
    whole = archive.read_bytes()
    files[SETTINGS].write_text("queue = 8\n")
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            restore(archive, elsewhere(tmp_path))
        except BackupError:
            assert not any(path.is_file() for path in (tmp_path / "new").rglob("*"))
        else:  # a byte that says nothing of the content, such as a time
            assert comments(tmp_path / "new") == ["before"]
            for path in (tmp_path / "new").iterdir():
                path.unlink()
    for end in (0, 10, len(whole) // 2, len(whole) - 1):
        archive.write_bytes(whole[:end])
        with pytest.raises(BackupError):
            restore(archive, files, force=True)
    assert files[SETTINGS].read_text() == "queue = 8\n"
    assert comments(folder) == ["before"]
    with pytest.raises(BackupError, match="does not exist"):
        restore(tmp_path / "none.zip", files)


def test_more_than_the_manifest_says_is_never_unpacked(files, tmp_path):
    bomb = b"\0" * 10_000_000
    told = {SETTINGS: {"bytes": 9, "sha256": hashlib.sha256(bomb).hexdigest()}}
    archive = packed(tmp_path / "b.zip", {SETTINGS: bomb}, {"program": "0", "made": "2026", "files": told})
    with pytest.raises(BackupError, match="damaged"):
        restore(archive, files, force=True)


def test_a_database_that_is_none_or_is_newer_is_refused_before_anything_is_replaced(files, folder, tmp_path):
    archive = packed(tmp_path / "b.zip", {SETTINGS: b"queue = 1", STATE: b"no database " * 500})
    with pytest.raises(BackupError, match="no sound database"):
        restore(archive, files, force=True)
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as database:
        database.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
        database.execute("CREATE TABLE a (b)")
    database.close()
    packed(archive, {SETTINGS: b"queue = 1", STATE: newer.read_bytes()})
    with pytest.raises(NewerStateError):
        restore(archive, files, force=True)
    assert files[SETTINGS].read_text() == "queue = 7\n"
    assert comments(folder) == ["before"]
    assert not [path for path in folder.iterdir() if path.name.startswith(f".{STATE}")]
