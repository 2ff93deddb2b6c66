from __future__ import annotations

import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from engine import corpus_map
from index.case_index import CaseIndex
from service import cli


@pytest.fixture
def similar(index_dir):
    def similar(*arguments):
        return CliRunner().invoke(cli.warts, ["similar", *map(str, arguments), "--index", str(index_dir)])

    return similar


@pytest.fixture
def cosines(index_dir):
    index = CaseIndex.open(index_dir)
    whole = index.vectors.vectors(index.first_row[:-1])
    return {
        (one.id, other.id): float(whole[i] @ whole[j])
        for i, one in enumerate(index.cases)
        for j, other in enumerate(index.cases)
        if i != j
    }


def test_every_case_has_its_neighbours_by_the_cosine_of_whole_texts(similar, cosines):
    told = json.loads(similar("--all", "--json").stdout)
    assert told["version"] == 1
    for case in told["cases"]:
        near = [(one["case_id"], one["cosine"]) for one in case["neighbours"]]
        expected = sorted(
            ((other, cosine) for (one, other), cosine in cosines.items() if one == case["case_id"]),
            key=lambda pair: -pair[1],
        )
        assert [cosine for _, cosine in near] == pytest.approx([c for _, c in expected], abs=1e-3)
        assert {one for one, _ in near} == {one for one, _ in expected}


def test_every_case_is_in_one_cluster_with_a_map_or_without(similar, three_cases, monkeypatch):
    for most in (500, 2):
        monkeypatch.setattr(corpus_map, "MOST_PLACED", most)
        told = json.loads(similar("--all", "--json").stdout)
        inside = sorted(case for cluster in told["clusters"] for case in cluster["case_ids"])
        assert inside == sorted(case.id for case in three_cases)
        assert (told["cases"][0]["point"] is None) == (most == 2)


def test_the_page_has_every_case_on_the_map_and_in_the_table(similar, three_cases, tmp_path):
    result = similar("--all", "--html", tmp_path / "out")
    assert result.stdout == f"{tmp_path / 'out' / 'index.html'}\n"
    page = (tmp_path / "out" / "index.html").read_text()
    for case in three_cases:
        assert page.count(f'<tr id="case-{case.id}"') == 1
        assert re.search(rf'<a href="#case-{case.id}"><title>', page)
    assert (tmp_path / "out" / "style.css").is_file()


def test_lines_name_each_case_with_those_nearest_to_it(similar, three_cases):
    lines = similar("--all").stdout.splitlines()
    assert lines[0] == "Near-duplicates: 0"
    for case in three_cases:
        assert sum(line.startswith(f"  {case.id}\t") for line in lines) == 1


def test_one_case_has_the_others_nearest_first(similar, three_cases, cosines):
    lines = similar(three_cases[0].id).stdout.splitlines()
    told = [float(line.split("\t")[0]) for line in lines]
    expected = sorted((c for (one, _), c in cosines.items() if one == three_cases[0].id), reverse=True)
    assert told == pytest.approx(np.round(expected, 2), abs=0.011)


@pytest.mark.parametrize(
    "arguments", [(), ("a-case", "--all"), ("a-case", "--html", "o"), ("--all", "--json", "--html", "o")]
)
def test_wrong_use_says_what_goes(similar, arguments):
    result = similar(*arguments)
    assert result.exit_code == 2
    assert "name a case, or say --all" in result.stderr
