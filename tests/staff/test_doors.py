"""Who may open what among the staff pages: method × address × role × status, in one table. A new
address without a row fails.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orders.models import Order, OrderDraft
from orders.statuses import Status
from organisations.models import Organisation, User
from organisations.roles import Role
from tests import builders
from tests.staff.desk import Desk, text_of

pytestmark = pytest.mark.django_db

SIGN_IN: Final = "/accounts/login/"


@dataclass(frozen=True)
class World:
    """An order that waits for its address, and a draft with no answers."""

    clinic: Organisation
    order: Order
    draft: OrderDraft
    drafter: User


@pytest.fixture
def world(clinic: Organisation) -> World:
    somebody = builders.user(Role.CLINIC_STAFF, clinic)
    address = Desk(somebody).open_draft()
    draft = OrderDraft.objects.get(public_id=address.strip("/").rsplit("/", 1)[-1])
    order = builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)
    return World(clinic, order, draft, somebody)


def member(role: Role) -> Callable[[World], User]:
    def of_the_clinic(world: World) -> User:
        return builders.user(role, owner=world.clinic.account)

    return of_the_clinic


def drafter(world: World) -> User:
    """Clinic staff, who began the draft."""
    return world.drafter


def colleague(world: World) -> User:
    return builders.user(Role.CLINIC_STAFF, world.clinic)


def next_door(world: World) -> User:
    """Staff of another organisation of the same account."""
    return builders.user(Role.CLINIC_STAFF, builders.organisation(world.clinic.account))


def stranger(world: World) -> User:
    """Staff of another account."""
    return builders.user(Role.CLINIC_STAFF, builders.organisation())


def operator(world: World) -> User:
    return builders.user(Role.OPERATOR)


def account_manager(world: World) -> User:
    return builders.user(Role.ACCOUNT_MANAGER)


def without_role(world: World) -> User:
    made = builders.user(Role.CLINIC_STAFF, world.clinic)
    made.membership.delete()
    return User.objects.get(pk=made.pk)


def closed_out(world: World) -> User:
    """Staff of an account that is closed now."""
    type(world.clinic.account).objects.filter(pk=world.clinic.account_id).update(is_active=False)
    return world.drafter


def switched_off(world: World) -> User:
    made = builders.user(Role.CLINIC_STAFF, world.clinic)
    made.is_active = False
    made.save()
    return made


manager, clinician = member(Role.CLINIC_MANAGER), member(Role.CLINICIAN)
PEOPLE: Final[dict[str, Callable[[World], User] | None]] = {
    "signed out": None,
    "switched off": switched_off,
    "without role": without_role,
    "closed out": closed_out,
    "drafter": drafter,
    "colleague": colleague,
    "manager": manager,
    "clinician": clinician,
    "next door": next_door,
    "stranger": stranger,
    "operator": operator,
    "account manager": account_manager,
}

# What everybody is answered unless a row says otherwise. 302 to the sign-in, or to the admin.
SHUT: Final = {
    "signed out": SIGN_IN,
    "switched off": SIGN_IN,
    "without role": 403,
    "closed out": 403,
    "operator": "/admin/",
    "account manager": "/admin/",
}
SHOWS_ONLY: Final = dict.fromkeys(PEOPLE, 405)
OPEN_TO_CLINICS: Final = SHUT | dict.fromkeys(
    ("drafter", "colleague", "manager", "clinician", "next door", "stranger"), 200
)


def own_draft(answer: int | str) -> dict[str, int | str]:
    """Only for who began it; who may place no orders learns not even that it is there."""
    others = dict.fromkeys(("colleague", "manager", "next door", "stranger"), 404)
    return SHUT | others | {"drafter": answer, "clinician": 403}


def seen_order(answer: int | str) -> dict[str, int | str]:
    insiders = dict.fromkeys(("drafter", "colleague", "manager", "clinician"), answer)
    return SHUT | insiders | {"next door": 404, "stranger": 404}


def changed_order(answer: int | str) -> dict[str, int | str]:
    return seen_order(answer) | {"clinician": 403}


ORDER, DRAFT = "orders/<uuid:order_id>/", "orders/new/<uuid:draft_id>/"
FRESH: Final = "the first step"
PATIENT_FIRST = FRESH

# (method, route): what each person is answered; a text is where they are sent.
DOORS: Final[dict[tuple[str, str], dict[str, int | str]]] = {
    ("GET", ""): SHUT
    | dict.fromkeys(
        (
            "without role",
            "closed out",
            "drafter",
            "colleague",
            "manager",
            "clinician",
            "next door",
            "stranger",
        ),
        "/orders/",
    ),
    ("GET", "orders/"): OPEN_TO_CLINICS,
    ("POST", "orders/"): SHOWS_ONLY,
    ("GET", "orders/new/"): OPEN_TO_CLINICS
    | dict.fromkeys(("drafter", "colleague", "manager", "next door", "stranger"), FRESH)
    | {"clinician": 403},
    ("POST", "orders/new/"): SHOWS_ONLY,
    ("GET", DRAFT): own_draft(PATIENT_FIRST),
    ("POST", DRAFT): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}patient/"): own_draft(200),
    ("POST", f"{DRAFT}patient/"): own_draft(422),
    ("GET", f"{DRAFT}patient/new/"): own_draft(200),
    ("POST", f"{DRAFT}patient/new/"): own_draft(422),
    ("GET", f"{DRAFT}patient/same/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}patient/same/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}address/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}address/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}organisation/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}organisation/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}study/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}study/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}smartphone/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}smartphone/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}check/"): own_draft(PATIENT_FIRST),
    ("POST", f"{DRAFT}check/"): own_draft(PATIENT_FIRST),
    ("GET", f"{DRAFT}placed/"): own_draft("{draft}"),
    ("POST", f"{DRAFT}placed/"): SHOWS_ONLY,
    ("GET", f"{DRAFT}delete/"): own_draft(200),
    ("POST", f"{DRAFT}delete/"): own_draft("/orders/"),
    ("GET", ORDER): seen_order(200),
    ("POST", ORDER): SHOWS_ONLY,
    ("GET", f"{ORDER}contact/"): changed_order(200),
    ("POST", f"{ORDER}contact/"): changed_order(422),
    ("GET", f"{ORDER}address/"): changed_order("{order}confirm-address/"),
    ("POST", f"{ORDER}address/"): changed_order(422),
    ("GET", f"{ORDER}confirm-address/"): changed_order(200),
    ("POST", f"{ORDER}confirm-address/"): changed_order(422),
    ("GET", f"{ORDER}cancel/"): changed_order(200),
    ("POST", f"{ORDER}cancel/"): changed_order(422),
    ("GET", f"{ORDER}note/"): changed_order(200),
    ("POST", f"{ORDER}note/"): changed_order(422),
    ("GET", "help/"): dict.fromkeys(PEOPLE, 200),
    ("GET", "styleguide/"): dict.fromkeys(PEOPLE, "/admin/login/")
    | {"operator": 200, "account manager": 200},
}

# The pages about one's own account. Signed in, one needs no sign-in and no forgotten password.
OUT: Final = ("signed out", "switched off")
AT_HOME: Final = dict.fromkeys(PEOPLE, "/") | dict.fromkeys(OUT, 200)
SIGNED_IN: Final = dict.fromkeys(PEOPLE, 200) | dict.fromkeys(OUT, SIGN_IN)
EVERYBODY: Final = dict.fromkeys(PEOPLE, 200)
ACCOUNT: Final[dict[tuple[str, str], dict[str, int | str]]] = {
    ("GET", "accounts/login/"): AT_HOME,
    ("GET", "accounts/logout/"): SIGNED_IN,
    ("GET", "accounts/signup/"): AT_HOME,
    ("GET", "accounts/reauthenticate/"): SIGNED_IN,
    ("GET", "accounts/inactive/"): EVERYBODY,
    ("GET", "accounts/email/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "accounts/confirm-email/"): EVERYBODY,
    ("GET", "accounts/login/code/confirm/"): dict.fromkeys(PEOPLE, "/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/password/change/"): SIGNED_IN,
    ("GET", "accounts/password/set/"): dict.fromkeys(PEOPLE, "/accounts/password/change/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/password/reset/"): EVERYBODY,
    ("GET", "accounts/password/reset/done/"): EVERYBODY,
    ("GET", "accounts/password/reset/key/done/"): EVERYBODY,
}


@pytest.mark.parametrize("door", [*DOORS, *ACCOUNT], ids=" ".join)
def test_each_door_opens_for_whom_it_should(door: tuple[str, str], world: World):
    found = {person: opened(*door, person, world) for person in PEOPLE}

    expected = (DOORS | ACCOUNT)[door]
    assert found == {person: filled(expected[person], world) for person in PEOPLE}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_no_other_method_opens_anything(method: str, world: World):
    for person in ("signed out", "drafter", "stranger", "operator"):
        for route in {route for _, route in DOORS}:
            assert opened(method, route, person, world) == 405, (person, route)


def test_head_is_answered_like_get_without_a_page(world: World):
    for method, route in DOORS:
        if method == "GET":
            head = knock("HEAD", route, "drafter", world)

            assert place_or_status(head) == opened("GET", route, "drafter", world), route
            assert head.content == b""


def test_whoever_is_sent_to_the_sign_in_comes_back(world: World):
    for method, route in DOORS:
        answer = knock(method, route, "signed out", world)
        if answer.status_code == 302 and answer["Location"].startswith(SIGN_IN):
            assert answer["Location"] == f"{SIGN_IN}?next={path_of(route, world)}"


def test_what_others_tried_changed_nothing(world: World):
    for person in ("clinician", "next door", "stranger", "operator", "without role"):
        for method, route in DOORS:
            if method == "POST":
                knock(method, route, person, world, SENT)

    before = (world.order.status, world.order.address, world.order.patient.email)
    world.order.refresh_from_db()
    world.order.patient.refresh_from_db()
    assert (world.order.status, world.order.address, world.order.patient.email) == before
    assert world.order.events.count() == 2
    assert OrderDraft.objects.filter(pk=world.draft.pk, answers={}).exists()


def test_a_closed_account_is_named_as_the_reason(world: World):
    answer = knock("GET", ORDER, "closed out", world)

    assert "This account is closed. Ask your account manager." in text_of(answer)
    assert str(world.order.recipient) not in answer.content.decode()


# An answer to every question, so that nothing but the door is in the way.
SENT: Final = {
    "email": "taken@test.example",
    "phone": "07911 123457",
    "line_1": "9 Taken Street",
    "city": "London",
    "postcode": "SW1A 1AA",
    "reason": "Taken over.",
    "text": "Taken over.",
    "name": "Test",
}


def test_every_staff_address_has_its_rows():
    found = {route for route, pattern in routes(get_resolver()) if is_for_staff(route, pattern)}

    assert found == {route for _, route in [*DOORS, *ACCOUNT]}
    about_orders = {route for _, route in DOORS if route.startswith("orders/")}
    assert {(method, route) for route in about_orders for method in ("GET", "POST")} <= set(DOORS)


def opened(method: str, route: str, person: str, world: World) -> int | str:
    """What somebody is answered, in a world that is afterwards as it was before."""
    with transaction.atomic():
        answer = knock(method, route, person, world)
        transaction.set_rollback(True)
    return place_or_status(answer)


def knock(
    method: str, route: str, person: str, world: World, data: dict[str, str] | None = None
) -> HttpResponse:
    client, somebody = Client(), PEOPLE[person]
    if somebody:
        client.force_login(somebody(world))
    path = path_of(route, world)
    if method == "POST":
        return client.post(path, data or {})
    return client.generic(method, path)


def place_or_status(answer: HttpResponse) -> int | str:
    """The status; of a redirect, where to. A draft that was just opened has a new name."""
    if answer.status_code != 302:
        return answer.status_code
    place = answer["Location"].partition("?")[0]
    return re.sub(r"^/orders/new/[0-9a-f-]{36}/patient/$", FRESH, place)


def path_of(route: str, world: World) -> str:
    path = route.replace("<uuid:order_id>", str(world.order.public_id))
    return "/" + path.replace("<uuid:draft_id>", str(world.draft.public_id))


def filled(expected: int | str, world: World) -> int | str:
    if isinstance(expected, int):
        return expected
    order = f"/orders/{world.order.public_id}/"
    draft = f"/orders/new/{world.draft.public_id}/"
    return expected.format(order=order, draft=draft)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            yield route, found


# Other tables hold these, or nobody is meant to look at them.
ELSEWHERE: Final = ("admin/", "v1/", "oauth2/", ".well-known/", "healthz/")
# The links in letters: their addresses are secrets of their own.
BY_LETTER: Final = ("password/reset/key/(?P", "confirm-email/(?P")


def is_for_staff(route: str, pattern: URLPattern) -> bool:
    return not route.startswith(ELSEWHERE) and not any(link in route for link in BY_LETTER)
