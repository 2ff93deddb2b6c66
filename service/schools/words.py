"""How names of schools are spelt, taken together: what is searched for and what is searched are folded alike.

"St. Mary's C of E Primary" and "st marys ce primary" are one.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_QUERY = 200  # characters
_MOST_WORDS = 12  # of a query; names have fewer
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_WORD = re.compile(r"[^\W_]+")
# What is said in two ways, as whole words; the short one is kept.
_ALIKE = (
    ("church of england", "ce"),
    ("c of e", "ce"),
    ("c e", "ce"),
    ("cofe", "ce"),
    ("roman catholic", "rc"),
    ("r c", "rc"),
    ("voluntary aided", "va"),
    ("voluntary controlled", "vc"),
    ("saint", "st"),
)
_SAY_LITTLE = frozenset(("the", "school"))  # a school is looked for by the rest of its name


def folded(text: str) -> str:
    """Return the words of a text in one spelling, in small letters and without accents or marks."""
    letters = unicodedata.normalize("NFKD", text.replace("&", " and "))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    plain = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", plain))
    words = f" {' '.join(_WORD.findall(plain))} "
    for said, kept in _ALIKE:
        words = words.replace(f" {said} ", f" {kept} ")
    return words.strip()


def words_of_query(text: str) -> tuple[str, ...]:
    """Return the words to search for; those that say little only where there are no others."""
    words = tuple(dict.fromkeys(folded(text[:LONGEST_QUERY]).split()))[:_MOST_WORDS]
    return tuple(word for word in words if word not in _SAY_LITTLE) or words


def with_all(words: tuple[str, ...]) -> str:
    """Return a query of SQLite's FTS5 for rows that have words beginning with each of these."""
    return " ".join(_beginning(word) for word in words)


def with_any(words: tuple[str, ...]) -> str:
    """Return a query of SQLite's FTS5 for rows that have a word beginning with one of these."""
    return " OR ".join(_beginning(word) for word in words)


def _beginning(word: str) -> str:
    return f'"{word}"*'  # in quotation marks nothing is an operator, and words have none themselves
