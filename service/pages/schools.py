"""Find your school in the register, at /schools; each one found leads to a question about it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from engine.context import SchoolContext
from engine.queries import LONGEST_TEXT
from service import wording
from service.access import counted
from service.pages.addresses import Address
from service.rendering import render
from service.schools.asked import TheSchools
from service.schools.register import Found
from service.schools.words import LONGEST_QUERY

router = APIRouter(include_in_schema=False)
_SHOWN = 20


# A plain function, which FastAPI calls in another thread: the file is read from the disk.
@router.get("/schools", response_class=HTMLResponse, dependencies=[counted(asks="q")])
def schools(request: Request, register: TheSchools) -> HTMLResponse:
    """Show the schools that were looked for."""
    sent = request.query_params
    text, worry = sent.get("q", "").strip(), sent.get("worry", "").strip()[:LONGEST_TEXT]
    error = ""
    if len(text) > LONGEST_QUERY:
        error = f"What you look for must be {LONGEST_QUERY} characters or fewer; it has {len(text):,}"
    elif "q" in sent and not text:
        error = "Type your school's name or number"
    loaded = register.is_loaded
    found = register.find(text, _SHOWN) if loaded and text and not error else None
    content = {
        **{"q": text, "worry": worry, "error": error, "loaded": loaded, "found": found},
        "lines": _lines(found, worry) if found else [],
        "back": Address("/", (("q", worry),) if worry else ()),
    }
    return render(request, "schools.html", content, status=404 if not loaded else 422 if error else 200)


def _lines(found: Found, worry: str) -> list[dict[str, object]]:
    """Return for each school its name, where it is, what is known of it, and where it leads."""
    return [
        {
            "name": school.name,
            "where": ", ".join(part for part in (school.town, school.postcode, school.authority) if part),
            "number": school.number,
            "known": wording.school_words(school.context.model_copy(update={"name": None})),
            "address": address_with(school.context, worry),
        }
        for school in found.schools
    ]


def address_with(context: SchoolContext, worry: str = "") -> Address:
    """Return the address of a question with every field about the school filled that is known."""
    fields = (
        *(("q", worry), ("school", context.name)),
        *(("phase", phase) for phase in context.phases),
        *(("setting", context.setting), ("pupils", context.pupils), ("country", context.country)),
        *(("sector", context.sector), ("kind", context.kind), ("disadvantage", context.disadvantage)),
    )
    return Address("/", tuple((name, str(value)) for name, value in fields if value))
