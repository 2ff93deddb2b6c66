"""What may be kept, and until when."""

from __future__ import annotations

from fastapi.testclient import TestClient

from index.building import build_index
from index.case_index import CaseIndex
from service.app import create_app
from service.caching import program_digest
from service.live import Live
from service.settings import Settings
from service.static_files import static_address

KEPT = (
    *("/v1/cases", "/v1/cases?phase=primary&limit=1", "/v1/cases.csv", "/v1/cases.jsonl"),
    *("/v1/cases/elm-school-phones-2020", "/v1/cases/elm-school-phones-2020/similar", "/v1/facets"),
    *("/v1/themes", "/v1/openapi.json", "/feed.atom", "/embed/cases/elm-school-phones-2020"),
    "/v1/compare?case=elm-school-phones-2020&case=oak-college-tablets-2018",
)


def test_what_follows_from_the_index_has_a_tag_and_is_not_sent_twice(client):
    for address in KEPT:
        first = client.get(address)
        assert first.status_code == 200, address
        assert first.headers["cache-control"] == "no-cache"
        tag = first.headers["etag"]
        for told in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
            again = client.get(address, headers={"If-None-Match": told})
            assert again.status_code == 304, (address, told)
            assert again.headers["etag"] == tag
            assert again.content == b""
        assert client.get(address, headers={"If-None-Match": '"other"'}).content == first.content


def test_every_address_has_a_tag_of_its_own(client):
    tags = [client.get(address).headers["etag"] for address in KEPT]
    assert len(set(tags)) == len(tags)


def test_head_has_the_tag_of_get(client):
    got, head = client.get("/v1/cases"), client.head("/v1/cases")
    assert head.headers["etag"] == got.headers["etag"]
    assert head.content == b""


def test_errors_and_questions_have_no_tag(client):
    for address in ("/v1/cases/none-such", "/v1/cases?phase=village", "/readyz", "/healthz", "/?q=phones"):
        assert "etag" not in client.get(address).headers, address
    assert "etag" not in client.post("/v1/match", json={"text": "phones"}).headers


def test_a_new_generation_changes_every_tag(client, index_dir, three_cases, encoder):
    before = {address: client.get(address).headers["etag"] for address in KEPT}
    build_index((*three_cases[:2], three_cases[2].model_copy(update={"title": "New"})), encoder, index_dir)
    holder = client.app.state.live
    holder.current = Live(CaseIndex.open(index_dir), holder.current.matcher)
    for address, tag in before.items():
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == 200, address
        assert again.headers["etag"] != tag


def test_an_answer_and_its_tag_are_of_one_generation_though_the_index_changes_meanwhile(
    client, index_dir, three_cases, encoder, monkeypatch
):
    """Read twice, the one would be of the old generation and the other of the new one."""
    address = "/v1/cases/elm-school-phones-2020"
    before = client.get(address)
    build_index([case.model_copy(update={"title": "New"}) for case in three_cases], encoder, index_dir)
    newer = Live(CaseIndex.open(index_dir))
    holder = client.app.state.live

    states = [holder.current, newer, newer]

    class Switching:
        """Is another one every time it is looked at."""

        @property
        def current(self):
            return states.pop(0)

    client.app.state.live = Switching()
    during = client.get(address)
    client.app.state.live = holder
    assert (during.text, during.headers["etag"]) == (before.text, before.headers["etag"])
    assert states == [newer, newer]


def test_other_settings_are_other_tags(client, index_dir, monkeypatch, encoder):
    """The cards and pages of a server may differ by its settings."""
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))
    other = create_app(CaseIndex.open(index_dir), Settings(anonymous_per_minute=0, queue=7))
    with TestClient(other) as differently:
        tags = [one.get("/v1/cases").headers["etag"] for one in (client, differently)]
    assert tags[0] != tags[1]


def test_another_program_is_another_edition(tmp_path):
    """Run from its repository it changes without its version: old pages would have been kept."""
    package = tmp_path / "service"
    package.mkdir()
    digests = []
    for name, content in (("a.py", "1"), ("a.py", "2"), ("page.html", "1"), ("notes.txt", "no code")):
        (package / name).write_text(content)
        program_digest.cache_clear()
        digests.append(program_digest((package,)))
    program_digest.cache_clear()
    assert len(set(digests)) == 3
    assert digests[2] == digests[3]


def test_a_static_file_is_checked_each_time_unless_its_address_names_its_version(client):
    plain = client.get("/static/style.css")
    assert plain.headers["cache-control"] == "no-cache"
    tag = {"If-None-Match": plain.headers["etag"]}
    assert client.get("/static/style.css", headers=tag).status_code == 304
    assert client.get("/static/style.css?v=0").headers["cache-control"] == "no-cache"
    lasting = client.get(static_address("style.css"))
    assert lasting.content == plain.content
    assert "immutable" in lasting.headers["cache-control"]
    assert static_address("style.css") in client.get("/").text
    assert client.get("/static/none.css").status_code == 404
