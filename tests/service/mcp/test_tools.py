"""The tools as a client of the SDK sees them, over the three cases."""

from __future__ import annotations

import asyncio
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from mcp import Client

from corpus.records import CaseStudy
from index.building import build_index
from index.case_index import CaseIndex
from service.live import LiveIndex
from service.mcp.server import make_server
from service.schemas import AnswerOut

ROOT = Path(__file__).parents[3]
ELM, ASH, OAK = "elm-school-phones-2020", "ash-primary-broadband-2015", "oak-college-tablets-2018"
NOBODY = "zebras ate our trombone"


@pytest.fixture
def server(index_dir, encoder):
    return make_server(LiveIndex(CaseIndex.open(index_dir), lambda _: encoder), poll_seconds=0.01)


@pytest.fixture
def call(server, talk_to):
    """Call a tool; return the result."""
    return lambda name, **arguments: talk_to(server, lambda client: client.call_tool(name, arguments))


def text_of(result) -> str:
    (content,) = result.content
    return content.text


def test_every_tool_says_what_it_is_for_and_reads_only(server, talk_to):
    tools = talk_to(server, Client.list_tools).tools
    names = [tool.name for tool in tools]
    assert names == ["match_concern", "read_case", "compare_cases", "browse_cases", "list_themes"]
    for tool in tools:
        assert tool.title
        assert tool.description
        assert tool.annotations.read_only_hint
        assert tool.input_schema["additionalProperties"] is False
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema)


def test_every_tool_is_documented_and_none_besides(server, talk_to):
    documented = re.findall(r"^\| `([a-z_]+)`", (ROOT / "docs" / "mcp.md").read_text("utf-8"), re.MULTILINE)
    assert documented == [tool.name for tool in talk_to(server, Client.list_tools).tools]


def test_what_a_tool_answers_is_valid_against_its_schema(server, talk_to):
    asked = {
        "match_concern": {"text": "slow broadband", "school": {"setting": "rural"}},
        "read_case": {"case_id": ELM},
        "compare_cases": {"case_ids": [ELM, OAK], "school": {"phases": ["secondary"]}},
        "browse_cases": {},
        "list_themes": {},
    }

    async def talk(client):
        for tool in (await client.list_tools()).tools:
            result = await client.call_tool(tool.name, asked.pop(tool.name))
            Draft202012Validator(tool.output_schema).validate(result.structured_content)

    talk_to(server, talk)
    assert not asked


def test_a_match_is_what_the_matcher_answers_with_the_verdict_first(call, matcher):
    result = call("match_concern", text="slow broadband", k=2)
    answer = AnswerOut.of(matcher.match("slow broadband", k=2)).model_dump(mode="json")
    verdict = result.structured_content.pop("verdict_in_words")
    assert result.structured_content == answer
    assert text_of(result).startswith(f"Verdict: {verdict}\n")
    assert f"[case {ASH}]" in text_of(result)
    assert "https://example.org/elm" in text_of(result)


def test_the_nearest_are_not_passed_off_as_matches(call):
    result = call("match_concern", text=NOBODY)
    assert result.structured_content["verdict"] == "none"
    assert result.structured_content["verdict_in_words"].startswith("Nobody here has faced this.")
    lines = text_of(result).splitlines()
    assert lines[0].startswith("Verdict: Nobody here has faced this.")
    assert "Do not present the cases below as schools that faced this worry" in lines[1]


def test_a_match_tells_what_was_done_and_where_the_school_differs(call):
    told = text_of(
        call("match_concern", text="parents want to reach their children", school={"phases": ["primary"]})
    )
    assert "Their objection: Parents want to reach their children\n  -> The office takes messages" in told
    assert "Starting in September" in told
    assert "Unlike it: phase: secondary against your primary" in told


def test_filters_leave_cases_out(call):
    result = call("match_concern", text="slow broadband", only={"outcome": ["abandoned"]})
    assert {match["case_id"] for match in result.structured_content["matches"]} <= {ELM}


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("match_concern", {}, "text"),
        ("match_concern", {"text": "  "}, "at least 1 character"),
        ("match_concern", {"text": "x" * 10_001}, "at most 10000 characters"),
        ("match_concern", {"text": "x", "k": 11}, "less than or equal to 10"),
        ("match_concern", {"text": "x", "school": {"country": "UK"}}, "the United Kingdom is GB"),
        ("match_concern", {"text": "x", "school": {"size": 90}}, "school.size"),
        ("match_concern", {"text": "x", "filters": {}}, "filters"),
        ("match_concern", {"text": "x", "only": {"colour": ["red"]}}, "'phase', 'setting'"),
        ("match_concern", {"text": "x", "only": {"outcome": ["failed"]}}, "abandoned, mixed, scaled-back"),
        ("read_case", {"case_id": "elm-school-phone-2020"}, f"did you mean {ELM}"),
        ("compare_cases", {"case_ids": [ELM]}, "at least 2"),
        ("compare_cases", {"case_ids": [ELM, ELM]}, "different"),
        ("compare_cases", {"case_ids": [ELM, "nobody"]}, "no case 'nobody'"),
        ("browse_cases", {"limit": 0}, "greater than or equal to 1"),
        ("browse_cases", {"only": {"technology": ["tablet"]}}, "tablets"),
    ],
)
def test_a_mistake_is_told_so_that_it_can_be_mended(call, tool, arguments, told):
    result = call(tool, **arguments)
    assert result.is_error
    assert told in text_of(result)


def test_a_case_is_its_whole_record(call, three_cases):
    for case in three_cases:
        result = call("read_case", case_id=case.id)
        assert CaseStudy.model_validate(result.structured_content) == case
        told = text_of(result)
        assert case.summary in told
        for statement in (*case.failed, *case.not_again, *(one.text for one in case.objections)):
            assert statement in told
        assert all(source.url in told for source in case.provenance.sources)


def test_cases_are_compared_with_the_persons_school(call):
    result = call("compare_cases", case_ids=[OAK, ASH], school={"phases": ["primary"], "country": "GB"})
    assert [case["case_id"] for case in result.structured_content["cases"]] == [OAK, ASH]
    told = text_of(result)
    assert (
        told.index(OAK) < told.index("Unlike it:") < told.index(ASH) < told.index("Like the person's school:")
    )
    assert "Like the person's school" not in text_of(call("compare_cases", case_ids=[OAK, ASH]))


def test_cases_are_browsed_page_by_page(call):
    first = call("browse_cases", limit=2)
    assert [case["case_id"] for case in first.structured_content["cases"]] == [ASH, ELM]
    assert first.structured_content["total"] == 3
    assert first.structured_content["after"] == ELM
    assert f"after='{ELM}'" in text_of(first)
    last = call("browse_cases", limit=2, after=ELM)
    assert [case["case_id"] for case in last.structured_content["cases"]] == [OAK]
    assert last.structured_content["after"] is None
    assert call("browse_cases", only={"setting": ["rural"]}).structured_content["total"] == 1


def test_a_new_generation_is_taken_up(server, talk_to, index_dir, encoder, make_case):
    async def talk(client):
        assert (await client.call_tool("browse_cases", {})).structured_content["total"] == 3
        build_index([make_case(id="new-school")], encoder, index_dir)
        while (told := (await client.call_tool("browse_cases", {})).structured_content)["total"] == 3:
            await asyncio.sleep(0.02)  # to ask without a break would leave nothing for the index to be opened
        return told["cases"][0]["case_id"]

    assert talk_to(server, talk) == "new-school"


def test_a_model_that_is_missing_is_told(index_dir, talk_to):
    def broken(_):
        raise RuntimeError("the file is gone")

    server = make_server(LiveIndex(CaseIndex.open(index_dir), broken), poll_seconds=1)
    result = talk_to(server, lambda client: client.call_tool("match_concern", {"text": "phones"}))
    assert result.is_error
    assert "the file is gone" in text_of(result)


def test_the_text_of_a_question_is_not_logged(call, caplog):
    caplog.set_level(logging.DEBUG)
    call("match_concern", text="our secret wifi")
    call("match_concern", text="our secret wifi", k=99)
    assert "secret" not in "".join(
        record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG
    )


def test_without_the_sdk_the_command_says_what_to_install():
    code = "import sys; sys.modules['mcp'] = None; from service.cli import main; main()"
    ran = subprocess.run([sys.executable, "-c", code, "mcp"], check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "pip install 'warts-and-all[mcp]'" in ran.stderr
    assert ran.stdout == ""
