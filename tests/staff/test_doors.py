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

from orders.models import Order, OrderDraft, Referral, SavedFilter
from orders.statuses import Status
from organisations.invitation_mail import token_of
from organisations.models import ApiClient, ApiKey, Invitation, Organisation, User
from organisations.roles import Role
from patients.models import Patient
from studies.models import Study
from tests import builders, results
from tests.staff import recorded
from tests.staff.desk import Desk, text_of
from webhooks.endpoints import send_test_event
from webhooks.models import Delivery, WebhookEndpoint

pytestmark = pytest.mark.django_db

SIGN_IN: Final = "/accounts/login/"


@dataclass(frozen=True)
class World:
    """An order that waits for its address, a study that awaits review with its report, a referral
    to verify, somebody like the order's patient, a draft with no answers, a
    program of each kind, a webhook endpoint that is owed something, somebody invited, and a filter
    that whoever began the draft has saved.
    """

    clinic: Organisation
    order: Order
    draft: OrderDraft
    drafter: User
    client: ApiClient
    key: ApiKey
    endpoint: WebhookEndpoint
    delivery: Delivery
    saved: SavedFilter
    invitation: Invitation
    twin: Patient
    study: Study
    waiting: Study
    referral: Referral


@pytest.fixture
def world(clinic: Organisation) -> World:
    somebody = builders.user(Role.CLINIC_STAFF, clinic)
    address = Desk(somebody).open_draft()
    draft = OrderDraft.objects.get(public_id=address.strip("/").rsplit("/", 1)[-1])
    endpoint = builders.endpoint(clinic.account, "http://127.0.0.1:9/hooks").endpoint
    send_test_event(endpoint, actor=builders.manager(owner=clinic.account))
    order = builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)
    client = builders.api_client(clinic.account).client
    key = builders.api_key(clinic.account)
    Desk(somebody).post("/orders/filters/new/?status=on_hold", {"name": "Held"})
    saved = SavedFilter.objects.get(user=somebody)
    invitation = builders.invitation(clinic.account)
    delivery = Delivery.objects.get()
    return World(
        clinic=clinic,
        order=order,
        draft=draft,
        drafter=somebody,
        client=client,
        key=key,
        endpoint=endpoint,
        delivery=delivery,
        saved=saved,
        invitation=invitation,
        twin=builders.patient(clinic),
        study=a_locked_study(clinic, order.patient),
        waiting=results.study_to_review(clinic),
        referral=results.referral(clinic),
    )


def a_locked_study(clinic: Organisation, patient: Patient) -> Study:
    """With a night that has a report."""
    study = recorded.in_house(clinic, patient)
    recorded.recorded(study)
    return recorded.locked(study)


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


def own_filter(answer: int | str) -> dict[str, int | str]:
    """Only for who saved it."""
    others = ("colleague", "manager", "clinician", "next door", "stranger")
    return SHUT | dict.fromkeys(others, 404) | {"drafter": answer}


def seen_order(answer: int | str) -> dict[str, int | str]:
    insiders = dict.fromkeys(("drafter", "colleague", "manager", "clinician"), answer)
    return SHUT | insiders | {"next door": 404, "stranger": 404}


def changed_order(answer: int | str) -> dict[str, int | str]:
    return seen_order(answer) | {"clinician": 403}


def managed(answer: int | str) -> dict[str, int | str]:
    """Only for managers."""
    others = dict.fromkeys(("drafter", "colleague", "clinician", "next door", "stranger"), 403)
    return SHUT | others | {"manager": answer}


def for_all_organisations(answer: int | str) -> dict[str, int | str]:
    """Only for members for all organisations; others' drafts they do not find."""
    return managed(answer)


def reviewed(answer: int | str) -> dict[str, int | str]:
    """Only for clinicians."""
    return managed(answer) | {"manager": 403, "clinician": answer}


def program_doors(folder: str, page: str) -> dict[tuple[str, str], dict[str, int | str]]:
    """The pages of API clients and keys, with the answer to a form without answers."""
    new, one = f"developers/{folder}/new/", f"developers/{folder}/<slug:name>/"
    return {
        ("GET", new): managed(200),
        ("POST", new): managed(422),
        ("GET", one): managed(200),
        ("POST", one): SHOWS_ONLY,
        ("GET", f"{one}change/"): managed(200),
        ("POST", f"{one}change/"): managed(422),
        ("GET", f"{one}secret/"): managed(200),
        ("POST", f"{one}secret/"): managed(422),
        ("GET", f"{one}end-older-secret/"): managed(page),
        ("POST", f"{one}end-older-secret/"): managed(page),
        ("GET", f"{one}off/"): managed(200),
        ("POST", f"{one}off/"): managed(page),
        ("GET", f"{one}on/"): managed(200),
        ("POST", f"{one}on/"): managed(page),
    }


PATIENT: Final = "patients/<uuid:patient_id>/"
REVIEW, REFERRAL = "reviews/<uuid:study_id>/", "referrals/<uuid:referral_id>/"
REPORT = f"{REVIEW}nights/<int:night>/attempts/<int:attempt>/report/"
WEBHOOKS, DELIVERIES = "developers/webhooks/", "developers/deliveries/"
ENDPOINT, DELIVERY = f"{WEBHOOKS}<uuid:endpoint_id>/", f"{DELIVERIES}<str:number>/"
MEMBER, INVITED = "team/<uuid:member_id>/", "team/invited/<uuid:invitation_id>/"
ORDER, DRAFT = "orders/<uuid:order_id>/", "orders/new/<uuid:draft_id>/"
FILTER = "orders/filters/<uuid:filter_id>/"
STUDY = "studies/<uuid:study_id>/"
PLAY: Final = "sandbox/"
FRESH: Final = "the first step"
SUPPLIES, SUPPLIES_DRAFT = "orders/supplies/", "orders/supplies/<uuid:draft_id>/"
FRESH_SUPPLIES: Final = "the form of a new supplies order"
PATIENT_FIRST = FRESH
NEW_STUDY: Final = (
    SHUT
    | dict.fromkeys(("drafter", "colleague", "manager", "next door", "stranger"), 422)
    | {"clinician": 403}
)

# (method, route): what each person is answered; a text is where they are sent.
DOORS: Final[dict[tuple[str, str], dict[str, int | str]]] = {
    ("GET", ""): OPEN_TO_CLINICS,
    ("POST", ""): SHOWS_ONLY,
    ("GET", "orders/"): OPEN_TO_CLINICS,
    ("POST", "orders/"): SHUT
    | dict.fromkeys(
        ("drafter", "colleague", "manager", "clinician", "next door", "stranger"), "/orders/"
    ),
    ("GET", "orders/export/"): OPEN_TO_CLINICS,
    ("POST", "orders/export/"): SHOWS_ONLY,
    ("GET", "orders/coming-back/"): OPEN_TO_CLINICS,
    ("POST", "orders/coming-back/"): SHOWS_ONLY,
    ("GET", "orders/filters/"): OPEN_TO_CLINICS,
    ("POST", "orders/filters/"): SHOWS_ONLY,
    ("GET", "orders/filters/new/"): OPEN_TO_CLINICS,
    ("POST", "orders/filters/new/"): SHUT
    | dict.fromkeys(("drafter", "colleague", "manager", "clinician", "next door", "stranger"), 422),
    ("GET", FILTER): own_filter("/orders/"),
    ("POST", FILTER): SHOWS_ONLY,
    ("GET", f"{FILTER}rename/"): own_filter(200),
    ("POST", f"{FILTER}rename/"): own_filter(422),
    ("GET", f"{FILTER}delete/"): own_filter(200),
    ("POST", f"{FILTER}delete/"): own_filter("/orders/filters/"),
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
    ("GET", SUPPLIES): for_all_organisations(FRESH_SUPPLIES),
    ("POST", SUPPLIES): SHOWS_ONLY,
    ("GET", SUPPLIES_DRAFT): for_all_organisations(404),
    ("POST", SUPPLIES_DRAFT): for_all_organisations(404),
    ("GET", f"{SUPPLIES_DRAFT}recipient/"): for_all_organisations(404),
    ("POST", f"{SUPPLIES_DRAFT}recipient/"): for_all_organisations(404),
    ("GET", f"{SUPPLIES_DRAFT}check/"): for_all_organisations(404),
    ("POST", f"{SUPPLIES_DRAFT}check/"): for_all_organisations(404),
    ("GET", ORDER): seen_order(200),
    ("POST", ORDER): SHOWS_ONLY,
    ("GET", f"{ORDER}print/"): seen_order(200),
    ("POST", f"{ORDER}print/"): SHOWS_ONLY,
    ("GET", f"{ORDER}summary/"): seen_order(200),
    ("POST", f"{ORDER}summary/"): SHOWS_ONLY,
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
    ("GET", "patients/"): OPEN_TO_CLINICS,
    ("POST", "patients/"): SHUT
    | dict.fromkeys(
        ("drafter", "colleague", "manager", "clinician", "next door", "stranger"), "/patients/"
    ),
    ("GET", "patients/new/"): OPEN_TO_CLINICS | {"clinician": 403},
    ("POST", "patients/new/"): SHUT
    | dict.fromkeys(("drafter", "colleague", "manager", "next door", "stranger"), 422)
    | {"clinician": 403},
    ("GET", PATIENT): seen_order(200),
    ("POST", PATIENT): SHOWS_ONLY,
    ("GET", f"{PATIENT}edit/"): changed_order(200),
    ("POST", f"{PATIENT}edit/"): changed_order(422),
    ("GET", f"{PATIENT}archive/"): changed_order(200),
    ("POST", f"{PATIENT}archive/"): changed_order("{patient}"),
    ("GET", f"{PATIENT}restore/"): changed_order("{patient}"),
    ("POST", f"{PATIENT}restore/"): changed_order("{patient}"),
    ("GET", f"{PATIENT}order/"): SHOWS_ONLY,
    ("POST", f"{PATIENT}order/"): changed_order(FRESH),
    ("GET", f"{PATIENT}supplies/"): SHOWS_ONLY,
    ("POST", f"{PATIENT}supplies/"): for_all_organisations(FRESH_SUPPLIES),
    ("GET", f"{PATIENT}compare/<uuid:other_id>/"): seen_order(200),
    ("POST", f"{PATIENT}compare/<uuid:other_id>/"): SHOWS_ONLY,
    ("GET", "studies/"): OPEN_TO_CLINICS,
    ("POST", "studies/"): SHUT
    | dict.fromkeys(
        ("drafter", "colleague", "manager", "clinician", "next door", "stranger"), "/studies/"
    ),
    ("GET", "studies/new/"): OPEN_TO_CLINICS | {"clinician": 403},
    ("POST", "studies/new/"): NEW_STUDY,
    ("GET", "studies/new/somebody/"): OPEN_TO_CLINICS | {"clinician": 403},
    ("POST", "studies/new/somebody/"): NEW_STUDY,
    ("GET", "studies/new/<uuid:patient_id>/"): changed_order(200),
    ("POST", "studies/new/<uuid:patient_id>/"): changed_order(422),
    ("GET", STUDY): seen_order(200),
    ("POST", STUDY): SHOWS_ONLY,
    ("GET", f"{STUDY}hand-over/"): seen_order(200),
    ("POST", f"{STUDY}hand-over/"): SHOWS_ONLY,
    ("GET", f"{STUDY}unlock/"): changed_order(200),
    ("POST", f"{STUDY}unlock/"): changed_order(422),
    ("GET", f"{STUDY}cancel/"): changed_order(200),
    ("POST", f"{STUDY}cancel/"): changed_order(422),
    ("GET", f"{STUDY}nights/<int:night>/<int:number>/report/"): seen_order(200),
    ("POST", f"{STUDY}nights/<int:night>/<int:number>/report/"): SHOWS_ONLY,
    ("GET", "reviews/"): reviewed(200),
    ("POST", "reviews/"): SHOWS_ONLY,
    ("GET", REVIEW): reviewed(200),
    ("POST", REVIEW): reviewed(422),
    ("GET", REPORT): reviewed(200),
    ("POST", REPORT): SHOWS_ONLY,
    ("GET", "referrals/"): OPEN_TO_CLINICS | {"clinician": 403},
    ("POST", "referrals/"): SHOWS_ONLY,
    ("GET", REFERRAL): changed_order(200),
    ("POST", REFERRAL): changed_order(422),
    ("GET", f"{REFERRAL}reject/"): changed_order(200),
    ("POST", f"{REFERRAL}reject/"): changed_order(422),
    ("GET", "developers/"): managed(200),
    ("POST", "developers/"): SHOWS_ONLY,
    ("GET", "developers/requests/"): managed(200),
    ("POST", "developers/requests/"): SHOWS_ONLY,
    **program_doors("clients", "{client}"),
    **program_doors("keys", "{key}"),
    ("GET", f"{WEBHOOKS}new/"): managed(200),
    ("POST", f"{WEBHOOKS}new/"): managed(422),
    ("GET", ENDPOINT): managed(200),
    ("POST", ENDPOINT): SHOWS_ONLY,
    ("GET", f"{ENDPOINT}change/"): managed(200),
    ("POST", f"{ENDPOINT}change/"): managed(422),
    ("GET", f"{ENDPOINT}secret/"): managed(200),
    ("POST", f"{ENDPOINT}secret/"): managed(422),
    ("GET", f"{ENDPOINT}end-older-secret/"): managed("{endpoint}"),
    ("POST", f"{ENDPOINT}end-older-secret/"): managed("{endpoint}"),
    ("GET", f"{ENDPOINT}bearer/"): managed(200),
    ("POST", f"{ENDPOINT}bearer/"): managed("{endpoint}"),
    ("GET", f"{ENDPOINT}pause/"): managed(200),
    ("POST", f"{ENDPOINT}pause/"): managed("{endpoint}"),
    ("GET", f"{ENDPOINT}resume/"): managed(200),
    ("POST", f"{ENDPOINT}resume/"): managed("{endpoint}"),
    ("GET", f"{ENDPOINT}remove/"): managed(200),
    ("POST", f"{ENDPOINT}remove/"): managed("/developers/"),
    ("GET", f"{ENDPOINT}test/"): SHOWS_ONLY,
    ("POST", f"{ENDPOINT}test/"): managed("{endpoint}"),
    ("GET", DELIVERIES): managed(200),
    ("POST", DELIVERIES): SHOWS_ONLY,
    ("GET", f"{DELIVERIES}redeliver/"): managed("/developers/deliveries/"),  # without a filter
    ("POST", f"{DELIVERIES}redeliver/"): managed("/developers/deliveries/"),
    ("GET", DELIVERY): managed(200),
    ("POST", DELIVERY): SHOWS_ONLY,
    ("GET", f"{DELIVERY}redeliver/"): SHOWS_ONLY,
    ("POST", f"{DELIVERY}redeliver/"): managed("{delivery}"),
    ("GET", "team/"): managed(200),
    ("POST", "team/"): SHOWS_ONLY,
    ("GET", "team/invite/"): managed(200),
    ("POST", "team/invite/"): managed(422),
    ("GET", f"{INVITED}send/"): SHOWS_ONLY,
    ("POST", f"{INVITED}send/"): managed("/team/"),
    ("GET", f"{INVITED}withdraw/"): managed(200),
    ("POST", f"{INVITED}withdraw/"): managed("/team/"),
    ("GET", MEMBER): managed(200),
    ("POST", MEMBER): managed(422),
    ("GET", f"{MEMBER}deactivate/"): managed(200),
    ("POST", f"{MEMBER}deactivate/"): managed("/team/"),
    ("GET", f"{MEMBER}reactivate/"): managed("{member}"),
    ("POST", f"{MEMBER}reactivate/"): managed("{member}"),
    ("GET", "team/invitations/<str:token>/"): dict.fromkeys(PEOPLE, "/team/join/"),
    ("POST", "team/invitations/<str:token>/"): SHOWS_ONLY,
    ("GET", "team/join/"): dict.fromkeys(PEOPLE, 404),  # without a link
    ("POST", "team/join/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "help/"): dict.fromkeys(PEOPLE, 200),
    ("GET", "docs/v1/"): dict.fromkeys(PEOPLE, 200),
    ("GET", "docs/v3/"): dict.fromkeys(PEOPLE, 200),
    ("GET", "docs/gateway/"): dict.fromkeys(PEOPLE, 200),
    # The account is a live one, in which nothing is played.
    ("GET", f"{PLAY}orders/<uuid:order_id>/"): SHOWS_ONLY,
    ("POST", f"{PLAY}orders/<uuid:order_id>/"): changed_order(403),
    ("GET", f"{PLAY}studies/<uuid:study_id>/"): SHOWS_ONLY,
    ("POST", f"{PLAY}studies/<uuid:study_id>/"): changed_order(403),
}

# The pages about one's own account. Signed in, one needs no sign-in and no forgotten password.
OUT: Final = ("signed out", "switched off")
AT_HOME: Final = dict.fromkeys(PEOPLE, "/") | dict.fromkeys(OUT, 200)
SIGNED_IN: Final = dict.fromkeys(PEOPLE, 200) | dict.fromkeys(OUT, SIGN_IN)
EVERYBODY: Final = dict.fromkeys(PEOPLE, 200)
BY_PASSWORD: Final = dict.fromkeys(PEOPLE, "/accounts/reauthenticate/") | dict.fromkeys(
    OUT, SIGN_IN
)
SHOWS_NOTHING: Final = dict.fromkeys(PEOPLE, 405)
NOT_THEIRS: Final = dict.fromkeys(PEOPLE, 404) | dict.fromkeys(OUT, SIGN_IN)
ACCOUNT: Final[dict[tuple[str, str], dict[str, int | str]]] = {
    ("GET", "accounts/login/"): AT_HOME,
    ("GET", "accounts/logout/"): SIGNED_IN,
    ("GET", "accounts/signup/"): AT_HOME,
    ("GET", "accounts/reauthenticate/"): SIGNED_IN,
    ("GET", "accounts/inactive/"): EVERYBODY,
    ("GET", "accounts/email/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "accounts/confirm-email/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "accounts/confirm-email/<str:key>/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "accounts/login/code/confirm/"): dict.fromkeys(PEOPLE, "/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/password/change/"): SIGNED_IN,
    ("GET", "accounts/password/set/"): dict.fromkeys(PEOPLE, "/accounts/password/change/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/password/reset/"): EVERYBODY,
    ("GET", "accounts/password/reset/done/"): EVERYBODY,
    ("GET", "accounts/password/reset/key/done/"): EVERYBODY,
    ("GET", "account/"): SIGNED_IN,
    ("GET", "styleguide/"): SIGNED_IN,
    ("GET", "styleguide/<slug:problem>/"): SIGNED_IN,
    ("GET", "account/second-factor/"): dict.fromkeys(PEOPLE, "/account/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "account/time-left/"): EVERYBODY,
    ("GET", "account/stay/"): EVERYBODY,
    ("GET", "account/sessions/<int:pk>/end/"): SHOWS_NOTHING,
    ("POST", "account/sessions/<int:pk>/end/"): NOT_THEIRS,
    ("GET", "account/sessions/end-others/"): SHOWS_NOTHING,
    ("POST", "account/sessions/end-others/"): dict.fromkeys(PEOPLE, "/account/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "account/shortcuts/"): SHOWS_NOTHING,
    ("POST", "account/shortcuts/"): dict.fromkeys(PEOPLE, "/account/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/2fa/"): dict.fromkeys(PEOPLE, "/account/"),
    ("GET", "accounts/2fa/authenticate/"): dict.fromkeys(PEOPLE, "/") | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/2fa/reauthenticate/"): BY_PASSWORD,
    ("GET", "accounts/2fa/totp/activate/"): SIGNED_IN,
    ("GET", "accounts/2fa/totp/deactivate/"): NOT_THEIRS,
    ("GET", "accounts/2fa/recovery-codes/"): NOT_THEIRS,
    ("GET", "accounts/2fa/recovery-codes/download/"): NOT_THEIRS,
    ("GET", "accounts/2fa/recovery-codes/generate/"): SIGNED_IN,
    ("GET", "accounts/2fa/webauthn/"): dict.fromkeys(PEOPLE, "/account/"),
    ("GET", "accounts/2fa/webauthn/add/"): SIGNED_IN,
    ("GET", "accounts/2fa/webauthn/reauthenticate/"): BY_PASSWORD,
    ("GET", "accounts/2fa/webauthn/keys/<int:pk>/edit/"): NOT_THEIRS,
    ("GET", "accounts/2fa/webauthn/keys/<int:pk>/remove/"): NOT_THEIRS,
    ("GET", "accounts/2fa/webauthn/login/"): dict.fromkeys(PEOPLE, "/")
    | dict.fromkeys(OUT, SIGN_IN),
    ("GET", "accounts/oidc/cancelled/"): EVERYBODY,
    ("GET", "accounts/oidc/<str:provider_id>/login/"): dict.fromkeys(PEOPLE, 404),
    ("GET", "accounts/oidc/<str:provider_id>/login/callback/"): dict.fromkeys(PEOPLE, 404),
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
            shows_a_page = DOORS["GET", route] != SHOWS_NOTHING
            wanted = path_of(route, world) if shows_a_page else "/"
            assert answer["Location"] == f"{SIGN_IN}?next={wanted}"


def test_what_others_tried_changed_nothing(world: World):
    for person in ("clinician", "next door", "stranger", "operator", "without role"):
        for method, route in DOORS:
            if method == "POST":
                knock(method, route, person, world, SENT)

    before = (world.order.status, world.order.address, world.order.patient.email)
    world.order.refresh_from_db()
    world.order.patient.refresh_from_db()
    assert (world.order.status, world.order.address, world.order.patient.email) == before
    assert not world.order.patient.is_archived
    events = world.study.events.count()
    world.study.refresh_from_db()
    assert world.study.is_locked
    assert (world.study.status, events) == ("in_progress", 3)
    assert world.order.events.count() == 2
    assert OrderDraft.objects.filter(pk=world.draft.pk, answers={}).exists()
    assert Invitation.objects.open().get().sent_at == world.invitation.sent_at
    assert User.objects.get(pk=world.drafter.pk).is_active


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
    "roles": "clinic_manager",
    "reach": "all",
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
    place = re.split("[?#]", answer["Location"])[0]
    place = re.sub(r"^/orders/supplies/[0-9a-f-]{36}/(recipient/)?$", FRESH_SUPPLIES, place)
    return re.sub(r"^/orders/new/[0-9a-f-]{36}/(patient|address)/$", FRESH, place)


def path_of(route: str, world: World) -> str:
    study = str(world.order.study.public_id)
    path = route.replace(f"{PLAY}studies/<uuid:study_id>", f"{PLAY}studies/{study}")
    path = path.replace(REVIEW, f"reviews/{world.waiting.public_id}/")
    path = path.replace("nights/<int:night>/attempts/<int:attempt>", "nights/1/attempts/1")
    path = path.replace("<uuid:referral_id>", str(world.referral.public_id))
    path = path.replace("<uuid:order_id>", str(world.order.public_id))
    path = path.replace("<uuid:patient_id>", str(world.order.patient.public_id))
    path = path.replace("<uuid:other_id>", str(world.twin.public_id))
    path = path.replace("<uuid:study_id>", str(world.study.public_id))
    path = path.replace("<int:night>/<int:number>", "1/1")
    path = path.replace("<uuid:filter_id>", str(world.saved.public_id))
    path = path.replace("<uuid:member_id>", str(world.drafter.membership.public_id))
    path = path.replace("<uuid:invitation_id>", str(world.invitation.public_id))
    path = path.replace("invitations/<str:token>", f"invitations/{token_of(world.invitation)}")
    path = path.replace("clients/<slug:name>", f"clients/{world.client.client_id}")
    path = path.replace("keys/<slug:name>", f"keys/{world.key.prefix}")
    path = path.replace("<uuid:endpoint_id>", str(world.endpoint.public_id))
    path = path.replace("deliveries/<str:number>", f"deliveries/{world.delivery.pk}")
    path = path.replace("styleguide/<slug:problem>", "styleguide/404")
    path = path.replace("<int:pk>", "1").replace("<str:provider_id>", "organisation")
    return "/" + path.replace("<uuid:draft_id>", str(world.draft.public_id))


def filled(expected: int | str, world: World) -> int | str:
    if isinstance(expected, int):
        return expected
    order = f"/orders/{world.order.public_id}/"
    draft = f"/orders/new/{world.draft.public_id}/"
    patient = f"/patients/{world.order.patient.public_id}/"
    member = f"/team/{world.drafter.membership.public_id}/"
    client = f"/developers/clients/{world.client.client_id}/"
    key = f"/developers/keys/{world.key.prefix}/"
    endpoint = f"/developers/webhooks/{world.endpoint.public_id}/"
    delivery = f"/developers/deliveries/{world.delivery.pk}/"
    places = {"order": order, "draft": draft, "patient": patient, "member": member}
    told = {"endpoint": endpoint, "delivery": delivery}
    return expected.format(**places, **told, client=client, key=key)


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for found in resolver.url_patterns:
        route = prefix + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            yield route, found


# Other tables hold these, or nobody is meant to look at them.
ELSEWHERE: Final = (
    "admin/",
    "v1/",
    "api/v3/",
    "gateway/v1/",
    "oauth2/",
    ".well-known/",
    "healthz/",
)
# The links in letters: their addresses are secrets of their own.
BY_LETTER: Final = ("password/reset/key/(?P", "confirm-email/(?P")


def is_for_staff(route: str, pattern: URLPattern) -> bool:
    return not route.startswith(ELSEWHERE) and not any(link in route for link in BY_LETTER)
