"""A leader's own words, understood: the worries, what is ruled out, and the school.

An honest first reading by rules: sentences and lists are told apart into worries; "wifi is fine",
"it's not the money" and "not phones, tablets" rule something out; what describes the school becomes
context. What was said explicitly (options, form fields) wins over what was read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from engine.context import SchoolContext
from engine.context_reading import ContextReading, read_context
from engine.denial import denied_clauses

MOST_WORRIES = 6  # more than that is an essay; the whole text is searched for anyway
LONGEST_LIST_ITEM = 6  # words; commas between longer parts belong to sentences


@dataclass(frozen=True, slots=True)
class Concern:
    """What was asked.

    Attributes:
        text: The words as they came, with white space and invisible characters cleaned.
        worries: Each separate worry, in order; empty where the text has no words.
        denied: What was said to be no problem, or not meant.
        context: The leader's school: what was said explicitly, over what was read from the text.
        readings: Where in the text the context was read.
    """

    text: str
    worries: tuple[str, ...]
    denied: tuple[str, ...]
    context: SchoolContext
    readings: tuple[ContextReading, ...]

    @property
    def query(self) -> str:
        """What to search for: the text without what was ruled out."""
        text = self.text
        for denied in self.denied:
            text = text.replace(denied, " ")
        return " ".join(re.sub(r"^[\s,;.:-]+", "", text).split()) if self.worries else self.text


def parse_concern(text: str, explicit: SchoolContext | None = None) -> Concern:
    """Understand a concern. Never raises, whatever the text."""
    clean = clean_text(text)
    read, readings = read_context(clean)
    clauses = _clauses(clean)
    denied = denied_clauses(clauses)
    rest = [clause for clause in clauses if clause not in denied]
    worries = [clause for clause in rest if not _only_describes(clause)]
    return Concern(
        text=clean,
        worries=_as_worries(clean, worries or rest),
        denied=denied,
        context=(explicit or SchoolContext()).over(read),
        readings=readings,
    )


def clean_text(text: str) -> str:
    """Return a text without control characters, half characters and runs of white space."""
    kept = "".join(
        " " if _is_noise(character) else character for character in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def _is_noise(character: str) -> bool:
    """Control characters, lone surrogates and marks that turn text round on a page."""
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Cn")
        or character in "\u202a\u202b\u202c\u202d\u202e\ufeff"
    )


_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s+[–—-]\s+")
_CLAUSE_END = re.compile(r",\s+(?:but\s+)?|(?<=[.!?;:])\s+|\s+[–—-]\s+|\s+\bbut\b\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{2,}")


def _clauses(text: str) -> list[str]:
    return [part.strip(" ,.;:!-–—") for part in _CLAUSE_END.split(text) if _WORD.search(part)]


_LEFT_OVER = frozenset(
    (
        "a an and the we are is in of with our my i am school schools college trust small large big tiny"
        " little from at for about here only just around some on roll pupils students children kids strong"
        " mixed age all girls boys"
    ).split()
)


def _only_describes(clause: str) -> bool:
    """Say whether nothing is left of a clause once the school's description is taken out of it."""
    _, readings = read_context(clause)
    if not readings:
        return False
    covered = {i for reading in readings for i in range(reading.start, reading.end)}
    rest = "".join(" " if i in covered else character for i, character in enumerate(clause))
    return all(word.lower() in _LEFT_OVER or word.isdigit() for word in re.findall(r"\w+", rest))


def _as_worries(text: str, clauses: list[str]) -> tuple[str, ...]:
    """Tell separate worries apart: each part of a list is one, otherwise each sentence is."""
    if len(clauses) < 2 or all(len(clause.split()) <= LONGEST_LIST_ITEM for clause in clauses):
        parts = clauses
    else:
        parts = []
        for sentence in _SENTENCE_END.split(text):
            inside = [clause for clause in clauses if clause in sentence]
            if inside:
                parts.append(", ".join(inside))
    cleaned = (
        re.sub(r"^(?:and|but|so|because|it['’]s|it is) ", "", part, flags=re.IGNORECASE) for part in parts
    )
    return tuple(dict.fromkeys(cleaned))[:MOST_WORRIES]
