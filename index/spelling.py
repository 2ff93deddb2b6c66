"""Misspelt words read as words that the cases use: "moblies bannd" asks about mobiles that are banned.

Only a word that neither the cases, nor the trade's vocabulary, nor an English dictionary knows is changed,
and only into one that the cases or the vocabulary use: what nobody here wrote of cannot be found anyway.
"""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.vocabulary import Vocabulary, stems_of

if TYPE_CHECKING:
    from symspellpy import SymSpell

SHORTEST = 5  # letters; shorter words are abbreviations and names as often as slips
LONG = 8  # letters from which two slips are forgiven, not one
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that was read as another: its span in the text as written."""

    start: int
    end: int
    written: str
    read_as: str


class Spelling:
    """Reads misspelt words by what the cases and the vocabulary say.

    Source: W. Garbe, the symmetric delete algorithm, as implemented by symspellpy
    """

    def __init__(self, used: Mapping[str, int]) -> None:
        """Take how often each word is used, by what can be found and by the trade; see `words_in_use`."""
        self._used = used

    def corrections(self, text: str) -> tuple[Correction, ...]:
        """Return the words of a text that are read as others, in order."""
        found = []
        for match in _WORD.finditer(text):
            word = match.group()
            if (read_as := self._read(word, starts=not text[: match.start()].strip())) is not None:
                found.append(Correction(match.start(), match.end(), word, read_as))
        return tuple(found)

    def _read(self, word: str, *, starts: bool) -> str | None:
        lower = word.lower()
        is_a_name = not word.islower() and not (starts and word.istitle())
        if len(word) < SHORTEST or is_a_name or not word.isalpha() or self._is_known(lower):
            return None
        if lower.endswith("in") and self._is_known(lower + "g"):
            return lower + "g"  # "nickin" is how it is said, not a slip
        from symspellpy import Verbosity

        near = self._words.lookup(lower, Verbosity.CLOSEST, 2 if len(word) >= LONG else 1)
        likely = [one for one in near if one.term[0] == lower[0] or sorted(one.term) == sorted(lower)]
        if not likely or (likely[0].distance > 1 and _is_compound(lower)):
            return None
        return str(likely[0].term)

    def _is_known(self, word: str) -> bool:
        return word in self._used or _is_english(word) or set(stems_of(word)) <= self._stems

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset(stem for word in self._used for stem in stems_of(word))

    @cached_property
    def _words(self) -> SymSpell:
        """The words to choose from, made at the first slip: most texts have none."""
        from symspellpy import SymSpell

        # A shorter prefix finds the same words, and takes half the memory.
        words = SymSpell(max_dictionary_edit_distance=2, prefix_length=5)
        for word, count in self._used.items():
            if len(word) >= SHORTEST - 1 and word.isalpha():
                words.create_dictionary_entry(word, count)
        return words


def words_in_use(texts: Iterable[str], vocabulary: Vocabulary) -> dict[str, int]:
    """Return how often each word is used by texts and the vocabulary."""
    concepts = vocabulary.concepts.values()
    phrases = (phrase for concept in concepts for phrase in (concept.label, *concept.words))
    return Counter(word.lower() for text in (*texts, *phrases) for word in _WORD.findall(text))


def _is_compound(word: str) -> bool:
    """Say whether two English words were written as one, such as "trackpad"."""
    return any(_is_english(word[:at]) and _is_english(word[at:]) for at in range(3, len(word) - 2))


def _is_english(word: str) -> bool:
    """Say whether an English dictionary knows a word."""
    english, written = _english(), word.encode()
    if len(written) > english.itemsize:
        return False
    place = int(np.searchsorted(english, np.array(written, dtype=english.dtype)))
    return place < len(english) and bool(english[place] == written)


@lru_cache(maxsize=1)
def _english() -> NDArray[np.bytes_]:
    """Return the words of an English dictionary, sorted, contractions also without their apostrophe.

    As one array they take a tenth of the memory that a set of strings does.
    """
    package = importlib.resources.files("symspellpy")
    lines = (package / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    contractions = (
        "aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt theyd theyll theyre"
        " theyve thats wasnt werent wont wouldnt youre youve whats itll thatll weve whos heres theres gonna"
        " wanna"
    )
    words = [*(line.split(" ")[0] for line in lines), *contractions.split()]
    return np.sort(np.array([word.encode() for word in words]))


def corrected(text: str, corrections: Iterable[Correction]) -> str:
    """Return a text with the corrections made; the case of the first letter is kept."""
    parts, position = [], 0
    for one in corrections:
        capital = one.written[:1].isupper()
        parts += [text[position : one.start], one.read_as.capitalize() if capital else one.read_as]
        position = one.end
    return "".join([*parts, text[position:]])
