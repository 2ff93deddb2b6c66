"""Pairs of cases that answer a worry alike: reading them, and counting which came first."""

from __future__ import annotations

import json

import pytest

from engine.context import SchoolContext
from engine.errors import JudgementsError
from engine.matcher import Matcher
from engine.pairs import ComparablePair, PairAccuracy, pair_accuracy, read_pairs
from index.building import build_index
from index.case_index import CaseIndex

VILLAGE = {"kind": "school", "country": "GB", "phases": ["primary"], "setting": "rural"}
CITY = {"kind": "school", "country": "GB", "phases": ["secondary"], "setting": "urban"}
WORRY = "pouches are cut open with scissors"
GOOD = {"id": "p", "text": WORRY, "context": VILLAGE, "nearer": "village", "farther": "city"}


@pytest.fixture
def two_schools(tmp_path, make_case, encoder):
    """Two cases with one worry and little else in common, and one of something else."""

    def told(name, institution, *words):
        said = " ".join(words)
        return make_case(
            id=name,
            title=f"Pouches {words[0]}",
            summary=f"Pouches were locked {said}.",
            institution={**institution, "name": f"{name} school"},
            objections=[{"text": "Pouches are cut open with scissors", "response": words[1]}],
            failed=[f"Magnets {words[2]}"],
            not_again=[f"Scissors {words[3]}"],
        )

    cases = (
        told("city", CITY, "lemon", "walnut", "tundra", "kiosk"),
        told("village", VILLAGE, "zebra", "quokka", "okapi", "quagga"),
    )
    build_index(cases, encoder, tmp_path / "i")
    return Matcher(CaseIndex.open(tmp_path / "i"), encoder)


def pair(context, nearer, farther, text=WORRY):
    return ComparablePair(id="p", text=text, context=SchoolContext(**context), nearer=nearer, farther=farther)


def write(tmp_path, *lines):
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_the_more_comparable_school_of_two_with_the_same_worry_is_counted_where_it_comes_first(two_schools):
    right = [pair(VILLAGE, "village", "city"), pair(CITY, "city", "village")]
    wrong = [pair(VILLAGE, "city", "village")]
    assert pair_accuracy(two_schools, right) == PairAccuracy(1.0, 2)
    assert pair_accuracy(two_schools, wrong) == PairAccuracy(0.0, 1)
    assert pair_accuracy(two_schools, right + wrong) == PairAccuracy(pytest.approx(2 / 3), 3)


def test_a_pair_of_which_a_case_is_not_in_the_index_is_not_counted(two_schools):
    absent = pair(VILLAGE, "village", "nowhere")
    assert pair_accuracy(two_schools, [absent, pair(VILLAGE, "village", "city")]) == PairAccuracy(1.0, 1)


@pytest.mark.parametrize("pairs", [[], [pair(VILLAGE, "nowhere", "city")]])
def test_over_no_pair_there_is_no_accuracy(two_schools, pairs):
    assert pair_accuracy(two_schools, pairs) is None


def test_a_pair_none_of_which_was_found_is_not_right(two_schools):
    """Both last is a tie, and a tie is no proof of anything."""
    assert pair_accuracy(two_schools, [pair(VILLAGE, "village", "city", text="?!")]) == PairAccuracy(0.0, 1)


def test_pairs_are_read_one_a_line_and_blank_lines_and_other_keys_passed_over(tmp_path):
    file = write(
        tmp_path, json.dumps({**GOOD, "decided_by": ["x"]}), "", json.dumps({**GOOD, "id": "q"}), " "
    )
    first, second = read_pairs(file)
    assert (first.id, first.nearer, first.farther, first.split) == ("p", "village", "city", None)
    assert first.context == SchoolContext(**VILLAGE)
    assert second.id == "q"


def test_an_empty_file_holds_no_pair(tmp_path):
    assert read_pairs(write(tmp_path)) == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("not json", "JSON"),
        ("[]", "object"),
        (json.dumps({**GOOD, "nearer": None}), "nearer"),
        (json.dumps({key: value for key, value in GOOD.items() if key != "text"}), "text"),
        (json.dumps({**GOOD, "context": {"country": "UK"}}), "context.country"),
    ],
)
def test_a_line_that_is_no_pair_is_an_error_with_its_place(tmp_path, line, told):
    file = write(tmp_path, json.dumps(GOOD), "", line)
    with pytest.raises(JudgementsError, match=told) as caught:
        read_pairs(file)
    assert (caught.value.file, caught.value.line) == (file, 3)
    assert f"{file}:3: " in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(JudgementsError, match="cannot be read") as caught:
        read_pairs(tmp_path / "missing.jsonl")
    assert caught.value.line is None
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(JudgementsError, match="cannot be read"):
        read_pairs(tmp_path / "bytes.jsonl")
