from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.issues import Issue, Place
from corpus.parsing import RawRecord, load_json, parse_file


@pytest.fixture
def parse(tmp_path):
    """Write a file and parse it; places then name the bare file."""

    def parse_content(name, content):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(parse_file(file))

    return parse_content


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("parsing")


def values(items):
    items = list(items)
    assert all(isinstance(item, RawRecord) for item in items), items
    return [item.value for item in items]


def only_issue(items):
    (issue,) = items
    assert isinstance(issue, Issue)
    return issue


# --- YAML: what a scalar is --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("Off", "Off"),
        ("y", "y"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("2013", 2013),
        ("-7", -7),
        ("0", 0),
        ("12.5", 12.5),
        ("-0.25", -0.25),
        ("007", "007"),
        ("0777", "0777"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("+1", "+1"),
        ("12:30", "12:30"),
        ("2013-09-01", "2013-09-01"),
        ("2013-13-45", "2013-13-45"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("'2013'", "2013"),
        ('"null"', "null"),
        ("''", ""),
        ("٣", "٣"),
    ],
)
def test_plain_yaml_is_read_by_the_rules_of_version_1_2(parse, scalar, value):
    (read,) = values(parse("a.yaml", f"key: {scalar}\n"))
    assert (read["key"], type(read["key"])) == (value, type(value))


def test_a_merge_key_is_a_key_like_any_other(parse):
    assert values(parse("a.yaml", "<<: {a: 1}\nb: 2\n")) == [{"<<": {"a": 1}, "b": 2}]


# --- YAML: places ------------------------------------------------------------------------------------------

TWO_RECORDS = """\
# a comment
- id: one
  objections:
    - text: >-
        a long
        text
      result: partly

- {id: two, failed: [a, b]}
"""


def test_every_field_of_a_yaml_list_knows_its_line(parse, tmp_path):
    one, two = parse("a.yaml", TWO_RECORDS)
    assert one.place == Place(str(tmp_path / "a.yaml"), 2)
    assert one.lines == {
        ("id",): 2,
        ("objections",): 3,
        ("objections", 0): 4,
        ("objections", 0, "text"): 4,
        ("objections", 0, "result"): 7,
    }
    assert two.place == Place(str(tmp_path / "a.yaml"), 9)
    assert set(two.lines.values()) == {9}


def test_a_single_yaml_record_begins_where_its_first_key_stands(parse, tmp_path):
    (record,) = parse("a.yaml", "# why\n\nid: one\ntitle: T\n")
    assert record.place == Place(str(tmp_path / "a.yaml"), 3)
    assert record.lines == {("id",): 3, ("title",): 4}


def test_a_field_that_is_not_there_stands_on_the_line_of_the_part_around_it():
    record = RawRecord({}, Place("a.yaml", 1), {("objections",): 5, ("objections", 0): 6})
    assert record.line_of(("objections", 0, "result")) == 6
    assert record.line_of(("objections", 3, "text")) == 5
    assert record.line_of(("title",)) == 1
    assert record.line_of(()) == 1


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(parse):
    plain = parse("a.yaml", TWO_RECORDS)
    windows = parse("b.yaml", b"\xef\xbb\xbf" + TWO_RECORDS.replace("\n", "\r\n").encode())
    assert values(windows) == values(plain)
    assert [record.lines for record in windows] == [record.lines for record in plain]


# --- YAML: what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("id: one\ntitle: T\nid: two\n", 3, "'id' stands twice"),
        ("a:\n  - b: 1\n    b: 2\n", 3, "'b' stands twice"),
        ("1: a\n'1': b\n", 2, "'1' stands twice"),
        ("a: &x [1]\nb: *x\n", 2, "aliases"),
        ("a: &x word\n\nb: [*x, *x]\n", 3, "aliases"),
        ("a: *nowhere\n", 1, "alias"),
        ("a: [1, 2\nb: 3\n", 2, "expected"),
        ("a: b: c\n", 1, "mapping values"),
        ("a: 1\n---\nb: 2\n", 2, "another document"),
        ('a: "\\ud800"\n', 1, "escape"),
        ("a:\n\t- b\n", 2, "token"),
        ("? [a]\n: b\n", 1, "key"),
        ("a: !!python/object/apply:os.system [echo]\n", 1, "tag"),
        ("a: !ours b\n", 1, "tag"),
    ],
)
def test_what_is_no_sound_yaml_is_refused_with_its_line(parse, tmp_path, text, line, word):
    issue = only_issue(parse("a.yaml", text))
    assert (issue.code, issue.place) == ("malformed", Place(str(tmp_path / "a.yaml"), line))
    assert word in issue.message


def test_a_billion_laughs_are_refused(parse):
    lines = ["l0: &l0 [lol, lol, lol]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    issue = only_issue(parse("a.yaml", "\n".join(lines)))
    assert "aliases" in issue.message


def test_a_list_that_holds_itself_is_refused(parse):
    assert "aliases" in only_issue(parse("a.yaml", "a: &x [*x]\n")).message


def test_an_alias_as_a_key_is_refused(parse):
    """Keys were not looked through for aliases, so that a key could be one."""
    assert "aliases" in only_issue(parse("a.yaml", "a: &x word\n*x : b\n")).message


def test_a_billion_laughs_within_a_key_cost_nothing(parse):
    """A list as a key was written out to compare it with the other keys, each of its aliases in full."""
    levels = ["&l0 [lol, lol]", *(f"&l{n} [*l{n - 1}, *l{n - 1}]" for n in range(1, 14))]
    tracemalloc.start()
    try:
        issue = only_issue(parse("a.yaml", f"? [{', '.join(levels)}]\n: b\n"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert issue.code == "malformed"
    assert peak < 2_000_000  # the text has 300 bytes


@pytest.mark.parametrize(
    "tagged",
    [
        "!!bool maybe",
        "!!int ''",
        "!!int many",
        "!!float ''",
        "!!float many",
        "!!timestamp soon",
        "!!timestamp 2020-13-45",
        "!!binary é",
        "!!set x",
        "!!omap x",
        "!!map x",
        "!!null x",
        "!!merge x",
    ],
)
def test_a_tag_that_does_not_fit_its_value_never_raises(parse, tagged):
    """An explicit tag reached PyYAML's constructors, which raised KeyError, IndexError or AttributeError."""
    items = parse("a.yaml", f"id: one\ntitle: {tagged}\n")
    assert len(items) == 1


@pytest.mark.parametrize(
    "tagged",
    [
        "!!bool yes",
        "!!int 0777",
        "!!int 1:30",
        "!!binary aGVsbG8=",
        "!!set {a, b}",
        "!!omap [a: 1]",
        "!!timestamp 2020-01-02",
    ],
)
def test_a_tag_does_not_bring_back_yaml_1_1(parse, tagged):
    """Tags made bytes, sets, dates and octal numbers out of text, none of which JSON could have said."""
    (item,) = parse("a.yaml", f"key: {tagged}\n")
    assert isinstance(item, Issue) or item.value == {"key": tagged.split(" ", 1)[1]}


def test_a_merge_tag_does_not_smuggle_a_key_in_twice(parse):
    """Under an explicit merge tag, the keys of another mapping were mixed in without a check."""
    items = parse("a.yaml", "!!merge x: {title: B, text: C}\ntitle: A\n")
    assert not any(isinstance(item, RawRecord) and "text" in item.value for item in items)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000])
@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.jsonl"])
def test_a_number_too_long_for_python_is_an_issue(parse, name, number):
    """Python refuses to read more than 4300 digits; that ValueError came out of `parse_file` for JSON."""
    assert only_issue(parse(name, f'{{"pupils": {number}}}')).code == "malformed"


def test_a_decimal_figure_keeps_its_last_zero(parse):
    """`figure: 3.10` became the number 3.1, and then the words "3.1"."""
    (read,) = values(parse("a.yaml", "figure: 3.10\n"))
    assert str(read["figure"]) == "3.10"


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.jsonl"])
@pytest.mark.parametrize("around", ["{}", '{{"outcome": {}}}', '[{{"title": {}}}]'])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
@pytest.mark.parametrize("depth", [50, 500, 990, 1010, 3000])
def test_deep_nesting_never_raises(parse, name, around, opening, closing, depth):
    items = parse(name, around.format(opening * depth + "1" + closing * depth))
    assert len(items) == 1
    if depth >= 3000:
        assert items[0].code == "malformed"


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 100_000 + "x", "{a: " * 100_000])
def test_nesting_a_hundred_thousand_deep_does_not_crash_the_interpreter(tmp_path, text):
    """libyaml's composer recurses in C: some 25,000 open brackets overran its stack (SIGSEGV)."""
    (tmp_path / "a.yaml").write_text(text)
    program = (
        "import pathlib, sys; from corpus.parsing import parse_file;"
        "print(*parse_file(pathlib.Path(sys.argv[1])))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.yaml")],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "[malformed]" in done.stdout


def test_deep_nesting_does_not_eat_the_memory(parse):
    """Every level kept its whole path: 20 KB of brackets took 3 GB and 17 seconds."""
    tracemalloc.start()
    try:
        parse("a.yaml", "[" * 3000 + "]" * 3000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


# --- bytes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "a.jsonl"])
@pytest.mark.parametrize(
    ("content", "byte"),
    [
        (b"id: caf\xe9", 7),
        ("id: x".encode("utf-16"), 0),
        (b"\xed\xa0\x80", 0),
        (b"ab\xc0\x80", 2),
    ],
    ids=["latin-1", "utf-16", "surrogate", "overlong"],
)
def test_bytes_that_are_not_utf8_are_refused_by_their_position(parse, tmp_path, name, content, byte):
    issue = only_issue(parse(name, content))
    assert (issue.code, issue.place) == ("not-text", Place(str(tmp_path / name)))
    assert f"byte {byte} " in issue.message


def test_a_file_that_is_gone_or_is_a_folder_is_an_issue(tmp_path):
    assert only_issue(parse_file(tmp_path / "gone.yaml")).code == "unreadable"
    assert only_issue(parse_file(tmp_path)).code == "unreadable"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_a_yaml_file_without_a_document_holds_no_record(parse, text):
    assert only_issue(parse("a.yaml", text)).code == "empty"


def test_a_json_file_without_a_value_is_malformed(parse):
    assert only_issue(parse("a.json", "")).code == "malformed"


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.jsonl"])
@pytest.mark.parametrize("text", ["\x00", "id: \x01", '{"a": "\x00"}', '"\\', "\x1b[2J"])
def test_control_characters_are_refused(parse, name, text):
    assert only_issue(parse(name, text)).code == "malformed"


@given(
    st.sampled_from(["x.yaml", "x.json", "x.jsonl"]), st.one_of(st.binary(max_size=60), st.text(max_size=60))
)
@settings(max_examples=60, deadline=None)
def test_no_bytes_make_parsing_raise(folder, name, content):
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    assert all(isinstance(item, RawRecord | Issue) for item in parse_file(folder / name))


@given(st.text(alphabet="ab01:-?{}[],&*!|>'\"#%@`~ \n\t\\.<=", max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_yaml_signs_make_parsing_raise(folder, text):
    (folder / "y.yaml").write_text(text, encoding="utf-8")
    assert all(isinstance(item, RawRecord | Issue) for item in parse_file(folder / "y.yaml"))


plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(plain_values)
@settings(max_examples=60, deadline=None)
def test_any_json_value_comes_through_json_and_json_lines_unchanged(folder, value):
    text = json.dumps(value, ensure_ascii=False)
    (folder / "v.json").write_text(f"[{text}]", encoding="utf-8")
    (folder / "v.jsonl").write_text(f"{text}\r\n{text}", encoding="utf-8")
    assert values(parse_file(folder / "v.json")) == [value]
    assert values(parse_file(folder / "v.jsonl")) == [value, value]


# --- JSON --------------------------------------------------------------------------------------------------


def test_json_holds_one_record_or_a_list_of_them(parse, tmp_path):
    file = tmp_path / "a.json"
    assert parse("a.json", '{"id": "one"}') == [RawRecord({"id": "one"}, Place(str(file)))]
    assert parse("a.json", '\ufeff[{"id": "one"},\r\n 2]') == [
        RawRecord({"id": "one"}, Place(f"{file}[0]")),
        RawRecord(2, Place(f"{file}[1]")),
    ]


def test_each_line_of_json_lines_stands_for_itself(parse, tmp_path):
    first, fault, last = parse("a.jsonl", '\ufeff{"id": "one"}\r\n\r\n{"id": \r\n \n{"id": "two"}')
    assert (first.value, first.place.line) == ({"id": "one"}, 1)
    assert (fault.code, fault.place) == ("malformed", Place(str(tmp_path / "a.jsonl"), 3))
    assert (last.value, last.place.line) == ({"id": "two"}, 5)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\u0085", "\u00a0"])
def test_a_line_separator_within_a_json_string_ends_no_line(parse, separator):
    title = f"one{separator}two"
    assert values(parse("a.jsonl", f'{{"title": "{title}"}}\n')) == [{"title": title}]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('{"a": 1, "a": 1}', "'a' stands twice"),
        ('{"a": {"b": 1, "c": 2, "b": 3}}', "'b' stands twice"),
        ('{"a": 1, "\\u0061": 2}', "'a' stands twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "-Infinity"),
        ('{"a": "\\ud83d"}', "surrogate"),
        ('{"a": "\\uDE00\\uD83D"}', "surrogate"),
        ('{"\\udfff": 1}', "surrogate"),
        ("{'a': 1}", "line 1, column 2"),
        ('{"a": 1}\n{"b": 2}', "line 2, column 1"),
        ('{"a": 1,}', "line 1"),
        ('{"a": "x\ty"}', "control character"),
        ("[" * 100_000, "too deeply"),
        ('{"a":' * 100_000, "too deeply"),
    ],
)
def test_json_is_read_strictly(text, word):
    with pytest.raises(ValueError, match=re.escape(word)):
        load_json(text)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400 + ".5"])
def test_no_json_number_becomes_infinite(number):
    """`1e400` was read as infinity, although the name Infinity is refused."""
    try:
        value = load_json(number)
    except ValueError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud83d\\ude00"', "😀"),
        ('"\\\\ud800"', "\\ud800"),
        ('"😀"', "😀"),
        (' {"a": null}\r\n', {"a": None}),
        ("1.0", 1.0),
    ],
)
def test_sound_json_is_read_as_it_stands(text, value):
    assert load_json(text) == value


def test_a_fault_in_json_names_its_line(parse, tmp_path):
    issue = only_issue(parse("a.json", '{\n "a": 1,\n "b" 2\n}'))
    assert issue.place == Place(str(tmp_path / "a.json"), 3)


@pytest.mark.parametrize("name", ["a.JSON", "a.Yaml", "a.YML"])
def test_capitals_in_the_ending_do_not_matter(parse, name):
    assert values(parse(name, '{"id": "one"}')) == [{"id": "one"}]


def test_capitals_do_not_hide_json_lines(parse):
    assert values(parse("a.JSONL", '{"id": "one"}\n{"id": "two"}')) == [{"id": "one"}, {"id": "two"}]
