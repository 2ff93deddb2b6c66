"""Pages made from templates: one environment, one look, one form of errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pycountry
from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates

from corpus.records import Level, Phase, Sector, Setting
from engine.comparability import LABELS
from engine.context import country_name
from service import wording
from service.static_files import static_address

_FIRST_COUNTRIES = ("GB", "IE", "US", "CA", "AU", "NZ")  # most of our readers; a long list costs them time


def _countries() -> list[tuple[str, str]]:
    codes = (country.alpha_2 for country in pycountry.countries if country.alpha_2 not in _FIRST_COUNTRIES)
    return [(code, country_name(code)) for code in (*_FIRST_COUNTRIES, *sorted(codes, key=country_name))]


_templates = Jinja2Templates(Path(__file__).parent / "templates")
_templates.env.trim_blocks = _templates.env.lstrip_blocks = True
_templates.env.globals.update(
    wording=wording,
    static_address=static_address,
    phases=get_args(Phase),
    settings=get_args(Setting),
    sectors=get_args(Sector),
    levels=get_args(Level),
    attributes=LABELS,
    countries=_countries(),
    zip=zip,
)


def render(
    request: Request,
    template: str,
    content: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page.

    Args:
        request: What it answers.
        template: Name of its file among the templates; it extends ``base.html``.
        content: What the template shows; everything is escaped.
        status: Of the answer.
        headers: Of the answer.
    """
    return _templates.TemplateResponse(request, template, dict(content), status_code=status, headers=headers)


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
    return render(request, "error.html", content, status=status, headers=headers)
