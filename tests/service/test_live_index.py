"""A running server takes up new generations of its index, and drops nothing while it does."""

from __future__ import annotations

import logging
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from fastapi.testclient import TestClient

import service.app
from index.building import build_index
from index.case_index import CaseIndex
from index.storage import current_generation
from service.settings import Settings

TEXT = "parents, phones and slow broadband"


@pytest.fixture
def serving(monkeypatch, encoder, index_dir, until):
    """Serve the index in the folder, and each new one by the encoder of the name that it was built with."""
    encoders = {encoder.identity.model: encoder}
    monkeypatch.setattr(service.app, "encoder_for", lambda _, index: encoders[index.manifest.encoder.model])

    @contextmanager
    def serve(ready=True):
        app = service.app.create_app(CaseIndex.open(index_dir), Settings(poll_seconds=0.01))
        with TestClient(app, raise_server_exceptions=False) as client:
            if ready:
                until(lambda: client.get("/readyz").status_code == 200)
            yield client

    serve.encoders = encoders
    return serve


def cases_of(generation, make_case):
    """Return three cases that name the generation they belong to in every text that is shown."""
    return [
        make_case(
            id=f"school-{number}-{generation}",
            title=f"Phones, tablets and broadband {number} {generation}",
            objections=[{"text": f"Parents fear slow broadband and phones, {generation}"}],
        )
        for number in ("one", "two", "three")
    ]


def digest(client):
    return client.get("/readyz").json()["corpus_digest"]


def test_a_new_generation_is_taken_up(serving, index_dir, make_case, encoder, until):
    with serving() as client:
        before = client.get("/readyz").json()
        built = build_index(cases_of("new", make_case), encoder, index_dir)
        until(lambda: digest(client) == built.manifest.corpus_digest)
        after = client.get("/readyz").json()
        assert after["cases"] == 3
        assert after["generation"] > before["generation"]
        told = client.post("/v1/match", json={"text": TEXT}).json()
        assert all(match["case_id"].endswith("-new") for match in told["matches"])
        assert [case["case_id"][-4:] for case in client.get("/v1/cases").json()["cases"]] == ["-new"] * 3
        assert client.get("/cases/school-one-new").status_code == 200
        assert client.get("/cases/elm-school-phones-2020").status_code == 404


def test_an_index_by_another_encoder_is_asked_with_that_one(serving, index_dir, make_case, encoder, until):
    other = serving.encoders["other"] = type(encoder)(dimension=64, model="other")
    with serving() as client:
        built = build_index(cases_of("new", make_case), other, index_dir)
        until(lambda: digest(client) == built.manifest.corpus_digest)
        assert client.get("/readyz").json()["model"] == "other"
        assert client.post("/v1/match", json={"text": TEXT}).status_code == 200


def test_an_index_by_the_same_model_keeps_the_encoder_that_is_loaded(
    serving, index_dir, make_case, encoder, until
):
    with serving() as client:
        serving.encoders.clear()
        built = build_index(cases_of("new", make_case), encoder, index_dir)
        until(lambda: digest(client) == built.manifest.corpus_digest)


def test_while_generations_change_no_request_fails_and_each_answer_is_of_one_generation(
    serving, index_dir, make_case, encoder, until
):
    build_index(cases_of("g0", make_case), encoder, index_dir)
    stop, seen = Event(), set()

    def hammer(client):
        while not stop.is_set():
            told = client.post("/v1/match", json={"text": TEXT, "k": 3})
            assert told.status_code == 200
            (generation,) = {match["case_id"].rsplit("-", 1)[1] for match in told.json()["matches"]}
            assert all(
                passage["text"].endswith(generation)
                for match in told.json()["matches"]
                for passage in match["passages"]
                if passage["field"] == "objections"
            )
            seen.add(generation)
            page = client.get("/", params={"q": TEXT})
            assert page.status_code == 200
            assert len({name for name in GENERATIONS if f"-{name}" in page.text}) == 1
            assert client.get("/v1/cases").status_code == 200

    with serving() as client, ThreadPoolExecutor(3) as threads:
        hammering = [threads.submit(hammer, client) for _ in range(3)]
        try:
            until(lambda: "g0" in seen)
            for name in GENERATIONS[1:]:
                built = build_index(cases_of(name, make_case), encoder, index_dir)
                until(lambda built=built: digest(client) == built.manifest.corpus_digest)
                until(lambda name=name: name in seen or any(one.done() for one in hammering))
        finally:
            stop.set()
        for one in hammering:
            one.result()
    assert seen == set(GENERATIONS)


GENERATIONS = ("g0", "g1", "g2", "g3", "g4")


def test_a_damaged_generation_is_told_once_and_the_one_before_stays(
    serving, index_dir, make_case, encoder, until, caplog
):
    caplog.set_level(logging.INFO)

    def told():
        return [one for one in caplog.records if "cannot be used" in one.getMessage()]

    with serving() as client:
        before = client.get("/readyz").json()
        aside = index_dir.with_name("aside")
        build_index(cases_of("new", make_case), encoder, aside)
        with (current_generation(aside) / "cases.jsonl").open("ab") as file:
            file.write(b"\n")
        publish(aside, index_dir)
        until(told)
        for _ in range(20):
            assert client.post("/v1/match", json={"text": TEXT}).status_code == 200
        assert client.get("/readyz").json() == before
        assert len(told()) == 1
        built = build_index(cases_of("newer", make_case), encoder, index_dir)
        until(lambda: digest(client) == built.manifest.corpus_digest)


def publish(aside, index_dir):
    """Copy the current generation of one folder to another, as a person might do by hand."""
    name = current_generation(aside).name
    shutil.copytree(aside / "generations" / name, index_dir / "generations" / name)
    (aside / "CURRENT").replace(index_dir / "CURRENT")


@pytest.mark.parametrize(
    "pointer", [b"", b"\xff\xfe", b"nowhere", b"20200101T000000-0123456789ab " + b"0" * 64]
)
def test_a_pointer_that_leads_nowhere_changes_nothing(serving, index_dir, until, caplog, pointer):
    with serving() as client:
        whole = (index_dir / "CURRENT").read_bytes()
        (index_dir / "CURRENT").write_bytes(pointer)
        until(lambda: "cannot be used" in caplog.text)
        assert client.post("/v1/match", json={"text": TEXT}).status_code == 200
        (index_dir / "CURRENT").write_bytes(whole)
        assert client.post("/v1/match", json={"text": TEXT}).status_code == 200


def test_a_folder_that_is_deleted_does_not_end_the_service_and_one_built_again_is_taken_up(
    serving, index_dir, make_case, encoder, until, caplog
):
    with serving() as client:
        before = digest(client)
        shutil.rmtree(index_dir)
        until(lambda: "cannot be used" in caplog.text)
        assert client.post("/v1/match", json={"text": TEXT}).status_code == 200
        assert client.get("/cases/elm-school-phones-2020").status_code == 200
        assert digest(client) == before
        built = build_index(cases_of("new", make_case), encoder, index_dir)
        until(lambda: digest(client) == built.manifest.corpus_digest)


def test_a_new_generation_mends_a_server_whose_model_could_not_be_loaded(
    serving, index_dir, make_case, encoder, until
):
    other = type(encoder)(dimension=64, model="other")
    mine = dict(serving.encoders)
    serving.encoders.clear()
    with serving(ready=False) as client:
        until(lambda: "could not be loaded" in client.get("/readyz").json().get("detail", ""))
        serving.encoders.update(mine, other=other)
        build_index(cases_of("new", make_case), other, index_dir)
        until(lambda: client.get("/readyz").status_code == 200)
        assert client.get("/readyz").json()["model"] == "other"
