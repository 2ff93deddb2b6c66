"""`warts mcp` as an assistant's program starts it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[3]
SMALL = [sys.executable, str(ROOT / "tests" / "service" / "small_server.py"), "mcp"]
HEAVY = {"torch", "transformers", "sentence_transformers", "peft", "sklearn"}


@pytest.mark.model
def test_an_assistant_asks_reads_and_compares_and_nothing_heavy_is_imported(real_index, tmp_path, talk_to):
    command = ["-X", "importtime", "-m", "service.cli", "mcp", "--index", str(real_index)]

    async def talk(client):
        asked = {"text": "mobiles are banned here", "school": {"phases": ["secondary"], "country": "GB"}}
        met = await client.call_tool("match_concern", asked)
        ids = [match["case_id"] for match in met.structured_content["matches"][:2]]
        read = await client.call_tool("read_case", {"case_id": ids[0]})
        compared = await client.call_tool("compare_cases", {"case_ids": ids, "school": asked["school"]})
        unmet = await client.call_tool("match_concern", {"text": "my car will not start in the cold"})
        return ids, met, read, compared, unmet

    with (tmp_path / "log").open("w") as log:
        server = StdioServerParameters(command=sys.executable, args=command, cwd=ROOT)
        ids, met, read, compared, unmet = talk_to(stdio_client(server, errlog=log), talk)
    assert met.structured_content["verdict"] == "strong"
    assert met.content[0].text.startswith("Verdict: Schools here have faced this.")
    assert read.structured_content["id"] == ids[0]
    assert [case["case_id"] for case in compared.structured_content["cases"]] == ids
    assert unmet.content[0].text.startswith("Verdict: Nobody here has faced this.")
    told = (tmp_path / "log").read_text()
    assert "in the cold" not in told
    names = {
        line.rsplit("|", 1)[1].strip().split(".")[0] for line in told.splitlines() if "import time:" in line
    }
    assert "openvino" in names
    assert names.isdisjoint(HEAVY)


def test_nothing_but_the_protocol_is_on_standard_output(index_dir):
    hello = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    }
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {
            "jsonrpc": "2.0",
            "id": 2,
            "method": "tools/call",
            "params": call("match_concern", text="slow broadband"),
        },
        {"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": call("match_concern", text="x", k=99)},
    ]
    process = subprocess.Popen(
        [*SMALL, "--index", str(index_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    process.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
    process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for _ in range(3)]
    rest, _ = process.communicate(timeout=20)  # which closes its standard input, and with that it ends
    assert rest == ""
    assert process.returncode == 0
    by_id = {answer["id"]: answer["result"] for answer in answers}
    assert by_id[1]["serverInfo"]["name"] == "warts-and-all"
    assert by_id[2]["structuredContent"]["matches"]
    assert by_id[3]["isError"]


def call(name, **arguments):
    return {"name": name, "arguments": arguments}


def test_an_index_that_is_not_there_is_told_before_anything_is_served(tmp_path):
    ran = subprocess.run(
        [*SMALL, "--index", str(tmp_path / "nowhere")],
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 1
    assert "nowhere" in ran.stderr
    assert ran.stdout == ""


def test_it_answers_over_http_too(index_dir, talk_to):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*SMALL, "--http", str(port), "--index", str(index_dir)], stderr=subprocess.DEVNULL
    )
    try:
        until_open(port)
        told = talk_to(
            f"http://127.0.0.1:{port}/mcp", lambda client: client.call_tool("browse_cases", {"limit": 1})
        )
    finally:
        process.terminate()
        process.wait(timeout=20)
    assert told.structured_content["total"] == 3


def until_open(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("it does not listen")
