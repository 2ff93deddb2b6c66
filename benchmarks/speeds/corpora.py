"""Corpora to update: the shipped cases, a larger one made of them, and either with a few passages changed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from corpus.records import CaseStudy

COPIES = 7
SHARE = 0.01  # of the passages are changed
_SEED = 20_260_801
_TEXTS = ("title", "summary")
_LISTS = ("aims", "worked", "failed", "not_again")
_CHANGE = "Since this was written it has changed."

Record = dict[str, Any]


def records_of(cases: Sequence[CaseStudy]) -> list[Record]:
    """Return cases as plain records."""
    return [case.as_contract() for case in cases]


def enlarged(records: Sequence[Record]) -> list[Record]:
    """Return the cases and copies of them under other ids, with half of all words replaced by others."""
    words = [word for record in records for word in record["summary"].split()]
    chance = random.Random(_SEED)  # noqa: S311 - not for secrets

    def reworded(text: str) -> str:
        return " ".join(chance.choice((word, chance.choice(words))) for word in text.split())

    copies = [
        _with_texts({**record, "id": f"{record['id'][:90]}-copy-{number}"}, reworded)
        for number in range(1, COPIES)
        for record in records
    ]
    return [*records, *copies]


def changed(records: Sequence[Record], n_passages: int) -> list[Record]:
    """Return the records with about one passage in a hundred changed.

    One statement of a case is changed, and with it the passage that holds the whole case: two passages.
    """
    n_cases = round(SHARE * n_passages / 2)
    places = {round(number * len(records) / n_cases) for number in range(n_cases)}
    return [_edited(record) if place in places else record for place, record in enumerate(records)]


def _edited(record: Record) -> Record:
    held = next((name for name in reversed(_LISTS) if record.get(name)), None)
    if held is None:
        return {**record, "summary": f"{record['summary']} {_CHANGE}"}
    first, *others = record[held]
    return {**record, held: [f"{first} {_CHANGE}", *others]}


def _with_texts(record: Record, reworded: Any) -> Record:
    new = {**record, **{name: reworded(record[name]) for name in _TEXTS}}
    new |= {name: [reworded(text) for text in record[name]] for name in _LISTS if name in record}
    new["objections"] = [
        {**each, **{name: reworded(each[name]) for name in ("text", "response") if each.get(name)}}
        for each in record["objections"]
    ]
    if "process" in record:
        new["process"] = [{**step, "what": reworded(step["what"])} for step in record["process"]]
    return new
