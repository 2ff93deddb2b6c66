from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from service.schools.building import drop_register, import_registers
from service.settings import Settings
from tests.registers import write_gias

pytestmark = [pytest.mark.e2e, pytest.mark.model, pytest.mark.server]


@pytest.fixture
def register(tmp_path):
    """A register that the running server takes up, and that is gone afterwards."""
    write_gias(tmp_path / "gias.csv", 300, with_broken=False)
    state = Settings().state  # that of the tests, which their server has, too
    import_registers([tmp_path / "gias.csv"], state)
    yield
    drop_register(state)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_leader_finds_the_school_by_keyboard_and_its_fields_are_filled_and_can_be_changed(
    browser, server, register, width
):
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/schools?worry=mobiles+banned+here")
    page.get_by_label("Find your school").focus()
    page.keyboard.type("st mocks academy 50")
    page.keyboard.press("Enter")
    found = page.get_by_role("link", name="St. Mock's Academy 50", exact=True)
    expect(found).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is your worry?")).to_have_value("mobiles banned here")
    page.locator("details.school > summary").click()
    expect(page.get_by_label("primary", exact=True)).to_be_checked()
    expect(page.get_by_label("Country", exact=True)).to_have_value("GB")
    page.get_by_label("Number of pupils").fill("95")
    page.get_by_role("button", name="Find schools that felt this").click()
    assert "pupils=95" in page.url
    context.close()


@pytest.mark.parametrize("address", ["/schools?q=st+mocks&worry=phones", "/schools?q=", "/schools?q=zzzz"])
def test_the_pages_of_schools_have_no_accessibility_violations(browser, server, register, address):
    context = browser.new_context()
    page = context.new_page()
    page.goto(server + address)
    result = Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
    context.close()
