"""A governor pack as a document that a word processor opens."""

from __future__ import annotations

import io
import re

from docx import Document
from docx.document import Document as Written
from docx.shared import Pt

from engine.takeaways import Told
from service import wording
from service.governor_pack import Pack

# What XML cannot hold; a text may have such characters, a document must not.
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_document(pack: Pack) -> bytes:
    """Return a pack as the bytes of a .docx file."""
    document = Document()
    document.styles["Normal"].font.size = Pt(11)
    document.core_properties.title = _clean(wording.pack_title(pack.worry))
    document.core_properties.author = "Warts & All"
    document.core_properties.language = "en-GB"
    document.add_heading(_clean(wording.pack_title(pack.worry)), level=0)
    _say(document, f"Made on {wording.day(pack.made)}.")
    if pack.school.known:
        _say(document, f"Our school: {wording.school_words(pack.school)}")
    document.add_heading("In short", level=1)
    for sentence in pack.summary:
        _say(document, sentence)
    document.add_heading("Points to take from these cases", level=1)
    for point in pack.points:
        text = f"{wording.POINT_WORDS[point.kind]}: {point.text}"
        response = f" What they did: {point.response}" if point.response else ""
        _say(document, f"{text}{response} [case {pack.number_of(point)}]", "List Number")
    _listed(document, "To discuss", pack.questions, "List Number 2")
    _listed(document, "Bear in mind", pack.caveats, "List Bullet")
    for number, told in enumerate(pack.told, start=1):
        _case(document, number, told)
    document.add_heading("Where this comes from", level=1)
    _say(document, f"This pack: {pack.address}")
    _say(document, "Case texts: CC BY 4.0. Every statement comes from the sources named with its case.")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _case(document: Written, number: int, told: Told) -> None:
    case = told.case
    document.add_heading(_clean(f"Case {number}. {case.title}"), level=1)
    facts = [wording.place_of(case), wording.years_of(case), wording.OUTCOME_WORDS[case.outcome]]
    _say(document, "; ".join(fact for fact in facts if fact))
    _say(document, case.summary)
    document.add_heading("The objections, and what was done about them", level=2)
    for objection in case.objections:
        result = wording.RESULT_WORDS[objection.result]
        answer = objection.response or "no response is known"
        _say(document, f"{objection.text} What they did: {answer} ({result})", "List Bullet")
    _listed(document, "What worked", case.worked, "List Bullet", level=2)
    _listed(document, "What went wrong", case.failed, "List Bullet", level=2)
    _listed(document, "What they would not do again", case.not_again, "List Bullet", level=2)
    _listed(document, "Where they differ from us", told.context.different, "List Bullet", level=2)
    document.add_heading(f"Who says so: {wording.INDEPENDENCE_WORDS[case.provenance.independence]}", level=2)
    for source in case.provenance.sources:
        _say(document, wording.source_line(source), "List Bullet")


def _listed(document: Written, heading: str, texts: tuple[str, ...], style: str, *, level: int = 1) -> None:
    if texts:
        document.add_heading(heading, level=level)
    for text in texts:
        _say(document, text, style)


def _say(document: Written, text: str, style: str | None = None) -> None:
    document.add_paragraph(_clean(text), style=style)


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("", text)
