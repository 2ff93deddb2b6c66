from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from engine.context import SchoolContext
from index.case_index import CaseIndex
from service.app import create_app
from service.schools.building import FILE, drop_register, import_registers
from service.settings import Settings
from tests.registers import GIAS_COLUMNS, gias_row, write_gias, write_rows


@pytest.fixture
def state(tmp_path):
    """A state folder with a register of thirty schools."""
    write_gias(tmp_path / "gias.csv", 30, with_broken=False)
    import_registers([tmp_path / "gias.csv"], tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def client(index_dir, state):
    """A client of an application with a register; no model is needed for it."""
    app = create_app(CaseIndex.open(index_dir), Settings(state=state))
    yield TestClient(app, raise_server_exceptions=False)
    app.state.schools.close()


def test_schools_are_found_with_the_context_that_a_question_takes(client):
    answer = client.get("/v1/schools", params={"q": "test lane high 3", "limit": 5})
    assert answer.status_code == 200
    school = answer.json()["schools"][0]
    assert set(answer.json()) == {"schools", "more", "near"}
    assert set(school) == {"number", "name", "town", "postcode", "authority", "context"}
    assert (school["number"], school["name"]) == ("900003", "Test Lane High School 3")
    assert SchoolContext.model_validate(school["context"]).known == school["context"]


def test_the_limit_is_kept_and_more_is_told(client):
    answer = client.get("/v1/schools", params={"q": "test", "limit": 3}).json()
    assert len(answer["schools"]) == 3
    assert answer["more"]


@pytest.mark.parametrize(
    "params",
    [{}, {"q": ""}, {"q": "x" * 201}, {"q": "x", "limit": 0}, {"q": "x", "limit": 51}, {"q": "x", "y": 1}],
)
def test_a_question_that_cannot_be_is_refused_with_its_field(client, params):
    answer = client.get("/v1/schools", params=params)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_one_school_is_returned_by_its_number(client):
    found = client.get("/v1/schools", params={"q": "900002"}).json()["schools"]
    assert client.get("/v1/schools/900002").json() == found[0]


@pytest.mark.parametrize("number", ["1", "900001", "x' OR 1=1 --", "*"])
def test_a_number_of_no_open_school_is_not_found(client, number):
    answer = client.get(f"/v1/schools/{number}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "no open school" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["/v1/schools?q=test", "/v1/schools/900002"])
def test_where_no_register_is_loaded_a_clear_sentence_says_so(client, state, address):
    drop_register(state)
    answer = client.get(address)
    assert answer.status_code == 404
    assert answer.json()["detail"] == (
        "no register of schools is loaded here; an operator loads one with `warts schools import FILE`"
    )


def test_a_register_that_is_loaded_later_is_taken_up_without_a_restart(client, state, tmp_path):
    row = gias_row(URN="900777", EstablishmentName="Test Newcomer")
    import_registers([write_rows(tmp_path / "new.csv", [row], GIAS_COLUMNS)], state)
    assert client.get("/v1/schools/900777").json()["name"] == "Test Newcomer"
    assert client.get("/v1/schools/900002").status_code == 404


def test_a_damaged_register_is_a_503_that_tells_no_path(client, state):
    (state / FILE).unlink()
    (state / FILE).write_bytes(b"rubbish")
    answer = client.get("/v1/schools", params={"q": "test"})
    assert answer.status_code == 503
    assert str(state) not in answer.text


def test_what_is_looked_for_is_not_logged(client, caplog):
    with caplog.at_level("DEBUG", logger="warts"):
        client.get("/v1/schools", params={"q": "placeholder"})
    ours = " ".join(one.getMessage() for one in caplog.records if one.name.startswith("warts"))
    assert "/v1/schools" in ours
    assert "placeholder" not in ours
