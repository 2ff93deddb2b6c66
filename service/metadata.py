"""A case as schema.org describes things, for search engines and catalogues of learning resources.

It goes into the case's page as a block of data, which a browser neither shows nor runs.
"""

from __future__ import annotations

from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from corpus.records import CaseStudy, Source, Years
from corpus.vocabulary import shipped_vocabulary
from engine.context import country_name
from engine.facets import themes_of

_LONGEST_HEADLINE = 110  # characters; what search engines show


def case_metadata(case: CaseStudy, address: str) -> dict[str, Any]:
    """Describe a case in the terms of schema.org, as JSON-LD. What is not known is left out.

    Args:
        case: What is described.
        address: The absolute address of its page, which is also its identifier.

    Source: https://schema.org/LearningResource and https://schema.org/Article
    """
    institution, themes = case.institution, shipped_vocabulary().themes
    labels = [themes[theme].label if theme in themes else theme for theme in themes_of(case)]
    described = {
        "@context": "https://schema.org",
        "@type": ["Article", "LearningResource"],
        "@id": address,
        "url": address,
        "identifier": case.id,
        "name": case.title,
        "headline": _shortened(case.title),
        "abstract": case.summary,
        "learningResourceType": "case study",
        "audience": {"@type": "EducationalAudience", "educationalRole": "school leader"},
        "educationalLevel": [phase.replace("-", " ") for phase in institution.phases],
        "about": [{"@type": "Thing", "name": name} for name in _told(case.technology, labels)],
        "temporalCoverage": _interval(case.years),
        "spatialCoverage": _place(institution.region, country_name(institution.country)),
        "dateModified": case.provenance.checked.isoformat() if case.provenance.checked else None,
        "citation": [_work(source) for source in case.provenance.sources],
    }
    return {key: value for key, value in described.items() if value is not None}


def metadata_block(case: CaseStudy, address: str) -> Markup:
    """Return the description as the element that carries it in a page's head.

    Whatever a record holds, it cannot end the element: ``<``, ``>`` and ``&`` are written as escapes of JSON.
    The policy against scripts does not concern it, because no browser runs a block of data.
    """
    described = htmlsafe_json_dumps(case_metadata(case, address), ensure_ascii=False)
    return Markup('<script type="application/ld+json">{}</script>').format(described)


def _shortened(title: str) -> str:
    if len(title) <= _LONGEST_HEADLINE:
        return title
    return f"{title[: _LONGEST_HEADLINE - 1].rsplit(' ', 1)[0]}…"


def _told(technology: tuple[str, ...], labels: list[str]) -> list[str]:
    return list(dict.fromkeys((*(name.replace("-", " ") for name in technology), *labels)))


def _interval(years: Years | None) -> str | None:
    """Return years as an interval of ISO 8601, open where an end is not known."""
    if years is None or (years.start is None and years.end is None):
        return None
    return f"{years.start or '..'}/{years.end or '..'}"


def _place(region: str | None, country: str) -> dict[str, Any]:
    name = f"{region}, {country}" if region else country
    return {"@type": "Place", "name": name}


def _work(source: Source) -> dict[str, Any]:
    described = {
        "@type": "CreativeWork",
        "name": source.title,
        "url": source.url if source.url.startswith(("https://", "http://")) else None,
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
        "datePublished": str(source.year) if source.year else None,
    }
    return {key: value for key, value in described.items() if value is not None}
