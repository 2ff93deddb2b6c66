import json

import pytest

from engine.context_evaluation import context_f1, read_context_gold
from engine.errors import JudgementsError


def texts(tmp_path, *lines):
    file = tmp_path / "gold.jsonl"
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return read_context_gold(file)


def line(text, context, number=1):
    return {"id": f"t{number}", "text": text, "context": context, "split": "dev"}


def test_gold_texts_are_read_with_their_contexts(tmp_path):
    (gold,) = texts(tmp_path, line("our rural primary", {"phases": ["primary"], "setting": "rural"}))
    assert (gold.id, gold.split) == ("t1", "dev")
    assert gold.context.known == {"phases": ["primary"], "setting": "rural"}


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("not json", "not one JSON value"),
        ('{"id": "t1", "text": "again", "context": {}}', "t1"),
        ('{"id": "t2", "context": {}}', "required"),
        ('{"id": "t2", "text": "no context"}', "this part is required"),
        ('{"id": "t2", "text": "x", "context": null}', "valid dictionary"),
        ('{"id": "t2", "text": "x", "context": {"setting": "lunar"}}', "urban"),
        ('{"id": "t2", "text": "x", "context": {"phase": ["primary"]}}', "'phase' is no facet"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, bad, told):
    file = tmp_path / "gold.jsonl"
    file.write_text('{"id": "t1", "text": "x", "context": {}}\n' + bad, encoding="utf-8")
    with pytest.raises(JudgementsError, match=told) as caught:
        read_context_gold(file)
    assert (caught.value.file, caught.value.line) == (file, 2)
    assert str(caught.value).startswith(f"{file}:2: ")


def test_a_file_that_is_missing_or_empty_is_named(tmp_path):
    with pytest.raises(JudgementsError, match=r"gone\.jsonl: cannot be read"):
        read_context_gold(tmp_path / "gone.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(JudgementsError, match="has no text"):
        read_context_gold(tmp_path / "empty.jsonl")


def test_f1_is_one_where_every_value_is_read(tmp_path):
    gold = texts(
        tmp_path, line("our rural primary", {"phases": ["primary"], "setting": "rural", "kind": "school"})
    )
    assert context_f1(gold) == {"phases": 1, "setting": 1, "kind": 1}


def test_a_wrong_value_counts_against_precision_and_recall(tmp_path):
    gold = texts(
        tmp_path, line("We are rural", {"setting": "urban"}), line("We are rural", {"setting": "rural"}, 2)
    )
    assert context_f1(gold) == {"setting": 0.5}


def test_each_phase_counts_by_itself(tmp_path):
    # Read: secondary and sixth-form; true: secondary. One right of two read and one true.
    gold = texts(tmp_path, line("11-18,", {"phases": ["secondary"]}))
    assert context_f1(gold) == {"phases": pytest.approx(2 / 3)}


@pytest.mark.parametrize(("true", "f1"), [(1000, 1), (1052, 1), (1053, 0), (953, 1), (952, 0)])
def test_a_head_count_is_right_within_five_per_cent_of_the_true_one(tmp_path, true, f1):
    assert context_f1(texts(tmp_path, line("1,000 pupils", {"pupils": true}))) == {"pupils": f1}


@pytest.mark.parametrize(("true", "f1"), [(33.3, 1), (34, 1), (35, 0)])
def test_a_percentage_is_right_within_one_point(tmp_path, true, f1):
    gold = texts(tmp_path, line("a third on free meals", {"disadvantage_percent": true}))
    assert context_f1(gold) == {"disadvantage_percent": f1}


def test_a_facet_that_nobody_tells_has_no_figure(tmp_path):
    assert context_f1(texts(tmp_path, line("Will it work?", {}))) == {}


def test_a_value_read_where_none_is_true_counts(tmp_path):
    assert context_f1(texts(tmp_path, line("We are rural", {}))) == {"setting": 0}
