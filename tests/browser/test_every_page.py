"""The pages that belong to no other story: home, what narrows orders down, an order on paper, every
piece by itself, and the pages for when something went wrong.
"""

import pytest
from playwright.sync_api import Page, expect

from orders.models import SavedFilter
from orders.statuses import Status
from organisations.models import Organisation
from portal.styleguide import PROBLEMS
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import PATIENT, Desk, page_of


@pytest.fixture
def page(open_browser: Open, staff: Desk) -> Page:
    return open_browser(staff.user, bypass_csp=True)


def visited(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


def test_home_and_what_narrows_orders_down(clinic: Organisation, staff: Desk, page: Page):
    found = []
    for path in ("/", "/orders/?status=on_hold", "/orders/filters/"):  # nothing there yet
        page.goto(path)
        found += faults(page, LIGHT_ONLY)
    builders.order(Status.ON_HOLD, chosen=clinic)
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY, chosen=clinic)
    staff.post(staff.open_draft() + "patient/new/", PATIENT)
    staff.post("/orders/filters/new/?status=on_hold", {"name": "On hold"})
    saved = f"/orders/filters/{SavedFilter.objects.get().public_id}/"

    found += visited(
        page,
        [
            "/",
            "/orders/?status=on_hold&placed_from=2026-01-01",
            "/orders/?status=nowhere",
            "/orders/filters/",
            "/orders/filters/new/?status=on_hold",
            f"{saved}rename/",
            f"{saved}delete/",
            page_of(order, "print/"),
        ],
    )
    page.goto("/orders/filters/new/?status=on_hold")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page, LIGHT_ONLY)

    assert found == []


def test_every_piece_in_every_state(page: Page):
    assert visited(page, ["/styleguide/", "/styleguide/?wrong"]) == []


def test_the_pages_for_when_something_went_wrong(page: Page):
    found = []
    for name in PROBLEMS:
        page.goto(f"/styleguide/{name}/")
        expect(page.get_by_text("please give this number")).to_be_visible()
        assert page.locator(".buttons a").count()
        found += faults(page)

    assert found == []


def test_each_form_that_was_answered_wrongly(clinic: Organisation, staff: Desk, page: Page):
    order = builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)
    draft = staff.open_draft()
    staff.post(draft + "patient/new/", PATIENT)
    answers = [(draft + "address/", "Continue", "Address line 1")]
    staff_done = staff.fill_in()
    answers += [
        (staff_done + "study/", "Continue", "Number of nights"),
        (page_of(order, "contact/"), "Save", "Email address"),
        (page_of(order, "note/"), "Add the note", "Note"),
        (page_of(order, "confirm-address/"), "Confirm the address", "Address line 1"),
    ]
    found = []
    for path, _, box in answers:
        page.goto(path)
        page.get_by_label(box, exact=False).first.fill("" if box != "Email address" else "nonsense")
        page.locator("main form button[type=submit]").first.click()
        assert page.title().startswith("Error: "), path
        found += faults(page, LIGHT_ONLY)

    assert found == []
