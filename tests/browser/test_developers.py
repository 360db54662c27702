"""The developers' pages in Chromium: nothing in anybody's way, and one journey from no client to a
call that is found in the log.
"""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from organisations.integrations import Overlap, replace_client_secret
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.api.calls import Program, order_body
from tests.api.calls import program as a_program
from tests.browser.conftest import Open
from tests.browser.looking import LIGHT_ONLY, faults
from tests.staff.desk import Desk, desk

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


def test_what_is_wrong_or_empty(clinic: Organisation, page: Page):
    page.goto(START)
    found = faults(page, LIGHT_ONLY)
    for path in (f"{START}requests/", f"{START}requests/?request_id=nothing"):
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
