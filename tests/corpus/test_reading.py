from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import records
from corpus.errors import CaseFileNotFoundError
from corpus.issues import Place
from corpus.parsing import RawRecord
from corpus.reading import field_name, find_case_files, read_cases, to_json, to_yaml, validate_record
from corpus.records import CaseStudy


@pytest.fixture
def read(tmp_path):
    """Write one file and read it."""

    def read_content(name, content):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_cases([file])

    return read_content


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all examples of a property."""
    return tmp_path_factory.mktemp("reading")


def issue_of(given):
    """Return the only issue of one raw record."""
    case, issues = validate_record(RawRecord(given, Place("a.json")))
    assert case is None
    (issue,) = issues
    return issue


# --- finding files -----------------------------------------------------------------------------------------


def test_a_folder_stands_for_all_case_files_below_it_in_order(tmp_path):
    (tmp_path / "below" / "deep").mkdir(parents=True)
    for name in ["b.yaml", "a.JSON", "c.txt", "README", "below/d.yml", "below/deep/e.jsonl", "f.yaml.bak"]:
        (tmp_path / name).touch()
    found = [str(file.relative_to(tmp_path)) for file in find_case_files([tmp_path])]
    assert found == ["a.JSON", "b.yaml", "below/d.yml", "below/deep/e.jsonl"]


def test_files_keep_the_order_in_which_they_were_named_and_are_read_once(tmp_path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.touch()
    two.touch()
    assert find_case_files([two, tmp_path, one, two]) == [two, one]


def test_one_file_named_in_two_ways_is_read_once(tmp_path, monkeypatch, make_case):
    """A file named by two paths was read twice, and called a duplicate of itself."""
    (tmp_path / "elm.yaml").write_text(to_yaml(make_case()), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    reading = read_cases([tmp_path, Path("elm.yaml")])
    assert ([case.id for case in reading.cases], reading.issues) == (["elm-school-phones-2020"], ())


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), "holds no case study"),
        (lambda path: path.symlink_to(path.parent / "nowhere"), "does not exist"),
        (lambda path: path.touch(), "ends in nothing, which is no case format"),
    ],
    ids=["missing", "empty folder", "broken link", "no ending"],
)
def test_a_path_that_can_hold_no_case_is_refused_by_name(tmp_path, make, reason):
    path = tmp_path / "cases"
    make(path)
    with pytest.raises(CaseFileNotFoundError, match=reason) as refused:
        find_case_files([path])
    assert refused.value.path == path


def test_a_file_with_another_ending_is_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(CaseFileNotFoundError, match=r"ends in \.txt"):
        read_cases([tmp_path / "notes.txt"])


# --- reading never stops at the first fault ----------------------------------------------------------------


def test_everything_sound_is_read_and_every_fault_is_located(tmp_path, make_record):
    sound, other = make_record(), make_record(id="other")
    (tmp_path / "a.jsonl").write_text(
        "\n".join([json.dumps(sound), "{", json.dumps(make_record(id="bad", outcome="fine")), "7"])
    )
    (tmp_path / "b.yaml").write_text("id: [\n")
    (tmp_path / "c.json").write_text(json.dumps([other, sound]))
    (tmp_path / "d.yaml").write_bytes(b"\xff")
    reading = read_cases([tmp_path])

    assert [case.id for case in reading.cases] == [sound["id"], "other"]
    assert [raw.value for raw in reading.raw] == [sound, other]
    found = [
        (i.code, i.place.file.removeprefix(f"{tmp_path}/"), i.place.line, i.record_id, i.field)
        for i in reading.issues
    ]
    assert found == [
        ("malformed", "a.jsonl", 2, None, None),
        ("not-allowed", "a.jsonl", 3, "bad", "outcome"),
        ("not-a-record", "a.jsonl", 4, None, None),
        ("malformed", "b.yaml", 2, None, None),
        ("duplicate-id", "c.json[1]", None, sound["id"], "id"),
        ("not-text", "d.yaml", None, None, None),
    ]
    assert reading.errors == reading.issues


def test_a_repeated_id_names_the_place_where_it_stands_already(tmp_path, make_record):
    (tmp_path / "a.jsonl").write_text(f"\n{json.dumps(make_record())}\n")
    (tmp_path / "b.jsonl").write_text(json.dumps(make_record(title="Another telling")))
    reading = read_cases([tmp_path])
    assert [case.title for case in reading.cases] == ["Phones in pouches"]
    assert f"{tmp_path}/a.jsonl:2" in reading.issues[0].message


def test_a_broken_record_does_not_take_its_id_from_a_sound_one(tmp_path, make_record):
    (tmp_path / "a.json").write_text(json.dumps([make_record(outcome="fine"), make_record()]))
    reading = read_cases([tmp_path])
    assert (len(reading.cases), [issue.code for issue in reading.issues]) == (1, ["not-allowed"])


def test_a_fault_in_yaml_names_the_line_of_its_field(read):
    reading = read(
        "a.yaml",
        "id: elm\n"
        "institution:\n"
        "  kind: school\n"
        "  country: uk\n"
        "  phases: [primary, nursery]\n"
        "objections:\n"
        "  - text: Too dear\n"
        "    result: solved\n",
    )
    lines = {issue.field: issue.place.line for issue in reading.issues if issue.code == "not-allowed"}
    assert lines == {"institution.country": 4, "institution.phases[1]": 5, "objections[0].result": 8}


# --- what an issue says ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "field", "words"),
    [
        ({"outcome": "fine"}, "not-allowed", "outcome", "'fine' is not one of"),
        ({"outcome": None}, "not-allowed", "outcome", "None"),
        ({"title": ""}, "not-allowed", "title", "text ''"),
        ({"title": 7}, "not-allowed", "title", "a number 7"),
        ({"title": None}, "not-allowed", "title", "empty"),
        ({"title": True}, "not-allowed", "title", "true or false"),
        ({"title": ["x"]}, "not-allowed", "title", "a list"),
        ({"institution": "Elm"}, "not-allowed", "institution", "text 'Elm'"),
        ({"technology": []}, "missing", "technology", "needs at least 1; it has 0"),
        ({"id": "Elm School"}, "not-allowed", "id", "'Elm School' is not a slug"),
        ({"worked_well": ["x"]}, "unknown-field", "worked_well", "did you mean 'worked'?"),
        ({"colour": "red"}, "unknown-field", "colour", "known here: id, title, summary"),
        ({"years": {"start": 2014, "end": 2013}}, "contradiction", "years", "2013 lies before"),
        ({"years": {"begin": 2014}}, "unknown-field", "years.begin", "known here: start, end"),
        (
            {"objections": [{"text": "x", "resut": "partly"}]},
            "unknown-field",
            "objections[0].resut",
            "'result'?",
        ),
        ({"process": [{"what": "x", "where": "y"}]}, "unknown-field", "process[0].where", "'when'?"),
        ({"failed": [], "not_again": []}, "no-warts", None, "a case without warts"),
    ],
)
def test_an_issue_says_what_is_wrong_and_what_to_do(make_record, change, code, field, words):
    faults = validate_record(RawRecord(make_record(**change), Place("a.json")))[1]
    issue = next(fault for fault in faults if fault.code == code)
    assert (issue.field, issue.record_id) == (field, change.get("id", "elm-school-phones-2020"))
    assert words in issue.message


@pytest.mark.parametrize(
    "change",
    [
        {"objections": [{"text": "x", "result": "solved"}]},
        {"objections": [{"text": "x", "resut": "partly"}]},
        {"technology": [3]},
    ],
    ids=str,
)
def test_one_slip_in_the_only_item_of_a_list_is_one_issue(make_record, change):
    """A list whose only item was refused was also called empty: "needs at least 1; it has 0"."""
    assert issue_of(make_record(**change)).code in ("not-allowed", "unknown-field")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("uk", "the United Kingdom is GB"),
        ("UK", "the United Kingdom is GB"),
        ("France", "two-letter"),
        ("ZZ", "no country has the code"),
    ],
)
def test_a_wrong_country_code_is_put_right(make_record, code, hint):
    institution = {**make_record()["institution"], "country": code}
    assert hint in issue_of(make_record(institution=institution)).message


def test_a_missing_part_is_asked_for_by_name(make_record):
    given = make_record()
    del given["institution"]["country"]
    issue = issue_of(copy.deepcopy(given))
    assert (issue.code, issue.field) == ("missing", "institution.country")


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "empty"), ([], "a list"), ("x", "text 'x'"), (3, "a number 3"), (True, "true or false")],
)
def test_what_is_no_set_of_keys_is_no_record(value, words):
    issue = issue_of(value)
    assert (issue.code, issue.record_id) == ("not-a-record", None)
    assert words in issue.message


def test_a_long_text_is_not_repeated_in_a_message(make_record):
    """A value that is not allowed was repeated in full, however long."""
    for change in ({"years": "x" * 5000}, {"outcome": "x" * 5000}, {"id": "X" * 5000}):
        assert len(issue_of(make_record(**change)).message) < 500


@pytest.mark.parametrize(
    "change",
    [
        {"id": "elm\nforged.yaml: error: x"},
        {"colour\nforged.yaml: error: x": 1},
        {"\x1b[2Jcolour": 1},
        {"outcome": "a\nb"},
        {"title": {"a\nb": 1}},
        {"colour\u2028x": 1},
    ],
    ids=ascii,
)
def test_an_issue_is_one_printable_line_whatever_the_record_holds(make_record, change):
    """An id or a key was printed raw, so that a line break in it could forge another issue."""
    _, issues = validate_record(RawRecord(make_record(**change), Place("a.json")))
    for issue in issues:
        assert len(str(issue).splitlines()) == 1
        assert str(issue).isprintable()


@pytest.mark.parametrize("key", ["1", "true", "null", "1.5", "~"])
def test_a_key_that_is_no_text_is_an_issue(read, key):
    reading = read("a.yaml", f"{key}: x\n")
    assert not reading.cases
    assert any("keys should be" in issue.message for issue in reading.issues)


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.jsonl"])
@pytest.mark.parametrize("field", ["outcome", "title", "objections", "colour"])
@pytest.mark.parametrize("depth", [50, 900, 960, 980, 1000, 3000])
def test_a_deeply_nested_value_is_an_issue(read, make_record, name, field, depth):
    """The message repeats the value, and writing out a list nested too deeply raised RecursionError."""
    text = json.dumps(make_record(**{field: "@"})).replace('"@"', "[" * depth + "]" * depth)
    reading = read(name, text)
    assert not reading.cases
    assert reading.errors


def test_a_number_with_thousands_of_digits_never_raises(read, make_case):
    """Such a number got in by a hexadecimal tag, and Python would not write it into the message."""
    text = to_yaml(make_case()).replace("Phones in pouches", f"!!int 0x{'f' * 5000}")
    reading = read("a.yaml", text)
    assert len(reading.cases) + len(reading.errors) == 1


def test_a_path_is_written_in_the_words_of_the_contract():
    assert field_name(("objections", 1, "result")) == "objections[1].result"
    assert field_name(("institution", "kind")) == "institution.kind"
    assert field_name(()) == ""


# --- there and back ----------------------------------------------------------------------------------------

TRICKY = [
    *["NO", "no", "yes", "null", "~", "true", "2013", "1.0", "1e3", "0x1F", "0777", "12:30", "2013-09-01"],
    *[
        "=",
        "<<",
        "- a",
        "# a",
        "a: b",
        "a #b",
        "{a}",
        "[a]",
        "*a",
        "&a",
        "!a",
        "!!int 3",
        "|",
        ">",
        "%YAML 1.1",
    ],
    *["---", "...", "'", '"', "\\", "`", "@", ",", "?", "? a", ":", "-", ".inf", ".nan", "+1", "1_000"],
    *["a\nb", "a\n\nb", "a\n b", "a\r\nb", "a\tb", "a\u2028b", "a\u2029b", "a\u0085b", "\ufeffa", "a\ufeffb"],
    *["\x00", "a\x07b", "\x1b[2J", "\x7f", "\u200b", "\u202ea", "é", "e\u0301", "日本", "😀", "\U0010ffff"],
    *["\ufffe", "\uffff", "word " * 60 + "end", ("word " * 25 + "\n") * 3 + "end", "x" * 300, "’“”—"],
]
stripped = st.text(min_size=1).filter(lambda text: text == text.strip())
texts = st.one_of(stripped, st.sampled_from(TRICKY))
slugs = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)
years = st.integers(1900, 2100)


def one_of(literal):
    return st.sampled_from(literal.__args__)


def maybe(strategy):
    return st.none() | strategy


def listed(strategy, least=0):
    return st.lists(strategy, min_size=least, max_size=3)


def shaped(required, optional):
    return st.fixed_dictionaries(required, optional=optional)


contract_records = shaped(
    {
        "id": slugs,
        "title": texts,
        "summary": texts,
        "institution": shaped(
            {
                "kind": one_of(records.Kind),
                "country": st.sampled_from(["GB", "NO", "US", "IE", "ZW", "AX"]),
                "phases": listed(one_of(records.Phase), 1),
            },
            {
                "name": maybe(texts),
                "region": maybe(texts),
                "setting": maybe(one_of(records.Setting)),
                "sector": maybe(one_of(records.Sector)),
                "pupils": maybe(st.integers(1, 10**30)),
                "disadvantage": maybe(one_of(records.Level)),
                "disadvantage_percent": maybe(st.floats(0, 100)),
            },
        ),
        "technology": listed(texts, 1),
        "objections": listed(
            shaped(
                {"text": texts},
                {
                    "raised_by": listed(one_of(records.Party)),
                    "response": maybe(texts),
                    "result": one_of(records.Result),
                    "themes": listed(slugs),
                },
            ),
            1,
        ),
        "failed": listed(texts, 1),
        "outcome": one_of(records.Outcome),
        "provenance": shaped(
            {
                "independence": one_of(records.Independence),
                "sources": listed(
                    shaped(
                        {"title": texts, "url": texts},
                        {
                            "publisher": maybe(texts),
                            "year": maybe(years),
                            "kind": maybe(one_of(records.SourceKind)),
                        },
                    ),
                    1,
                ),
            },
            {"checked": maybe(st.dates().map(str))},
        ),
    },
    {
        "aims": listed(texts),
        "years": maybe(shaped({}, {"start": maybe(years), "end": st.none()})),
        "worked": listed(texts),
        "not_again": listed(texts),
        "process": listed(shaped({"what": texts}, {"when": maybe(texts)})),
        "evidence": listed(
            shaped({"claim": texts}, {"figure": maybe(texts), "source": maybe(st.integers(0, 9))})
        ),
        "chosen_by": maybe(one_of(records.Chooser)),
        "pilot": maybe(
            shaped(
                {}, {"done": maybe(st.booleans()), "like_rollout": maybe(st.booleans()), "note": maybe(texts)}
            )
        ),
        "factors": listed(
            shaped(
                {"factor": one_of(records.FactorName), "effect": st.sampled_from(["helped", "hindered"])},
                {"note": maybe(texts), "source": maybe(st.integers(0, 9))},
            )
        ),
        "voices": listed(texts),
    },
)


@given(contract_records)
@settings(max_examples=60, deadline=None)
def test_any_record_goes_through_yaml_json_and_json_lines_without_loss(folder, document):
    case = CaseStudy.model_validate(document)
    (folder / "a.yaml").write_text(to_yaml(case), encoding="utf-8")
    (folder / "a.json").write_text(to_json(case), encoding="utf-8")
    (folder / "a.jsonl").write_text(f"{to_json(case)}\n", encoding="utf-8")
    for name in ("a.yaml", "a.json", "a.jsonl"):
        reading = read_cases([folder / name])
        assert reading.issues == ()
        assert reading.cases == (case,)
        assert reading.cases[0].as_contract() == document


@pytest.mark.parametrize("text", TRICKY, ids=ascii)
def test_tricky_text_goes_through_yaml_and_json_without_loss(read, make_case, text):
    text = text.strip()
    case = make_case(title=text, failed=[text, f"a {text} b"], evidence=[{"claim": text, "figure": text}])
    for name, written in (("a.yaml", to_yaml(case)), ("a.json", to_json(case)), ("a.jsonl", to_json(case))):
        reading = read(name, written)
        assert (reading.cases, reading.issues) == ((case,), ())


def test_norway_stays_norway(read, make_record):
    given = make_record(institution={**make_record()["institution"], "country": "NO"})
    written = to_yaml(CaseStudy.model_validate(given))
    by_hand = written.replace("'NO'", "NO").replace('"NO"', "NO")
    assert "country: NO\n" in by_hand
    for text in (written, by_hand):
        assert [case.institution.country for case in read("a.yaml", text).cases] == ["NO"]


def test_json_is_written_as_one_line(make_case):
    case = make_case(title="a\nb\r\u2028c", summary="x\x0by")
    assert not {"\n", "\r"} & set(to_json(case))
    assert json.loads(to_json(case)) == case.as_contract()


def test_yaml_keeps_the_order_of_the_contract_and_writes_letters_as_they_are(make_case):
    written = to_yaml(make_case(title="Ein Gerät für “alle”"))
    keys = [line.split(":")[0] for line in written.splitlines() if line[0].isalpha()]
    assert keys == [
        *["id", "title", "summary", "institution", "technology", "objections", "failed", "not_again"],
        *["outcome", "provenance"],
    ]
    assert "Ein Gerät für “alle”" in written
