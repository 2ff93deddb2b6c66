"""Near-duplicate cases: the same story told twice.

Two signs, each enough: most of the words in the same order (word shingles, compared by Jaccard
similarity: Broder, "On the resemblance and containment of documents", 1997), or the same institution
resting mostly on the same sources.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from corpus.records import CaseStudy

Item = TypeVar("Item", bound=Hashable)

SHINGLE = 4  # words
SAME_TEXT = 0.4  # Jaccard similarity of shingles; two accounts of one scheme in fresh words stay below 0.1
SAME_SOURCES = 0.5  # Jaccard similarity of source addresses


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two cases that look like one; ``other`` comes first in the corpus."""

    case_id: str
    other: str
    reason: str


def near_duplicates(cases: Sequence[CaseStudy]) -> Iterator[NearDuplicate]:
    """Yield each pair of near-duplicate cases once, the later one first."""
    texts = _similar_pairs([_shingles(case) for case in cases], SAME_TEXT)
    sources = _similar_pairs(
        [{_address(s.url) for s in case.provenance.sources} for case in cases], SAME_SOURCES
    )
    for (first, second), similarity in sorted(texts.items()):
        reason = f"{similarity:.0%} of their wording is the same"
        yield NearDuplicate(cases[second].id, cases[first].id, reason)
    for (first, second), similarity in sorted(sources.items()):
        names = {cases[first].institution.name, cases[second].institution.name}
        if (first, second) not in texts and len(names) == 1 and None not in names:
            reason = f"same institution and {similarity:.0%} of the sources the same"
            yield NearDuplicate(cases[second].id, cases[first].id, reason)


def _similar_pairs(sets: Sequence[Set[Item]], least: float) -> dict[tuple[int, int], float]:
    """Return the Jaccard similarity of every pair of sets that reaches ``least``."""
    holders: dict[Item, list[int]] = defaultdict(list)
    for number, items in enumerate(sets):
        for item in items:
            holders[item].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for numbers in holders.values():
        shared.update((a, b) for i, a in enumerate(numbers) for b in numbers[i + 1 :])
    similar = {}
    for (a, b), common in shared.items():
        similarity = common / (len(sets[a]) + len(sets[b]) - common)
        if similarity >= least:
            similar[a, b] = similarity
    return similar


def _shingles(case: CaseStudy) -> set[tuple[str, ...]]:
    prose = [case.summary, *(o.text for o in case.objections), *case.worked, *case.failed, *case.not_again]
    words = re.findall(r"\w+", " ".join(prose).lower())
    return {tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def _address(url: str) -> str:
    parts = urlsplit(url.lower())
    query = [pair for pair in parse_qsl(parts.query) if not pair[0].startswith(("utm_", "fbclid", "gclid"))]
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{urlencode(query)}"
