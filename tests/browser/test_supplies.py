"""A supplies order in a browser: by keyboard alone, without scripts, and as axe sees it."""

import pytest
from playwright.sync_api import Page, expect

from inventory.models import Item, Stock
from orders.models import Order
from organisations.models import Organisation, Site
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.browser.test_keyboard import Keyboard
from tests.staff.desk import Desk, page_of


@pytest.fixture
def site(clinic: Organisation) -> Site:
    return builders.site(clinic.account)


@pytest.fixture
def item(clinic: Organisation) -> Item:
    return builders.catalogue_item(clinic.account)


def choose_line(page: Page, item: Item, count: str) -> None:
    page.get_by_label("Line 1: item or kit").select_option(f"item-{item.pk}")
    page.get_by_label("Line 1: how many").fill(count)


def test_every_page_of_a_supplies_order(
    clinic: Organisation, staff: Desk, site: Site, item: Item, open_browser: Open
):
    page = open_browser(staff.user, bypass_csp=True)
    known = builders.patient(clinic)
    Stock.objects.filter(item=item).update(new=2)

    page.goto("/orders/")
    page.get_by_role("link", name="Supplies order").click()
    found = faults(page)
    page.get_by_role("button", name="Send it to this site").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page, LIGHT_ONLY)
    page.get_by_label("Name").fill("Person")
    page.get_by_role("button", name="Search").click()
    found += faults(page)
    page.get_by_role("button", name="Choose").click()
    expect(page.get_by_text(known.full_name)).to_be_visible()
    found += faults(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += faults(page)
    choose_line(page, item, "3")
    page.get_by_label("Your own order numbers").fill("so-1\n" + "W" * 200)
    page.get_by_label("Note for the fulfilment team").fill("W" * 300)
    page.get_by_role("button", name="Continue").click()
    found += faults(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_contain_text("No fulfilment centre has all of this now")
    found += faults(page)
    Stock.objects.filter(item=item).update(new=9)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    found += faults(page)
    for path in ("/orders/", page_of(Order.objects.get())):
        page.goto(path)
        found += faults(page)

    assert found == []


def test_a_supplies_order_is_placed_with_the_keyboard_alone(
    clinic: Organisation, staff: Desk, site: Site, item: Item, open_browser: Open
):
    page = open_browser(staff.user)
    page.goto("/orders/supplies/")
    keys = Keyboard(page)

    keys.tab_to(page.get_by_label(site.name))
    keys.press("Space")
    keys.tab_to(page.get_by_role("button", name="Send it to this site"))
    keys.press("Enter")
    keys.tab_to(page.get_by_label("Line 1: item or kit"))
    page.keyboard.type(item.name)
    keys.tab_to(page.get_by_label("Line 1: how many"))
    page.keyboard.type("2")
    keys.press("Enter")
    keys.tab_to(page.get_by_role("button", name="Place order"))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()

    assert [(line.item, line.count) for line in Order.objects.get().lines.all()] == [(item, 2)]


def test_no_script_is_needed(staff: Desk, site: Site, item: Item, open_browser: Open):
    page = open_browser(staff.user, java_script_enabled=False)
    page.goto("/orders/supplies/")
    page.get_by_label(site.name).check()
    page.get_by_role("button", name="Send it to this site").click()
    choose_line(page, item, "2")
    page.get_by_role("button", name="Add more lines").click()
    page.get_by_label("Line 6: item or kit").select_option(f"item-{item.pk}")
    page.get_by_label("Line 6: how many").fill("1")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Place order").click()

    expect(page.get_by_role("heading", name="Order placed")).to_be_visible()
    assert sorted(Order.objects.get().lines.values_list("count", flat=True)) == [1, 2]
