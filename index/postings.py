"""For each term the documents that hold it, as arrays: what BM25 adds up."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, NonNegativeInt, ValidationError

from index.errors import IndexDamagedError
from index.vectors import Rows, Scores

K1, B = 1.2, 0.75  # Lucene's defaults


@dataclass(frozen=True, slots=True)
class Postings:
    """For each term the documents that hold it, and how much: its saturated, length-normalised frequency.

    The documents of term ``t`` are ``documents[first[t]:first[t + 1]]``, ascending.
    """

    size: int
    column_of: dict[str, int]
    first: NDArray[np.int64]
    documents: NDArray[np.int32]
    amounts: NDArray[np.float32]

    @classmethod
    def of(cls, texts: Sequence[Sequence[str]], usual_length: float) -> Postings:
        """Return the postings of texts, each given as its terms."""
        holders: dict[str, list[tuple[int, float]]] = {}
        for number, terms in enumerate(texts):
            room = K1 * (1 - B + B * len(terms) / usual_length)
            for term, count in Counter(terms).items():
                holders.setdefault(term, []).append((number, count / (count + room)))
        columns = [holders[term] for term in sorted(holders)]
        return cls(
            len(texts),
            {term: column for column, term in enumerate(sorted(holders))},
            np.cumsum([0, *map(len, columns)], dtype=np.int64),
            np.array([number for column in columns for number, _ in column], dtype=np.int32),
            np.array([amount for column in columns for _, amount in column], dtype=np.float32),
        )

    @classmethod
    def joined(cls, size: int, parts: Sequence[tuple[Postings, Rows]]) -> Postings:
        """Return postings made of others.

        Args:
            size: How many documents the result has.
            parts: Postings, each with the new number of each of its documents; -1 for one left out.
        """
        kept, terms = [], set[str]()
        for postings, number_of in parts:
            names = list(postings.column_of)
            column = np.repeat(np.arange(len(names)), np.diff(postings.first))
            number = number_of[postings.documents]
            stays = number >= 0
            kept.append((names, column[stays], number[stays], postings.amounts[stays]))
            terms.update(names[n] for n in np.unique(column[stays]))
        column_of = {term: column for column, term in enumerate(sorted(terms))}
        column_in = [np.array([column_of.get(name, -1) for name in names], np.int64) for names, *_ in kept]
        columns = np.concatenate([of[column] for of, (_, column, *_) in zip(column_in, kept, strict=True)])
        documents = np.concatenate([number for _, _, number, _ in kept])
        order = np.lexsort((documents, columns))
        return cls(
            size,
            column_of,
            np.cumsum([0, *np.bincount(columns, minlength=len(column_of))], dtype=np.int64),
            documents[order].astype(np.int32),
            np.concatenate([amounts for _, _, _, amounts in kept])[order],
        )

    def is_as(self, other: Postings) -> bool:
        """Say whether all of it is the same."""
        return (self.size, self.column_of) == (other.size, other.column_of) and all(
            np.array_equal(getattr(self, name), getattr(other, name)) for name in _ARRAYS
        )

    @classmethod
    def load(cls, folder: Path) -> Postings:
        """Read postings that `save` wrote.

        Raises:
            IndexDamagedError: If a file does not hold what its name says, or does not fit the others.
        """
        file = folder / "terms.json"
        try:
            about = _TermsFile.model_validate_json(file.read_bytes())
        except ValidationError as error:
            raise IndexDamagedError(file, "does not hold terms") from error
        column_of = {term: column for column, term in enumerate(about.terms)}
        first, documents, amounts = (_read_array(folder, name) for name in _ARRAYS)
        fit = (
            len(column_of) == len(about.terms) == len(first) - 1
            and np.array_equal(first, np.sort(first))
            and (first[0], first[-1]) == (0, len(documents))
            and len(documents) == len(amounts)
            and ((documents >= 0) & (documents < about.size)).all()
        )
        if not fit:
            raise IndexDamagedError(folder, "holds files that do not fit one another")
        return cls(about.size, column_of, first, documents, amounts)

    def save(self, folder: Path) -> None:
        """Write the postings into a folder that exists."""
        about = {"size": self.size, "terms": list(self.column_of)}
        (folder / "terms.json").write_text(json.dumps(about), encoding="utf-8")
        for name in _ARRAYS:
            content = io.BytesIO()  # not into the file itself: on a full disk numpy does not say so
            np.save(content, getattr(self, name), allow_pickle=False)
            (folder / f"{name}.npy").write_bytes(content.getbuffer())

    def scores(self, weights: Iterable[tuple[str, float]]) -> Scores:
        """Return every document's sum of the amounts of some terms, each by its weight, shape ``(size,)``."""
        documents, amounts = [self.documents[:0]], [self.amounts[:0]]
        for term, weight in weights:
            if (column := self.column_of.get(term)) is not None:
                here = slice(self.first[column], self.first[column + 1])
                documents.append(self.documents[here])
                amounts.append(np.float32(weight) * self.amounts[here])
        found = np.bincount(np.concatenate(documents), np.concatenate(amounts), minlength=self.size)
        return found.astype(np.float32)


_ARRAYS = {"first": np.int64, "documents": np.int32, "amounts": np.float32}


class _TermsFile(BaseModel):
    """What ``terms.json`` says: how many documents there are, and the term of each column."""

    size: NonNegativeInt
    terms: tuple[str, ...]


def _read_array(folder: Path, name: str) -> NDArray[Any]:
    """Return one of the arrays of postings; they are finite numbers in a row, of the type that was saved."""
    file = folder / f"{name}.npy"
    try:
        with file.open("rb") as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
        fits = array.dtype == _ARRAYS[name] and array.ndim == 1 and np.isfinite(array).all()
    except Exception as error:  # what numpy raises depends on where it trips over the header
        raise IndexDamagedError(file, "cannot be read by numpy") from error
    if not fits:
        raise IndexDamagedError(file, "holds another kind of array")
    return np.asarray(array)
