from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from service import cli
from tests.registers import GIAS_COLUMNS, gias_row, write_gias, write_nces, write_rows


@pytest.fixture(autouse=True)
def _state(monkeypatch, tmp_path):
    monkeypatch.setenv("WARTS_STATE", str(tmp_path / "state"))


def schools(*arguments: object) -> Result:
    return CliRunner().invoke(cli.warts, ["schools", *map(str, arguments)])


def test_an_import_tells_what_became_of_the_rows_and_exits_with_1_for_those_that_cannot_be_used(tmp_path):
    written = write_gias(tmp_path / "gias.csv", 90)
    result = schools("import", tmp_path / "gias.csv")
    assert result.exit_code == 1
    assert result.stdout == (
        f"{written.open} schools loaded from 92 rows; left out: {written.closed} closed, 0 without a name, "
        "2 rows that could not be used\n"
    )
    assert f"{tmp_path}/gias.csv:92: URN: error: '9.0E+05' is not a URN" in result.stderr


def test_an_import_without_broken_rows_exits_with_0_and_tells_json(tmp_path):
    written = write_nces(tmp_path / "d.csv", tmp_path / "c.csv", 60)
    result = schools("import", tmp_path / "d.csv", tmp_path / "c.csv", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        **{"version": 1, "rows": 120, "kept": written.open, "closed": written.closed, "joined": 60},
        **{"unnamed": 0, "unusable": 0, "doubtful": 0, "issues": []},
    }


def test_many_issues_are_told_in_part_and_counted(tmp_path):
    rows = [gias_row(), *(gias_row(URN="") for _ in range(30))]
    result = schools("import", write_rows(tmp_path / "g.csv", rows, GIAS_COLUMNS))
    assert result.stderr.count("there is no URN") == 20
    assert "and 10 more such errors" in result.stderr


def test_find_prints_lines_and_json(tmp_path):
    write_gias(tmp_path / "gias.csv", 30, with_broken=False)
    schools("import", tmp_path / "gias.csv")
    result = schools("find", "900002")
    assert (result.exit_code, result.stdout) == (
        0,
        "900002\tTest Lane Academy 2\tMockington, ZZ3 2ZZ, Invented Borough\n",
    )
    found = json.loads(schools("find", "900002", "--json").stdout)
    assert found["schools"][0]["context"]["country"] == "GB"
    assert "there are more" in schools("find", "test", "--limit", 2).stderr
    assert "no open school has these words" in schools("find", "zzzz").stderr
    assert "no school has all of these words" in schools("find", "mockington zzzz").stderr


def test_drop_removes_the_register_and_may_be_repeated(tmp_path):
    write_gias(tmp_path / "gias.csv", 30, with_broken=False)
    schools("import", tmp_path / "gias.csv")
    assert schools("drop").stdout == "the register of schools was removed\n"
    assert schools("drop").stdout == "there was no register of schools\n"


@pytest.mark.parametrize("arguments", [("import",), ("find",), ("find", "x", "--limit", "0"), ("nonsense",)])
def test_wrong_use_exits_with_2(arguments):
    assert schools(*arguments).exit_code == 2


def test_errors_are_one_plain_message_and_exit_with_1(tmp_path, monkeypatch, capsys):
    def run(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["warts", "schools", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 1
        return capsys.readouterr().err

    assert "no register of schools is loaded here" in run("find", "test")
    (tmp_path / "other.csv").write_text("a,b\n", encoding="utf-8")
    assert "URN and EstablishmentName (GIAS) or NCESSCH (NCES)" in run("import", str(tmp_path / "other.csv"))
    assert "No such file" in run("import", str(tmp_path / "absent.csv"))
