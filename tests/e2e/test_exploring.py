"""Browsing and the pages that explain, in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.server]

PAGES = (
    "/explore",
    "/explore/cases?theme=cost&phase=primary&sort=newest",
    "/explore/cases?theme=cost&phase=alternative",
    "/explore/map",
    "/explore/coverage",
    "/about/matching",
    "/about/data",
    "/about/privacy",
    "/about/accessibility",
)
HEAVIEST = 200_000  # bytes, as sent to who takes no packed pages; the map, half a kilobyte a case


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_width(open_page, path, width):
    page = open_page(path, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_axe_violations(open_page, path):
    page = open_page(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_nothing_of_another_host_and_is_not_heavy(browser, server, path):
    context = browser.new_context()
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    answer = page.goto(server + path)
    weight = len(answer.body())
    context.close()
    assert all(url.startswith(server) for url in asked)
    assert complaints == []
    assert weight <= HEAVIEST


def test_a_leader_browses_narrows_down_takes_off_and_reads_without_javascript(open_page):
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("link", name="Explore the cases").click()
    page.get_by_role("link", name="workload").click()
    whole = int(page.get_by_role("heading", level=1).inner_text().split()[0])
    page.get_by_text("Filter or sort").click()
    page.get_by_role("group", name="Phase").get_by_label("primary").check()
    page.get_by_label("Sort by").select_option("newest")
    page.get_by_role("button", name="Apply").click()
    assert "theme=workload" in page.url
    assert "phase=primary" in page.url
    fewer = int(page.get_by_role("heading", level=1).inner_text().split()[0])
    assert 0 < fewer < whole
    page.get_by_role("link", name="Take off the filter Phase: primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{whole} cases with what you chose")
    title = page.locator(".cards h2").first.inner_text()
    page.locator(".cards h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_keyboard_reaches_the_cases_on_the_map_and_goes_past_them(open_page):
    page = open_page("/explore/map")
    page.get_by_role("link", name="Go past the map").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Map", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    first = page.locator("svg.map a").first
    expect(first).to_be_focused()
    title = first.locator("title").text_content()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.go_back()
    page.get_by_role("link", name="Go past the map").click()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Table of the map")).to_be_focused()


def test_signs_of_different_outcomes_differ_in_shape_not_only_in_colour(open_page):
    page = open_page("/explore/map", forced_colors="active")
    shapes = page.evaluate(
        "[...document.querySelectorAll('svg.map defs > *')].map(s => s.getAttribute('d') || s.outerHTML)"
    )
    assert len(shapes) == len(set(shapes)) == 6
    fills = page.evaluate(
        "['scaled', 'abandoned'].map(c => getComputedStyle(document.querySelector('svg.map use.' + c)).fill)"
    )
    assert len(set(fills)) == 1


def test_no_name_on_the_map_is_cut_off_or_lies_on_another(open_page):
    page = open_page("/explore/map")
    inside = page.evaluate(
        """() => {
            const frame = document.querySelector('svg.map').getBoundingClientRect()
            const names = [...document.querySelectorAll('svg.map text')].map(t => t.getBoundingClientRect())
            const cut = names.filter(n => n.left < frame.left || n.right > frame.right
                                       || n.top < frame.top || n.bottom > frame.bottom).length
            const over = names.filter((a, i) => names.some((b, j) => i < j && a.left < b.right
                                       && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length
            return [names.length, cut, over]
        }"""
    )
    assert inside[0] > 5
    assert inside[1:] == [0, 0]


@pytest.mark.parametrize("path", ["/explore/map", "/explore/coverage", "/explore/cases?theme=cost"])
def test_paper_has_the_content_and_not_the_navigation(open_page, path):
    page = open_page(path)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.locator(".trail").is_hidden()
