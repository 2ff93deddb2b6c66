"""Which part of a story a leader asks for: regrets, failures, successes, evidence, or what was done.

A worry looks for objections and failures. "What would you not do again?" looks for regrets, "did it raise
results?" for what came of it. The words that only ask are then left out of what is searched for.
"""

# ruff: noqa: E501 -- word lists are easier to compare in long lines
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Intent = Literal["regrets", "failures", "successes", "evidence", "responses"]

FIELDS: dict[Intent, tuple[str, ...]] = {
    "regrets": ("not_again", "failed"),
    "failures": ("failed", "not_again"),
    "successes": ("worked",),
    "evidence": ("worked", "failed"),
    "responses": ("objections", "worked"),
}
"""The fields of a record that answer each, best first."""

_THEY = r"(?:you|they|we|i|schools?|colleges?|trusts?|districts?|others?|people|anyone|anybody|everyone|heads|leaders)"
_WOULD = r"(?:would|wouldn['’]?t|should|shouldn['’]?t|will|did|do|does|have|has|had)"
_PATTERNS: dict[Intent, re.Pattern[str]] = {
    "regrets": re.compile(
        rf"\bwhat (?:{_WOULD}|is|was)(?: \w+){{0,4}} (?:not|never)?(?: \w+)? ?(?:do|try|repeat|change) (?:it |things |that )?(?:again|differently)\b"
        rf"|\b(?:wouldn['’]?t|would not|would never|never|not|don['’]?t) (?:\w+ )?(?:do|try|repeat|buy)(?: \w+){{0,2}} again\b|\b(?:do|done|did)(?: \w+)? differently\b"
        rf"|\bregret(?:s|ted|ting)?\b|\b(?:in|with) hindsight\b|\blessons? (?:learn(?:ed|t)|from)\b|\bwish(?:es|ed)? (?:{_THEY} )?(?:had|hadn['’]?t|knew|known)\b"
        r"|\bmistakes? (?:to avoid|did|have|others|schools|were|do)\b|\b(?:biggest|worst|common|costly|what) mistakes?\b|\bwhat (?:should|do) (?:we|i) avoid\b",
        re.IGNORECASE,
    ),
    "failures": re.compile(
        r"\bwhat (?:has |have |had |actually |usually |all |really )?(?:went|goes|gone|can go|could go|might go|tends to go) wrong\b|\bwhere (?:did|does|has) it (?:all )?(?:go|gone) wrong\b"
        r"|\bwhy (?:did|do|does|has|have)(?: \w+){0,6} (?:fail(?:ed)?|flop(?:ped)?|give(?:n)? (?:it |them )?up|abandon(?:ed)?|drop(?:ped)?|scrap(?:ped)?|pull(?:ed)? out|collapse[d]?)\b"
        r"|\b(?:horror stor(?:y|ies)|pitfalls?|cautionary tales?|war stories)\b|\bwho (?:has |have )?(?:tried and failed|given up|gave up)\b",
        re.IGNORECASE,
    ),
    "successes": re.compile(
        rf"\bwhat (?:has |actually |really |did )?work(?:ed|s)?(?: best| well)?(?=[?,. ]|$)|\b(?:success stor(?:y|ies)|success(?:es)?\b(?= with| of|\?))"
        rf"|\bwho (?:has |have )?(?:made|got|cracked|managed|succeeded)\b|(?<!\bhow )\b(?:has|have|did) {_THEY} (?:actually |really |ever |successfully )?(?:made|make|got|get|cracked|managed?|succeed(?:ed)?)\b"
        r"|\bbenefits (?:of|from|did)\b|\bgood (?:news|examples?|practice)\b",
        re.IGNORECASE,
    ),
    "evidence": re.compile(
        r"(?<!how )\b(?:did|does|do|has|have)(?! (?:we|i|you have)\b)(?: \w+){0,8} (?:actually |really |ever )?(?:rais(?:e|ed)|improved?|boost(?:ed)?|lift(?:ed)?|mak(?:e|es) (?:a|any|the slightest) difference|made (?:a|any) difference|pa(?:y|id|ys) off|work(?:ed)?(?=\?))\b[^.!]*\?"
        r"|\b(?:is|was|are|were)(?: [\w-]+){1,6} (?:really |actually )?worth (?:it|the)\b"
        r"|\b(?:any|is there|what|where is the|hard|real|solid|good|actual|show me the|see the|show me) (?:\w+ )?(?:evidence|proof|data|research|figures)\b|\b(?:evidence|proof) (?:that|of|for|it)\b"
        r"|\bwhat (?:impact|difference|effect)\b|\bany (?:impact|difference|effect|improvement|gains?)\b",
        re.IGNORECASE,
    ),
    "responses": re.compile(
        r"\bhow (?:did|do|does|have|has|are|can|could|should)(?: \w+){1,4} (?:get (?:round|around|past|over)|got (?:round|around|past)|deal(?:t|ing)? with|handled?|handling|tackled?|overc[ao]me|answer(?:ed)?|persuaded?|convinced?|w[io]n|respond(?:ed)?|solved?|fix(?:ed)?|stop(?:ped)?|manage[d]?|cope[d]?)\b"
        r"|\bwhat did \w+(?: \w+)? do about\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What was asked for, and the span of the words that asked."""

    intent: Intent
    start: int
    end: int


def sought_in(text: str) -> tuple[Sought, ...]:
    """Return what a text asks for, in order of its words; empty for a plain worry."""
    found = []
    for intent, pattern in _PATTERNS.items():
        if match := pattern.search(text):
            found.append(Sought(intent, match.start(), match.end()))
    return tuple(sorted(found, key=lambda one: one.start))


def fields_sought(sought: tuple[Sought, ...]) -> tuple[str, ...]:
    """Return the fields of a record that answer what was asked for, best first; empty for a plain worry."""
    return tuple(dict.fromkeys(field for one in sought for field in FIELDS[one.intent]))


_ONLY_ASK: frozenset[Intent] = frozenset(("regrets", "failures", "responses", "successes"))
_CONTENT = re.compile(r"[^\W\d_]{4,}")


def what_about(text: str, sought: tuple[Sought, ...]) -> str:
    """Return a text without the words that only ask; the whole text where nothing would be left of it.

    "What would you not do again with whiteboards?" is about whiteboards. A question after evidence keeps its
    words: what the results or the impact were to be is what it is about.
    """
    asked = {at for one in sought if one.intent in _ONLY_ASK for at in range(one.start, one.end)}
    rest = "".join(" " if at in asked else character for at, character in enumerate(text))
    return " ".join(rest.split()) if _CONTENT.search(rest) else text
