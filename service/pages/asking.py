"""Ask, and the answer under it, at /. It needs no JavaScript."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import QueryParams

from engine.answers import Answer
from engine.facets import facet_counts
from engine.queries import LONGEST_TEXT, MOST_MATCHES
from service.access import counted
from service.answering import Question
from service.pages.addresses import Address
from service.pages.forms import SCHOOL_FIELDS, AnswerForm, SchoolForm
from service.readiness import TheAnswering, TheLive, matcher_of
from service.rendering import render
from service.schools.asked import TheSchools

router = APIRouter(include_in_schema=False)
EXAMPLES = (
    "mobiles banned here",
    "we can't trust our pupils with phones",
    "rural primary, 90 pupils, awful broadband, governors worry about screen time",
    "staff have had no training on the new platform",
    "parents won't pay for tablets",
)


@router.get("/", response_class=HTMLResponse, dependencies=[counted(asks="q")])
async def ask(request: Request, live: TheLive, answering: TheAnswering, register: TheSchools) -> HTMLResponse:
    """Ask, and the answer under it: the address is the whole question."""
    sent = request.query_params
    school, text = SchoolForm(sent), sent.get("q", "").strip()
    asked, errors = "q" in sent, school.errors | _faults(sent, text)
    loading = asked and not errors and live.matcher is None and not live.load_error
    here, form = Address.of("/", sent), AnswerForm(sent)
    content = {
        **{"q": text, "school": school, "errors": errors, "loading": loading, "here": here, "form": form},
        **{"examples": EXAMPLES, "cases": len(live.index.cases)},
        # What other pages are told of the question: the worry and the school, not the filters.
        "about": here.only("q", *SCHOOL_FIELDS),
        "register": register.is_loaded,
        "find_school": Address("/schools", (("worry", text),) if text else ()),
    }

    def show(answer: Answer | None) -> HTMLResponse:
        counts = facet_counts(answer.near, form.only) if answer else {}
        near = sum(form.only.passes(case) for case in answer.near) if answer else 0
        return render(
            request,
            "ask.html",
            {**content, "answer": answer, "counts": counts, "more": _more(near, form.shown)},
            status=422 if errors else 503 if loading else 200,
            headers={"Retry-After": "5"} if loading else None,
        )

    if not asked or errors or loading:
        return show(None)
    preferences = form.preferences(school.preferences)
    question = Question(text, school.context, form.shown, preferences, form.amendments)
    return await answering.answer(request, matcher_of(live), question, show)


def _faults(sent: QueryParams, text: str) -> dict[str, str]:
    """Return what is wrong with the worry, by its field."""
    if len(text) > LONGEST_TEXT:
        return {"q": f"Your worry must be {LONGEST_TEXT:,} characters or fewer; it has {len(text):,}"}
    return {"q": "Say what worries you"} if "q" in sent and not text else {}


def _more(near: int, shown: int) -> int:
    """Return how many more cases there are to show."""
    return max(0, min(near, MOST_MATCHES) - shown)
