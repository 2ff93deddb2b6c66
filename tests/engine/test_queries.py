import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.issues import Issue
from engine.context import SchoolContext
from engine.queries import LONGEST_TEXT, Query, read_queries


def read_one(line):
    (found,) = read_queries([line], "queries.jsonl", Query)
    return found


def test_a_query_is_read_with_its_school_and_other_keys_are_passed_over():
    line = {
        "id": "a1",
        "text": "phones",
        "context": {"country": "GB", "phases": ["primary"], "mascot": "owl"},
        "kind": "short",
        "split": "dev",
        "note": "not ours",
    }
    assert read_one(json.dumps(line).encode()) == Query(
        id="a1",
        text="phones",
        context=SchoolContext(country="GB", phases=("primary",)),
        kind="short",
        split="dev",
    )


@pytest.mark.parametrize("context", [None, "missing"])
def test_a_null_context_and_a_missing_one_are_the_same(context):
    line = {"id": "1", "text": "phones"} | ({} if context == "missing" else {"context": context})
    assert read_one(json.dumps(line).encode()) == Query(id="1", text="phones")


def test_an_empty_context_is_not_a_missing_one():
    assert read_one(b'{"id": "1", "text": "", "context": {}}').context == SchoolContext()


def test_a_number_serves_as_an_id():
    assert read_one(b'{"id": 7, "text": "x"}').id == "7"


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf{"id": "1", "text": "x"}',
        b'{"id": "1", "text": "x"}\r\n',
        b'  {"id": "1",\t"text": "x"}  ',
    ],
    ids=["byte order mark", "windows line end", "spaces"],
)
def test_what_editors_add_does_not_matter(line):
    assert read_one(line) == Query(id="1", text="x")


@settings(max_examples=50, deadline=None)
@given(query_id=st.text(min_size=1), text=st.text())
def test_any_id_and_text_come_back_as_they_were(query_id, text):
    line = json.dumps({"id": query_id, "text": text}, ensure_ascii=False).encode()
    assert read_one(line) == Query(id=query_id, text=text)


@settings(max_examples=50, deadline=None)
@given(lines=st.lists(st.binary(max_size=40)))
def test_no_bytes_at_all_raise(lines):
    found = list(read_queries(lines, "queries.jsonl", Query))
    assert len(found) == sum(bool(line.strip()) for line in lines)


@pytest.mark.parametrize(
    ("line", "code", "field", "message"),
    [
        (b"\xff", "not-text", None, "byte 0"),
        (b'{"id": "1", "text": "caf\xe9"}', "not-text", None, "byte 24"),
        (b"{", "malformed", None, "not one JSON value"),
        (b'{"id": "1", "text": "x"} {"id": "2"}', "malformed", None, "not one JSON value"),
        (b'{"id": "1", "id": "2", "text": "x"}', "malformed", None, "stands twice"),
        (b'{"id": "1", "text": "x", "n": NaN}', "malformed", None, "NaN"),
        (b'{"id": "1", "text": "\\ud83d"}', "malformed", None, "half a character"),
        (b'{"id": "1", "text": "x", "n": 1e999}', "malformed", None, "too large"),
        (b"[" * 100_000, "malformed", None, "nested too deeply"),
        (b'{"id": ' + b"9" * 5000 + b"}", "malformed", None, "digits"),
        (b"[]", "not-a-query", None, "set of keys"),
        (b'"phones"', "not-a-query", None, "set of keys"),
        (b"null", "not-a-query", None, "set of keys"),
        (b'{"text": "x"}', "not-allowed", "id", "required"),
        (b'{"id": "", "text": "x"}', "not-allowed", "id", "at least 1 character"),
        (b'{"id": null, "text": "x"}', "not-allowed", "id", "valid string"),
        (b'{"id": true, "text": "x"}', "not-allowed", "id", "valid string"),
        (b'{"id": 1.5, "text": "x"}', "not-allowed", "id", "valid string"),
        (b'{"id": "1"}', "not-allowed", "text", "required"),
        (b'{"id": "1", "text": null}', "not-allowed", "text", "valid string"),
        (b'{"id": "1", "text": ["x"]}', "not-allowed", "text", "valid string"),
        (b'{"id": "1", "text": "x", "context": []}', "not-allowed", "context", "valid dictionary"),
        (
            b'{"id": "1", "text": "x", "context": {"country": "UK"}}',
            "not-allowed",
            "context.country",
            "no country has the code 'UK'; the United Kingdom is GB",
        ),
        (
            b'{"id": "1", "text": "x", "context": {"phases": ["primary", "big"]}}',
            "not-allowed",
            "context.phases[1]",
            "primary",
        ),
        (b'{"id": "1", "text": "x", "context": {"pupils": 0}}', "not-allowed", "context.pupils", "greater"),
        (
            b'{"id": "1", "text": "x", "context": {"disadvantage_percent": 101}}',
            "not-allowed",
            "context.disadvantage_percent",
            "less than or equal",
        ),
    ],
)
def test_a_line_that_cannot_be_used_is_located(line, code, field, message):
    issue = read_one(line)
    assert isinstance(issue, Issue)
    assert (issue.code, issue.field) == (code, field)
    assert message in issue.message
    assert str(issue.place) == "queries.jsonl:1"
    assert issue.severity == "error"


def test_a_text_may_be_as_long_as_it_says_and_no_longer():
    longest = {"id": "1", "text": "x" * LONGEST_TEXT}
    assert len(read_one(json.dumps(longest).encode()).text) == LONGEST_TEXT
    longest["text"] += "x"
    assert read_one(json.dumps(longest).encode()).field == "text"


@pytest.mark.parametrize(("query_id", "named"), [('"q7"', "q7"), ("7", "7"), ("[7]", None), ("true", None)])
def test_an_issue_names_the_query_where_its_id_can_be_read(query_id, named):
    assert read_one(f'{{"id": {query_id}}}'.encode()).record_id == named


def test_one_bad_line_does_not_keep_the_others_out_and_lines_are_counted_with_the_blank_ones():
    lines = [b'{"id": "1", "text": "a"}', b"", b"{", b"  \r\n", b'{"id": "2", "text": "b"}']
    first, issue, second = read_queries(lines, "q", Query)
    assert (first.id, second.id) == ("1", "2")
    assert issue.place.line == 3


def test_a_second_query_with_an_id_is_kept_out_and_told_where_the_first_stands():
    lines = [b"", b'{"id": "1", "text": "a"}', b'{"id": 1, "text": "b"}', b'{"id": "1", "text": "c"}']
    first, *issues = read_queries(lines, "q", Query)
    assert first.text == "a"
    assert [(issue.code, issue.place.line, issue.record_id, issue.field) for issue in issues] == [
        ("duplicate-id", 3, "1", "id"),
        ("duplicate-id", 4, "1", "id"),
    ]
    assert all("on line 2" in issue.message for issue in issues)


def test_an_id_of_a_line_that_could_not_be_used_is_free():
    lines = [b'{"id": "1"}', b'{"id": "1", "text": "b"}']
    _, query = read_queries(lines, "q", Query)
    assert query.text == "b"
