"""Who may do what at every address of the API: method × address × role × status, in one table.
A new address without a row fails. The tables of API v3 and of the gateway are in their own folders.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orders.models import Order
from organisations.models import Organisation
from organisations.roles import SCOPES_OF_CLIENTS, Role, Scope
from portal.api.endpoints import Endpoint
from portal.api.gateway.views import GatewayEndpoint
from portal.api.v3.views import V3Endpoint
from tests import builders
from tests.api.calls import JSON, Program, order_body, referral_body, study_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused
from tests.api.v1 import episodes

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PLACED = "ORD-2025-000123"
# The scopes of the addresses that are there so far.
NEEDED = (Scope.ORDERS, Scope.STUDIES, Scope.REFERRALS, Scope.EVENTS)


@dataclass(frozen=True)
class World:
    """A clinic with one order, study and referral, and somebody who looks at them."""

    clinic: Organisation
    client: Client
    token: str = ""

    def call(self, method: str, path: str, body: Any) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.generic(
            method, path, json.dumps(body).encode(), content_type=JSON, headers=headers
        )


def nobody(clinic: Organisation) -> World:
    return World(clinic, Client())


def staff(clinic: Organisation) -> World:
    """Signed in at the staff pages of this very clinic: a session is no token."""
    client = Client()
    client.force_login(builders.user(Role.CLINIC_MANAGER, owner=clinic.account))
    return World(clinic, client)


def administrator(clinic: Organisation) -> World:
    client = Client()
    client.force_login(builders.user(Role.ADMINISTRATOR))
    return World(clinic, client)


def owner(clinic: Organisation) -> World:
    return World(clinic, Client(), a_program(clinic.account, *NEEDED).token)


def owner_without_scope(clinic: Organisation) -> World:
    others = SCOPES_OF_CLIENTS.difference(NEEDED)
    return World(clinic, Client(), a_program(clinic.account, *others).token)


def owner_switched_off(clinic: Organisation) -> World:
    program = a_program(clinic.account, *NEEDED)
    program.credentials.client.is_active = False
    program.credentials.client.save()
    return World(clinic, Client(), program.token)


def owner_of_a_closed_account(clinic: Organisation) -> World:
    program = a_program(clinic.account, *NEEDED)
    clinic.account.is_active = False
    clinic.account.save()
    return World(clinic, Client(), program.token)


def stranger(clinic: Organisation) -> World:
    """The program of another account that has such an order of its own."""
    program = a_program(builders.organisation().account, *NEEDED)
    return World(clinic, Client(), program.token)


ROLES = (
    nobody,
    staff,
    administrator,
    owner,
    owner_without_scope,
    owner_switched_off,
    owner_of_a_closed_account,
    stranger,
)

CANCEL = {"data": {"type": "order", "attributes": {"status": "cancelled"}}}


CANCEL_STUDY = {"data": {"type": "study", "attributes": {"status": "cancelled"}}}


def new_order(clinic: Organisation) -> Any:
    return order_body(clinic, reference="NEW")


def new_study(clinic: Organisation) -> Any:
    return study_body(clinic, reference="NEW")


def new_referral(clinic: Organisation) -> Any:
    return referral_body(reference="NEW")


def reported(clinic: Organisation) -> None:
    """One of each, all REPORTED, with a report that may be read."""
    for opened in (episodes.ordered_study, episodes.in_house_study, episodes.referred_study):
        episodes.completed(opened(clinic, "REPORTED"))


# Without a good token 401, without the scope 403; the table holds what else can be answered.
SHUT = {
    nobody: 401,
    staff: 401,
    administrator: 401,
    owner_without_scope: 403,
    owner_switched_off: 401,
    owner_of_a_closed_account: 401,
}
OPEN_TO_ALL = dict.fromkeys(ROLES, 200)

# (method, route): (path, body, what each role is answered)
Row = tuple[str, Callable[[Organisation], Any] | None, dict[Callable[..., World], int]]
DOORS: dict[tuple[str, str], Row] = {
    ("POST", "v1/orders"): ("/v1/orders", new_order, {**SHUT, owner: 201, stranger: 404}),
    ("GET", "v1/orders"): ("/v1/orders", None, {**SHUT, owner: 200, stranger: 200}),
    ("GET", "v1/orders/<str:reference>"): (
        f"/v1/orders/{PLACED}",
        None,
        {**SHUT, owner: 200, stranger: 404},
    ),
    ("PUT", "v1/orders/<str:reference>"): (
        f"/v1/orders/{PLACED}",
        lambda clinic: CANCEL,
        {**SHUT, owner: 202, stranger: 404},
    ),
    ("POST", "v1/studies"): ("/v1/studies", new_study, {**SHUT, owner: 201, stranger: 404}),
    ("GET", "v1/studies/<str:reference>"): (
        "/v1/studies/STU-1",
        None,
        {**SHUT, owner: 200, stranger: 404},
    ),
    ("PATCH", "v1/studies/<str:reference>"): (
        "/v1/studies/STU-1",
        lambda clinic: CANCEL_STUDY,
        {**SHUT, owner: 202, stranger: 404},
    ),
    # Nobody names an organisation: it is received by the account's own.
    ("POST", "v1/referrals"): (
        "/v1/referrals",
        new_referral,
        {**SHUT, owner: 201, stranger: 201},
    ),
    ("GET", "v1/referrals/<str:reference>"): (
        "/v1/referrals/REF-1",
        None,
        {**SHUT, owner: 200, stranger: 404},
    ),
    **{
        ("GET", f"v1/{kind}/<str:reference>/report"): (
            f"/v1/{kind}/REPORTED/report",
            None,
            {**SHUT, owner: 200, stranger: 404},
        )
        for kind in ("orders", "studies", "referrals")
    },
    ("GET", "v1/events"): ("/v1/events", None, {**SHUT, owner: 200, stranger: 200}),
    # Whoever asks for a token says in the body who they are; here they say nothing.
    ("POST", "oauth2/token"): ("/oauth2/token", None, dict.fromkeys(ROLES, 400)),
    ("GET", ".well-known/openid-configuration"): (
        "/.well-known/openid-configuration",
        None,
        OPEN_TO_ALL,
    ),
    ("GET", "v1/openapi.json"): ("/v1/openapi.json", None, OPEN_TO_ALL),
    ("GET", "docs/v1/"): ("/docs/v1/", None, OPEN_TO_ALL),
    ("GET", "api/v3/openapi.json"): ("/api/v3/openapi.json", None, OPEN_TO_ALL),
    ("GET", "docs/v3/"): ("/docs/v3/", None, OPEN_TO_ALL),
    ("GET", "gateway/v1/openapi.json"): ("/gateway/v1/openapi.json", None, OPEN_TO_ALL),
    ("GET", "docs/gateway/"): ("/docs/gateway/", None, OPEN_TO_ALL),
}
# Answered like GET, without the body.
HEADED = {route for method, route in DOORS if method == "GET"}


@pytest.fixture
def placed(clinic: Organisation, program: Program) -> Order:
    assert program.post(order_body(clinic)).status_code == 201
    episodes.in_house_study(clinic, "STU-1")
    episodes.referral(clinic, "REF-1")
    return Order.objects.get()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_each_door_opens_for_whom_it_should(
    clinic: Organisation,
    placed: Order,
    door: tuple[str, str],
    role: Callable[[Organisation], World],
):
    path, body, expected = DOORS[door]
    if door[1].endswith("/report"):
        reported(clinic)

    answer = role(clinic).call(door[0], path, body(clinic) if body else {})

    assert answer.status_code == expected[role], answer.content
    if answer.status_code >= 400 and path.startswith("/v1"):
        assert_refused(answer)


def test_a_stranger_s_list_is_empty(clinic: Organisation, placed: Order):
    assert stranger(clinic).call("GET", "/v1/orders", {}).json()["data"] == []


def test_what_a_stranger_tried_changed_nothing(clinic: Organisation, placed: Order):
    world = stranger(clinic)

    world.call("PUT", f"/v1/orders/{PLACED}", CANCEL)
    world.call("POST", "/v1/orders", new_order(clinic))

    before = (placed.status, placed.address)
    placed.refresh_from_db()
    assert (placed.status, placed.address) == before
    assert Order.objects.count() == 1


def test_a_stranger_s_refusal_is_that_of_what_does_not_exist(clinic: Organisation, placed: Order):
    world = stranger(clinic)

    theirs = world.call("GET", f"/v1/orders/{PLACED}", {}).json()["errors"][0]
    nothing = world.call("GET", "/v1/orders/NOTHING", {}).json()["errors"][0]

    assert {**theirs, "id": ""} == {**nothing, "id": ""}


@pytest.mark.parametrize("role", [nobody, stranger, owner], ids=lambda role: role.__name__)
@pytest.mark.parametrize("method", METHODS)
def test_every_other_method_is_refused_to_everybody(
    clinic: Organisation, placed: Order, method: str, role: Callable[[Organisation], World]
):
    world = role(clinic)
    for route, path in {route: row[0] for (_, route), row in DOORS.items()}.items():
        if (method, route) in DOORS or (method == "HEAD" and route in HEADED):
            continue

        answer = world.call(method, path, {})

        assert answer.status_code == 405, (method, path)
        assert answer["Allow"]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            yield route, found


def is_of_the_api(pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", pattern.callback)
    return view.__module__.startswith("portal.api.")


def is_for_keys(pattern: URLPattern) -> bool:
    """Behind a door of API v3, whose table is another."""
    return is_behind(V3Endpoint, pattern)


def is_behind(door: type[Endpoint], pattern: URLPattern) -> bool:
    view = getattr(pattern.callback, "view_class", None)
    return view is not None and issubclass(view, door)


def test_every_address_of_the_api_has_its_rows():
    found = {
        route: pattern
        for route, pattern in routes(get_resolver())
        if is_of_the_api(pattern)
        and not is_for_keys(pattern)
        and not is_behind(GatewayEndpoint, pattern)
    }

    assert set(found) == {route for _, route in DOORS}
    for route, pattern in found.items():
        view = getattr(pattern.callback, "view_class", None)
        offered = {method for method in METHODS if view and hasattr(view, method.lower())}
        offered -= {"HEAD", "OPTIONS"}
        assert offered <= {method for method, of in DOORS if of == route}
