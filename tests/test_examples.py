"""The worked examples in the documents are what the engine answers."""

from __future__ import annotations

import re

import pytest

from benchmarks.examples import ERRS, FILE, page

FIRST = re.compile(r"^1\. \*\*.*?\*\* \(([a-z0-9-]+);", re.MULTILINE)


def test_there_are_ten_examples_and_each_says_where_it_errs():
    text = FILE.read_text(encoding="utf-8")
    assert re.findall(r"^## \d+\. (.+)$", text, re.MULTILINE) == list(ERRS)
    assert len(ERRS) == text.count("**Where it errs.** ") == 10


@pytest.mark.model
def test_the_first_match_of_every_example_is_the_one_written_down(real_matcher):
    """Run python -m benchmarks.examples after a change that moves them."""
    assert FIRST.findall(FILE.read_text(encoding="utf-8")) == FIRST.findall(page(real_matcher))
