"""Who is let to the pages of webhooks, what these write, and what they cost."""

from typing import Any

import pytest
from django.test import Client

from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests.admin.conftest import SignIn
from tests.admin.webhooks.hooks import (
    DELIVERIES,
    ENDPOINTS,
    NOBODY,
    new_endpoint,
    page_of,
    tick,
    told,
    words,
)
from webhooks.models import WebhookEndpoint


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STOCK_LEAD, Role.AUDITOR])
def test_who_may_not_manage_integrations_sees_and_changes_nothing(
    role: Role, sign_in: SignIn, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    client, delivery = sign_in(role), told(clinic)
    ways = ("test", "deliveries", "what-is-told", "bearer", "secret", "end-older-secret")
    pages = [
        ENDPOINTS,
        DELIVERIES,
        f"{ENDPOINTS}add/",
        *(page_of(endpoint, way) for way in (*ways, "pause", "resume", "remove", "history")),
        *(page_of(delivery, way) for way in ("change", "redeliver")),
    ]

    answers = {client.get(page).status_code for page in pages}
    answers |= {client.post(page, new_endpoint(clinic.account)).status_code for page in pages}

    assert answers == {403}
    assert tick(client, delivery.pk).status_code == 403
    before = (endpoint.url, endpoint.paused_at, endpoint.removed_at)
    endpoint.refresh_from_db()
    assert (endpoint.url, endpoint.paused_at, endpoint.removed_at) == before
    side_bar = words(client, "/admin/")
    assert ENDPOINTS not in side_bar
    assert DELIVERIES not in side_bar


def test_who_may_is_led_there_by_the_side_bar(manager: Client) -> None:
    side_bar = words(manager, "/admin/")

    assert ENDPOINTS in side_bar
    assert DELIVERIES in side_bar


def test_nothing_is_written_by_the_pages_themselves(
    manager: Client, clinic: Organisation, endpoint: WebhookEndpoint
) -> None:
    delivery = told(clinic)

    answers = {
        manager.post(page_of(endpoint), {"url": "https://example.org/"}).status_code,
        manager.post(page_of(delivery), {"state": "parked"}).status_code,
        manager.get(f"{DELIVERIES}add/").status_code,
        manager.post(page_of(endpoint, "delete")).status_code,
    }

    assert answers == {403}


@pytest.mark.parametrize(("address", "queries"), [(ENDPOINTS, 11), (DELIVERIES, 8)])
def test_many_rows_take_no_more_queries_than_one(
    address: str,
    queries: int,
    manager: Client,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(6):
        clinic = builders.organisation()
        builders.endpoint(clinic.account, f"{NOBODY}/{number}")
        told(clinic)

    with django_assert_max_num_queries(queries):
        manager.get(address)
