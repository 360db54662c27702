"""The developers' pages in Chromium: nothing in anybody's way, one journey from no client to a call
that is found in the log, and one from no endpoint to a message that is sent again.
"""

import re
from collections.abc import Iterator
from threading import Thread

import pytest
from django.db import connections
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.statuses import Status
from organisations.integrations import Overlap, replace_client_secret
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.api.calls import Program, order_body
from tests.api.calls import program as a_program
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import Desk, desk
from tests.webhooks.receiver import Receiver, Reply, receiving
from tests.webhooks.working import work
from webhooks.endpoints import pause_endpoint, replace_endpoint_secret
from webhooks.models import Delivery

START = "/developers/"


@pytest.fixture
def manager(clinic: Organisation) -> Desk:
    return desk(clinic, Role.CLINIC_MANAGER)


@pytest.fixture
def page(open_browser: Open, manager: Desk) -> Page:
    # Without it our own policy would keep axe out; the journey below keeps the policy.
    return open_browser(manager.user, bypass_csp=True)


def visited(page: Page, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        page.goto(path)
        found += faults(page)
    return found


def test_the_pages_of_programs(clinic: Organisation, page: Page):
    client = builders.api_client(clinic.account).client
    replace_client_secret(client, overlap=Overlap.A_WEEK, actor=builders.administrator())
    key = builders.api_key(clinic.account)
    one = f"{START}clients/{client.client_id}/"

    paths = [START, one, f"{START}keys/{key.prefix}/", f"{START}clients/new/", f"{START}keys/new/"]
    paths += [f"{one}{page}/" for page in ("change", "secret", "end-older-secret", "off", "on")]

    assert visited(page, paths) == []


def test_the_log_of_calls(clinic: Organisation, page: Page):
    program = a_program(clinic.account)
    make_calls(clinic, program)

    assert visited(page, [f"{START}requests/"]) == []


def make_calls(clinic: Organisation, program: Program) -> None:
    program.post(order_body(clinic, reference="A"))
    program.post(order_body(clinic, reference="A"))
    program.post(b"{")
    program.get("/v1/orders/A")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """It fails at first."""
    with receiving(Reply(500, {"Content-Type": "text/html"}, b"<h1>Out</h1>"), Reply(202)) as one:
        yield one


def work_aside() -> None:
    """Do what is due now, away from the loop of the browser."""

    def in_the_thread() -> None:
        work()
        connections.close_all()

    thread = Thread(target=in_the_thread)
    thread.start()
    thread.join()


def open_all(page: Page) -> None:
    for summary in page.locator("main summary").all():
        summary.click()


def test_the_pages_of_webhook_endpoints(clinic: Organisation, page: Page, receiver: Receiver):
    made = builders.endpoint(clinic.account, receiver.address).endpoint
    boss = builders.manager(owner=clinic.account)
    one = f"{START}webhooks/{made.public_id}/"
    found = visited(page, [one])
    replace_endpoint_secret(made, overlap=Overlap.A_WEEK, actor=boss)
    builders.order(Status.SHIPPED, chosen=clinic)
    work_aside()

    new = f"{START}webhooks/new/"
    paths = [START, new, f"{new}?dialect=v1", f"{new}?dialect=v3", one]
    pages = ("change", "secret", "end-older-secret", "bearer", "pause", "resume", "remove")
    found += visited(page, paths + [f"{one}{page}/" for page in pages])
    page.goto(one)
    expect(page.get_by_text("Failing since").first).to_be_visible()
    page.get_by_role("button", name="Send test event").click()
    found += faults(page)
    pause_endpoint(made, actor=boss)
    found += visited(page, [START, one])

    assert found == []


def test_the_log_of_deliveries(clinic: Organisation, page: Page, receiver: Receiver):
    long = f"{receiver.address}/{'a-long-way/' * 20}?tenant={'x' * 200}"
    builders.endpoint(clinic.account, long)
    builders.endpoint(clinic.account, "http://127.0.0.1:9/hooks")
    builders.order(Status.DELIVERED, chosen=clinic, reference="R" * 128)
    log = f"{START}deliveries/"
    work_aside()

    found = visited(page, [log, f"{log}?outcome=retrying", f"{log}redeliver/?outcome=retrying"])
    for delivery in Delivery.objects.all():
        page.goto(f"{log}{delivery.pk}/")
        open_all(page)
        found += faults(page)

    assert found == []


def test_what_is_wrong_or_empty(clinic: Organisation, page: Page):
    page.goto(START)
    found = faults(page, LIGHT_ONLY)
    log = f"{START}deliveries/"
    empty = [f"{START}requests/", f"{START}requests/?request_id=nothing"]
    empty += [log, f"{log}?reference=nothing", f"{log}?since=nothing"]
    for path in empty:
        page.goto(path)
        found += faults(page, LIGHT_ONLY)
    for kind in ("clients", "keys"):
        page.goto(f"{START}{kind}/new/")
        page.get_by_role("button", name="Create").click()
        assert page.title().startswith("Error: ")
        found += faults(page, LIGHT_ONLY)
    page.get_by_label("Name").fill("Our system")
    page.get_by_role("button", name="Create").click()
    found += faults(page)
    page.goto(f"{START}webhooks/new/")
    page.get_by_role("button", name="Continue").click()
    assert page.title().startswith("Error: ")
    found += faults(page, LIGHT_ONLY)
    page.get_by_label("API v1").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Address").fill("nonsense")
    page.get_by_label("Bearer token").fill("two words")
    page.get_by_role("button", name="Create").click()
    assert page.title().startswith("Error: ")
    found += faults(page)
    page.get_by_label("Bearer token").fill("")
    page.get_by_label("Address").fill("http://127.0.0.1:9/hooks")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Copy the secret now")).to_be_visible()
    found += faults(page)

    assert found == []


def test_from_no_client_to_a_call_that_is_found(
    clinic: Organisation, manager: Desk, open_browser: Open, live_server: LiveServer
):
    page = open_browser(manager.user)
    page.goto("/orders/")
    page.get_by_role("link", name="Developers").click()
    page.get_by_role("link", name="New API client").click()
    page.get_by_label("Name").fill("Our system")
    page.get_by_role("button", name="Create").dblclick()
    client_id, secret = (page.locator(f"#part-{place}").inner_text() for place in (1, 2))
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", name="Our system")).to_contain_text("Works")

    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = page.request.post(f"{live_server.url}/oauth2/token", form=form).json()["access_token"]
    answer = page.request.get(
        f"{live_server.url}/v1/orders/nothing", headers={"Authorization": f"Bearer {token}"}
    )

    page.get_by_role("link", name="Its calls").click()
    page.get_by_label("Request ID").fill(answer.headers["x-request-id"])
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("row").last).to_contain_text(re.compile("404 Not Found"))
    expect(page.get_by_role("row").last).to_contain_text("Our system")


def test_from_no_endpoint_to_a_message_that_is_sent_again(
    clinic: Organisation, manager: Desk, open_browser: Open, receiver: Receiver
):
    page = open_browser(manager.user)
    page.goto(START)
    page.get_by_role("link", name="New webhook endpoint").click()
    page.get_by_label("API v1").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Address").fill(receiver.address)
    page.get_by_role("button", name="Create").dblclick()
    secret = page.locator("#part-1").inner_text()
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("No event sent yet")
    builders.order(Status.AWAITING_SHIPMENT, chosen=clinic, reference="OURS-1")
    work_aside()

    page.get_by_role("link", name="Its deliveries").click()
    row = page.get_by_role("row").last
    expect(row).to_contain_text("500 Internal Server Error")
    row.get_by_role("link", name="Sent for fulfilment").click()
    page.get_by_text("What was answered").click()
    expect(page.get_by_text("<h1>Out</h1>")).to_be_visible()
    page.get_by_role("button", name="Redeliver").click()
    work_aside()
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Delivered")
    expect(page.get_by_role("heading", name="Try 2")).to_contain_text("202 Accepted")
    expect(page.get_by_text(f"Redelivered by {manager.user}")).to_be_visible()
    told = [one.verified_by(secret)["data"]["attributes"] for one in receiver.posted]
    assert [one["reference"] for one in told] == ["OURS-1", "OURS-1"]
