from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.server]

ANSWER = "/?q=mobiles+banned+here&phase=secondary&country=GB"
CHOSEN = "case=wootton-upper-phone-free-2025&case=nyc-phone-ban-lifted-2015&q=mobiles+banned+here&country=GB"
PAGES = (
    "/",
    ANSWER,
    "/?q=&pupils=lots",
    "/?q=moblies+bannd.+What+would+you+not+do+again?&country=GB&closeness=1&exclude=phases",
    "/?q=phones&closeness=2&exclude=moon",
    "/?q=the+swimming+pool+roof+is+leaking",
    "/?q=the+wifi+is+fine,+parents+won't+pay,+our+rural+primary&only-outcome=abandoned&order=school",
    "/?q=phones&only-country=FJ",
    "/cases/rossett-ipads-2012",
    "/cases/rossett-ipads-2012?q=ipads&phase=primary&country=IE",
    "/cases/x",
    f"/compare?{CHOSEN}",
    "/compare",
    f"/pack?{CHOSEN}",
    "/pack",
    "/readiness",
    "/readiness?plan=An+iPad+for+every+pupil+from+September.+Staff+get+one+day+of+training.&phase=secondary",
    "/readiness?plan=x&pupils=lots",
    "/schools?q=elm",
    "/feedback/thanks",
)


def test_a_leader_asks_says_more_of_the_school_and_reads_a_case_without_javascript(open_page, server):
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("What is your worry?").fill("we can't trust our pupils with phones")
    page.get_by_text("About your school (optional)").click()
    page.get_by_label("secondary").check()
    page.get_by_label("Country", exact=True).select_option("GB")
    page.get_by_role("button", name="Find schools that felt this").click()
    assert "q=we+can%27t+trust+our+pupils+with+phones" in page.url
    assert "phase=secondary" in page.url
    expect(page.get_by_role("status")).to_contain_text(re.compile("Schools here have faced|These come near"))
    expect(page.locator(".understood")).to_contain_text("secondary, United Kingdom")
    first = page.locator(".matches > li").first
    expect(page.locator(".matches")).to_contain_text("What they did:")
    expect(first).to_contain_text("Like you")
    expect(first.locator(".sources a").first).to_have_attribute("href", re.compile("^https?://"))
    title = first.get_by_role("heading", level=3).inner_text()
    first.get_by_role("heading", level=3).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("heading", name="What went wrong")).to_be_visible()


def test_an_address_is_the_whole_question(open_page):
    page = open_page(ANSWER)
    expect(page.get_by_label("What is your worry?")).to_have_value("mobiles banned here")
    expect(page.locator(".matches > li")).to_have_count(5)


def test_a_leader_says_how_much_the_school_counts_and_whom_to_leave_out(open_page):
    page = open_page("/?q=phones&country=GB", java_script_enabled=False)
    page.locator("details.school summary").click()
    page.get_by_label("How much your school should count").select_option("1")
    page.get_by_role("group", name="Leave out schools known to differ in").get_by_label("country").check()
    page.get_by_role("button", name="Find schools that felt this").click()
    assert "closeness=1" in page.url
    assert "exclude=country" in page.url
    expect(page.locator(".matches > li").first).to_contain_text("country: United Kingdom")
    expect(page.locator(".matches > li", has_text="against your United Kingdom")).to_have_count(0)


@pytest.mark.parametrize(
    ("query", "message", "label"),
    [
        ("closeness=2", "How much your school should count must be", "How much your school should count"),
        ("exclude=moon", "Choose among the listed differences", "phase"),
    ],
)
def test_a_mistake_about_comparing_leads_to_its_field(open_page, query, message, label):
    page = open_page(f"/?q=phones&{query}")
    page.get_by_role("link", name=message).click()
    expect(page.get_by_label(label, exact=True)).to_be_focused()


def test_what_met_is_marked_and_what_was_misspelt_is_told(open_page):
    page = open_page("/?q=moblies+bannd+here")
    expect(page.locator(".understood")).to_contain_text("“moblies” as “mobiles”")
    assert page.locator(".mirror mark").count() > 0


def test_a_mistake_leads_to_its_field(open_page):
    page = open_page("/?q=phones&pupils=lots")
    page.get_by_role("link", name="Number of pupils must be a whole number").click()
    expect(page.get_by_label("Number of pupils")).to_be_focused()


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_its_width(open_page, path, width):
    page = open_page(path, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_axe_violations(open_page, path):
    page = open_page(path)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", [ANSWER, "/cases/rossett-ipads-2012"])
def test_a_page_asks_nothing_of_another_host_and_runs_into_no_policy(open_page, server, browser, path):
    context = browser.new_context()
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(server + path)
    context.close()
    assert asked
    assert all(url.startswith(server) for url in asked)
    assert complaints == []


def test_the_keyboard_alone_reaches_the_answer(open_page):
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is your worry?")).to_be_focused()
    page.keyboard.type("slow broadband")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()


def test_paper_hides_the_form_and_shows_the_addresses_of_sources(open_page):
    page = open_page(ANSWER)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Find schools that felt this")).to_be_hidden()
    shown = page.evaluate(
        "getComputedStyle(document.querySelector('.sources a[href^=http]'), '::after').content"
    )
    assert "http" in shown
