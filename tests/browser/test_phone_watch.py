"""The phone alerts in Chromium: nothing in the way, and a decision written with the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from orders.models import PhoneAlert
from organisations.roles import Role
from tests import builders
from tests.browser.conftest import Open
from tests.browser.test_admin import TALL, looked_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alert() -> PhoneAlert:
    return builders.phone_alert()


@pytest.mark.parametrize("role", [Role.ACCOUNT_MANAGER, Role.ADMINISTRATOR])
def test_nothing_is_in_anybodys_way(open_browser: Open, alert: PhoneAlert, role: Role) -> None:
    page = open_browser(builders.user(role), bypass_csp=True, viewport=TALL)
    found = []
    for address in ("", f"{alert.pk}/change/", f"{alert.pk}/change/?orders=all"):
        page.goto(f"/admin/orders/phonealert/{address}")
        found += looked_at(page, address)
    page.goto(f"/admin/orders/phonealert/{alert.pk}/decision/")
    page.get_by_role("button", name="Save the decision").click()
    found += looked_at(page, "a decision, refused")

    assert found == []


def test_an_account_manager_goes_from_the_first_page_to_a_decision_by_keyboard(
    open_browser: Open, alert: PhoneAlert
) -> None:
    page = open_browser(builders.user(Role.ACCOUNT_MANAGER))
    page.goto("/admin/")

    page.get_by_role("link", name=re.compile("to be decided")).press("Enter")
    page.get_by_role("link", name=re.compile(str(alert.organisation))).press("Enter")
    expect(page.get_by_role("img", name=re.compile("^Share of study orders"))).to_be_visible()
    page.get_by_role("link", name="Write down a decision").press("Enter")
    page.get_by_label("What was decided?").press_sequentially("We talked to them.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("The decision is written down.")).to_be_visible()
    expect(page.get_by_text("We talked to them.")).to_be_visible()
