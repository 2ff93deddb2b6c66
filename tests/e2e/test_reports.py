"""The pages of a report and of how alike the cases are, opened from disk in a real browser."""

from __future__ import annotations

from itertools import cycle, islice

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from corpus.records import CaseStudy
from engine.corpus_similarity import similarity_of_all
from index.building import build_index
from index.case_index import CaseIndex
from service.reports.pages import write_pages
from service.reports.similar_page import write_similar
from tests.conftest import HashingEncoder, record
from tests.report_lines import concern, match, point, school, write_lines

pytestmark = pytest.mark.e2e

TOLD = (
    (("phones distract pupils in every single lesson of the day",), "strong"),
    (("the broadband is too slow for a whole class", "phones distract pupils"), "partial"),
    (("nobody can find a tuba player for the choir",), "none"),
    ((), "none"),
)
THEMES = ("distraction", "connectivity", "cost", "privacy-and-data", "equity-and-home-access", "workload")
PAGES = ("index.html", "schools/1.html", "lists/page-1.html", "similar/index.html")


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A folder with the pages of 120 schools, beside them the page of how alike six cases are."""
    encoder, folder = HashingEncoder(), tmp_path_factory.mktemp("report")
    cases = [
        CaseStudy.model_validate(record(id=f"elm-{n}", title=f"Phones in pouches, told for the {n}th time"))
        for n in range(6)
    ]
    build_index(cases, encoder, folder / "index")
    index = CaseIndex.open(folder / "index")
    schools = [
        school(
            n,
            [
                concern(
                    text, tuple({THEMES[n % 6], THEMES[n % 5]}), verdict, (match("elm-1"), match("elm-2"))
                )
                for text in texts
            ],
            name=f"Saint Bartholomew’s Church of England Voluntary Aided Primary School {n}",
            phases=[("primary", "secondary", "special")[n % 3]],
            setting=("rural", "urban")[n % 2],
            points=[point(case_id="elm-1")],
            questions=["What would we have to see, and by when, to stop?"],
        )
        for n, (texts, verdict) in enumerate(islice(cycle(TOLD), 120))
    ]
    pages = folder / "pages"
    write_pages(write_lines(folder / "lines.jsonl", schools), index, encoder, pages)
    write_similar(index.cases, similarity_of_all(index), pages / "similar")
    return pages


@pytest.fixture
def open_page(open_address, report):
    """Open a page of the report from disk."""
    return lambda path, **options: open_address((report / path).as_uri(), **options)


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_width_and_has_no_axe_violations(open_page, path, width):
    page = open_page(path, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_nothing_but_the_files_beside_it(open_page, path):
    page = open_page(path)
    assert all(url.startswith("file://") for url in page.asked)
    assert any(url.endswith("style.css") for url in page.asked)
    assert page.complaints == []


def test_a_reader_goes_from_all_schools_to_one_and_back_without_javascript(open_page):
    page = open_page("index.html", java_script_enabled=False)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Each school").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Each school")
    link = page.locator("tbody a").first
    name = link.inner_text()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_role("link", name="All schools together").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("What our schools worry about")


def test_a_school_on_the_map_leads_to_its_report(open_page):
    page = open_page("index.html")
    sign = page.locator("svg.map a").first
    name = sign.locator("title").text_content()
    sign.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("path", ["index.html", "schools/1.html"])
def test_paper_has_the_content_and_not_the_navigation(open_page, path):
    page = open_page(path)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # A4 less its margins, in pixels of the style sheet.
    page.set_viewport_size({"width": 680, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_columns_of_a_heat_map_are_named_above_their_cells(open_page):
    page = open_page("index.html")
    places = page.evaluate(
        """() => [...document.querySelectorAll('svg.heat')].map(chart => {
            const box = e => e.getBoundingClientRect()
            const heads = [...chart.querySelectorAll('text.head')].map(box)
            const cells = [...chart.querySelectorAll('rect')].slice(0, heads.length).map(box)
            return heads.map((head, n) => [
                Math.abs(head.left + head.width / 2 - cells[n].left - cells[n].width / 2) < 4,
                head.bottom <= cells[n].top + 1, head.top >= box(chart).top - 1])
        })"""
    )
    assert len(places) == 6
    assert all(all(good) for chart in places for good in chart)
