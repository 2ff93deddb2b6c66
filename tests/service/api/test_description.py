"""What the API says of itself is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from service.description import describe_api
from service.exports import COLUMNS

ROOT = Path(__file__).parents[3]
DESCRIBED = describe_api()
OPERATIONS = [
    pytest.param(path, method, operation, id=f"{method} {path}")
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
]


def examples_of(parameter):
    """Return the examples of a parameter, its own or those of its schema."""
    own = [one["value"] for one in parameter.get("examples", {}).values()]
    return own or parameter["schema"].get("examples", [])


def matches(schema, instance):
    whole = {**schema, "components": DESCRIBED["components"]}
    return list(Draft202012Validator(whole).iter_errors(instance)) == []


def requests_of(path, operation):
    """Return the requests that the examples make: what is required, and beside it each example in turn."""
    parameters = operation.get("parameters", [])
    required = {one["name"]: examples_of(one)[0] for one in parameters if one.get("required")}
    in_path = {one["name"] for one in parameters if one["in"] == "path"}
    address = path.format(**required)
    query = {name: value for name, value in required.items() if name not in in_path}
    yield address, query, None
    for one in parameters:
        for example in examples_of(one):
            if one["in"] == "query":
                yield address, {**query, one["name"]: example}, None
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in content.get("examples", {}).values():
            yield address, query, sent_as(kind, example["value"])


def sent_as(kind, value):
    """Return an example as the client of the tests sends it."""
    if kind == "application/json":
        return {"json": value}
    tables = [("schools", ("schools.csv", table)) for table in value["schools"]]
    return {"files": tables, "data": {name: one for name, one in value.items() if name != "schools"}}


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_operation_is_described_and_every_required_value_has_an_example(path, method, operation):
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", []):
        assert not parameter.get("required") or examples_of(parameter), parameter["name"]
        assert parameter["description"]
        for example in examples_of(parameter):
            assert matches(parameter["schema"], example), (parameter["name"], example)
    if body := operation.get("requestBody"):
        for content in body["content"].values():
            assert content["examples"]
            for example in content["examples"].values():
                assert matches(content["schema"], example["value"])


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_every_example_is_answered_as_it_is_described(shipped, report_key, path, method, operation):
    headers = report_key if "reports" in path else {}
    good = next(status for status in operation["responses"] if status.startswith("2"))
    for address, query, body in requests_of(path, operation):
        if operation.get("requestBody") and body is None:
            continue
        answer = shipped.request(method, address, params=query, headers=headers, **(body or {}))
        assert str(answer.status_code) == good, (address, query, answer.text[:300])
        if good == "204":
            assert answer.content == b""
            continue
        media_type = answer.headers["content-type"].partition(";")[0]
        content = operation["responses"][good]["content"]
        assert media_type in content
        if media_type == "application/json":
            assert matches(content[media_type]["schema"], answer.json()), (address, query)


def test_every_address_and_every_column_stands_in_the_docs():
    told = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for path, operations in DESCRIBED["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in told
    table = told.partition("| column | holds |")[2].partition("##")[0]
    assert re.findall(r"`([a-z_]+)`", table) == list(COLUMNS)


def test_the_server_tells_what_is_published(shipped):
    assert shipped.get("/v1/openapi.json").json() == DESCRIBED
