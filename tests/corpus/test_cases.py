"""The case studies that the project ships."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
import yaml

from corpus.checks import check_cases
from corpus.importing import plan_import
from corpus.issues import errors_among
from corpus.reading import SHIPPED_CASES, read_cases, to_json, to_yaml
from corpus.records import corpus_digest

BASE_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@pytest.fixture(scope="module")
def shipped():
    return read_cases([SHIPPED_CASES])


def test_there_are_enough_of_them_one_in_each_file(shipped):
    files = list(SHIPPED_CASES.rglob("*.yaml"))
    assert len(shipped.cases) == len(files) >= 180


def test_all_of_them_are_sound(shipped):
    assert [str(issue) for issue in shipped.issues] == []


def test_no_rule_finds_an_error_in_any_of_them(shipped):
    errors = errors_among(check_cases(shipped.cases, shipped.raw))
    assert [str(issue) for issue in errors] == []


def test_every_file_is_named_after_the_id_of_its_record(shipped):
    names = {case.id: Path(raw.place.file).name for case, raw in zip(shipped.cases, shipped.raw, strict=True)}
    assert {slug: name for slug, name in names.items() if name != f"{slug}.yaml"} == {}


def test_each_of_them_is_written_back_with_the_very_words_and_keys_of_its_file(shipped):
    lost = []
    for case, raw in zip(shipped.cases, shipped.raw, strict=True):
        in_file = Path(raw.place.file).read_text(encoding="utf-8")
        # BaseLoader leaves every scalar as it stands, so that 38 and 38.0 differ, and null and none.
        before, after = (yaml.load(text, Loader=BASE_LOADER) for text in (in_file, to_yaml(case)))  # noqa: S506
        if before != after:
            lost.append(case.id)
    assert lost == []


@pytest.mark.parametrize(
    ("name", "write"),
    [
        (
            "all.yaml",
            lambda cases: "".join("- " + indent(to_yaml(case), "  ").lstrip() for case in cases),
        ),
        ("all.json", lambda cases: f"[{','.join(map(to_json, cases))}]"),
        ("all.jsonl", lambda cases: "\n".join(map(to_json, cases))),
    ],
)
def test_all_of_them_go_through_one_file_without_loss(shipped, tmp_path, name, write):
    (tmp_path / name).write_text(write(shipped.cases), encoding="utf-8")
    again = read_cases([tmp_path / name])
    assert again.issues == ()
    assert [case.as_contract() for case in again.cases] == [case.as_contract() for case in shipped.cases]
    assert corpus_digest(again.cases) == corpus_digest(reversed(shipped.cases))


def test_importing_them_where_they_are_would_change_nothing(shipped):
    plan = plan_import([SHIPPED_CASES], SHIPPED_CASES)
    assert (plan.new, plan.changed) == ((), ())
    assert len(plan.unchanged) == len(shipped.cases)


def test_they_come_with_their_licence():
    assert "Creative Commons" in (SHIPPED_CASES / "LICENSE").read_text(encoding="utf-8")
