"""Reports over HTTP as the Python clients ask for them."""

from __future__ import annotations

import zipfile
from threading import Event

import httpx2
import pytest

from service.client import AsyncWartsClient, WartsApiError, WartsClient
from service.jobs import child
from tests.service.api.report_calls import TABLE
from tests.service.threads_for_processes import use_threads


@pytest.fixture
def asked_soon(monkeypatch, tmp_path):
    """A table to send, by clients that look often."""
    monkeypatch.setattr("service.client.report_calls.SECONDS_BETWEEN", 0.01)
    (tmp_path / "schools.csv").write_text(TABLE)
    return tmp_path / "schools.csv"


def test_the_client_sends_waits_fetches_and_deletes(served, key, tmp_path, asked_soon):
    mine = key()
    with (
        served() as client,
        WartsClient("http://testserver", mine.token, transport=client._transport) as warts,
    ):
        sent = warts.make_report(asked_soon, formats=["json"], k=1)
        done = warts.wait_for_report(sent.id, 30)
        assert (done.state, done.format, done.k) == ("done", ["json"], 1)
        assert [job.id for job in warts.reports()] == [sent.id]
        assert zipfile.is_zipfile(warts.download_report(sent.id, tmp_path / "mine.zip"))
        warts.delete_report(sent.id)
        with pytest.raises(WartsApiError) as raised:
            warts.download_report(sent.id, tmp_path / "none.zip")
        assert raised.value.status == 404
        assert not [path for path in tmp_path.iterdir() if "none" in path.name]


def test_the_client_for_asyncio_does_so_too(run_app, key, tmp_path, asked_soon, monkeypatch):
    use_threads(monkeypatch)
    mine, heard, gate = key(), [], Event()

    def make(*told):
        assert gate.wait(30)
        child.make(*told)

    async def test(calls):
        calls.app.state.jobs.runner.make = make
        transport = httpx2.ASGITransport(calls.app)
        async with AsyncWartsClient("http://testserver", mine.token, transport=transport) as warts:
            sent = await warts.make_report([asked_soon], formats=["json"])
            with pytest.raises(TimeoutError, match="the server goes on"):
                await warts.wait_for_report(sent.id, 0, tell=heard.append)
            gate.set()
            assert (await warts.wait_for_report(sent.id, 30)).state == "done"
            assert zipfile.is_zipfile(await warts.download_report(sent.id, tmp_path / "mine.zip"))
            await warts.delete_report(sent.id)
            assert await warts.reports() == []

    run_app(test, state=tmp_path / "state")
    assert [job.schools for job in heard] == [2]
