"""Every staff page, measured by axe in both themes and at both widths, by emulation of one page
load; what is wrong or empty, in light colours at the full width.
"""

import pytest
from playwright.sync_api import Page

from orders import fulfilment
from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import PATIENT, Desk, desk, page_of


@pytest.fixture
def page(open_browser: Open, staff: Desk) -> Page:
    # Without it our own policy would keep axe out; test_staff_journey keeps the policy.
    return open_browser(staff.user, bypass_csp=True)


def visited(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


def test_a_fault_would_be_found(page: Page):
    page.goto("/help/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('h1').style.width = '2000px'")

    found = faults(page, LIGHT_ONLY)

    assert ["html-has-lang" in found[0], "sideways" in found[1]] == [True, True]


def test_the_pages_of_a_new_order(clinic: Organisation, staff: Desk, page: Page):
    draft = staff.fill_in()
    pages = ("patient/", "patient/new/", "address/", "study/", "smartphone/", "check/", "delete/")
    found = visited(page, [draft + one for one in pages])
    staff.post(draft + "check/")
    found += visited(page, [draft + "placed/"])

    twin = staff.open_draft()
    staff.post(twin + "patient/new/", {**PATIENT, "reference": ""})
    found += visited(page, [twin + "patient/same/"])
    page.goto(twin + "patient/")
    page.get_by_label("Name").fill("Test")
    page.get_by_role("button", name="Search").click()
    found += faults(page)
    builders.organisation(clinic.account)
    staff.post(twin + "patient/", {"patient": Order.objects.get().patient_id})
    staff.post(twin + "address/", {"line_1": "1", "city": "London", "postcode": "SW1A 1AA"})
    found += visited(page, [twin + "organisation/"])

    assert found == []


def test_the_pages_of_orders(clinic: Organisation, staff: Desk, page: Page):
    builders.phone_item()
    busy = builders.order(
        Status.UNSUCCESSFUL_DELIVERY,
        chosen=clinic,
        notes=("Ring twice.",),
        study={"phone_needed": True},
    )
    fulfilment.ask_to_confirm_address(busy, reason="Sent back.", actor=builders.operator())
    fresh, sent = builders.order(chosen=clinic), builders.order(Status.DELIVERED, chosen=clinic)
    builders.order(Status.VOIDED, chosen=clinic)
    staff.post(staff.open_draft() + "patient/new/", PATIENT)

    paths = ["/orders/", *(page_of(order) for order in (busy, fresh, sent))]
    paths += [page_of(fresh, one) for one in ("contact/", "address/", "cancel/", "note/")]
    paths += [page_of(busy, "confirm-address/"), page_of(sent, "cancel/")]

    assert visited(page, paths) == []


def test_the_pages_around_them(clinic: Organisation, page: Page, open_browser: Open):
    found = visited(
        page,
        ["/help/", "/accounts/password/change/", "/accounts/logout/"],
    )
    outside = open_browser(bypass_csp=True)
    found += visited(outside, ["/accounts/login/", "/accounts/password/reset/"])

    assert found == []


def test_what_is_wrong_or_empty(clinic: Organisation, staff: Desk, page: Page, open_browser: Open):
    draft = staff.fill_in(study={"reference": "TAKEN"})
    page.goto("/orders/")
    found = faults(page, LIGHT_ONLY)
    builders.order(chosen=clinic, reference="TAKEN")
    for path, button in (
        (draft + "patient/", "Search"),
        (staff.open_draft() + "patient/new/", "Continue"),
        (draft + "check/", "Place order"),
        (page_of(Order.objects.get(), "cancel/"), "Cancel the order"),
    ):
        page.goto(path)
        page.get_by_role("button", name=button).click()
        assert page.title().startswith("Error: ")
        found += faults(page, LIGHT_ONLY)
    closed = desk(builders.organisation(is_active=False), Role.CLINIC_MANAGER)
    elsewhere = open_browser(closed.user, bypass_csp=True)
    for path in ("/orders/", "/orders/new/"):
        elsewhere.goto(path)
        found += faults(elsewhere, LIGHT_ONLY)

    assert found == []
