"""What there is: the cases counted by facet, and the themes of their objections."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from corpus.vocabulary import shipped_vocabulary
from engine.facets import facet_counts, unknown_counts
from engine.themes import theme_summaries
from service.api.filtering import TheFilter, known_parameters_only
from service.caching import UNCHANGED, FromIndex
from service.case_schemas import FacetOut, FacetsOut, ThemeOut, ThemesOut
from service.problems import problem_responses
from service.readiness import TheLive
from service.schemas import CountOut

router = APIRouter(
    route_class=FromIndex, dependencies=[Depends(known_parameters_only)], responses=UNCHANGED, tags=["counts"]
)


@router.get("/v1/facets", responses=problem_responses(422))
def facets(live: TheLive, wanted: TheFilter) -> FacetsOut:
    """Count the cases by every value of every facet.

    A facet is counted among the cases that pass the filters on the *other* facets, so that each count is what
    choosing that value would give.
    """
    unknown = unknown_counts(live.index.cases, wanted)
    counted = {
        facet: FacetOut(
            values=[CountOut(value=value, cases=cases) for value, cases in values], unknown=unknown[facet]
        )
        for facet, values in facet_counts(live.index.cases, wanted).items()
    }
    return FacetsOut(total=sum(map(wanted.passes, live.index.cases)), facets=counted)


@router.get("/v1/themes", responses=problem_responses(422))
def themes(live: TheLive) -> ThemesOut:
    """Return the kinds of objection: how many cases met each, and how that ended.

    Themes of the vocabulary that no case has are there with zeros.
    """
    summaries = theme_summaries(live.index.cases, shipped_vocabulary())
    return ThemesOut(themes=[ThemeOut.of(summary) for summary in summaries])
