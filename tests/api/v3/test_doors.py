"""Who may do what at every address of API v3: method × address × role × status, in one table.
A new address without a row fails.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from inventory.models import AccountCatalogue, Item, Kit, Manufacturer
from orders.models import Order
from organisations.integrations import switch_off
from organisations.models import Account, Organisation, Site
from organisations.roles import Role, Scope
from patients.models import Patient
from tests import builders
from tests.api.calls import program as a_program_of_v1
from tests.api.test_doors import METHODS, is_for_keys, routes
from tests.api.v3.calls import ADDRESS, BASE, HEADER, JSON, assert_refused, patient_body
from tests.api.v3.calls import program as a_program

PREFIX = "api/v3/"
# The scopes of the addresses that are there so far.
NEEDED = (Scope.ORDERS,)
EMAIL = "marker@test.example"


@dataclass(frozen=True)
class World:
    """What is behind the doors of an account, by the words in their addresses."""

    owner: Account
    places: dict[str, object]


@dataclass(frozen=True)
class Caller:
    client: Client
    headers: dict[str, str]

    def call(self, method: str, path: str, body: Any = None) -> HttpResponse:
        has_body = method in ("POST", "PUT", "PATCH")
        return self.client.generic(
            method,
            BASE + path,
            json.dumps(body or {}).encode() if has_body else b"",
            content_type=JSON if has_body else "",
            headers=self.headers,
        )


@pytest.fixture
def world(clinic: Organisation) -> World:
    """An account that makes items, with one of everything."""
    owner = clinic.account
    recipient = builders.patient_wanted(reference="PAT-1", email=EMAIL)
    order = builders.order(chosen=clinic, recipient=recipient)
    kit = Kit.objects.earliest("pk")
    AccountCatalogue.objects.create(account=owner, kit=kit)
    return World(
        owner,
        {
            "order_id": order.pk,
            "patient_id": order.patient_id,
            "identifier": "PAT-1",
            "site_id": builders.site(owner).pk,
            "item_id": builders.catalogue_item(owner).pk,
            "kit_id": kit.pk,
            "manufacturer_id": Manufacturer.objects.create(name="Own Maker", account=owner).pk,
        },
    )


def nobody(owner: Account) -> Caller:
    return Caller(Client(), {})


def staff(owner: Account) -> Caller:
    """Signed in at the staff pages of this very clinic: a session is no key."""
    client = Client()
    client.force_login(builders.user(Role.CLINIC_MANAGER, owner=owner))
    return Caller(client, {})


def administrator(owner: Account) -> Caller:
    client = Client()
    client.force_login(builders.user(Role.ADMINISTRATOR))
    return Caller(client, {})


def program_of_v1(owner: Account) -> Caller:
    """Its token opens API v1, and is no key."""
    token = a_program_of_v1(owner, *Scope).token
    return Caller(Client(), {"Authorization": f"Bearer {token}", HEADER: token})


def key(owner: Account) -> Caller:
    return Caller(Client(), {HEADER: a_program(owner, *NEEDED).whole})


def key_without_scope(owner: Account) -> Caller:
    others = [scope for scope in Scope if scope not in NEEDED]
    return Caller(Client(), {HEADER: a_program(owner, *others).whole})


def key_switched_off(owner: Account) -> Caller:
    made = a_program(owner, *NEEDED)
    switch_off(made.key, actor=builders.administrator())
    return Caller(Client(), {HEADER: made.whole})


def key_of_a_closed_account(owner: Account) -> Caller:
    made = a_program(owner, *NEEDED)
    owner.is_active = False
    owner.save()
    return Caller(Client(), {HEADER: made.whole})


def stranger(owner: Account) -> Caller:
    """The key of another account."""
    return key(builders.account())


AnyRole = Callable[[Account], Caller]
ROLES: tuple[AnyRole, ...] = (
    nobody,
    staff,
    administrator,
    program_of_v1,
    key,
    key_without_scope,
    key_switched_off,
    key_of_a_closed_account,
    stranger,
)

# Without a good key 401, without the scope 403; the table holds what else can be answered.
SHUT: dict[AnyRole, int] = {
    nobody: 401,
    staff: 401,
    administrator: 401,
    program_of_v1: 401,
    key_without_scope: 403,
    key_switched_off: 401,
    key_of_a_closed_account: 401,
}
SITE = {"name": "North", "address": ADDRESS}
PATIENT = patient_body()

# (method, route behind the prefix): (body, what a key of the account and of another is answered)
DOORS: dict[tuple[str, str], tuple[Any, int, int]] = {
    ("GET", "order"): (None, 200, 200),
    ("GET", "order/<int:order_id>"): (None, 200, 404),
    ("DELETE", "order/<int:order_id>"): (None, 204, 404),
    ("GET", "patient"): (None, 200, 200),
    ("POST", "patient"): (PATIENT, 200, 200),
    ("POST", "patient/find-by-email"): ({"email": EMAIL}, 200, 404),
    ("GET", "patient/identifier/<path:identifier>"): (None, 200, 404),
    ("GET", "patient/<int:patient_id>"): (None, 200, 404),
    ("PUT", "patient/<int:patient_id>"): (PATIENT, 200, 404),
    ("PATCH", "patient/<int:patient_id>"): ({"sex": "other"}, 200, 404),
    ("GET", "site"): (None, 200, 200),
    ("POST", "site"): (SITE, 200, 200),
    ("GET", "site/<int:site_id>"): (None, 200, 404),
    ("PUT", "site/<int:site_id>"): (SITE, 204, 404),
    ("PATCH", "site/<int:site_id>"): ({"active": False}, 200, 404),
    ("GET", "item"): (None, 200, 200),
    ("POST", "item"): ({"name": "Patch"}, 200, 403),
    ("GET", "item/<int:item_id>"): (None, 200, 404),
    ("GET", "kit"): (None, 200, 200),
    ("GET", "kit/<int:kit_id>"): (None, 200, 404),
    ("GET", "manufacturer"): (None, 200, 200),
    # Manufacturers are the same for everybody.
    ("GET", "manufacturer/<int:manufacturer_id>"): (None, 200, 200),
}
# Answered like GET, without the body.
HEADED = {route for method, route in DOORS if method == "GET"}


def path_of(route: str, world: World) -> str:
    path = route
    for name, place in world.places.items():
        for kind in ("int", "path"):
            path = path.replace(f"<{kind}:{name}>", str(place))
    assert "<" not in path, f"say what {route} is to be opened with"
    return f"/{path}"


def all_there_is() -> list[Any]:
    models = (Order, Patient, Site, Item, Kit, Manufacturer)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_each_door_opens_for_whom_it_should(
    world: World, door: tuple[str, str], role: AnyRole
) -> None:
    (method, route), (body, for_the_owner, for_others) = door, DOORS[door]
    expected = {**SHUT, key: for_the_owner, stranger: for_others}[role]

    answer = role(world.owner).call(method, path_of(route, world), body)

    assert answer.status_code == expected, answer.content
    if expected >= 400:
        assert_refused(answer, expected)


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role is not key], ids=lambda role: role.__name__
)
def test_nobody_else_changes_anything(world: World, role: AnyRole) -> None:
    # What they may make in their own account is theirs.
    doors = [(door, row) for door, row in DOORS.items() if role is not stranger or row[2] >= 400]
    caller = role(world.owner)
    before = all_there_is()

    for (method, route), (body, _, _) in doors:
        caller.call(method, path_of(route, world), body)

    assert all_there_is() == before


@pytest.mark.parametrize("route", ["order", "patient", "site", "item", "kit"])
def test_a_stranger_s_list_is_empty(world: World, route: str) -> None:
    page = stranger(world.owner).call("GET", f"/{route}").json()

    assert (page["content"], page["total"]) == ([], 0)


def test_a_stranger_s_refusal_is_that_of_what_does_not_exist(world: World) -> None:
    caller = stranger(world.owner)
    nothing = World(world.owner, dict.fromkeys(world.places, 0))

    for (method, route), (body, _, for_others) in DOORS.items():
        if for_others == 404 and "<" in route:
            theirs = caller.call(method, path_of(route, world), body)
            none = caller.call(method, path_of(route, nothing), body)

            assert (theirs.status_code, theirs.content) == (404, none.content), (method, route)


@pytest.mark.parametrize("role", [nobody, key, stranger], ids=lambda role: role.__name__)
@pytest.mark.parametrize("method", METHODS)
def test_every_other_method_is_refused_to_everybody(
    world: World, method: str, role: AnyRole
) -> None:
    caller = role(world.owner)
    for route in {route for _, route in DOORS}:
        if (method, route) in DOORS or (method == "HEAD" and route in HEADED):
            continue

        answer = caller.call(method, path_of(route, world))

        assert answer.status_code == 405, (method, route)
        assert answer["Allow"]


def test_head_answers_like_get_without_a_body(world: World) -> None:
    caller = key(world.owner)

    for route in HEADED:
        answer = caller.call("HEAD", path_of(route, world))

        assert (answer.status_code, answer.content) == (200, b""), route


def found() -> Iterator[tuple[str, Any]]:
    """Every address of API v3, and what answers there."""
    for route, pattern in routes(get_resolver()):
        if is_for_keys(pattern):
            yield route.removeprefix(PREFIX), pattern.callback.view_class  # type: ignore[attr-defined]


def test_every_address_of_the_api_has_its_rows() -> None:
    assert {route for route, _ in found()} == {route for _, route in DOORS}
    for route, view in found():
        offered = {method for method in METHODS if hasattr(view, method.lower())}
        offered -= {"HEAD", "OPTIONS"}
        assert offered == {method for method, of in DOORS if of == route}, route
