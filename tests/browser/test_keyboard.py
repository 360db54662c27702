"""What the keyboard saves those who are here all day, and that it can be switched off."""

from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from orders.models import Order
from organisations.models import Organisation, User
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import faults
from tests.staff.desk import Desk

KEYS_AT_MOST: Final = 25


class Keyboard:
    """Counts every key but those of text."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.pressed += 1

    def tab_to(self, wanted: Locator) -> None:
        """With Tab alone; the focus can be seen wherever it is."""
        wanted.wait_for()
        for _ in range(20):
            self.press("Tab")
            ring = self.page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert ring == "3px"
            if wanted.evaluate("element => element === document.activeElement"):
                expect(wanted).to_be_in_viewport()
                return
        raise AssertionError(f"Tab does not reach {wanted}")


@pytest.mark.parametrize("organisations", [1, 2])
def test_an_order_for_a_known_patient_takes_at_most_25_keys_besides_text(
    organisations: int, clinic: Organisation, staff: Desk, open_browser: Open
):
    known = builders.order(chosen=clinic).patient
    for _ in range(organisations - 1):
        builders.organisation(clinic.account)
    page = open_browser(staff.user)
    page.goto("/")
    keys = Keyboard(page)

    keys.press("n")
    keys.tab_to(page.get_by_label("Name"))
    page.keyboard.type("Person")
    keys.press("Enter")
    keys.tab_to(page.get_by_role("button", name="Choose"))
    keys.press("Enter")
    keys.tab_to(page.get_by_label("Address line 1"))
    expect(page.get_by_label("Address line 1")).to_have_value(known.address_lines[0])
    keys.press("Enter")
    if organisations > 1:
        keys.tab_to(page.get_by_role("radio", name=clinic.name))
        keys.press("Enter")  # the one that ordered before is chosen already
    keys.tab_to(page.get_by_label("Number of nights"))
    keys.press("Enter")
    keys.tab_to(page.get_by_label("I asked the patient"))
    keys.press("Space")
    keys.press("Enter")
    keys.tab_to(page.get_by_role("button", name="Place order"))
    keys.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Order placed")
    assert Order.objects.filter(patient=known).count() == 2
    assert keys.pressed <= KEYS_AT_MOST


def test_keys_lead_to_pages_and_rows_but_not_while_somebody_types(
    clinic: Organisation, staff: Desk, open_browser: Open
):
    orders = [builders.order(chosen=clinic) for _ in range(2)]
    page = open_browser(staff.user)
    page.goto("/")

    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")
    page.keyboard.press("/")
    expect(page.get_by_label("Search orders")).to_be_focused()
    page.keyboard.type("n gp")
    expect(page.get_by_label("Search orders")).to_have_value("n gp")
    page.get_by_label("Search orders").blur()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=orders[0].reference)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text(orders[1].reference)


def test_the_list_of_keys_opens_and_closes_and_is_accessible(staff: Desk, open_browser: Open):
    page = open_browser(staff.user, bypass_csp=True)
    page.goto("/")

    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shown).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")

    expect(shown).to_be_hidden()


def test_shortcuts_can_be_switched_off(staff: Desk, open_browser: Open):
    page = open_browser(staff.user)
    page.goto("/account/")

    page.get_by_role("button", name="Switch them off").click()
    expect(page.get_by_role("status")).to_have_text("Keyboard shortcuts are off.")
    page.keyboard.press("n")

    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")
    assert not User.objects.get(pk=staff.user.pk).shortcuts_on
    page.get_by_role("button", name="Switch them on").click()
    expect(page.get_by_role("status")).to_have_text("Keyboard shortcuts are on.")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is the order for?")
