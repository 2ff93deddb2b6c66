"""A case study cut into passages: the units that are embedded, indexed and shown.

Every objection (with its response), every statement of what worked, failed or would not be done again,
every aim and step is a passage of its own, because a worry meets *one* objection and
not a whole story. The summary is one, and the whole case as one text is one more, under the field
``case``: it tells what a case is about where no single statement does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.records import CaseStudy, Result

WHOLE_CASE = "case"
FIELDS = (WHOLE_CASE, "summary", "aims", "objections", "worked", "failed", "not_again", "process")


@dataclass(frozen=True, slots=True)
class Passage:
    """One retrieval unit.

    Attributes:
        case_id: The case it comes from.
        field: The contract's field name; ``case`` for the whole case as one text.
        item: 0-based position in that field; None for fields that hold one text.
        text: The statement itself, as it is shown.
        response: For an objection, what was done about it; None where nothing was, or no source says.
        result: For an objection, how that ended.
    """

    case_id: str
    field: str
    item: int | None
    text: str
    response: str | None = None
    result: Result | None = None

    @property
    def indexed_text(self) -> str:
        """The text that is embedded and indexed: an objection together with its response."""
        return f"{self.text}\n{self.response}" if self.response else self.text


def split_passages(case: CaseStudy) -> Iterator[Passage]:
    """Yield the passages of a case: the whole case first, then its parts in the contract's order."""
    yield Passage(case.id, WHOLE_CASE, None, whole_text(case))
    yield Passage(case.id, "summary", None, f"{case.title}\n{case.summary}")
    for number, text in enumerate(case.aims):
        yield Passage(case.id, "aims", number, text)
    for number, objection in enumerate(case.objections):
        yield Passage(
            case.id,
            "objections",
            number,
            objection.text,
            response=objection.response,
            result=objection.result,
        )
    for field, texts in (("worked", case.worked), ("failed", case.failed), ("not_again", case.not_again)):
        for number, text in enumerate(texts):
            yield Passage(case.id, field, number, text)
    for number, step in enumerate(case.process):
        yield Passage(case.id, "process", number, f"{step.when}: {step.what}" if step.when else step.what)


def whole_text(case: CaseStudy) -> str:
    """Return the case as one text, what a reader needs first standing first: encoders cut long texts off."""
    parts = [
        case.title,
        case.summary,
        *(objection.text for objection in case.objections),
        *case.failed,
        *case.not_again,
        *case.worked,
        *case.aims,
        " ".join(tag.replace("-", " ") for tag in case.technology),
    ]
    return "\n".join(parts)
