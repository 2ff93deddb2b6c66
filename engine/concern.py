"""A leader's own words, understood: the worries, what is ruled out, and the school.

A reading by rules: misspelt words are read as words that the cases use; sentences and lists are told apart
into worries; "wifi is fine", "it's not the money" and "not phones, tablets" rule something out; "what would
you not do again?" asks for a part of the stories; what describes the school becomes context. What was said
explicitly (options, form fields) wins over what was read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engine.context import SchoolContext
from engine.context_reading import ContextReading, read_context
from engine.denial import denial_in
from engine.intent import Sought, sought_in, what_about
from index.spelling import Correction, Spelling, corrected

MOST_WORRIES = 6  # more than that is an essay; the whole text is searched for anyway
LONGEST_LIST_ITEM = 6  # words; commas between longer parts belong to sentences


@dataclass(frozen=True, slots=True)
class Amendments:
    """What a person says of how their words were understood.

    Attributes:
        as_written: Whether no word is read as another.
        worries_after_all: Texts that were taken as ruled out, and are not.
        not_worries: Worries that are none.
        not_ours: Attributes of a school that were read from the text, and are not the writer's own.
    """

    as_written: bool = False
    worries_after_all: frozenset[str] = frozenset()
    not_worries: frozenset[str] = frozenset()
    not_ours: frozenset[str] = frozenset()


AS_UNDERSTOOD = Amendments()


@dataclass(frozen=True, slots=True)
class Concern:
    """What was asked.

    Attributes:
        text: The words as they came, with white space and invisible characters cleaned.
        corrections: Words that were read as others, with their spans in the text.
        read_as: The text with those corrections made.
        query: What to search for: the corrected text without what was ruled out.
        worries: Each separate worry, in order; empty where the text has no words.
        denied: What was said to be no problem, or not meant.
        surely_denied: Whether plain rules found all of it, and not a model that may be wrong.
        context: The leader's school: what was said explicitly, over what was read from the text.
        readings: Where in the text the context was read.
        sought: Which parts of the stories were asked for; empty for a plain worry.
    """

    text: str
    corrections: tuple[Correction, ...]
    read_as: str
    query: str
    worries: tuple[str, ...]
    denied: tuple[str, ...]
    surely_denied: bool
    context: SchoolContext
    readings: tuple[ContextReading, ...]
    sought: tuple[Sought, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """A run of words, the span it has in the text, and the number of its sentence."""

    text: str
    start: int
    end: int
    sentence: int


def parse_concern(
    text: str,
    explicit: SchoolContext | None = None,
    *,
    spelling: Spelling | None = None,
    amendments: Amendments = AS_UNDERSTOOD,
) -> Concern:
    """Understand a concern. Never raises, whatever the text.

    Args:
        text: The leader's own words.
        explicit: What was said of the school outside the text; it wins over what the text tells.
        spelling: Reads misspelt words; without it words are taken as they are written.
        amendments: What the person says of an earlier reading of the same text.
    """
    clean = clean_text(text)
    corrections = spelling.corrections(clean) if spelling and not amendments.as_written else ()
    read_as = corrected(clean, corrections)
    read, readings = _ours(*read_context(read_as), amendments.not_ours)
    clauses, says_no = _worth_reading(read_as, readings)
    denial = denial_in([clause.text for clause in clauses])
    ruled_out = {n for n in denial.positions if clauses[n].text not in amendments.worries_after_all}
    denied = [clause for number, clause in enumerate(clauses) if number in ruled_out]
    rest = [clause for number, clause in enumerate(clauses) if number not in ruled_out]
    separate = _as_worries(rest)
    sought = sought_in(read_as)
    empty = sorted((*denied, *says_no), key=lambda clause: clause.start)
    query = (_without(read_as, empty) if empty else read_as).strip(_AROUND)
    about = what_about(read_as, sought)
    if about != read_as and len(separate) == 1 and not denied:
        query = about.strip(_AROUND)
        separate = (what_about(separate[0], sought_in(separate[0])).strip(_AROUND),)
    left_out = tuple(worry for worry in separate if worry in amendments.not_worries)
    if left_out:
        separate = tuple(worry for worry in separate if worry not in left_out)
        query = ". ".join(separate)
    return Concern(
        text=clean,
        corrections=corrections,
        read_as=read_as,
        query=query,
        worries=separate,
        denied=(*(clause.text for clause in denied), *left_out),
        surely_denied=denial.surely or bool(left_out),
        context=(explicit or SchoolContext()).over(read),
        readings=tuple(_as_written(reading, corrections) for reading in readings),
        sought=sought,
    )


def _worth_reading(text: str, readings: Sequence[ContextReading]) -> tuple[list[Clause], list[Clause]]:
    """Return the clauses of a text that may be worries, and those that only say no.

    What only describes the school is neither, and says nothing of its neighbours.
    """
    clauses = [clause for clause in clauses_of(text) if not _only_describes(clause, readings)]
    says_no = [clause for clause in clauses if _ONLY_SAYS_NO.fullmatch(clause.text)]
    if len(says_no) == len(clauses):
        return clauses, []
    return [clause for clause in clauses if clause not in says_no], says_no


def _ours(
    read: SchoolContext, readings: tuple[ContextReading, ...], not_ours: frozenset[str]
) -> tuple[SchoolContext, tuple[ContextReading, ...]]:
    """Return what was read of the writer's school without the attributes that are not its own."""
    if not not_ours:
        return read, readings
    known = {name: value for name, value in read.known.items() if name not in not_ours}
    return SchoolContext(**known), tuple(one for one in readings if one.attribute not in not_ours)


def _as_written(reading: ContextReading, corrections: Sequence[Correction]) -> ContextReading:
    """Return a reading with its span in the text as it was written."""
    start, end, moved = reading.start, reading.end, 0
    for one in corrections:
        longer = len(one.read_as) - (one.end - one.start)
        if one.end + moved + longer <= reading.start:
            start -= longer
        if one.start + moved < reading.end:
            end -= longer
        moved += longer
    return replace(reading, start=start, end=end)


def clean_text(text: str) -> str:
    """Return a text without control characters, half characters, invisible marks and runs of white space."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    visible = "".join(_visible(character) for character in text)
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _visible(character: str) -> str:
    """Return a character, a space for one that separates, or nothing for one that only changes others."""
    category = unicodedata.category(character)
    if category == "Cf":  # soft hyphens, zero-width spaces, marks that turn text round on a page
        return character if character in _JOINERS else ""
    return " " if category in ("Cc", "Cs", "Cn") else character


_JOINERS = "\u200c\u200d"  # parts of words in some scripts, and of emoji
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s+[–—-]\s+")
_CLAUSE_END = re.compile(r",\s+(?:but\s+)?|(?<=:)\s+|\s+but\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]{2,}")
_EDGE = " ,.;:!-–—"
_AROUND = _EDGE + "?…\"'’‘“”«»()[]"  # marks around a question say nothing, but an encoder reads them


def clauses_of(text: str) -> list[Clause]:
    """Return the clauses of a text that have a word, in order."""
    found = []
    for number, (first, last) in enumerate(_split(text, 0, len(text), _SENTENCE_END)):
        for start, end in _split(text, first, last, _CLAUSE_END):
            stripped = text[start:end].strip(_EDGE)
            if _WORD.search(stripped):
                at = text.index(stripped, start)
                found.append(Clause(stripped, at, at + len(stripped), number))
    return found


def _split(text: str, start: int, end: int, separator: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the spans between the separators in a span of a text."""
    edges = [start]
    for found in separator.finditer(text, start, end):
        edges += found.span()
    edges.append(end)
    return list(zip(edges[::2], edges[1::2], strict=True))


def _without(text: str, clauses: list[Clause]) -> str:
    kept, position = [], 0
    for clause in clauses:
        kept.append(text[position : clause.start])
        position = clause.end
    joined = " ".join([*kept, text[position:]])
    return " ".join(re.sub(r"(?:^|(?<=\s))[,.;:–—-]+(?=\s|$)", " ", joined).split())


# "Wouldn't work here" says no and not why; where nothing else is said, it is the worry all the same.
_ONLY_SAYS_NO = re.compile(
    r"(?:but |no, |sorry, )?(?:it |that |this |which )?(?:just |simply )?"
    r"(?:(?:would|could)(?:n['’]?t| not| never)|won['’]?t|will not|will never|can['’]?t|cannot)"
    r" (?:ever )?(?:work|happen|fly|wash) (?:here|for us|with (?:us|ours)|(?:in|at) (?:my|our|this) [\w-]+)",
    re.IGNORECASE,
)
_LEFT_OVER = frozenset(
    (
        "a an and the we re are is in of with our my i am school schools college trust small large big tiny"
        " little from at for about here only just around some on roll pupils students children kids strong"
        " mixed age all girls boys"
    ).split()
)


def _only_describes(clause: Clause, readings: Sequence[ContextReading]) -> bool:
    """Say whether nothing is left of a clause once the school's description is taken out of it."""
    within = [one for one in readings if clause.start <= one.start and one.end <= clause.end]
    leads_to_one = any(
        0 < one.start - clause.end <= len(", ") for one in readings
    )  # "we're a small, rural ..."
    if not within and not leads_to_one:
        return False
    covered = {at for reading in within for at in range(reading.start, reading.end)}
    rest = "".join(
        " " if clause.start + at in covered else character for at, character in enumerate(clause.text)
    )
    return all(word.lower() in _LEFT_OVER or word.isdigit() for word in re.findall(r"\w+", rest))


def _as_worries(clauses: list[Clause]) -> tuple[str, ...]:
    """Tell separate worries apart: each part of a list is one, otherwise each sentence is."""
    if all(len(clause.text.split()) <= LONGEST_LIST_ITEM for clause in clauses):
        parts = [clause.text for clause in clauses]
    else:
        parts = [
            ", ".join(clause.text for clause in sentence)
            for _, sentence in groupby(clauses, key=lambda clause: clause.sentence)
        ]
    cleaned = (
        re.sub(r"^(?:and|but|so|because|it['’]s|it is) ", "", part, flags=re.IGNORECASE) for part in parts
    )
    return tuple(dict.fromkeys(cleaned))[:MOST_WORRIES]
