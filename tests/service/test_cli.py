from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from corpus.errors import WartsError
from engine.ablation import TUNINGS
from service import cli
from service.schema_files import schema_of
from service.settings import Settings

ANSWER = Draft202012Validator(schema_of("answer-v1.schema.json"))


@pytest.fixture(autouse=True)
def _small_encoder(monkeypatch, encoder):
    monkeypatch.setattr(Settings, "encoder", property(lambda _: encoder))


def warts(*arguments: object, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli.warts, [str(argument) for argument in arguments], input=text)


def write_lines(path: Path, *values: object) -> Path:
    lines = [value if isinstance(value, str) else json.dumps(value) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_ask_shows_objection_response_regret_and_source(index_dir):
    result = warts("ask", "parents want to reach their children", "--index", index_dir)
    assert result.exit_code == 0
    assert "Parents want to reach their children" in result.stdout
    assert "The office takes messages (settled in part)" in result.stdout
    assert "Starting in September" in result.stdout
    assert "https://example.org/elm" in result.stdout


def test_ask_json_is_valid_against_the_published_schema(index_dir):
    result = warts("ask", "slow broadband", "-k", 2, "--phase", "primary", "--json", "--index", index_dir)
    answer = json.loads(result.stdout)
    ANSWER.validate(answer)
    assert "id" not in answer
    assert answer["concern"]["context"] == {"phases": ["primary"]}
    assert answer["matches"][0]["case_id"] == "ash-primary-broadband-2015"
    assert len(answer["matches"]) == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask"], "Missing argument"),
        (["ask", "  "], "say what worries you"),
        (["ask", "x" * 10_001], "10,001 characters"),
        (["ask", "x", "--country", "UK"], "the United Kingdom is GB"),
        (["ask", "x", "--country", "ZZ"], "no country has the code 'ZZ'"),
        (["ask", "x", "--phase", "village"], "'village' is not one of"),
        (["ask", "x", "--pupils", "0"], "x>=1"),
        (["ask", "x", "-k", "0"], "1<=x<=50"),
        (["ask", "x", "--closeness", "2"], "0<=x<=1"),
        (["ask", "x", "--closeness", "-0.1"], "0<=x<=1"),
        (["ask", "x", "--closeness", "very"], "not a valid float"),
        (["ask", "x", "--exclude-unlike", "colour"], "'colour' is not one of"),
        (["ask", "x", "--only", "outcome"], "'outcome' is not FACET=VALUE"),
        (["ask", "x", "--only", "colour=red"], "the facets are phase, setting, technology, theme"),
        (["ask", "x", "--count-less-unlike", "colour"], "'colour' is not one of"),
        (["match", "no-such-file.jsonl"], "No such file"),
        (["nonsense"], "No such command"),
    ],
)
def test_wrong_use_is_told_with_exit_code_2(arguments, told):
    result = warts(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize(
    "text", ["a", "😀😀", "<script>alert(1)</script>", "שלום עולם", "\x00\x07", "'; DROP TABLE"]
)
def test_odd_texts_are_answered_plainly(index_dir, text):
    result = warts("ask", text, "--json", "--index", index_dir)
    if result.exit_code == 2:  # nothing but control characters is nothing
        assert "say what worries you" in result.stderr
        return
    ANSWER.validate(json.loads(result.stdout))


def test_match_answers_each_line_in_order_with_its_id(tmp_path, index_dir):
    queries = write_lines(
        tmp_path / "q.jsonl",
        {"id": "b", "text": "tablets that parents must pay for", "context": None},
        {
            "id": "a",
            "text": "slow broadband",
            "context": {"setting": "rural", "nickname": "passed over"},
            "more": 1,
        },
        {"id": 3, "text": ""},
    )
    result = warts("match", queries, "--index", index_dir, "-k", 1)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    for answer in answers:
        ANSWER.validate(answer)
    assert [answer["id"] for answer in answers] == ["b", "a", "3"]
    assert [answer["matches"][0]["case_id"] for answer in answers[:2]] == [
        "oak-college-tablets-2018",
        "ash-primary-broadband-2015",
    ]
    assert answers[2]["verdict"] == "none"
    assert answers[2]["matches"] == []


def test_match_reads_standard_input(index_dir):
    result = warts("match", "-", "--index", index_dir, text='{"id": "1", "text": "slow broadband"}\n')
    assert result.exception is None
    assert json.loads(result.stdout)["id"] == "1"


def test_match_reports_bad_lines_with_their_place_and_answers_the_others(tmp_path, index_dir):
    queries = write_lines(
        tmp_path / "q.jsonl",
        {"id": "1", "text": "slow broadband"},
        "not json",
        {"id": "2"},
        {"id": "3", "text": "x", "context": {"setting": "moon"}},
        {"id": "1", "text": "again"},
        {"id": "4", "text": "phones", "context": {"country": "UK"}},
        {"id": "5", "text": "phones"},
    )
    result = warts("match", queries, "--index", index_dir)
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1", "5"]
    for line in (2, 3, 4, 5, 6):
        assert f"{queries}:{line}:" in result.stderr
    assert "context.setting" in result.stderr
    assert "the United Kingdom is GB" in result.stderr


def test_match_does_not_repeat_the_text_of_a_query_on_standard_error(tmp_path, index_dir):
    queries = write_lines(tmp_path / "q.jsonl", '{"id": "1", "text": "our secret worry", "context": 7}')
    assert "secret" not in warts("match", queries, "--index", index_dir).stderr


def test_index_then_match_works_for_any_contract_file(tmp_path, make_record):
    cases = write_lines(
        tmp_path / "cases.jsonl",
        make_record(),
        make_record(
            id="yew-robots",
            title="Robots",
            summary="Yew School bought robots that nobody could start.",
            institution={"name": "Yew School", "kind": "school", "country": "IE", "phases": ["primary"]},
            objections=[{"text": "Phones are enough"}],
            failed=["They fell over"],
            not_again=[],
        ),
    )
    built = warts("index", "--cases", cases, "--index", tmp_path / "i", "--json")
    assert built.exit_code == 0
    assert json.loads(built.stdout)["cases"] == 2
    asked = warts("ask", "phones", "--json", "--index", tmp_path / "i")
    assert len(json.loads(asked.stdout)["matches"]) == 2


def test_index_refuses_broken_records_unless_told_to_skip_them(tmp_path, make_record):
    cases = write_lines(tmp_path / "cases.jsonl", make_record(), make_record(id="bad", outcome="great"))
    with pytest.raises(WartsError, match=r"cases\.jsonl:2: bad: outcome"):
        CliRunner().invoke(
            cli.warts,
            ["index", "--cases", str(cases), "--index", str(tmp_path / "i")],
            catch_exceptions=False,
        )
    assert not (tmp_path / "i").exists()
    assert warts("index", "--cases", cases, "--index", tmp_path / "i", "--skip-broken").exit_code == 0


def test_import_twice_changes_nothing(tmp_path, make_record):
    cases = write_lines(tmp_path / "cases.jsonl", make_record())
    first = json.loads(warts("import", cases, "--cases", tmp_path / "into", "--json").stdout)
    file = tmp_path / "into" / "elm-school-phones-2020.yaml"
    before = (file.read_bytes(), file.stat().st_mtime_ns)
    second = json.loads(warts("import", cases, "--cases", tmp_path / "into", "--json").stdout)
    assert (first["new"], second["new"], second["unchanged"]) == (["elm-school-phones-2020"], [], 1)
    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


def test_import_dry_run_writes_nothing(tmp_path, make_record):
    cases = write_lines(tmp_path / "cases.jsonl", make_record())
    result = warts("import", cases, "--cases", tmp_path / "into", "--dry-run")
    assert "1 new and 0 changed cases would be written" in result.stdout
    assert not (tmp_path / "into").exists()


def test_import_json_tells_what_is_broken_with_exit_code_1(tmp_path, make_record):
    cases = write_lines(tmp_path / "cases.jsonl", make_record(failed=[], not_again=[]))
    result = warts("import", cases, "--cases", tmp_path / "into", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["written"] is False
    assert told["issues"][0] == {
        "file": str(cases),
        "line": 1,
        "id": "elm-school-phones-2020",
        "field": None,
        "severity": "error",
        "code": "no-warts",
        "message": told["issues"][0]["message"],
    }


def test_check_exit_code_follows_the_errors(tmp_path, make_record):
    good = write_lines(tmp_path / "good.jsonl", make_record())
    bad = write_lines(tmp_path / "bad.jsonl", make_record(id="b", failed=["Mail head@elm.example for more"]))
    assert warts("check", good).exit_code == 0
    result = warts("check", bad)
    assert result.exit_code == 1
    assert f"{bad}:1: b: failed[0]: error: 'head@elm.example' looks like an e-mail address" in result.stdout


def test_check_looks_at_sources_and_wording_only_when_told(tmp_path, make_record):
    record = make_record(failed=["Nobody had asked the parents before the term began again"])
    cases = write_lines(tmp_path / "cases.jsonl", record)
    (tmp_path / f"{record['id']}.txt").write_text("that nobody had asked the parents before the term began")
    assert warts("check", cases, "--sources").exit_code == 0
    result = warts("check", cases, "--sources", "--excerpts", tmp_path)
    assert result.exit_code == 1
    assert (
        f"{cases}:1: {record['id']}: failed[0]: error: shares “nobody had asked the parents" in result.stdout
    )
    assert "--sources" in warts("check", cases, "--excerpts", tmp_path).stderr


def test_show_prints_the_record_it_was_given(tmp_path, index_dir):
    shown = json.loads(warts("show", "oak-college-tablets-2018", "--index", index_dir, "--json").stdout)
    assert shown["institution"]["name"] is None
    assert (
        "Half of the tablets broke within a year"
        in warts("show", "oak-college-tablets-2018", "--index", index_dir).stdout
    )


def test_show_suggests_ids_that_are_spelt_alike(index_dir):
    with pytest.raises(WartsError, match="did you mean oak-college-tablets-2018"):
        CliRunner().invoke(
            cli.warts, ["show", "oak-colege-tablets-2018", "--index", str(index_dir)], catch_exceptions=False
        )


def test_evaluate_prints_every_system(tmp_path, index_dir):
    queries = write_lines(
        tmp_path / "q.jsonl",
        {"id": "1", "text": "slow broadband", "kind": "short"},
        {"id": "2", "text": "zebra"},
    )
    qrels = tmp_path / "qrels.tsv"
    qrels.write_text("query-id\tcorpus-id\tscore\n1\tash-primary-broadband-2015\t3\n", encoding="utf-8")
    told = json.loads(
        warts("evaluate", "--queries", queries, "--qrels", qrels, "--index", index_dir, "--json").stdout
    )
    assert list(told["systems"]) == [
        "BM25, best passage",
        "dense, best passage",
        "RRF of the two",
        "simple blend",
        "warts",
    ]
    assert told["systems"]["warts"]["ndcg@10"] == 1.0
    assert told["verdicts"]["unanswerable"]["none"] == 1
    table = warts("evaluate", "--queries", queries, "--qrels", qrels, "--index", index_dir).stdout
    assert "| warts | 1.000 | 1.000 | 1.000 |" in table


def test_an_error_of_ours_is_one_message_and_exit_code_1(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.argv", ["warts", "ask", "phones", "--index", str(tmp_path / "none")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"warts: there is no index in {tmp_path / 'none'}; "
        f"run `warts index --index {tmp_path / 'none'}` to build one\n"
    )


def test_the_default_index_is_built_at_first_use_and_again_when_the_cases_change(
    tmp_path, monkeypatch, make_record, encoder
):
    cases = write_lines(tmp_path / "cases.jsonl", make_record())
    monkeypatch.setenv("WARTS_INDEX", str(tmp_path / "default"))
    monkeypatch.setenv("WARTS_CASES", str(cases))
    monkeypatch.setenv("WARTS_MODEL", encoder.identity.model)
    assert "first use" in warts("ask", "phones").stderr
    assert "Building" not in warts("ask", "phones").stderr
    write_lines(cases, make_record(title="Another title"))
    result = warts("ask", "phones")
    assert "have changed" in result.stderr
    assert "Another title" in result.stdout


def test_a_setting_that_cannot_be_is_told_with_its_name(monkeypatch):
    monkeypatch.setenv("WARTS_LOG_LEVEL", "loud")
    with pytest.raises(WartsError, match="WARTS_LOG_LEVEL is 'loud'"):
        CliRunner().invoke(cli.warts, ["check"], catch_exceptions=False)


@pytest.mark.parametrize("command", ["ask", "match", "index", "import", "check", "show", "evaluate", "serve"])
def test_every_command_has_help(command):
    result = warts(command, "--help")
    assert result.exit_code == 0
    assert "Usage: warts" in result.stdout


def test_import_writes_over_a_record_that_says_something_else_only_when_told(tmp_path, make_record):
    """Importing an older file again silently undid everything that had been mended since."""
    cases, into = write_lines(tmp_path / "cases.jsonl", make_record()), tmp_path / "into"
    warts("import", cases, "--cases", into)
    write_lines(cases, make_record(title="Another title"))
    with pytest.raises(WartsError, match="1 records differ"):
        CliRunner().invoke(cli.warts, ["import", str(cases), "--cases", str(into)], catch_exceptions=False)
    assert "Another title" not in (into / "elm-school-phones-2020.yaml").read_text()
    assert warts("import", cases, "--cases", into, "--replace").exit_code == 0
    assert "Another title" in (into / "elm-school-phones-2020.yaml").read_text()


def test_import_never_writes_over_the_file_of_another_record(tmp_path, make_record):
    """A new record took the file that its id named, and the record that stood there was gone."""
    cases = write_lines(tmp_path / "cases.jsonl", make_record())
    (tmp_path / "into").mkdir()
    other = tmp_path / "into" / "elm-school-phones-2020.yaml"
    other.write_text(json.dumps(make_record(id="somebody-else-2019")))
    with pytest.raises(WartsError, match="holds another record"):
        CliRunner().invoke(
            cli.warts, ["import", str(cases), "--cases", str(tmp_path / "into")], catch_exceptions=False
        )
    assert "somebody-else-2019" in other.read_text()


def test_a_default_index_of_named_cases_is_not_built_again_from_the_shipped_ones(
    tmp_path, monkeypatch, make_record, encoder
):
    monkeypatch.setenv("WARTS_INDEX", str(tmp_path / "default"))
    monkeypatch.setenv("WARTS_MODEL", encoder.identity.model)
    warts("index", "--cases", write_lines(tmp_path / "ours.jsonl", make_record(title="Ours")))
    result = warts("ask", "phones")
    assert "Building" not in result.stderr
    assert "Ours" in result.stdout


def test_a_text_that_tells_of_the_school_alone_is_asked_for_its_worry(index_dir):
    result = warts("ask", "our school in Wales", "--index", index_dir)
    assert result.exit_code == 1
    assert "You told us about your school" in result.stdout


def test_an_answer_from_a_named_index_says_where_the_whole_story_is(index_dir):
    result = warts("ask", "slow broadband", "-k", 1, "--index", index_dir)
    assert f"warts show ash-primary-broadband-2015 --index {index_dir}" in result.stdout


# How schools are to be compared


def asked(index_dir, *arguments):
    result = warts("ask", "tablets, phones and slow broadband", *arguments, "--json", "--index", index_dir)
    answer = json.loads(result.stdout)
    ANSWER.validate(answer)
    return result, {match["case_id"]: match for match in answer["matches"]}


def test_a_closeness_of_nothing_lets_no_school_count(index_dir):
    _, matches = asked(index_dir, "--country", "US", "--closeness", 0)
    assert {match["parts"]["context"] for match in matches.values()} == {0}
    _, usual = asked(index_dir, "--country", "US")
    _, whole = asked(index_dir, "--country", "US", "--closeness", 1)
    for case in usual:
        assert abs(whole[case]["parts"]["context"]) > abs(usual[case]["parts"]["context"])


def test_schools_known_to_differ_are_left_out_and_those_not_known_stay(index_dir):
    _, matches = asked(index_dir, "--setting", "rural", "--exclude-unlike", "setting")
    assert set(matches) == {"elm-school-phones-2020", "ash-primary-broadband-2015"}


def test_of_what_comes_near_only_what_passes_the_filter_is_shown(index_dir):
    _, matches = asked(index_dir, "--only", "country=US", "--only", "country=IE")
    assert set(matches) == {"oak-college-tablets-2018"}


def test_the_school_most_like_ones_own_comes_first_when_asked(index_dir):
    school = ("--country", "US", "--kind", "college", "--setting", "urban")
    _, matches = asked(index_dir, *school, "--school-first")
    assert next(iter(matches)) == "oak-college-tablets-2018"


def test_two_attributes_may_be_excluded(index_dir):
    _, matches = asked(
        index_dir,
        *("--setting", "rural", "--exclude-unlike", "setting"),
        *("--phase", "primary", "--exclude-unlike", "phases"),
    )
    assert set(matches) == {"ash-primary-broadband-2015"}


def test_schools_that_differ_count_less_and_stay(index_dir):
    _, usual = asked(index_dir, "--country", "GB")
    _, less = asked(index_dir, "--country", "GB", "--count-less-unlike", "country")
    assert usual.keys() == less.keys()
    oak = "oak-college-tablets-2018"
    assert less[oak]["score"] < usual[oak]["score"]
    assert less[oak]["parts"]["unlike"] < 0
    assert less["ash-primary-broadband-2015"]["parts"]["unlike"] == 0


def test_of_an_attribute_that_is_to_be_excluded_and_to_count_less_schools_are_left_out(index_dir):
    both = ("--exclude-unlike", "country", "--count-less-unlike", "country")
    _, matches = asked(index_dir, "--country", "GB", *both)
    assert "oak-college-tablets-2018" not in matches


def test_where_every_school_is_left_out_the_answer_says_so_and_is_no_answer(index_dir):
    arguments = ("--country", "NZ", "--exclude-unlike", "country", "--index", index_dir)
    result = warts("ask", "slow broadband in lessons", *arguments)
    assert result.exit_code == 1
    assert "leave out less" in result.stdout


def test_where_every_school_is_left_out_the_answer_does_not_say_that_there_was_no_worry(index_dir):
    """An answer without matches was always told as a text in which no worry was found."""
    arguments = ("--country", "NZ", "--exclude-unlike", "country", "--index", index_dir)
    assert "no worry was found" not in warts("ask", "slow broadband in lessons", *arguments).stdout


def test_a_file_of_queries_is_answered_by_the_same_preferences(tmp_path, index_dir):
    query = {"id": "1", "text": "tablets, phones and slow broadband", "context": {"setting": "rural"}}
    queries = write_lines(tmp_path / "q.jsonl", query)
    result = warts("match", queries, "--exclude-unlike", "setting", "--closeness", 0, "--index", index_dir)
    (answer,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert "oak-college-tablets-2018" not in [match["case_id"] for match in answer["matches"]]
    assert {match["parts"]["context"] for match in answer["matches"]} == {0}


# What is told in plain text


def test_a_word_that_was_read_as_another_is_told(index_dir):
    result = warts("ask", "slow braodband", "--index", index_dir)
    assert "Read: braodband as broadband" in result.stdout
    assert "Read:" not in warts("ask", "slow broadband", "--index", index_dir).stdout


def test_the_words_that_met_are_told(index_dir):
    result = warts("ask", "our lesson stalled", "-k", 1, "--index", index_dir)
    line = result.stdout.split("Met on: ")[1].split("Who says so")[0]
    assert "Lessons" in line
    assert "stalled" in line


def test_each_of_several_worries_is_told_with_whether_it_was_met(index_dir):
    text = "The broadband is too slow for a whole class. Zeppelins land on the roof every week."
    result = warts("ask", text, "--index", index_dir)
    told = result.stdout.split("Understood as")[1]
    assert "Zeppelins land on the roof every week: nobody here has faced this one" in told


def test_what_is_asked_for_is_told(index_dir):
    result = warts("ask", "what would you not do again with tablets", "--index", index_dir)
    assert "Asked for: what they would not do again" in result.stdout


# Evaluating more


@pytest.fixture
def judged(tmp_path):
    """Options that name a small judged set with pairs, contexts and cases that nothing was trained on."""
    queries = write_lines(
        tmp_path / "q.jsonl",
        {"id": "1", "text": "slow broadband", "kind": "short", "split": "dev"},
        {"id": "2", "text": "tablets broke", "split": "test"},
    )
    qrels = tmp_path / "qrels.tsv"
    lines = (
        "query-id\tcorpus-id\tscore",
        "1\tash-primary-broadband-2015\t3",
        "2\toak-college-tablets-2018\t2",
    )
    qrels.write_text("\n".join(lines) + "\n", encoding="utf-8")
    pair = {
        "id": "p",
        "text": "parents",
        "context": {"country": "US"},
        "nearer": "oak-college-tablets-2018",
        "farther": "ash-primary-broadband-2015",
        "split": "dev",
    }
    context = {"id": "c", "text": "our rural primary", "context": {"phases": ["primary"], "setting": "rural"}}
    (tmp_path / "unseen.txt").write_text("oak-college-tablets-2018\n", encoding="utf-8")
    return (
        *("--queries", queries, "--qrels", qrels, "--unseen", tmp_path / "unseen.txt"),
        *("--pairs", write_lines(tmp_path / "p.jsonl", pair)),
        *("--contexts", write_lines(tmp_path / "c.jsonl", {**context, "split": "dev"})),
    )


def test_evaluate_measures_pairs_contexts_unseen_cases_and_each_part_off(judged, index_dir):
    result = warts("evaluate", *judged, "--ablation", "--index", index_dir, "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["more_comparable_first"] == 1
    assert 0 <= told["context_f1"]["phases"] <= 1
    assert told["unseen_cases"]["warts"]["useful@1"] == 1
    assert set(TUNINGS) <= set(told["ablation"])
    table = warts("evaluate", *judged, "--index", index_dir).stdout
    assert "one part off" not in table
    assert "more comparable of two equally relevant first (1 pairs)" in table


def test_a_split_leaves_out_the_queries_and_pairs_of_others(judged, index_dir):
    told = json.loads(warts("evaluate", *judged, "--split", "test", "--index", index_dir, "--json").stdout)
    assert told["answerable_queries"] == 1
    assert told["more_comparable_first"] is None


def test_a_list_of_unseen_cases_that_cannot_be_read_is_wrong_use(judged, tmp_path, index_dir):
    result = warts("evaluate", *judged, "--unseen", tmp_path / "missing", "--index", index_dir)
    assert result.exit_code == 2
    assert "--unseen" in result.stderr


def test_another_encoder_for_the_default_index_is_refused():
    """It would replace the index of the configured model, and every question after it would fail."""
    result = warts("index", "--encoder", "all-MiniLM-L6-v2")
    assert result.exit_code == 2
    assert "--index" in result.stderr
