"""The admin in Chromium: nothing in anybody's way, in light and dark, on narrow screens, and under
its own content security policy; and the two journeys that operators make all day.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from inventory.models import Kit
from orders.models import Order
from orders.statuses import Status
from organisations.roles import Role
from tests import builders
from tests.browser.conftest import Open
from tests.browser.looking import NARROW, axe_finds, scrolls_sideways
from tests.webhooks.receiver import Reply, receiving
from tests.webhooks.working import work_aside
from webhooks.models import Delivery, WebhookEndpoint

pytestmark = pytest.mark.django_db(transaction=True)

# So tall that the bar at the bottom, which stays in sight, lies on nothing.
TALL = {"width": 1366, "height": 2400}
ENDPOINTS = "/admin/webhooks/webhookendpoint/"
DELIVERIES = "/admin/webhooks/delivery/"


@pytest.fixture
def order() -> Order:
    """One that has been on its way, so that its page has everything."""
    return builders.order(Status.UNSUCCESSFUL_DELIVERY, notes=("Ring twice.",))


@pytest.fixture
def failing(order: Order) -> WebhookEndpoint:
    """An endpoint with a long address that answers, but not well."""
    with receiving(Reply(500, {"Content-Type": "text/html"}, b"<h1>Out</h1>")) as receiver:
        address = f"{receiver.address}/{'a-long-way/' * 20}?tenant={'x' * 200}"
        made = builders.endpoint(order.account, address).endpoint
        builders.order(Status.SHIPPED, chosen=order.organisation)
        work_aside()
    return made


@pytest.fixture
def webhook_pages(failing: WebhookEndpoint) -> list[str]:
    delivery = Delivery.objects.get(tries=1)
    return [
        ENDPOINTS,
        f"{ENDPOINTS}add/",
        f"{ENDPOINTS}{failing.pk}/change/",
        f"{ENDPOINTS}{failing.pk}/what-is-told/",
        f"{ENDPOINTS}{failing.pk}/remove/",
        f"{ENDPOINTS}{failing.pk}/history/",
        DELIVERIES,
        f"{DELIVERIES}?state=parked",
        f"{DELIVERIES}{delivery.pk}/change/",
        f"{DELIVERIES}{delivery.pk}/redeliver/",
    ]


@pytest.fixture
def pages(order: Order) -> list[str]:
    kit = Kit.objects.latest("pk")
    return [
        "/admin/",
        "/admin/orders/order/",
        f"/admin/orders/order/{order.pk}/change/",
        f"/admin/orders/order/{order.pk}/step/return/",
        f"/admin/organisations/organisation/{order.organisation_id}/change/",
        f"/admin/inventory/kit/{kit.pk}/change/",
        "/admin/organisations/user/add/",
    ]


def looked_at(page: Page, where: str) -> list[str]:
    """What is wrong with the page that is open, in light and in dark, and when it is narrow."""
    found = [f"{where}: {fault}" for fault in axe_finds(page)]
    page.evaluate("document.documentElement.classList.add('dark')")
    found += [f"{where}, dark: {fault}" for fault in axe_finds(page, only_colours=True)]
    page.set_viewport_size(NARROW)
    if scrolls_sideways(page):
        found.append(f"{where}: scrolls sideways at 320 px")
    page.set_viewport_size(TALL)
    return found


def open_entry(page: Page, order: Order) -> None:
    page.goto("/admin/orders/order/add/")
    page.get_by_label("Account").select_option(str(order.account_id))
    page.get_by_role("button", name="Continue").click()


def test_nothing_is_in_anybodys_way(open_browser: Open, pages: list[str], order: Order) -> None:
    page = open_browser(builders.user(Role.ADMINISTRATOR), bypass_csp=True, viewport=TALL)
    found = []
    for address in pages:
        page.goto(address)
        found += looked_at(page, address)

    open_entry(page, order)
    page.get_by_role("button", name="Place order").click()
    found += looked_at(page, "a new order, refused")

    assert found == []


def test_nothing_is_in_anybodys_way_among_webhooks(
    open_browser: Open, webhook_pages: list[str]
) -> None:
    page = open_browser(builders.user(Role.ADMINISTRATOR), bypass_csp=True, viewport=TALL)
    found = []
    for address in webhook_pages:
        page.goto(address)
        for summary in page.locator("#content summary").all():
            summary.click()
        found += looked_at(page, address)

    page.goto(f"{ENDPOINTS}add/")
    found += looked_at(page, "which API")
    page.get_by_label("API v1").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Bearer token").fill("two words")
    page.get_by_role("button", name="Create").click()
    found += looked_at(page, "a new endpoint, refused")
    page.goto(DELIVERIES)
    page.get_by_role("checkbox", name="Select record").first.check()
    found += looked_at(page, "a delivery that is ticked")

    assert found == []


def test_no_page_breaks_its_policy_or_calls_others(
    open_browser: Open, pages: list[str], webhook_pages: list[str]
) -> None:
    page = open_browser(builders.user(Role.ADMINISTRATOR))

    for address in [*pages, *webhook_pages]:
        page.goto(address)


def test_an_account_manager_makes_an_endpoint_tries_it_out_and_redelivers(
    open_browser: Open, order: Order
) -> None:
    page = open_browser(builders.user(Role.ACCOUNT_MANAGER))
    page.goto("/admin/")
    page.get_by_role("link", name="Webhook endpoints").first.click()
    page.get_by_role("link", name="Add").first.click()
    page.get_by_label("API v1").check()
    page.get_by_role("button", name="Continue").click()
    with receiving() as receiver:
        page.get_by_label("Account").select_option(str(order.account_id))
        page.get_by_label("Address").fill(receiver.address)
        page.get_by_role("button", name="Create").dblclick()
        expect(page.get_by_text("This is shown once")).to_be_visible()
        page.get_by_role("link", name="I have copied it").click()
        page.get_by_role("link", name="Send test event").click()
        page.get_by_role("button", name="Send test event").click()
        expect(page.get_by_text("A test event is on its way.")).to_be_visible()
        work_aside()
        page.goto(DELIVERIES)
        page.get_by_role("checkbox", name="Select record").check()
        page.get_by_label("Select action to run").select_option("Redeliver")
        page.get_by_role("button", name="Run").click()
        expect(page.get_by_text("Test event: It is being sent again.")).to_be_visible()
        work_aside()

    assert len(receiver.posted) == 2
    assert WebhookEndpoint.objects.count() == 1


def test_an_operator_places_an_order_and_puts_it_on_hold(open_browser: Open, order: Order) -> None:
    operator = builders.user(Role.OPERATOR)
    page = open_browser()
    page.goto("/admin/")
    page.get_by_label("Email address").fill(operator.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()

    open_entry(page, order)
    page.get_by_label("Find a patient").fill("person")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("radio", name=re.compile("Test Person, born")).check()
    expect(page.get_by_label("Full name")).to_be_hidden()
    page.get_by_label("Number of nights").fill("2")
    page.get_by_label("Neck sensor", exact=True).check()
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name=re.compile("tick the box")).click()
    page.get_by_label(re.compile("^I asked the patient")).check()
    page.get_by_role("button", name="Place order").dblclick()
    expect(page.get_by_text("is placed.")).to_be_visible()

    page.get_by_role("link", name="Put on hold").click()
    page.get_by_label("Reason").fill("They asked us to wait.")
    page.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_text("The order is on hold.")).to_be_visible()

    placed = Order.objects.latest("pk")
    assert (placed.status, placed.patient_id) == (Status.ON_HOLD, order.patient_id)
    assert Order.objects.count() == 2


def test_the_keyboard_reaches_the_filters_and_the_way_out(open_browser: Open, order: Order) -> None:
    page = open_browser(builders.user(Role.OPERATOR))
    page.goto("/admin/orders/order/")

    page.get_by_role("button", name="Filters").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Paused, for whatever reason")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Test Operator").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Log out").press("Enter")

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
