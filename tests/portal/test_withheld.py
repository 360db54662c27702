"""What `reviewed` withholds leaves by no door: every address is opened by everybody who may, every
message is delivered to a real receiver, and neither an index, nor a severity, nor a report is in
any of it until a clinician has signed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any, Final

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.actors import Door
from inventory.models import Device
from orders.models import Order, Referral
from organisations.actors import actor_for_user
from organisations.integrations import create_api_key
from organisations.models import Organisation
from organisations.models.machines import KeyPurpose
from organisations.roles import Role, Scope
from organisations.sensors import EmitOn
from studies.commands import create_in_house_study
from studies.models import Study
from studies.reviewing import results_of, sign_review
from studies.wanted import Indexes, InHouseWanted
from tests import builders, printed, results
from tests.api.calls import program
from tests.api.v3 import calls as v3
from tests.staff.desk import desk
from tests.webhooks.receiver import Receiver, receiving
from tests.webhooks.working import work
from webhooks.models import Delivery

# The worker has connections of its own.
pytestmark = pytest.mark.django_db(transaction=True)

MEASURED: Final = Indexes(
    ahi3=Decimal("361.37"), ahi4=Decimal("342.19"), odi3=Decimal("353.71"), odi4=Decimal("347.83")
)
WRITTEN: Final = "Withheld-7f3a"
# Not as a part of another number: pages hold drawings.
NUMBERS: Final = re.compile(r"(?<![\d.])(361[.,]37|342[.,]19|353[.,]71|347[.,]83)(?!\d)")
# As it is shown or sent; "how severe" is said of the setting.
SEVERITY: Final = re.compile(r"\bSevere\b|\bSEVERE\b|[>\"']severe[<\"']")
# Documents about the API, which name every severity there is.
DOCUMENTS: Final = re.compile(r"openapi\.json$|^docs/|^help/")
WEBHOOKS: Final = "webhooks"


@dataclass(frozen=True)
class World:
    """A study by each channel, with its results; and everybody who might be told of them."""

    clinic: Organisation
    studies: list[Study]
    receiver: Receiver
    visitors: dict[str, list[Any]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


def a_world(mode: EmitOn, receiver: Receiver) -> World:
    clinic = builders.organisation(emit_on=mode)
    builders.endpoint(clinic.account, receiver.address)
    builders.v3_endpoint(clinic.account, receiver.address, "order_status_full")
    report = results.report_saying(WRITTEN)
    studies = [ordered(clinic), in_house(clinic), referred(clinic)]
    for study in studies:
        result = results.told(study, report=report, indexes=MEASURED)
        assert results.record(study, result).emits_on == mode
    return World(clinic, studies, receiver, visitors_of(clinic))


def ordered(clinic: Organisation) -> Study:
    study = builders.order(chosen=clinic, study={"nights": 1}).study
    assert study
    return study


def in_house(clinic: Organisation) -> Study:
    terms = builders.terms(clinic, nights=1)
    wanted = InHouseWanted(terms=terms, patient=builders.patient_wanted())
    return create_in_house_study(wanted, actor=builders.staff(owner=clinic.account))


def referred(clinic: Organisation) -> Study:
    order = results.verify(results.referral(clinic)).order
    assert order
    assert order.study
    return order.study


def visitors_of(clinic: Organisation) -> dict[str, list[Any]]:
    """Who opens the addresses that begin so; nobody among them reviews."""
    staff = [desk(clinic, role).client for role in (Role.CLINIC_STAFF, Role.CLINIC_MANAGER)]
    operators = (Role.OPERATOR, Role.ADMINISTRATOR)
    scopes = [one for one in Scope if one not in (Scope.RECORDINGS, Scope.SIMULATE)]
    return {
        "admin/": [signed_in(role) for role in operators],
        "v1/": [program(clinic.account, *scopes)],
        "api/v3/": [v3.program(clinic.account)],
        "gateway/": [of_the_gateway()],
        "": staff,
    }


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(builders.user(role))
    return client


def of_the_gateway() -> Client:
    """With a key of the operator, by either way in which a key is shown."""
    made = create_api_key(
        account_id=builders.operator_account().pk,
        name="Test Gateway",
        scopes=(Scope.RECORDINGS, Scope.SIMULATE),
        purpose=KeyPurpose.GATEWAY,
        actor=builders.administrator(),
    )
    return Client(headers={v3.HEADER: made.whole, "Authorization": f"Bearer {made.whole}"})


def sign(world: World) -> None:
    user = builders.user(Role.CLINICIAN, owner=world.clinic.account)
    actor = actor_for_user(user, door=Door.STAFF)
    for study in world.studies:
        sign_review(study, conclusion="As measured.", seen=results_of(study), actor=actor)


def test_nothing_leaves_before_the_review_and_all_of_it_afterwards(receiver: Receiver) -> None:
    world = a_world(EmitOn.REVIEWED, receiver)

    before, opened = walked(world)
    assert before == {}
    assert opened >= OPENED

    sign(world)
    after, _ = walked(world)
    assert {door: after.get(door) for door in LEAVES_BY} == LEAVES_BY


def test_the_same_walk_finds_it_all_where_nothing_is_withheld(receiver: Receiver) -> None:
    world = a_world(EmitOn.COMPLETE, receiver)

    found, opened = walked(world)

    assert {door: found.get(door) for door in LEAVES_BY} == LEAVES_BY
    assert opened >= OPENED


def test_whoever_reviews_sees_it_before() -> None:
    clinic = builders.organisation(emit_on=EmitOn.REVIEWED)
    report = results.report_saying(WRITTEN)
    study = results.study_to_review(clinic, report=report, indexes=MEASURED)
    clinician = desk(clinic, Role.CLINICIAN)

    page = clinician.get(f"/reviews/{study.public_id}/")
    document = clinician.get(f"/reviews/{study.public_id}/nights/1/attempts/1/report/")

    assert told_in(page) == {"index", "severity"}
    assert told_in(document) == {"report"}


# What is told by which door, once it may be; and addresses that must have shown something, else a
# walk that was turned away everywhere would pass.
RESULT, REPORT = {"index", "severity"}, {"report"}
LEAVES_BY: Final = {
    WEBHOOKS: RESULT,
    "v1/events": RESULT,
    "v1/orders/<str:reference>/report": REPORT,
    "v1/studies/<str:reference>/report": REPORT,
    "v1/referrals/<str:reference>/report": REPORT,
}
OPENED: Final = {
    "orders/",
    "orders/export/",
    "orders/<uuid:order_id>/",
    "orders/<uuid:order_id>/print/",
    "orders/<uuid:order_id>/summary/",
    "patients/<uuid:patient_id>/",
    "referrals/",
    "referrals/<uuid:referral_id>/",
    "developers/deliveries/",
    "developers/deliveries/<str:number>/",
    "admin/foundation/accessentry/changes/",
    "admin/orders/order/<path:object_id>/change/",
    "admin/orders/referral/<path:object_id>/history/",
    "admin/studies/study/<path:object_id>/change/",
    "admin/studies/study/<path:object_id>/history/",
    "v1/events",
    "v1/orders",
    "v1/orders/<str:reference>",
    "v1/studies/<str:reference>",
    "v1/referrals/<str:reference>",
    "api/v3/order",
    "api/v3/order/<int:order_id>",
    "api/v3/webhook/logs",
}


def walked(world: World) -> tuple[dict[str, set[str]], set[str]]:
    """By route what it tells of the results, and the routes that showed anything."""
    work()
    found: dict[str, set[str]] = {}
    opened = set()
    for posted in world.receiver.posted:
        note(found, WEBHOOKS, told_in_text(posted.body.decode()))
    for route in sorted(set(routes(get_resolver()))):
        for path, visitor in product(paths(route, world), visitors(route, world)):
            answer = visitor.get(path)
            if answer.status_code == 200:
                opened.add(route)
            told = told_in(answer) - ({"severity"} if DOCUMENTS.search(route) else set())
            note(found, route, told)
    return found, opened


def note(found: dict[str, set[str]], door: str, told: set[str]) -> None:
    if told:
        found.setdefault(door, set()).update(told)


def told_in(answer: HttpResponse) -> set[str]:
    body = b"".join(answer) if answer.streaming else answer.content
    if answer.headers.get("Content-Type") == "application/pdf" and WRITTEN.encode() not in body:
        return told_in_text(printed.read(body).text)
    return told_in_text(body.decode(errors="replace"))


def told_in_text(text: str) -> set[str]:
    kinds = {"index": NUMBERS, "severity": SEVERITY, "report": re.compile(WRITTEN)}
    return {kind for kind, words in kinds.items() if words.search(text)}


def visitors(route: str, world: World) -> list[Any]:
    return next(found for begins, found in world.visitors.items() if route.startswith(begins))


def paths(route: str, world: World) -> list[str]:
    """Every way in which the route can be filled in with what is in this world; v3's programs name
    their paths without their beginning.
    """
    route = re.sub(r"[\^$]|\\Z", "", route)
    places = re.findall(r"<[^>]*>", route)
    if "(?P" in route or any(place not in WHAT and place != OBJECT for place in places):
        assert not is_about_results(route), f"say in WHAT how to fill in {route}"
        return []
    filled = []
    for values in product(*(values_of(place, route, world) for place in places)):
        path = route
        for place, value in zip(places, values, strict=True):
            path = path.replace(place, str(value), 1)
        filled.append(f"/{path}" if not path.startswith("api/v3/") else path[len("api/v3") :])
    return [path + query for path in filled for query in queries(route, world)]


def is_about_results(route: str) -> bool:
    """The steps of placing an order, and of the admin, are before any result."""
    about = re.search(r"orders?/|stud|referral|review|attempt|report|gateway", route)
    return bool(about) and not re.search(r"draft_id|filter_id|slug:name|app_label", route)


def queries(route: str, world: World) -> list[str]:
    if not route.startswith("admin/foundation/accessentry/"):
        return [""]
    patients = [f"?patient={study.patient_id}" for study in world.studies]
    return ["", *patients, *(f"?order={one.pk}" for one in orders_of(world))]


def orders_of(world: World) -> list[Order]:
    return list(Order.objects.filter(study__in=world.studies))


OBJECT: Final = "<path:object_id>"
WHAT: Final[dict[str, Any]] = {
    "<uuid:order_id>": lambda world: [one.public_id for one in orders_of(world)],
    "<int:order_id>": lambda world: [one.pk for one in orders_of(world)],
    "<uuid:study_id>": lambda world: [one.public_id for one in world.studies],
    "<uuid:study>": lambda world: [one.public_id for one in world.studies],
    "<uuid:patient_id>": lambda world: [one.patient.public_id for one in world.studies],
    "<int:patient_id>": lambda world: [one.patient_id for one in world.studies],
    "<path:identifier>": lambda world: [one.patient.reference for one in world.studies],
    "<uuid:referral_id>": lambda world: [one.public_id for one in Referral.objects.all()],
    "<str:reference>": lambda world: [
        *(one.reference for one in world.studies),
        *(one.reference for one in orders_of(world)),
    ],
    "<int:night>": lambda world: [1],
    "<int:attempt>": lambda world: [1],
    "<int:number>": lambda world: [1],
    "<int:device_id>": lambda world: list(Device.objects.values_list("pk", flat=True)),
    "<int:pk>": lambda world: [one.pk for one in (*world.studies, *orders_of(world))],
    "<str:number>": lambda world: list(Delivery.objects.values_list("pk", flat=True)),
}


def values_of(place: str, route: str, world: World) -> list[Any]:
    if place != OBJECT:
        return list(WHAT[place](world))
    found = re.match(r"admin/(\w+)/(\w+)/", route)
    assert found, route
    model: Any = apps.get_model(*found.groups())
    most = 6 if found[1] in ("studies", "orders", "patients", "webhooks") else 1
    return list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:most])


# Nobody is signed out on the way; and what asks what to add or to delete shows nothing more.
LEFT_OUT: Final = re.compile(
    r"logout|^accounts?/|^oauth2|^\.well-known|^healthz|^admin/.*/(delete|add)/$|^styleguide"
)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            assert isinstance(found, URLPattern)
            if not LEFT_OUT.search(route):
                yield route
