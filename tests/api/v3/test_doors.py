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

from inventory.handing_out import associate_device, disable_readings, link_kit
from inventory.models import AccountCatalogue, Device, Item, Kit, Manufacturer, PackedKit
from orders.models import Order, Return
from orders.returns import StandaloneReturn, place_return
from orders.wanted import LineWanted, ReturnWanted
from organisations.integrations import switch_off
from organisations.models import Account, Organisation, Site
from organisations.roles import SCOPES_OF_CLIENTS, Role, Scope
from patients.models import Patient
from patients.wanted import KnownPatient
from tests import builders, warehouse
from tests.api.calls import program as a_program_of_v1
from tests.api.test_doors import METHODS, is_for_keys, routes
from tests.api.v3.calls import ADDRESS, BASE, HEADER, JSON, assert_refused, patient_body
from tests.api.v3.calls import program as a_program
from webhooks.account_secret import set_account_secret
from webhooks.models import AccountSecret, WebhookEndpoint, WebhookEvent

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
    set_account_secret("own", actor=builders.manager(owner=owner))
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
            "return_id": a_placed_return(order),
            **handed_out(clinic),
            "webhook_id": builders.v3_endpoint(owner, URL, "order_status").endpoint.pk,
            "manufacturer_id": Manufacturer.objects.create(name="Own Maker", account=owner).pk,
        },
    )


def a_placed_return(order: Order) -> int:
    """From the patient of an order."""
    assert order.patient_id is not None
    line = LineWanted(item_id=builders.catalogue_item(order.account).pk, count=1)
    asked = StandaloneReturn(
        sender=KnownPatient(order.patient_id), wanted=ReturnWanted(items=(line,))
    )
    return place_return(asked, actor=builders.integrator(order.account)).pk


def handed_out(clinic: Organisation) -> dict[str, object]:
    """Devices and packed kits at a site and with a patient."""
    free, held, disabled, packed, linked = warehouse.devices_at_site(clinic, 5)
    operator = builders.operator()
    associate_device(held, patient := builders.patient(clinic), actor=operator)
    disable_readings(disabled, actor=operator)
    link_kit(linked_kit := warehouse.kit_of(linked), patient, actor=operator)
    return {
        "device_id": free.pk,
        "device_identifier": held.identifiers.get().value,
        "with_patient": held.pk,
        "has_it": patient.pk,
        "packed_kit": warehouse.kit_of(packed).pk,
        "linked_kit": linked_kit.pk,
        "disabled": disabled.pk,
    }


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
    token = a_program_of_v1(owner, *SCOPES_OF_CLIENTS).token
    return Caller(Client(), {"Authorization": f"Bearer {token}", HEADER: token})


def key(owner: Account) -> Caller:
    return Caller(Client(), {HEADER: a_program(owner, *NEEDED).whole})


def key_without_scope(owner: Account) -> Caller:
    others = SCOPES_OF_CLIENTS.difference(NEEDED)
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
URL = "http://127.0.0.1:9/hooks"
SITE = {"name": "North", "address": ADDRESS}
PATIENT = patient_body()

# Those that take an empty object.
TRIALS = (
    "order-status-full-webhook",
    "device-association-created",
    "device-association-removed",
    "weight-webhook",
    "blood-pressure-webhook",
    "blood-glucose-webhook",
    "blood-oxygen-webhook",
)


def an_order(places: dict[str, Any]) -> dict[str, Any]:
    lines = [{"item": {"id": places["item_id"]}}]
    return {"patient": {"id": places["patient_id"]}, "orderItems": lines}


def a_return(places: dict[str, Any]) -> dict[str, Any]:
    return {"patientId": places["has_it"], "returnDevices": [{"id": places["with_patient"]}]}


# A body that names what is there is a function of it.
# (method, route behind the prefix): (body, what a key of the account and of another is answered)
DOORS: dict[tuple[str, str], tuple[Any, int, int]] = {
    ("GET", "order"): (None, 200, 200),
    ("POST", "order"): (an_order, 200, 400),
    ("GET", "order/<int:order_id>"): (None, 200, 404),
    ("DELETE", "order/<int:order_id>"): (None, 204, 404),
    ("GET", "order/summary/<int:order_id>"): (None, 200, 404),
    ("GET", "patient"): (None, 200, 200),
    ("POST", "patient"): (PATIENT, 200, 200),
    ("POST", "patient/find-by-email"): ({"email": EMAIL}, 200, 404),
    ("GET", "patient/identifier/<path:identifier>"): (None, 200, 404),
    ("GET", "patient/<int:patient_id>"): (None, 200, 404),
    ("PUT", "patient/<int:patient_id>"): (PATIENT, 200, 404),
    ("PATCH", "patient/<int:patient_id>"): ({"sex": "other"}, 200, 404),
    ("POST", "patient/disenroll/<int:patient_id>"): ({"archive": True}, 201, 404),
    ("GET", "inventory"): (None, 200, 200),
    ("GET", "inventory/impilo"): (None, 200, 200),
    ("GET", "inventory/site"): (None, 200, 200),
    ("GET", "return"): (None, 200, 200),
    ("POST", "return"): (a_return, 200, 400),
    ("GET", "return/<int:return_id>"): (None, 200, 404),
    ("DELETE", "return/<int:return_id>"): (None, 204, 404),
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
    ("GET", "device"): (None, 200, 200),
    ("GET", "device/<int:device_id>"): (None, 200, 404),
    ("GET", "device/validate/<path:device_identifier>"): (None, 200, 200),
    ("PATCH", "device/associate-patient"): (
        {"deviceId": "device_id", "patientId": "patient_id"},
        *(204, 400),
    ),
    ("PATCH", "device/disassociate-patient"): (
        {"deviceId": "with_patient", "patientId": "has_it"},
        *(204, 400),
    ),
    ("PATCH", "device/disable-readings"): ({"deviceId": "device_id"}, 204, 400),
    ("PATCH", "device/enable-readings"): ({"deviceId": "disabled"}, 204, 400),
    ("PATCH", "kit/associate-kit"): (
        {"packedKitId": "packed_kit", "patientId": "patient_id"},
        *(204, 400),
    ),
    ("PATCH", "kit/link-kit"): (
        {"packedKitId": "packed_kit", "patientId": "patient_id"},
        *(204, 400),
    ),
    ("PATCH", "kit/dissociate-kit"): (
        {"packedKitId": "linked_kit", "patientId": "has_it"},
        *(204, 400),
    ),
    ("GET", "manufacturer"): (None, 200, 200),
    # Manufacturers are the same for everybody.
    ("GET", "manufacturer/<int:manufacturer_id>"): (None, 200, 200),
    ("GET", "webhook"): (None, 200, 200),
    ("POST", "webhook"): ({"type": "order.status", "url": URL}, 200, 200),
    ("GET", "webhook/logs"): (None, 200, 200),
    ("GET", "webhook/<int:webhook_id>"): (None, 200, 404),
    ("PATCH", "webhook/<int:webhook_id>"): ({"url": f"{URL}/new"}, 200, 404),
    ("DELETE", "webhook/<int:webhook_id>"): (None, 204, 404),
    # The account has a secret; another one has none.
    ("GET", "webhook-secret"): (None, 200, 404),
    ("POST", "webhook-secret"): ({"secret": "another"}, 409, 200),
    ("PATCH", "webhook-secret"): ({"secret": "another"}, 200, 404),
    ("DELETE", "webhook-secret"): (None, 204, 404),
    ("POST", "test/order-status-webhook"): ({"orderStatusName": "shipped"}, 201, 201),
    **{("POST", f"test/{trial}"): ({}, 201, 201) for trial in TRIALS},
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


def body_of(body: Any, world: World) -> Any:
    """With the ids of what stands there by name; or a function of what is there."""
    if callable(body):
        return body(world.places)
    if not isinstance(body, dict):
        return body
    return {
        name: world.places[value] if name.endswith("Id") else value for name, value in body.items()
    }


def all_there_is() -> list[Any]:
    models = (Order, Patient, Site, Item, Kit, Manufacturer, Device, PackedKit, Return)
    models += (WebhookEndpoint, AccountSecret, WebhookEvent)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.__name__)
@pytest.mark.parametrize("door", DOORS, ids=" ".join)
def test_each_door_opens_for_whom_it_should(
    world: World, door: tuple[str, str], role: AnyRole
) -> None:
    (method, route), (body, for_the_owner, for_others) = door, DOORS[door]
    expected = {**SHUT, key: for_the_owner, stranger: for_others}[role]

    answer = role(world.owner).call(method, path_of(route, world), body_of(body, world))

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
        caller.call(method, path_of(route, world), body_of(body, world))

    assert all_there_is() == before


@pytest.mark.parametrize(
    "route",
    [
        "order",
        "patient",
        "site",
        "item",
        "kit",
        "device",
        "return",
        "inventory/site",
        "webhook",
        "webhook/logs",
    ],
)
def test_a_stranger_s_list_is_empty(world: World, route: str) -> None:
    page = stranger(world.owner).call("GET", f"/{route}").json()

    assert (page["content"], page["total"]) == ([], 0)


def test_a_stranger_s_refusal_is_that_of_what_does_not_exist(world: World) -> None:
    caller = stranger(world.owner)
    nothing = World(world.owner, dict.fromkeys(world.places, 0))

    for (method, route), (body, _, for_others) in DOORS.items():
        if for_others == 404 and "<" in route:
            theirs = caller.call(method, path_of(route, world), body_of(body, world))
            none = caller.call(method, path_of(route, nothing), body_of(body, world))

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
