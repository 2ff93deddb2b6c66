"""Every number that the ranking was given by measurement, in one place; see ARCHITECTURE.md.

`TUNING` is what is shipped. The ablation of `warts evaluate --ablation` puts other values in its place, one
part at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Tuning:
    """The weights of one ranking.

    Attributes:
        fusion: Weight of each arm of relevance; they sum to 1.
        worries_share: Of the separate worries together, beside the concern as a whole.
        denied_share: Of the text with what it rules out, beside the text without. What is ruled out still
            tells what the talk is about ("handing them out was no bother, now ..."), and the model that
            finds it may be wrong: leaving it out altogether loses as much as heeding it gains.
        surely_denied_share: The same where plain rules found it ("wifi is fine, it's the training").
        context_share: Of a case's relevance that a fully comparable school adds, and a fully different one
            takes away, when closeness is 1.
        closeness: How much the school counts where nobody says, 0 to 1.
        story_share: Of its relevance that a case gains by telling what was done, and what they regret.
        unlike_share: Of its relevance that a case loses where it differs altogether on an attribute that
            counts less when unlike.
        independence: Share of relevance by who says so.
        diverse: Whether the first matches are chosen to tell different stories.
        forgiving: Whether misspelt words are read as words that the cases use.
    """

    fusion: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType(
            {"passage": 0.15, "passages": 0.10, "whole": 0.20, "words": 0.55}
        )
    )
    worries_share: float = 0.5
    denied_share: float = 0.7
    surely_denied_share: float = 0.0
    context_share: float = 0.6
    closeness: float = 0.65
    story_share: float = 0.10
    unlike_share: float = 0.35
    independence: Mapping[str, float] = field(
        default_factory=lambda: MappingProxyType({"vendor-supported": -0.03})
    )
    diverse: bool = True
    forgiving: bool = True


TUNING = Tuning()
