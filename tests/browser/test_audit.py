"""The auditor's pages in Chromium: in light and dark, and on narrow screens."""

import re

import pytest
from playwright.sync_api import expect

from foundation.models import AccessEntry
from orders import fulfilment
from orders.models import Order
from orders.statuses import Status
from organisations.roles import Role
from tests import builders
from tests.browser.conftest import Open
from tests.browser.test_admin import TALL, looked_at

pytestmark = pytest.mark.django_db(transaction=True)

SAW = "/admin/foundation/accessentry/"
CHANGED = f"{SAW}changes/"


@pytest.fixture
def order() -> Order:
    made = builders.order(Status.SHIPPED, notes=("Ring twice.",))
    fulfilment.fail_delivery(made, reason="Nobody was there.", actor=builders.operator())
    return made


def test_nothing_is_in_an_auditors_way(open_browser: Open, order: Order) -> None:
    page = open_browser(builders.user(Role.AUDITOR), bypass_csp=True, viewport=TALL)
    page.goto("/admin/patients/patient/")
    found = []
    for address in (
        SAW,
        CHANGED,
        f"{SAW}?patient={order.patient_id}&since=2020-01-01",
        f"{CHANGED}?patient={order.patient_id}",
    ):
        page.goto(address)
        found += looked_at(page, address)
    page.goto(SAW)
    page.get_by_label("Person or program").fill("Test")
    page.get_by_label("Order").fill("HW-NOTHING")
    page.get_by_role("button", name="Search").click()
    found += looked_at(page, "nothing found")
    page.get_by_label("Order").fill("")
    page.get_by_role("button", name="Search").click()
    found += looked_at(page, "several found")

    assert found == []


def test_an_auditor_follows_a_patient_and_takes_the_report_along(
    open_browser: Open, order: Order
) -> None:
    page = open_browser(builders.user(Role.AUDITOR))
    page.goto("/admin/")
    page.get_by_role("link", name="Who saw").first.click()
    page.get_by_label("Patient").fill(str(order.patient.reference))  # type: ignore[union-attr]
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nobody has seen this")).to_be_visible()
    page.get_by_role("navigation", name="What is on record").get_by_text("Who changed").click()
    expect(page.get_by_text("Ring twice.")).to_be_visible()
    page.get_by_role("navigation", name="What is on record").get_by_text("Who saw").click()

    with page.expect_download() as file:
        page.get_by_role("link", name="Export access report").click()

    assert file.value.suggested_filename == f"access-report-{order.patient_id}.csv"
    assert "Test Auditor" in file.value.path().read_text()
    assert re.fullmatch(r".*\?patient=\d+", page.url)
    assert AccessEntry.objects.filter(what="access report as CSV").count() == 1
