"""The pages that explain: how matching works, the data, privacy, accessibility."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from corpus.vocabulary import shipped_vocabulary
from engine.comparability import WEIGHTS
from engine.confidence import PARTIAL, STRONG
from engine.coverage import coverage_of
from engine.tuning import TUNING
from service.caching import FromIndex
from service.readiness import TheLive
from service.rendering import render

router = APIRouter(route_class=FromIndex, include_in_schema=False)
# Part of benchmarks/results/quality.json, which is not installed; a test keeps the two equal.
MEASURED = Path(__file__).parent.parent / "data" / "measured.json"
STATEMENT_DATE = "22 November 2026"  # of the accessibility statement; to be changed when it is


@cache
def measured() -> dict[str, Any]:
    """Return the measured quality that the pages tell of, as benchmarks/results/quality.json has it."""
    told: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return told


@router.get("/about/matching", response_class=HTMLResponse)
def matching(request: Request) -> HTMLResponse:
    """Say how matching works, how well, and where it errs."""
    content = {
        "weights": WEIGHTS,
        "fusion": TUNING.fusion,
        "school_share": TUNING.context_share * TUNING.closeness,
        "story_share": TUNING.story_share,
        "vendor_share": -TUNING.independence.get("vendor-supported", 0.0),
        "strong": STRONG,
        "partial": PARTIAL,
        "measured": measured(),
    }
    return render(request, "about_matching.html", content)


@router.get("/about/data", response_class=HTMLResponse)
def data(request: Request, live: TheLive) -> HTMLResponse:
    """Say what a case is, where cases come from, and how to have one put right."""
    cases = live.index.cases
    kinds = Counter(source.kind or "unknown" for case in cases for source in case.provenance.sources)
    content = {
        "covered": coverage_of(cases, shipped_vocabulary()),
        "source_kinds": sorted(kinds.items(), key=lambda one: (-one[1], one[0])),
        "generation": live.index.generation.name,
        "digest": live.index.manifest.corpus_digest,
        "contact": _contact(request),
    }
    return render(request, "about_data.html", content)


@router.get("/about/privacy", response_class=HTMLResponse)
def privacy(request: Request) -> HTMLResponse:
    """Say what becomes of what a reader writes; it follows from how the server is set."""
    settings = request.app.state.settings
    content = {
        "questions_are_logged": settings.log_queries,
        "kept_hours": f"{settings.report_keep_hours:g} hours",
        "contact": _contact(request),
    }
    return render(request, "about_privacy.html", content)


@router.get("/about/accessibility", response_class=HTMLResponse)
def accessibility(request: Request) -> HTMLResponse:
    """State how accessible the pages are."""
    content = {"date": STATEMENT_DATE, "contact": _contact(request)}
    return render(request, "about_accessibility.html", content)


def _contact(request: Request) -> dict[str, str] | None:
    """Return where to write: the link and its words; None where the operator sets nothing."""
    told: str | None = request.app.state.settings.contact
    if told is None:
        return None
    is_web = told.startswith(("https://", "http://"))
    return {"href": told if is_web else f"mailto:{told}", "words": told}
