"""Whoever is shown a patient is on record: every address of the program is opened by somebody who
may, and where the patient's data are in the answer, the access log has a row of this very request.
"""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.actors import Door
from foundation.models import AccessEntry
from foundation.phones import Phone
from inventory.handing_out import associate_device, link_kit
from inventory.models import AccountCatalogue, Item, Kit
from orders.admin.steps import STEPS
from orders.models import Order, SavedFilter
from orders.returns import StandaloneReturn, place_return
from orders.saved_filters import save_filter
from orders.statuses import Status
from orders.wanted import ReturnWanted
from organisations.actors import actor_for_user
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import KnownPatient, PatientWanted, PersonName
from portal.api.v3.trials import TRIALS
from portal.api.wordings import WORDINGS
from studies.models import Study
from tests import builders, printed, results, warehouse
from tests.api.calls import Program
from tests.api.calls import program as a_program
from tests.api.v3 import calls as v3
from tests.staff import recorded
from tests.staff.desk import ADDRESS, PATIENT, SMARTPHONE, STUDY, Desk
from webhooks.account_secret import set_account_secret
from webhooks.models import Delivery, Dialect
from webhooks.queueing import claim

pytestmark = pytest.mark.django_db

# What is typed to find the patient or somebody alike, and what then must be out of the register.
TYPED: Final = "Zyxwvut"
SURNAME: Final = "Qponmlk"
MIDDLE: Final = "Ihgfedc"
HOME: Final = replace(builders.ADDRESS, lines=("7 Markerstrasse",))
MARKERS: Final = (MIDDLE, "PATMARK", "marker@test.example", "124863", "Markerstrasse")


@dataclass(frozen=True)
class World:
    """A patient with an order, and drafts in which the patient is, each for other pages."""

    order: Order
    patient: Patient
    clinic: Desk
    clinician: Desk
    operator: Desk
    program: Program
    key: v3.Program
    drafts: dict[str, str]
    ids: dict[str, object]


@pytest.fixture
def world(db: None) -> World:
    chosen = builders.organisation(builders.account(phone_share_minimum=3))
    recipient = builders.patient_wanted(
        name=PersonName.split(f"{TYPED} {MIDDLE} {SURNAME}"),
        reference="PATMARK-1",
        email="marker@test.example",
        phone=Phone.read("07911 124863", region="GB"),
        address=HOME,
    )
    order = builders.order(
        Status.RECONFIRM_ADDRESS,
        chosen=chosen,
        recipient=recipient,
        address=HOME,
        notes=("Ring twice.",),
    )
    assert order.patient
    clinic = Desk(builders.user(Role.CLINIC_MANAGER, owner=chosen.account))
    site = builders.site(chosen.account)
    item, kit = builders.catalogue_item(chosen.account), Kit.objects.earliest("pk")
    AccountCatalogue.objects.create(account=chosen.account, kit=kit)
    alike = builders.patient(chosen, date_of_birth=order.patient.date_of_birth)
    program = a_program(chosen.account)
    alert = builders.phone_alert(chosen)
    study = a_study_to_review(chosen, recipient)
    referral = results.referral(
        chosen,
        name=recipient.name,
        reference=recipient.reference,
        email=recipient.email,
        phone=recipient.phone,
        date_of_birth=recipient.date_of_birth,
    )
    delivery = a_written_delivery(chosen, recipient)
    operator = Desk(builders.user(Role.ADMINISTRATOR))
    operator.get("/admin/orders/order/")  # so that the access log has something to show
    return World(
        order=order,
        patient=order.patient,
        clinic=clinic,
        clinician=Desk(builders.user(Role.CLINICIAN, owner=chosen.account)),
        operator=operator,
        program=program,
        key=v3.program(chosen.account),
        drafts={
            "known": a_draft_for(clinic, order.patient),
            "same": a_draft_for_somebody_alike(clinic, order.patient),
            "placed": a_placed_draft(clinic, order.patient),
            "supplies": a_supplies_draft(clinic, order.patient, item),
        },
        ids={
            "<int:order_id>": order.pk,
            "<int:patient_id>": order.patient.pk,
            "<path:identifier>": order.patient.reference,
            "<int:site_id>": site.pk,
            "<int:item_id>": item.pk,
            "<int:kit_id>": kit.pk,
            "<int:manufacturer_id>": item.manufacturer_id,
            "<int:webhook_id>": a_told_webhook(chosen, recipient),
            **what_the_patient_has(chosen, order.patient),
            "reviews/<uuid:study_id>": f"reviews/{study.public_id}",
            "<int:night>/attempts/<int:attempt>": "1/attempts/1",
            **a_locked_study(chosen, order.patient),
            "sandbox/studies/<uuid:study_id>": f"sandbox/studies/{order.study.public_id}",
            "<uuid:study>": order.study.public_id,
            "<uuid:order_id>": order.public_id,
            "<uuid:patient_id>": order.patient.public_id,
            "<uuid:other_id>": alike.public_id,
            "<uuid:referral_id>": referral.public_id,
            "<uuid:member_id>": builders.user(
                Role.CLINIC_STAFF, owner=chosen.account
            ).membership.public_id,
            "<uuid:invitation_id>": builders.invitation(chosen.account).public_id,
            "<uuid:filter_id>": a_filter(clinic).public_id,
            "<uuid:endpoint_id>": delivery.endpoint.public_id,
            "<str:number>": delivery.pk,
            "<str:reference>": order.reference,
            "<str:provider_id>": "nobody",
            "<str:token>": "nothing",
            "<str:key>": "nothing",
            "clients/<slug:name>": f"clients/{program.credentials.client.client_id}",
            "keys/<slug:name>": f"keys/{builders.api_key(chosen.account).prefix}",
            "phonealert/<int:pk>": f"phonealert/{alert.pk}",
            "order/<int:pk>": f"order/{order.pk}",
            "<int:pk>": 1,
        },
    )


def what_the_patient_has(chosen: Organisation, patient: Patient) -> dict[str, object]:
    """A device and a packed kit, which are expected back."""
    device, linked = warehouse.devices_at_site(chosen, 2)
    operator = builders.operator()
    associate_device(device, patient, actor=operator)
    kit = link_kit(warehouse.kit_of(linked), patient, actor=operator)
    asked = StandaloneReturn(
        sender=KnownPatient(patient.pk),
        wanted=ReturnWanted(devices=(device.pk,), packed_kits=(kit.pk,)),
    )
    back = place_return(asked, actor=builders.manager(owner=chosen.account))
    return {
        "<int:device_id>": device.pk,
        "<path:device_identifier>": device.identifiers.get().value,
        "<int:return_id>": back.pk,
    }


def a_locked_study(chosen: Organisation, patient: Patient) -> dict[str, object]:
    """In-house, with a night that has a report."""
    study = recorded.in_house(chosen, patient)
    recorded.recorded(study)
    recorded.locked(study)
    return {"<uuid:study_id>": study.public_id, "<int:night>": 1, "<int:number>": 1}


def a_draft_for(clinic: Desk, patient: Patient) -> str:
    """The address of a draft with every answer, for a patient we know."""
    draft = clinic.open_draft()
    clinic.post(f"{draft}patient/", {"patient": str(patient.pk)})
    for page, answers in (("address", ADDRESS), ("study", STUDY), ("smartphone", SMARTPHONE)):
        assert clinic.post(f"{draft}{page}/", answers).status_code == 302
    return draft


def a_draft_for_somebody_alike(clinic: Desk, patient: Patient) -> str:
    draft = clinic.open_draft()
    born = patient.date_of_birth
    assert born
    parts = {"day": born.day, "month": born.month, "year": born.year}
    said = {f"date_of_birth_{name}": str(number) for name, number in parts.items()}
    answer = clinic.post(f"{draft}patient/new/", {**PATIENT, **said, "full_name": f"X {SURNAME}"})
    assert answer["Location"].startswith(f"{draft}patient/same/")
    return draft


def a_placed_draft(clinic: Desk, patient: Patient) -> str:
    draft = a_draft_for(clinic, patient)
    assert clinic.post(f"{draft}check/")["Location"].startswith(f"{draft}placed/")
    return draft


def a_supplies_draft(clinic: Desk, patient: Patient, item: Item) -> str:
    """The address of a draft of supplies for a patient, with every answer."""
    form = clinic.post(f"/patients/{patient.public_id}/supplies/")["Location"]
    said = {"what_1": f"item-{item.pk}", "count_1": "1", "shipping": "standard"}
    assert clinic.post(form, said)["Location"] == f"{form}check/"
    return form


def a_written_delivery(chosen: Organisation, recipient: PatientWanted) -> Delivery:
    """What is told of another order of the same patient, with its body, before anybody sends it."""
    endpoint = builders.endpoint(chosen.account, "http://127.0.0.1:9/hooks").endpoint
    builders.order(Status.AWAITING_SHIPMENT, chosen=chosen, recipient=recipient, address=HOME)
    claimed = claim(endpoint.pk, endpoint.url, WORDINGS[Dialect.V1])
    assert claimed
    return claimed.deliveries[0]


def a_study_to_review(chosen: Organisation, recipient: PatientWanted) -> Study:
    """Of another order of the same patient."""
    return results.study_to_review(chosen, order={"recipient": recipient, "address": HOME})


def a_told_webhook(chosen: Organisation, recipient: PatientWanted) -> int:
    """Of API v3, which tells all of an order; the account has set a secret too."""
    set_account_secret("Test-Secret-1", actor=builders.manager(owner=chosen.account))
    url = "http://127.0.0.1:9/hooks"
    webhook = builders.v3_endpoint(chosen.account, url, "order_status_full").endpoint
    builders.order(chosen=chosen, recipient=recipient, address=HOME)
    assert claim(webhook.pk, url, WORDINGS[Dialect.V3])
    return webhook.pk


def a_filter(clinic: Desk) -> SavedFilter:
    actor = actor_for_user(clinic.user, door=Door.STAFF)
    return save_filter("Test filter", {"status": Status.ON_HOLD.value}, actor=actor)


# Which draft has something to show there; everywhere else it is the one for a patient we know.
DRAFTS: Final = {"patient/same/": "same", "placed/": "placed", "orders/supplies/": "supplies"}

# Where the patient is on the page. Every other address must show nobody.
SHOWS: Final = {
    "orders/",
    "orders/export/",
    "orders/coming-back/",
    "orders/<uuid:order_id>/",
    "orders/<uuid:order_id>/address/",
    "orders/<uuid:order_id>/cancel/",
    "orders/<uuid:order_id>/confirm-address/",
    "orders/<uuid:order_id>/contact/",
    "orders/<uuid:order_id>/note/",
    "orders/<uuid:order_id>/print/",
    "orders/<uuid:order_id>/summary/",
    "orders/new/<uuid:draft_id>/patient/",
    "orders/new/<uuid:draft_id>/patient/same/",
    "orders/new/<uuid:draft_id>/check/",
    "orders/new/<uuid:draft_id>/placed/",
    "orders/supplies/<uuid:draft_id>/",
    "orders/supplies/<uuid:draft_id>/check/",
    "patients/",
    "patients/<uuid:patient_id>/",
    "patients/<uuid:patient_id>/archive/",
    "patients/<uuid:patient_id>/compare/<uuid:other_id>/",
    "patients/<uuid:patient_id>/edit/",
    "studies/",
    "studies/<uuid:study_id>/",
    "studies/<uuid:study_id>/cancel/",
    "studies/<uuid:study_id>/hand-over/",
    "studies/<uuid:study_id>/unlock/",
    "studies/new/",
    "studies/new/<uuid:patient_id>/",
    "referrals/",
    "referrals/<uuid:referral_id>/",
    "referrals/<uuid:referral_id>/reject/",
    "reviews/",
    "reviews/<uuid:study_id>/",
    "developers/deliveries/<str:number>/",
    "admin/foundation/accessentry/",
    "admin/foundation/accessentry/changes/",
    "admin/foundation/accessentry/report/",
    "admin/inventory/device/<path:object_id>/ask-back/",
    "admin/inventory/device/<path:object_id>/change/",
    "admin/inventory/device/<path:object_id>/give/",
    "admin/inventory/device/<path:object_id>/history/",
    "admin/inventory/device/<path:object_id>/take-back/",
    "admin/inventory/packedkit/<path:object_id>/ask-back/",
    "admin/inventory/packedkit/<path:object_id>/change/",
    "admin/inventory/packedkit/<path:object_id>/give/",
    "admin/inventory/packedkit/<path:object_id>/history/",
    "admin/inventory/packedkit/<path:object_id>/take-back/",
    "admin/orders/return/",
    "admin/orders/return/<path:object_id>/change/",
    "admin/orders/return/<path:object_id>/history/",
    "admin/orders/order/",
    "admin/orders/order/<int:pk>/packing-slip/",
    "admin/orders/order/<int:pk>/step/<slug:name>/",
    "admin/orders/order/<int:pk>/summary/",
    "admin/orders/order/<path:object_id>/change/",
    "admin/orders/order/<path:object_id>/history/",
    "admin/orders/order/add/<uuid:draft_id>/",
    "admin/patients/patient/",
    "admin/patients/patient/<path:object_id>/change/",
    "admin/patients/patient/<path:object_id>/history/",
    "admin/orders/referral/",
    "admin/orders/referral/<path:object_id>/change/",
    "admin/orders/referral/<path:object_id>/history/",
    "admin/studies/study/",
    "admin/studies/study/<path:object_id>/change/",
    "admin/studies/study/<path:object_id>/history/",
    "admin/webhooks/delivery/<path:object_id>/change/",
    "api/v3/device",
    "api/v3/device/<int:device_id>",
    "api/v3/device/validate/<path:device_identifier>",
    "api/v3/return",
    "api/v3/return/<int:return_id>",
    "api/v3/order",
    "api/v3/order/<int:order_id>",
    "api/v3/order/summary/<int:order_id>",
    "api/v3/patient",
    "api/v3/patient/<int:patient_id>",
    "api/v3/patient/find-by-email",
    "api/v3/patient/identifier/<path:identifier>",
    "api/v3/webhook/logs",
}


def test_whoever_is_shown_a_patient_by_any_address_is_on_record(world: World) -> None:
    opened, shown, unrecorded = set(), set(), []
    every = set(routes(get_resolver()))
    for route in sorted(every):
        for method, path in visits(route, world):
            answer, is_on_record = visit(route, method, path, world)
            if answer.status_code in (200, 422):
                opened.add(route)
            if any(marker in body_of(answer) for marker in MARKERS):
                shown.add(route)
                unrecorded += [] if is_on_record else [f"{method} {path}"]

    assert unrecorded == []
    assert sorted(shown ^ SHOWS) == []
    # Else a page that turned everybody away would have passed.
    closed = {route for route in every - opened if not ROUTINE.match(route)}
    assert sorted(closed ^ NO_PAGE) == []


# The admin's ways to add and delete what nobody may, and everybody's own account.
ROUTINE: Final = re.compile(r"admin/.*(<path:object_id>|delete|add)/$|accounts?/")
V1_PATHS: Final = ("", "/<str:reference>", "/<str:reference>/report")
# Addresses that only lead on, do something, or have nothing to say in this world.
NO_PAGE: Final = {
    "admin/(?P<url>.*)$",
    "admin/autocomplete/",
    "admin/foundation/accessentry/<path:object_id>/history/",
    "admin/login/",
    "admin/logout/",
    "admin/organisations/apiclient/<path:object_id>/end-older-secret/",
    "admin/organisations/apikey/<path:object_id>/end-older-secret/",
    "admin/password_change/",
    "admin/patients/patient/<path:object_id>/seen-by/",
    "admin/search/",
    "admin/webhooks/delivery/<path:object_id>/history/",
    "admin/webhooks/webhookendpoint/<path:object_id>/deliveries/",
    "admin/webhooks/webhookendpoint/<path:object_id>/end-older-secret/",
    "developers/clients/<slug:name>/end-older-secret/",
    "developers/deliveries/<str:number>/redeliver/",
    "developers/deliveries/redeliver/",
    "developers/keys/<slug:name>/end-older-secret/",
    "developers/webhooks/<uuid:endpoint_id>/end-older-secret/",
    "developers/webhooks/<uuid:endpoint_id>/test/",
    # The gateway tells the recording side nothing of patients.
    "gateway/v1/activations",
    "gateway/v1/simulate",
    "gateway/v1/studies/<uuid:study>",
    "gateway/v1/studies/<uuid:study>/attempts/completed",
    "gateway/v1/studies/<uuid:study>/attempts/started",
    "sandbox/orders/<uuid:order_id>/",
    "sandbox/studies/<uuid:study_id>/",
    "oauth2/token",
    "orders/filters/<uuid:filter_id>/",
    "orders/new/",
    "orders/new/<uuid:draft_id>/",
    "orders/new/<uuid:draft_id>/organisation/",
    "orders/supplies/",
    "patients/<uuid:patient_id>/order/",
    "patients/<uuid:patient_id>/restore/",
    "patients/<uuid:patient_id>/supplies/",
    *(f"api/v3/test/{trial}" for trial in TRIALS),  # answered without a body
    *(f"api/v3/device/{verb}-patient" for verb in ("associate", "disassociate")),
    *(f"api/v3/device/{verb}-readings" for verb in ("enable", "disable")),
    *(f"api/v3/kit/{verb}-kit" for verb in ("associate", "dissociate", "link")),
    "api/v3/patient/disenroll/<int:patient_id>",
    "team/<uuid:member_id>/reactivate/",
    "team/invitations/<str:token>/",
    "team/invited/<uuid:invitation_id>/send/",
    "team/join/",
    # No scope for them is given here; that who reads a report is on record, tests/api/v1 says.
    *(f"v1/{kind}{end}" for kind in ("studies", "referrals") for end in V1_PATHS),
    "v1/orders/<str:reference>/report",
    "v1/events",  # programs are told patients' references only; its scope is not given here
}


def visit(route: str, method: str, path: str, world: World) -> tuple[HttpResponse, bool]:
    """The answer, and whether the access log tells of it all that it should; then as before."""
    desk = visitor(route, world)
    signed_in = deepcopy(desk.client.cookies)
    with transaction.atomic():
        answer = call(route, method, path, world)
        body_of(answer)
        entries = AccessEntry.objects.filter(
            account_id=world.order.account_id,
            patient_id=world.patient.pk,
            request_id=answer["X-Request-Id"],
            ip_address="127.0.0.1",
            **who_looks(route, world),
        )
        is_on_record = entries.exclude(what="").exists()
        transaction.set_rollback(True)
    desk.client.cookies = signed_in
    return answer, is_on_record


def call(route: str, method: str, path: str, world: World) -> HttpResponse:
    if route.startswith("v1/"):
        return world.program.call(method, path)
    if is_for_keys(route):
        body = None if method in ("GET", "DELETE") else SENT_WITH_A_KEY
        return world.key.call(method, path.removeprefix(f"/{KEYS}"), body)
    client = visitor(route, world).client
    return client.post(path, SENT) if method == "POST" else client.get(path)


def who_looks(route: str, world: World) -> dict[str, Any]:
    """What the access log must say of them."""
    if is_for_keys(route):
        key = world.key.key
        return {"key_id": key.pk, "user_id": None, "actor": key.name, "door": Door.V3}
    user = visitor(route, world).user
    door = Door.ADMIN if route.startswith("admin/") else Door.STAFF
    return {"key_id": None, "user_id": user.pk, "actor": str(user), "door": door}


KEYS: Final = "api/v3"


def is_for_keys(route: str) -> bool:
    return route.startswith(f"{KEYS}/")


# Everything by which somebody might be found.
SENT: Final = dict.fromkeys(("name", "search", "patient", "who-find", "find", "q"), TYPED)

# The patient as they are: looked for, changed, or refused because they are known already.
SENT_WITH_A_KEY: Final = v3.patient_body(
    email="marker@test.example", externalIdentifier="PATMARK-1"
)


def visitor(route: str, world: World) -> Desk:
    if route.startswith("reviews/"):
        return world.clinician
    return world.operator if route.startswith(("admin/", "styleguide/")) else world.clinic


def visits(route: str, world: World) -> Iterator[tuple[str, str]]:
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE") if is_for_keys(route) else ("GET", "POST")
    for path in paths(route, world):
        yield from ((method, path) for method in methods)


def paths(route: str, world: World) -> list[str]:
    """Where the route leads in this world; a new kind of place in it must be filled in here."""
    path = "/" + filled(route, world)
    if "<slug:name>" in path:
        return [path.replace("<slug:name>", name) for name in STEPS]
    if route.startswith("admin/foundation/accessentry/"):
        return [path, f"{path}?patient={world.patient.pk}"]
    assert not re.search(r"[<(]", path), f"say what {route} is to be opened with"
    return [path]


def filled(route: str, world: World) -> str:
    path = re.sub(r"\(\?P<app_label>[^)]*\)", "orders", route)
    for place, value in world.ids.items():
        path = path.replace(place, str(value))
    for place, found in FOUND.items():
        if place in path:
            path = path.replace(place, found(route, world))
    return re.sub(r"[\^$]|\\Z", "", path)


def draft_of(route: str, world: World) -> str:
    if route.startswith("admin/"):
        answer = world.operator.post(
            "/admin/orders/order/add/", {"account": str(world.order.account_id)}
        )
        return answer["Location"].rstrip("/").rpartition("/")[2]
    kind = next((kind for part, kind in DRAFTS.items() if part in route), "known")
    return world.drafts[kind].rstrip("/").rpartition("/")[2]


def row_of(route: str, world: World) -> str:
    """Some row of the model whose page it is; of patients and their like there is one."""
    found = re.match(r"admin/(\w+)/(\w+)/", route)
    if not found:
        return ""
    row: Any = apps.get_model(*found.groups())._default_manager.order_by("pk").first()
    return str(row.pk) if row else "0"


# Places that are filled in otherwise for every route.
FOUND: Final[dict[str, Callable[[str, World], str]]] = {
    "<path:object_id>": row_of,
    "<uuid:draft_id>": draft_of,
    "(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)": lambda route, world: "1-key",
    "(?P<key>[-:\\w]+)": lambda route, world: "key",
    "<slug:problem>": lambda route, world: "404",
    "(?P<url>.*)": lambda route, world: "nowhere",
}


def body_of(answer: HttpResponse) -> str:
    if answer.headers.get("Content-Type") == "application/pdf":
        return printed.read(answer.content).text
    return (b"".join(answer) if answer.streaming else answer.content).decode(errors="replace")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            assert isinstance(found, URLPattern)
            yield route
