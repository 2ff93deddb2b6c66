"""Pairs of equally relevant cases of which one school is plainly more comparable: is it ranked first?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.context import SchoolContext
from engine.errors import JudgementsError
from engine.matcher import Matcher


class ComparablePair(BaseModel):
    """A worry, a leader's school, and two cases that answer the worry alike."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    text: str
    context: SchoolContext
    nearer: str
    farther: str
    split: str | None = None


@dataclass(frozen=True, slots=True)
class PairAccuracy:
    """How often the more comparable school came first, 0 to 1, among how many pairs."""

    accuracy: float
    pairs: int


def read_pairs(file: Path) -> tuple[ComparablePair, ...]:
    """Read pairs as JSON Lines.

    Raises:
        JudgementsError: If the file or a line cannot be used; it names the line.
    """
    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise JudgementsError(file, None, f"cannot be read: {error}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                found.append(ComparablePair.model_validate_json(line))
            except ValidationError as error:
                fault = error.errors(include_url=False)[0]
                where = ".".join(str(part) for part in fault["loc"])
                raise JudgementsError(file, number, f"{where}: {fault['msg']}".lstrip(": ")) from error
    return tuple(found)


def pair_accuracy(matcher: Matcher, pairs: Sequence[ComparablePair]) -> PairAccuracy | None:
    """Measure the order of the pairs both of whose cases are in the index; None where there is none.

    A case that is not among the candidates at all counts as ranked last.
    """
    index = matcher.index
    held = [pair for pair in pairs if {pair.nearer, pair.farther} <= index.position_of.keys()]
    if not held:
        return None
    right = 0
    for pair in held:
        answer = matcher.match(pair.text, pair.context, k=len(index.cases))
        rank_of = {match.case.id: number for number, match in enumerate(answer.matches)}
        last = len(index.cases)
        right += rank_of.get(pair.nearer, last) < rank_of.get(pair.farther, last)
    return PairAccuracy(right / len(held), len(held))
