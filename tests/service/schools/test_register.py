from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.errors import RegisterFormatError
from service.schools import building
from service.schools.building import FILE, MOST_ISSUES, drop_register, import_registers
from service.schools.errors import (
    NoRegisterError,
    NothingToKeepError,
    RegisterDamagedError,
    UnknownSchoolError,
)
from service.schools.register import SchoolRegister
from tests.registers import (
    GIAS_COLUMNS,
    NCES_CHARACTERISTICS_COLUMNS,
    NCES_DIRECTORY_COLUMNS,
    gias_row,
    nces_row,
    write_gias,
    write_nces,
    write_rows,
)


@pytest.fixture
def load(tmp_path):
    """Load a register of some names, or of whole rows; return it."""
    opened = []

    def make(*rows: str | dict[str, str]) -> SchoolRegister:
        whole = [
            gias_row(URN=str(900_001 + at), **({"EstablishmentName": row} if isinstance(row, str) else row))
            for at, row in enumerate(rows)
        ]
        import_registers([write_rows(tmp_path / "gias.csv", whole, GIAS_COLUMNS)], tmp_path / "state")
        opened.append(SchoolRegister(tmp_path / "state"))
        return opened[-1]

    yield make
    for register in opened:
        register.close()


def names(register: SchoolRegister, text: str, limit: int = 10) -> list[str | None]:
    return [school.name for school in register.find(text, limit).schools]


def files_in(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_row_is_accounted_for(tmp_path):
    written = write_gias(tmp_path / "gias.csv", 200)
    imported = import_registers([tmp_path / "gias.csv"], tmp_path / "state")
    assert (imported.kept, imported.closed, imported.unusable) == (
        written.open,
        written.closed,
        written.unusable,
    )
    assert imported.rows == 202 == imported.kept + imported.closed + imported.unusable
    assert [issue.place.line for issue in imported.issues] == [202, 203]


@pytest.mark.parametrize("characteristics_first", [False, True])
def test_directory_and_characteristics_are_joined_whichever_comes_first(tmp_path, characteristics_first):
    written = write_nces(tmp_path / "d.csv", tmp_path / "c.csv", 60)
    files = sorted([tmp_path / "d.csv", tmp_path / "c.csv"], reverse=not characteristics_first)
    imported = import_registers(files, tmp_path / "state")
    assert (imported.kept, imported.closed, imported.joined) == (written.open, written.closed, 60)
    register = SchoolRegister(tmp_path / "state")
    school = register.school("10000000002")
    register.close()
    assert school.number == "010000000002"
    assert school.name == "TEST LANE ACADEMY 2"
    assert school.context.pupils
    assert school.context.setting == "town"
    assert school.context.region == "Wyoming"


def test_two_registers_are_kept_beside_each_other(tmp_path):
    write_gias(tmp_path / "gias.csv", 10, with_broken=False)
    write_nces(tmp_path / "d.csv", tmp_path / "c.csv", 10)
    import_registers([tmp_path / "gias.csv", tmp_path / "d.csv", tmp_path / "c.csv"], tmp_path / "state")
    register = SchoolRegister(tmp_path / "state")
    assert register.school("900002").context.country == "GB"
    assert register.school("010000000002").context.country == "US"
    register.close()


def test_characteristics_of_schools_that_nothing_names_are_counted_and_left_out(tmp_path):
    rows = [nces_row(NCESSCH="1"), nces_row(NCESSCH="2")]
    directory = write_rows(tmp_path / "d.csv", rows[:1], NCES_DIRECTORY_COLUMNS, encoding="utf-8")
    characteristics = write_rows(tmp_path / "c.csv", rows, NCES_CHARACTERISTICS_COLUMNS, encoding="utf-8")
    imported = import_registers([directory, characteristics], tmp_path / "state")
    assert (imported.kept, imported.joined, imported.unnamed, imported.rows) == (1, 1, 1, 3)


def test_a_number_that_stands_twice_in_a_file_is_an_issue_and_the_first_stays(tmp_path):
    rows = [gias_row(EstablishmentName="Test First"), gias_row(EstablishmentName="Test Second")]
    imported = import_registers([write_rows(tmp_path / "g.csv", rows, GIAS_COLUMNS)], tmp_path / "state")
    (issue,) = imported.issues
    assert (imported.kept, imported.unusable, issue.place.line) == (1, 1, 3)
    assert "already on line 2" in issue.message


def test_only_the_first_issues_are_kept_and_all_are_counted(tmp_path):
    rows = [gias_row(URN="", **{"PhaseOfEducation (name)": "?"}) for _ in range(MOST_ISSUES + 50)]
    rows += [
        gias_row(URN=str(900_001 + n), **{"PhaseOfEducation (name)": "?"}) for n in range(MOST_ISSUES + 50)
    ]
    imported = import_registers([write_rows(tmp_path / "g.csv", rows, GIAS_COLUMNS)], tmp_path / "state")
    assert (imported.unusable, imported.doubtful) == (MOST_ISSUES + 50, MOST_ISSUES + 50)
    assert len(imported.issues) == 2 * MOST_ISSUES


def test_a_school_is_found_however_its_name_is_spelt(load):
    register = load("St. Mary's C of E Primary", "Ste-Invéntée Academy", "Test Lane School")
    assert names(register, "st marys ce primary") == ["St. Mary's C of E Primary"]
    assert names(register, "Saint Mary’s Church of England") == ["St. Mary's C of E Primary"]
    assert names(register, "ste inventee") == ["Ste-Invéntée Academy"]
    assert names(register, "tes lan") == ["Test Lane School"]


def test_a_school_is_found_by_number_town_postcode_and_authority(load):
    register = load(
        "Test A",
        {
            "EstablishmentName": "Test B",
            "Town": "Mockington",
            "Postcode": "QX9 8QX",
            "LA (name)": "Imaginary",
        },
    )
    for text in ("900002", "urn 900002", "mockington", "QX9 8QX", "qx98qx", "test imaginary"):
        assert names(register, text) == ["Test B"], text


def test_an_exact_number_comes_first_then_the_name_itself_then_names_that_begin_so(load):
    register = load("Upper Oak Test", "Oak Test Lane", "Oak Test", "900003 Oak Test Club")
    assert names(register, "oak test")[:2] == ["Oak Test", "Oak Test Lane"]
    assert names(register, "900003") == ["Oak Test", "900003 Oak Test Club"]


def test_names_count_more_than_places(load):
    register = load(
        {"EstablishmentName": "Test Lane", "Town": "Elmmock"}, {"EstablishmentName": "Test Elmmock"}
    )
    assert names(register, "elmmock") == ["Test Elmmock", "Test Lane"]


def test_where_no_school_has_all_words_those_with_some_are_told_as_such(load):
    register = load("Test Oak Primary", "Test Elm Primary")
    found = register.find("oak nowhere")
    assert [school.name for school in found.schools] == ["Test Oak Primary"]
    assert found.near
    assert not register.find("oak").near
    assert not register.find("zzz nowhere").near


def test_that_there_are_more_is_told(load):
    register = load(*(f"Test {n}" for n in range(5)))
    assert (len(register.find("test", 5).schools), register.find("test", 5).more) == (5, False)
    assert (len(register.find("test", 4).schools), register.find("test", 4).more) == (4, True)


@pytest.mark.parametrize(
    "text", ["", "  ", "'", '"', "NEAR(", "words:x", "* OR *", "a AND", "-x", "^test", "\0", "()"]
)
def test_signs_of_the_search_language_are_only_text(load, text):
    register = load("Test A")
    assert isinstance(register.find(text).schools, tuple)


def test_closed_schools_are_not_offered(load):
    register = load("Test Open", {"EstablishmentName": "Test Closed", "EstablishmentStatus (name)": "Closed"})
    assert names(register, "test") == ["Test Open"]
    with pytest.raises(UnknownSchoolError, match="900002"):
        register.school("900002")


def test_without_a_register_nothing_is_loaded_and_every_question_says_so(tmp_path):
    register = SchoolRegister(tmp_path)
    assert not register.is_loaded
    for ask in (lambda: register.find("test"), lambda: register.find("!"), lambda: register.school("1")):
        with pytest.raises(NoRegisterError, match="warts schools import"):
            ask()


def test_a_new_register_is_read_as_soon_as_it_has_taken_the_place_of_the_old_one(load, tmp_path):
    register = load("Test Old")
    assert names(register, "test") == ["Test Old"]
    load("Test New")
    assert names(register, "test") == ["Test New"]
    assert drop_register(tmp_path / "state")
    assert not register.is_loaded
    with pytest.raises(NoRegisterError):
        register.find("test")
    assert not drop_register(tmp_path / "state")


def test_an_import_that_fails_leaves_the_register_as_it_was(load, tmp_path, monkeypatch):
    register = load("Test Old")
    empty = write_rows(tmp_path / "empty.csv", [gias_row(URN="")], GIAS_COLUMNS)
    with pytest.raises(NothingToKeepError, match="1 rows"):
        import_registers([empty], tmp_path / "state")
    good = write_rows(tmp_path / "good.csv", [gias_row(EstablishmentName="Test New")], GIAS_COLUMNS)
    (tmp_path / "other.csv").write_text("a,b\n", encoding="utf-8")
    with pytest.raises(RegisterFormatError):
        import_registers([good, tmp_path / "other.csv"], tmp_path / "state")

    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(building, "_finish", full)
    with pytest.raises(RegisterDamagedError, match="disk is full"):
        import_registers([good], tmp_path / "state")
    assert names(register, "test") == ["Test Old"]
    assert files_in(tmp_path / "state") == [f".{FILE}.lock", FILE]


def test_characteristics_alone_are_refused_with_what_is_missing(tmp_path):
    file = write_rows(tmp_path / "c.csv", [nces_row()], NCES_CHARACTERISTICS_COLUMNS, encoding="utf-8")
    with pytest.raises(NothingToKeepError, match="directory beside"):
        import_registers([file], tmp_path / "state")


def test_what_a_dead_import_left_does_no_harm(load, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / f".{FILE}.new").write_bytes(b"half a file")
    assert names(load("Test A"), "test") == ["Test A"]


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\0" * 200])
def test_a_damaged_register_is_told_and_a_new_one_mends_it(load, tmp_path, content):
    register = load("Test A")
    (tmp_path / "state" / FILE).unlink()
    (tmp_path / "state" / FILE).write_bytes(content)
    with pytest.raises(RegisterDamagedError, match="warts schools import"):
        register.find("test")
    load("Test A")
    assert names(register, "test") == ["Test A"]


def test_a_register_of_another_version_is_refused(load, tmp_path):
    load("Test A")
    connection = sqlite3.connect(tmp_path / "state" / FILE)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    register = SchoolRegister(tmp_path / "state")
    with pytest.raises(RegisterDamagedError, match="version is 99"):
        register.find("test")


def test_the_register_is_read_only_and_needs_no_writable_folder(load, tmp_path):
    register = load("Test A")
    before = files_in(tmp_path / "state")
    register.find("test")
    with register._lock, pytest.raises(sqlite3.OperationalError, match="readonly"):
        register._current().execute("DELETE FROM school")
    assert files_in(tmp_path / "state") == before


def test_many_threads_ask_while_the_register_is_replaced(load):
    register, stop = load("Test 0"), threading.Event()

    def ask() -> set[str | None]:
        seen: set[str | None] = set()
        while not stop.is_set():
            seen.update(names(register, "test"))
        return seen

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for _ in range(4)]
        for number in range(1, 6):
            load(f"Test {number}")
        stop.set()
        seen = set().union(*(one.result() for one in asking))
    assert seen <= {f"Test {number}" for number in range(6)}
    assert names(register, "test") == ["Test 5"]
