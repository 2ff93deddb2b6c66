"""Cases that were chosen, in the address, to be compared or put into a pack."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request

from corpus.records import CaseStudy
from engine.answers import Answer
from engine.comparability import compare_contexts
from engine.context import SchoolContext
from engine.queries import LONGEST_TEXT
from engine.ranking import Preferences
from engine.similar import find_case
from engine.takeaways import ChosenCase, Told
from service.answering import Answering, Question
from service.live import Live
from service.pages.forms import SchoolForm
from service.readiness import matcher_of

Shown = TypeVar("Shown")


def chosen_cases(request: Request, live: Live) -> tuple[CaseStudy, ...]:
    """Return the cases that the address names, each once.

    Raises:
        CaseNotFoundError: If one of them does not exist.
    """
    ids = dict.fromkeys(one for one in request.query_params.getlist("case") if one)
    return tuple(find_case(live.index, case_id) for case_id in ids)


async def with_what_mirrors(
    request: Request,
    live: Live,
    answering: Answering,
    cases: tuple[CaseStudy, ...],
    school: SchoolForm,
    show: Callable[[Answer | None, tuple[Told, ...]], Shown],
) -> Shown:
    """Show cases beside the school, and where the address holds a worry with what mirrors it.

    Args:
        request: What is answered.
        live: The index.
        answering: Answers the worry, if there is one.
        cases: To be shown.
        school: The reader's.
        show: Makes the page; the answer is None where there is no worry.
    """
    text = request.query_params.get("q", "").strip()[:LONGEST_TEXT]
    if not text or not cases or school.errors:
        return show(None, tuple(beside(case, school.context) for case in cases))
    preferences = Preferences(cases=tuple(case.id for case in cases))
    question = Question(text, school.context, len(cases), preferences)

    def present(answer: Answer) -> Shown:
        if answer.matches:
            return show(answer, answer.matches)
        # There are no words in the text.
        return show(None, tuple(beside(case, answer.concern.context) for case in cases))

    return await answering.answer(request, matcher_of(live), question, present)


def beside(case: CaseStudy, context: SchoolContext) -> ChosenCase:
    """Return a case beside a school."""
    return ChosenCase(case, compare_contexts(context, SchoolContext.of(case.institution)))
