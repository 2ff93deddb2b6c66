"""Judged queries: which cases are useful for which concern (qrels), and which passages mirror it.

Grades: 3 the same worry head-on, 2 clearly useful, 1 marginal, 0 or absent not useful. A query none of
whose cases reaches 2 is one that the corpus cannot answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.issues import Issue
from engine.errors import JudgementsError
from engine.queries import JudgedQuery, Query, read_queries

USEFUL = 2  # the least grade of a case that helps

Qrels = dict[str, dict[str, int]]
"""Grade by query id and case id."""
PassageQrels = dict[tuple[str, str], set[tuple[str, int]]]
"""The passages that mirror the worry, as (field, item), by query id and case id."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Queries with their judgements."""

    queries: tuple[JudgedQuery, ...]
    qrels: Qrels
    passages: PassageQrels

    def grades(self, query: Query) -> dict[str, int]:
        """Return the grades of a query's cases above 0."""
        return {case: grade for case, grade in self.qrels.get(query.id, {}).items() if grade > 0}

    def is_answerable(self, query: Query) -> bool:
        """Say whether some case is useful for a query."""
        return max(self.grades(query).values(), default=0) >= USEFUL

    def of_split(self, split: str) -> JudgedSet:
        """Return the part of the set with one split."""
        return JudgedSet(tuple(q for q in self.queries if q.split == split), self.qrels, self.passages)


def read_judged_set(queries: Path, qrels: Path, passages: Path | None = None) -> JudgedSet:
    """Read a judged set: queries as JSON Lines, judgements as TSV.

    Qrels have the columns ``query-id, corpus-id, score`` with a header (BEIR) or the four columns of
    TREC without one; passages have ``query-id, corpus-id, field, item`` with a header.

    Raises:
        JudgementsError: If a file or a line cannot be used; it names the line.
    """
    found: list[JudgedQuery] = []
    for item in read_queries(_bytes_of(queries).split(b"\n"), str(queries), JudgedQuery):
        if isinstance(item, Issue):
            raise JudgementsError(queries, item.place.line, item.message)
        found.append(item)
    known = {query.id for query in found}
    judged: Qrels = {}
    for number, (query, case, grade) in _qrel_lines(qrels):
        if not re.fullmatch(r"-?[0-9]{1,3}", grade):
            raise JudgementsError(qrels, number, f"{grade!r} is not a whole number for a grade")
        if query in known:
            judged.setdefault(query, {})[case] = int(grade)
    if not judged:
        raise JudgementsError(qrels, None, f"no line is about a query of {queries}")
    return JudgedSet(tuple(found), judged, _read_passages(passages) if passages else {})


def _qrel_lines(file: Path) -> Iterator[tuple[int, tuple[str, str, str]]]:
    for number, columns in _tsv_lines(file):
        if number == 1 and columns[-1] == "score":
            continue
        if len(columns) not in (3, 4):
            raise JudgementsError(file, number, f"has {len(columns)} columns; give query, case and grade")
        # In TREC's four columns the second one (the iteration) says nothing.
        yield number, (columns[0], columns[-2], columns[-1])


def _read_passages(file: Path) -> PassageQrels:
    marked: PassageQrels = {}
    for number, columns in _tsv_lines(file):
        if number == 1 and columns[-1] == "item":
            continue
        if len(columns) != 4 or not re.fullmatch(r"[0-9]+", columns[3]):
            raise JudgementsError(file, number, "give query, case, field and a 0-based item")
        marked.setdefault((columns[0], columns[1]), set()).add((columns[2], int(columns[3])))
    return marked


def _tsv_lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = _bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise JudgementsError(file, None, "is not UTF-8 text") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield number, line.split("\t") if "\t" in line else line.split()


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise JudgementsError(file, None, f"cannot be read: {error.strerror}") from error
