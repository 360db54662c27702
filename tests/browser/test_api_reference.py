"""The page that shows the OpenAPI document of API v1. That nothing on it asks another host or
breaks the policy is what every window of `open_browser` is checked for.
"""

from typing import Final

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.looking import faults

CALLS: Final = [
    "Get an access token",
    "Find the address of tokens",
    "List orders",
    "Place an order",
    "Read an order",
    "Change or cancel an order",
    "Read the report of an order",
    "Create an in-house study",
    "Read an in-house study",
    "Cancel an in-house study",
    "Read the report of an in-house study",
    "Refer a patient",
    "Read a referral",
    "Read the report of a referral",
    "Read the events",
]


def shown(page: Page) -> Page:
    page.goto("/docs/v1/")
    expect(page.locator(".opblock-summary-description")).to_have_text(CALLS)
    return page


def test_it_shows_every_call_and_sends_none(open_browser: Open):
    page = shown(open_browser())

    for call in CALLS:
        page.get_by_role("button", name=call).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("API v1")
    expect(page.get_by_text("ask the patient whether they have").first).to_be_visible()
    expect(page.get_by_text("reference_taken").first).to_be_visible()
    assert page.get_by_role("button", name="Try it out").count() == 0
    expect(page.get_by_role("button", name="Authorize")).to_be_hidden()


def test_the_document_can_be_downloaded_from_it(open_browser: Open):
    page = shown(open_browser())

    address = page.get_by_role("link", name="OpenAPI 3.1 document").get_attribute("href")
    document = page.request.get(str(address)).json()

    assert document["openapi"].startswith("3.1")


def test_the_page_has_no_faults(open_browser: Open):
    page = shown(open_browser(bypass_csp=True))
    found = faults(page)
    for call in ("List orders", "Place an order"):
        page.get_by_role("button", name=call).click()
        expect(page.locator(".opblock-body:visible").last).to_be_visible()
    found += faults(page)

    assert found == []


def test_the_page_of_v3_shows_every_call_and_has_no_faults(open_browser: Open):
    page = open_browser(bypass_csp=True)
    page.goto("/docs/v3/")
    expect(page.locator(".opblock-summary-description")).to_have_count(60)

    found = faults(page)
    for call in ("List orders", "Register a patient"):
        page.get_by_role("button", name=call).click()
        expect(page.locator(".opblock-body:visible").last).to_be_visible()
    found += faults(page)

    assert found == []
    expect(page.get_by_role("heading", level=1)).to_have_text("API v3")
    expect(page.get_by_text("patient_reference_taken").first).to_be_visible()
    assert page.get_by_role("button", name="Try it out").count() == 0
