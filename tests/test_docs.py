"""The documents say what is true: settings, schemas, commands, links, figures."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import yaml

from benchmarks.second_look import RECORDS, draw
from corpus.issues import Place
from corpus.parsing import RawRecord
from corpus.reading import SHIPPED_CASES, read_cases, validate_record
from corpus.vocabulary import shipped_vocabulary
from engine.coverage import coverage_of
from engine.queries import LONGEST_TEXT
from service.cli import warts
from service.coverage_text import coverage_as_text
from service.schema_files import FILES, FOLDER, text_of
from service.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_published_schema_is_that_of_its_model(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == text_of(name), "run: python -m service.schema_files"


def test_every_setting_is_documented_and_none_besides():
    documented = set(re.findall(r"^\| `(WARTS_[A-Z_]+)`", text("docs/settings.md"), re.MULTILINE))
    assert documented == {f"WARTS_{name.upper()}" for name in Settings.model_fields}


def test_every_command_stands_in_the_readme():
    named = set(re.findall(r"`warts ([a-z]+)", text("README.md")))
    assert named == set(warts.list_commands(click.Context(warts)))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_example_record_of_the_format_is_a_sound_record():
    example = re.search(r"```yaml\n(.*?)```", text("docs/case-record.md"), re.DOTALL)
    assert example is not None
    case, issues = validate_record(RawRecord(yaml.safe_load(example[1]), Place("docs/case-record.md")))
    assert issues == []
    assert case is not None
    assert case.id == "lausd-ipads-2013"


def test_the_keys_of_the_example_answer_are_those_of_the_schema():
    example = re.search(r"```json\n(.*?)```", text("docs/answer.md"), re.DOTALL)
    assert example is not None
    answer = json.loads(example[1])
    schema = json.loads((FOLDER / "answer-v1.schema.json").read_text(encoding="utf-8"))
    assert set(answer) == set(schema["properties"]) - {"id"}
    assert set(answer["matches"][0]) == set(schema["$defs"]["MatchOut"]["properties"])
    assert set(answer["concern"]) == set(schema["$defs"]["ConcernOut"]["properties"])


def test_the_limit_on_text_is_documented():
    assert f"1 to {LONGEST_TEXT:,} characters" in text("docs/api.md")


def test_the_number_of_cases_in_the_readme_is_that_of_the_corpus():
    shipped = len(list((ROOT / "corpus" / "cases").glob("*.yaml")))
    assert f"{shipped} real case studies" in text("README.md")


def test_the_quality_table_of_the_readme_is_the_committed_result():
    result = text("benchmarks/results/quality.md")
    rows = re.findall(r"^\| [^|]+ \| 0\.\d{3} \| 0\.\d{3} \| 0\.\d{3} \|$", result, re.MULTILINE)
    assert len(rows) == 10  # all cases, then those kept from training
    for row in (*rows[:5], *rows[8:]):
        assert row in text("README.md")
    weak = dict(
        re.findall(
            r"^\| (warts) \| (0\.\d{3} \| 0\.\d{3} \| 0\.\d{3} \| 0\.\d{3} .*) \|$", result, re.MULTILINE
        )[:1]
    )
    denial, _, _, sentence, *_ = weak["warts"].split(" | ")
    assert f"denials ({denial})" in text("README.md")
    assert f"({sentence})" in text("README.md")


def test_the_datasheet_tells_what_the_cases_cover_as_the_command_does():
    told = re.search(r"```text\n(.*?)```", text("DATASHEET.md"), re.DOTALL)
    assert told is not None
    cases = read_cases([SHIPPED_CASES]).cases
    coverage = coverage_of(cases, shipped_vocabulary())
    assert told[1].strip() == coverage_as_text(coverage)
    assert f"\n{coverage.cases} case studies" in text("DATASHEET.md")
    assert f"{coverage.sources} published sources" in " ".join(text("DATASHEET.md").split())


def test_the_seed_of_the_datasheet_draws_the_records_it_names():
    command = re.search(r"benchmarks\.second_look --seed (\d+)", text("DATASHEET.md"))
    assert command is not None
    drawn = draw(read_cases([SHIPPED_CASES]).cases, RECORDS, int(command[1]))
    named = re.findall(
        r"`([a-z0-9-]+-(?:\d{4}|undated))`", text("DATASHEET.md").split("### The draw")[1].split("##")[0]
    )
    assert named == [case.id for case in drawn]
