"""The pages: ask and answer at /, and one page a case. They need no JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pycountry
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from pydantic import ValidationError
from starlette.datastructures import QueryParams

from corpus.records import Level, Phase, Sector, Setting
from engine.answers import Answer
from engine.comparability import LABELS, WEIGHTS, Attribute
from engine.context import SchoolContext, country_name
from engine.queries import LONGEST_TEXT
from engine.ranking import Preferences, Unlike
from engine.similar import find_case, similar_cases
from service import wording
from service.answering import Question
from service.readiness import TheAnswering, TheLive, matcher_of

router = APIRouter(include_in_schema=False)
_FIRST_COUNTRIES = ("GB", "IE", "US", "CA", "AU", "NZ")  # most of our readers; a long list costs them time


def _countries() -> list[tuple[str, str]]:
    codes = (country.alpha_2 for country in pycountry.countries if country.alpha_2 not in _FIRST_COUNTRIES)
    return [(code, country_name(code)) for code in (*_FIRST_COUNTRIES, *sorted(codes, key=country_name))]


_templates = Jinja2Templates(Path(__file__).parent / "templates")
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_templates.env.globals.update(
    wording=wording,
    phases=get_args(Phase),
    settings=get_args(Setting),
    sectors=get_args(Sector),
    levels=get_args(Level),
    attributes=LABELS,
    countries=_countries(),
    zip=zip,
)
EXAMPLES = (
    "mobiles banned here",
    "we can't trust our pupils with phones",
    "rural primary, 90 pupils, awful broadband, governors worry about screen time",
    "staff have had no training on the new platform",
    "parents won't pay for tablets",
)
_SHOWN = 5


class SchoolForm:
    """The fields about the school as they were sent, and what they amount to."""

    def __init__(self, sent: QueryParams) -> None:
        self.values: dict[str, Any] = {
            "phases": [value for value in sent.getlist("phase") if value],
            "setting": sent.get("setting", ""),
            "pupils": sent.get("pupils", "").strip().replace(",", ""),
            "country": sent.get("country", "").strip().upper(),
            "sector": sent.get("sector", ""),
            "kind": sent.get("kind", ""),
            "disadvantage": sent.get("disadvantage", ""),
        }
        self.errors: dict[str, str] = {}
        self.context = SchoolContext()
        self.preferences = self._preferences(
            sent.get("closeness", "").strip(), [one for one in sent.getlist("exclude") if one]
        )
        try:
            self.context = SchoolContext.model_validate({k: v for k, v in self.values.items() if v})
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                field = str(fault["loc"][0])
                self.errors[field] = _FIELD_ERRORS.get(field, "Choose one of the values listed")

    def _preferences(self, closeness: str, exclude: list[str]) -> Preferences:
        """Read how schools are to be compared; what cannot be is an error of its field."""
        self.values |= {"closeness": closeness, "exclude": exclude}
        unlike: dict[Attribute, Unlike] = {known: "exclude" for known in WEIGHTS if known in exclude}
        if len(unlike) < len(set(exclude)):
            self.errors["exclude"] = "Choose among the listed differences"
        try:
            return Preferences(float(closeness) if closeness else None, unlike)
        except ValueError:
            self.errors["closeness"] = "How much your school should count must be from 0 to 1"
            return Preferences(None, unlike)

    @property
    def is_filled(self) -> bool:
        """Whether anything was said of the school."""
        return bool(self.context.known)


_FIELD_ERRORS = {
    "pupils": "Number of pupils must be a whole number, like 420",
    "country": "Choose a country from the list",
}


@router.get("/", response_class=HTMLResponse)
async def ask(request: Request, live: TheLive, answering: TheAnswering) -> HTMLResponse:
    """Ask, and the answer under it: the address is the whole question."""
    sent = request.query_params
    school, text = SchoolForm(sent), sent.get("q", "").strip()
    errors = dict(school.errors)
    if len(text) > LONGEST_TEXT:
        errors["q"] = f"Your worry must be {LONGEST_TEXT:,} characters or fewer; it has {len(text):,}"
    asked = "q" in sent
    if asked and not text:
        errors["q"] = "Say what worries you"
    loading = asked and not errors and live.matcher is None and not live.load_error
    content = {
        **{"q": text, "school": school, "errors": errors, "loading": loading},
        **{"examples": EXAMPLES, "cases": len(live.index.cases)},
    }

    def show(answer: Answer | None) -> HTMLResponse:
        return _templates.TemplateResponse(
            request,
            "ask.html",
            {**content, "answer": answer},
            status_code=422 if errors else 503 if loading else 200,
            headers={"Retry-After": "5"} if loading else None,
        )

    if not asked or errors or loading:
        return show(None)
    question = Question(text, school.context, _SHOWN, school.preferences)
    return await answering.answer(request, matcher_of(live), question, show)


@router.get("/cases/{case_id}", response_class=HTMLResponse)
def case(request: Request, case_id: str, live: TheLive) -> HTMLResponse:
    """One case, whole."""
    found = find_case(live.index, case_id)
    content = {"case": found, "similar": similar_cases(live.index, case_id, 4)}
    return _templates.TemplateResponse(request, "case.html", content)


def error_page(
    request: Request,
    status: int,
    title: str,
    detail: str,
    errors: list[dict[str, str]],
    *,
    headers: Any = None,
) -> HTMLResponse:
    """Say what went wrong, and where to go from here."""
    content = {"status": status, "title": title, "detail": detail, "errors": errors}
    return _templates.TemplateResponse(request, "error.html", content, status_code=status, headers=headers)
