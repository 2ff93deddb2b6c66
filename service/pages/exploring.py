"""Browsing the cases: by what they have in common, on a map by meaning, and what they lack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from corpus.records import CaseStudy, Outcome
from corpus.vocabulary import shipped_vocabulary
from engine.corpus_map import MOST_PLACED, CorpusMap, Region, map_of
from engine.coverage import SMALL, THIN, coverage_of, first_year
from engine.facets import FACETS, CaseFilter, Facet, facet_counts, themes_of, unknown_counts
from service import wording
from service.caching import FromIndex
from service.pages.addresses import Address
from service.pages.coverage_charts import drawn
from service.pages.map_labels import place_labels
from service.readiness import TheLive
from service.rendering import render

router = APIRouter(route_class=FromIndex, include_in_schema=False)
BROWSED: tuple[Facet, ...] = ("theme", "technology", "outcome", "country", "phase", "setting")
A_PAGE = 20  # cases
SORTS = {"title": "Title", "newest": "Year, newest first", "oldest": "Year, oldest first"}
_MAP_SIZE, _MARGIN = 1000, 50  # units of the drawing


@router.get("/explore", response_class=HTMLResponse)
def explore(request: Request, live: TheLive) -> HTMLResponse:
    """Say what there is to browse by, each value with its number of cases."""
    cases = live.index.cases
    content = {
        "cases": len(cases),
        "browsed": BROWSED,
        "counts": facet_counts(cases),
        "unknown": unknown_counts(cases),
    }
    return render(request, "explore.html", content)


@router.get("/explore/cases", response_class=HTMLResponse)
def cases(request: Request, live: TheLive) -> HTMLResponse:
    """List the cases that pass the filters of the address."""
    sent = request.query_params
    here = Address.of("/explore/cases", sent)
    chosen = CaseFilter({facet: _wanted(here, facet) for facet in FACETS})
    sort = sent.get("sort", "")
    sort = sort if sort in SORTS else "title"
    found = _sorted(chosen.apply(live.index.cases), sort)
    pages = max(1, -(-len(found) // A_PAGE))
    page = min(_number(sent.get("page", "")), pages)
    content = {
        "here": here.minus("page"),
        "chosen": chosen,
        "counts": facet_counts(live.index.cases, chosen),
        "found": len(found),
        "cases": found[(page - 1) * A_PAGE : page * A_PAGE],
        "first": (page - 1) * A_PAGE + 1,
        "page": page,
        "pages": pages,
        "sort": sort,
        "sorts": SORTS,
        "without": [] if found else _found_without(live.index.cases, chosen),
        "themes_of": themes_of,
    }
    return render(request, "explore_cases.html", content)


@router.get("/explore/map", response_class=HTMLResponse)
def corpus_map(request: Request, live: TheLive) -> HTMLResponse:
    """Draw the cases by meaning, with a table of the same."""
    index = live.index
    if (drawing := map_of(index)) is None:
        return render(request, "explore_map.html", {"cases": index.cases, "map": None, "most": MOST_PLACED})
    content = {
        "cases": index.cases,
        "map": drawing,
        "drawn": _drawn(drawing),
        "width": _MAP_SIZE,
        "outcomes": [outcome for outcome in get_args(Outcome) if _any_with(index.cases, outcome)],
    }
    return render(request, "explore_map.html", content)


@router.get("/explore/coverage", response_class=HTMLResponse)
def coverage(request: Request, live: TheLive) -> HTMLResponse:
    """Show what the cases cover and where they are thin."""
    covered = coverage_of(live.index.cases, shipped_vocabulary())
    content = {"covered": covered, "charts": drawn(covered), "thin_below": THIN, "small": SMALL}
    return render(request, "explore_coverage.html", content)


def _wanted(here: Address, facet: Facet) -> tuple[str, ...]:
    values = here.values(facet)
    return tuple(value.upper() for value in values) if facet == "country" else values


def _number(told: str) -> int:
    """Return the number of a page; one that is none is the first."""
    return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 6 else 1


def _sorted(cases: list[CaseStudy], sort: str) -> list[CaseStudy]:
    """Return cases in an order; those of which no year is known come last."""
    by_title = sorted(cases, key=lambda case: (case.title.casefold(), case.id))
    if sort == "title":
        return by_title
    dated = [(year, case) for case in by_title if (year := first_year(case)) is not None]
    undated = [case for case in by_title if first_year(case) is None]
    sign = -1 if sort == "newest" else 1
    return [case for _, case in sorted(dated, key=lambda one: sign * one[0])] + undated


def _found_without(cases: tuple[CaseStudy, ...], chosen: CaseFilter) -> list[tuple[Facet, int]]:
    """Return how many cases there would be without each facet's filter, where there would be any."""
    counted = [
        (facet, sum(map(chosen.without(facet).passes, cases))) for facet in FACETS if chosen.wanted.get(facet)
    ]
    return [(facet, count) for facet, count in counted if count]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Where the signs and the two lines of each region's name are drawn, and what of the height is used."""

    signs: list[tuple[int, int]]
    names: list[tuple[str, str]]
    labels: list[tuple[int, int]]
    top: int
    height: int


@lru_cache(maxsize=2)  # an index that answers, and the next one
def _drawn(drawing: CorpusMap) -> _Drawn:
    signs = _places(drawing.points.tolist())
    names = [_names(region) for region in drawing.regions]
    centres = _places(region.centre for region in drawing.regions)
    labels = place_labels([max(one, key=len) for one in names], centres, signs, _MAP_SIZE)
    heights = [y for _, y in (*signs, *labels)]
    top = min(heights, default=0) - _MARGIN
    return _Drawn(signs, names, labels, top, max(heights, default=0) + _MARGIN - top)


def _places(points: Iterable[Sequence[float]]) -> list[tuple[int, int]]:
    """Return where points between 0 and 1 are drawn, in whole units."""
    within = _MAP_SIZE - 2 * _MARGIN
    return [(round(_MARGIN + within * x), round(_MARGIN + within * y)) for x, y in points]


def _names(region: Region) -> tuple[str, str]:
    """Return the two lines by which a region is named; the second may be empty."""
    theme = wording.facet_value("theme", region.theme) if region.theme else "various objections"
    return theme, wording.facet_value("technology", region.technology) if region.technology else ""


def _any_with(cases: tuple[CaseStudy, ...], outcome: str) -> bool:
    return any(case.outcome == outcome for case in cases)
