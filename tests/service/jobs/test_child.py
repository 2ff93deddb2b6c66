"""The work of a job: the command's report, and words for callers where there is none."""

from __future__ import annotations

import errno
import json
import os
import signal
import sqlite3
import zipfile
from contextlib import closing

import pytest
from click.testing import CliRunner

from engine.reports import run as engine_run
from index.building import build_index
from service import cli
from service.jobs import child
from service.jobs.errors import NoRoomError
from service.jobs.job import INPUT, REPORT, ZIP, JobAsked, JobInput, JobOptions
from service.reports import running
from service.settings import Settings
from tests.service.jobs.conftest import TABLE, asked

PACKED = {".xlsx", ".parquet"}  # how these are packed tells the time


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch, encoder):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))


@pytest.fixture
def job(tmp_path):
    """The folder of a job whose files have some contents."""

    def make(**files: str):
        folder = tmp_path / "job"
        (folder / INPUT).mkdir(parents=True)
        for name, text in files.items():
            (folder / INPUT / name.replace("_", ".")).write_text(text, "utf-8")
        return folder

    return make


def contents(files) -> dict[str, bytes]:
    return {name: data for name, data in files if not any(name.endswith(ending) for ending in PACKED)}


def unpacked(file):
    with zipfile.ZipFile(file) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def test_the_zip_holds_what_the_command_writes(job, index_dir, tmp_path, monkeypatch):
    odd = f"{TABLE},No id,GB,,,,\n4,Many,GB,primary,lots,phones,\n"
    concerns = "id,text\n3,the filter blocks maths\n"
    mapping = "columns: {id: id, name: name, phases: phases, pupils: pupils, concerns: [concern_1]}"
    folder = job(schools_csv=odd, concerns_csv=concerns, mapping_yaml=mapping)
    options = JobOptions(format="html,xlsx,csv,json,parquet", k=2, closeness=0.9)
    what = JobInput(schools=("schools.csv",), concerns="concerns.csv", mapping="mapping.yaml")
    child.make(folder, JobAsked(options=options, input=what), index_dir, {}, 4)
    monkeypatch.chdir(folder / INPUT)
    told = ["report", "schools.csv", "--concerns", "concerns.csv", "--mapping", "mapping.yaml"]
    told += ["--format", "html,xlsx,csv,json,parquet", "--k", "2", "--closeness", "0.9"]
    ran = CliRunner().invoke(cli.warts, [*told, "--out", str(tmp_path / "report"), "--index", str(index_dir)])
    assert ran.exit_code == 1, ran.output  # a row was left out
    written = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in (tmp_path / "report").rglob("*")
        if path.is_file() and path.name != ".lock"
    }
    ours = unpacked(folder / ZIP)
    assert ours.keys() == written.keys()
    assert contents(ours.items()) == contents(written.items())
    assert "report/html/schools/1.html" in ours


def test_what_was_looked_through_is_counted(job):
    folder = job(schools_csv=f"{TABLE},No id,GB,,,,\n4,Many,GB,primary,lots,phones,\n")
    child.look(folder, asked(), 10)
    assert child.told_of(folder) == {"schools": 4, "left_out": 1, "warnings": 1}


@pytest.mark.parametrize(
    ("table", "most", "told"),
    [
        ("name\nHill\n", 9, "schools.csv cannot be read: it must have the columns"),
        ("id,name\n", 9, child.NO_SCHOOL),
        (TABLE, 2, "more than 2 schools"),
    ],
)
def test_what_cannot_be_reported_on_is_told_by_the_names_that_the_caller_knows(job, table, most, told):
    folder = job(schools_csv=table)
    assert child.exit_code_of(child.look, folder, asked(), most) == child.FAILED
    assert told in child.told_of(folder)["reason"]
    assert str(folder) not in child.told_of(folder)["reason"]


def test_a_mapping_that_is_none_is_told(job):
    folder = job(schools_csv=TABLE, mapping_yaml="columns: 7")
    what = JobAsked(options=JobOptions(), input=JobInput(schools=("schools.csv",), mapping="mapping.yaml"))
    assert child.exit_code_of(child.look, folder, what, 9) == child.FAILED
    told = child.told_of(folder)
    assert told["reason"].startswith("mapping.yaml cannot be read")
    assert told["field"] == "mapping"


def test_an_unforeseen_error_tells_the_caller_nothing_and_the_log_its_place(job):
    folder, worry = job(schools_csv=TABLE), "phones"

    def fail(_):
        raise RuntimeError(worry)

    assert child.exit_code_of(fail, folder) == child.FAILED
    told = child.told_of(folder)
    assert told["reason"] == child.UNFORESEEN
    assert "test_child.py" in told["where"]
    assert "RuntimeError" in told["where"]
    assert worry not in json.dumps(told)


def test_a_full_disk_is_told_plainly_and_leaves_no_half_zip(job, index_dir, monkeypatch):
    folder = job(schools_csv=TABLE)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", full)
    assert child.exit_code_of(child.make, folder, asked(), index_dir, {}, 3) == child.FAILED
    assert "no room left" in child.told_of(folder)["reason"]
    assert not (folder / ZIP).exists()


def test_a_full_disk_under_a_database_is_told_plainly_too(job):
    folder = job(schools_csv=TABLE)

    def fill(_):
        with closing(sqlite3.connect("", isolation_level=None)) as database:
            database.execute("PRAGMA max_page_count = 1")
            database.execute("CREATE TABLE a (b)")
            database.execute("CREATE TABLE c (d)")

    assert child.exit_code_of(fill, folder) == child.FAILED
    assert child.told_of(folder) == {"reason": str(NoRoomError()), "no_room": True}


def test_a_file_that_lost_some_of_its_rows_makes_no_report(job, index_dir):
    folder = job(schools_csv=TABLE)
    assert child.exit_code_of(child.make, folder, asked(), index_dir, {}, 4) == child.FAILED
    assert "no longer whole" in child.told_of(folder)["reason"]
    assert not (folder / ZIP).exists()


def test_a_run_that_cannot_be_read_for_now_is_not_thrown_away(job, index_dir):
    folder = job(schools_csv=TABLE)
    lines = folder / REPORT / running.LINES
    (folder / REPORT / running.RUN).mkdir(parents=True)  # reading it is an error of the system
    lines.write_text("many hours\n")
    with pytest.raises(IsADirectoryError):
        child.make(folder, asked(), index_dir, {}, 3)
    assert lines.read_text() == "many hours\n"


def test_a_signal_as_the_process_begins_is_an_interruption(tmp_path, monkeypatch):
    """It was an unforeseen end, and the job failed."""

    def nice(_):
        child._interrupt()

    def end(code):
        raise SystemExit(code)

    for name, instead in (("nice", nice), ("_exit", end)):
        monkeypatch.setattr(os, name, instead)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as raised:
        child.run_and_end(print, tmp_path)
    assert raised.value.code == child.INTERRUPTED


def test_a_zip_is_on_the_disk_before_it_has_its_name_and_then_its_name_is(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(child, "sync", lambda path: synced.append((path, (tmp_path / ZIP).exists())))
    (tmp_path / "report").mkdir()
    child.pack(tmp_path / "report", tmp_path / ZIP)
    assert synced == [(tmp_path / f".{ZIP}.new", False), (tmp_path, True)]


def test_a_run_goes_on_where_it_was(job, index_dir, monkeypatch):
    folder = job(schools_csv=TABLE)
    child.make(folder, asked(), index_dir, {}, 3)
    whole = unpacked(folder / ZIP)
    (folder / ZIP).unlink()
    lines = folder / REPORT / running.LINES
    lines.write_bytes(lines.read_bytes()[:-30])
    again = []
    report_on = engine_run.report_on
    monkeypatch.setattr(engine_run, "report_on", lambda coming, *told: report_on(noted(coming, again), *told))
    child.make(folder, asked(), index_dir, {}, 3)
    assert unpacked(folder / ZIP) == whole
    assert again == ["3"]


def noted(schools, ids):
    for school in schools:
        ids.append(school.id)
        yield school


def test_a_run_of_another_index_is_begun_anew(job, index_dir, encoder, make_case):
    folder = job(schools_csv=TABLE)
    child.make(folder, asked(), index_dir, {}, 3)
    first = unpacked(folder / ZIP)
    (folder / ZIP).unlink()
    build_index([make_case(id="other-school-2021")], encoder, index_dir)
    child.make(folder, asked(), index_dir, {}, 3)
    second = unpacked(folder / ZIP)
    assert first["report/run.json"] != second["report/run.json"]
    assert b"other-school-2021" in second["report/schools.jsonl"]
    assert b"elm-school" not in second["report/schools.jsonl"]


def test_a_report_that_is_packed_is_not_made_again(job, index_dir):
    folder = job(schools_csv=TABLE)
    (folder / ZIP).write_bytes(b"whole")
    child.make(folder, asked(), index_dir, {}, 3)
    assert (folder / ZIP).read_bytes() == b"whole"


def test_hidden_files_are_not_packed(tmp_path):
    report = tmp_path / "report"
    (report / "html" / ".beside").mkdir(parents=True)
    for name in (".lock", "a.txt", "html/b.html", "html/.beside/c.html"):
        (report / name).write_text(name)
    child.pack(report, tmp_path / ZIP)
    assert sorted(unpacked(tmp_path / ZIP)) == ["report/a.txt", "report/html/b.html"]


def test_what_a_process_did_not_tell_is_nothing(tmp_path):
    assert child.told_of(tmp_path) == {}
    (tmp_path / "told.json").write_text("{")
    assert child.told_of(tmp_path) == {}
