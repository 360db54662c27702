"""Every write leaves history that says who, by which door and in which request."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from foundation.history import who_of
from orders.models import Order
from orders.phone_use import watch_phone_use
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from portal.audit.trails import trails
from portal.sign_in.mail import reset_address
from tests import builders
from tests.api.calls import example, order_body
from tests.api.calls import program as a_program
from tests.api.gateway.calls import gateway as a_gateway
from tests.portal.crawling import Page
from tests.portal.signing_in import has_app, signed_in
from tests.portal.writing import Act, check_is_signed, signed, since_start, start
from tests.staff import recorded
from tests.staff.desk import ADDRESS, PATIENT, Desk, page_of

# One transaction for each request, as in life: a signature ends with its transaction.
pytestmark = pytest.mark.django_db(transaction=True)

ROOMS: Final = ("foundation", "organisations", "patients", "inventory", "studies", "orders")
# What keeps no versions, and why it need not.
WITHOUT_HISTORY: Final = {
    "foundation.AccessEntry": "is only added to",
    "orders.OrderEvent": "is only added to",
    "studies.AttemptReport": "stays as it came",
    "studies.Review": "is only added to",
    "studies.StudyEvent": "is only added to",
    "inventory.DeviceEvent": "is only added to",
    "inventory.PackedKitEvent": "is only added to",
    "orders.ReturnEvent": "is only added to",
    "orders.SavedFilter": "is no record: somebody’s own bookmark of a list",
    "orders.OrderDraft": "is no record: what somebody has typed so far, forgotten after 7 days",
}

RECEIVER: Final = "http://127.0.0.1:9/hooks"


def test_every_table_of_every_room_keeps_history_or_need_not() -> None:
    models = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    tracked = {trail.kept.pgh_tracked_model for trail in trails()}
    histories = {trail.kept for trail in trails()}

    found = {model._meta.label for model in models if model not in tracked | histories}

    assert found == set(WITHOUT_HISTORY)


def test_every_history_can_be_searched_by_who_wrote_it() -> None:
    for trail in trails():
        assert any(index.name.endswith("_by_who") for index in trail.kept._meta.indexes), trail


def desk_of(order: Order) -> Desk:
    return Desk(builders.user(Role.CLINIC_MANAGER, owner=order.account))


def by_staff(page: str, **said: str) -> Act:
    """Send a form of the page of an order that waits for its address."""

    def act() -> tuple[str, str, HttpResponse]:
        order = builders.order(Status.RECONFIRM_ADDRESS)
        desk = desk_of(order)
        start()
        return signed(desk.user), "staff", desk.post(page_of(order, page), said)

    return act


def placed_by_staff() -> tuple[str, str, HttpResponse]:
    clinic = builders.organisation()
    desk = Desk(builders.user(Role.CLINIC_STAFF, owner=clinic.account))
    draft = desk.fill_in()
    start()
    return signed(desk.user), "staff", desk.post(f"{draft}check/")


def by_admin(page: str, **said: Any) -> Act:
    def act() -> tuple[str, str, HttpResponse]:
        order = builders.order()
        assert order.organisation
        desk = Desk(builders.user(Role.ADMINISTRATOR))
        address = page.format(order=order, organisation=order.organisation)
        start()
        answer = desk.post(address, {name: one for name, one in said.items() if one is not None})
        return signed(desk.user), "admin", answer

    return act


def organisation_changed_by_admin() -> tuple[str, str, HttpResponse]:
    chosen = builders.organisation()
    desk = Desk(builders.user(Role.ADMINISTRATOR))
    page = f"/admin/organisations/organisation/{chosen.pk}/change/"
    form = desk.get(page).context["adminform"].form
    said = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    start()
    return signed(desk.user), "admin", desk.post(page, {**said, "name": "Another name"})


def placed_by_program() -> tuple[str, str, HttpResponse]:
    clinic = builders.organisation()
    program = a_program(clinic.account)
    start()
    return signed(program.credentials.client), "v1", program.post(order_body(clinic))


def cancelled_by_program() -> tuple[str, str, HttpResponse]:
    clinic = builders.organisation()
    program = a_program(clinic.account)
    body = order_body(clinic)
    program.post(body)
    reference = body["data"]["attributes"]["reference"]
    start()
    answer = program.call("PUT", f"/v1/orders/{reference}", example("cancel-order"))
    return signed(program.credentials.client), "v1", answer


def activated_by_the_gateway() -> tuple[str, str, HttpResponse]:
    caller, study = a_gateway(), builders.order().study
    assert study is not None
    start()
    return who_of(key=caller.key.pk), "gateway", caller.activate(study)


def played_by_staff() -> tuple[str, str, HttpResponse]:
    """Whatever part was played, it was this person who played it."""
    order = builders.order(chosen=builders.organisation(builders.account(is_test=True)))
    desk = desk_of(order)
    start()
    answer = desk.post(f"/sandbox/orders/{order.public_id}/", {"until": "finished"})
    return signed(desk.user), "staff", answer


def own_password_changed() -> tuple[str, str, HttpResponse]:
    user = builders.user(Role.CLINIC_STAFF)
    said = {"oldpassword": builders.PASSWORD, "password1": NEW, "password2": NEW}
    desk = Desk(user)
    start()
    return signed(user), "staff", desk.post("/accounts/password/change/", said)


def forgotten_password_changed() -> tuple[str, str, HttpResponse]:
    user = builders.user(Role.CLINIC_STAFF)
    client = Client()
    page = client.get(reset_address(user), follow=True).redirect_chain[-1][0]
    start()
    return signed(user), "staff", client.post(page, {"password1": NEW, "password2": NEW})


def by_manager(
    page: str, *, at: Callable[[Organisation], str] = lambda clinic: "", **said: Any
) -> Act:
    """Send the form of a page of the clinic's manager, with what it sends unseen; `at` makes what
    the page is about and says what stands for {at} in its address.
    """

    def act() -> tuple[str, str, HttpResponse]:
        clinic = builders.organisation()
        manager = Desk(builders.user(Role.CLINIC_MANAGER, owner=clinic.account))
        address = page.format(at=at(clinic))
        unseen = Page(manager.get(address).content.decode()).unseen
        start()
        return signed(manager.user), "staff", manager.post(address, {**unseen, **said})

    return act


def a_patient(clinic: Organisation) -> str:
    return str(builders.patient(clinic).public_id)


def a_locked_study(clinic: Organisation) -> str:
    return str(recorded.locked(recorded.in_house(clinic)).public_id)


def a_colleague(clinic: Organisation) -> str:
    return str(builders.user(Role.CLINIC_STAFF, owner=clinic.account).membership.public_id)


def an_invitation(clinic: Organisation) -> str:
    return str(builders.invitation(clinic.account).public_id)


def a_client(clinic: Organisation) -> str:
    return str(builders.api_client(clinic.account).client.client_id)


def an_endpoint(clinic: Organisation) -> str:
    return str(builders.endpoint(clinic.account, RECEIVER).endpoint.public_id)


def decided_about_phones() -> tuple[str, str, HttpResponse]:
    alert = builders.phone_alert()
    desk = Desk(builders.user(Role.ADMINISTRATOR))
    start()
    page = f"/admin/orders/phonealert/{alert.pk}/decision/"
    return signed(desk.user), "admin", desk.post(page, {"decision": "We talked."})


def test_what_the_worker_writes_is_signed_by_homeward() -> None:
    clinic = builders.organisation(builders.account(phone_share_minimum=3))
    orderer = builders.staff(owner=clinic.account)
    builders.orders_with_phones(clinic, phones=2, of=3, actor=orderer)
    start()

    watch_phone_use(now=timezone.now())

    written = since_start()
    assert written
    for version in written:
        assert (version.pgh_context["who"], version.pgh_context["door"]) == ("system", "system")
        assert version.pgh_context["actor"]


NEW: Final = "another correct horse"
EVERYWHERE: Final = {"roles": ["clinic_staff"], "reach": "all"}


def by_owner_of_a_factor(page: str) -> Act:
    def act() -> tuple[str, str, HttpResponse]:
        user = has_app(builders.user(Role.CLINIC_STAFF))
        client = signed_in(user)
        start()
        return signed(user), "staff", client.post(page)

    return act


ACTS: Final[dict[str, Act]] = {
    "placing": placed_by_staff,
    "contact": by_staff("contact/", email="new@test.example", phone="07911 123457"),
    "address": by_staff("confirm-address/", **ADDRESS),
    "cancelling": by_staff("cancel/", reason="Not needed."),
    "note": by_staff("note/", text="Ring twice."),
    "step": by_admin("/admin/orders/order/{order.pk}/step/hold/", reason="Because.", last_seen="0"),
    "organisation": organisation_changed_by_admin,
    "v1 placing": placed_by_program,
    "v1 cancelling": cancelled_by_program,
    "activating": activated_by_the_gateway,
    "playing": played_by_staff,
    "registering": by_manager("/patients/new/", **PATIENT, **ADDRESS),
    "editing": by_manager("/patients/{at}/edit/", at=a_patient, **PATIENT, **ADDRESS),
    "archiving": by_manager("/patients/{at}/archive/", at=a_patient),
    "new study": by_manager(
        "/studies/new/{at}/", at=a_patient, nights="2", sensors="neck", emit_on="organisation"
    ),
    "unlocking": by_manager("/studies/{at}/unlock/", at=a_locked_study, reason="Asked."),
    "cancelling a study": by_manager("/studies/{at}/cancel/", at=a_locked_study, reason="Over."),
    "inviting": by_manager("/team/invite/", email="new@test.example", **EVERYWHERE),
    "withdrawing": by_manager("/team/invited/{at}/withdraw/", at=an_invitation),
    "changing roles": by_manager("/team/{at}/", at=a_colleague, reach="all", roles=["clinician"]),
    "deactivating": by_manager("/team/{at}/deactivate/", at=a_colleague),
    "new client": by_manager("/developers/clients/new/", name="Ours", scopes=["orders"]),
    "new key": by_manager("/developers/keys/new/", name="Ours", scopes=["orders"]),
    "new secret": by_manager("/developers/clients/{at}/secret/", at=a_client, overlap="none"),
    "client off": by_manager("/developers/clients/{at}/off/", at=a_client),
    "new endpoint": by_manager(
        "/developers/webhooks/new/?dialect=v1", url=RECEIVER, kinds=["shipped"]
    ),
    "endpoint changed": by_manager(
        "/developers/webhooks/{at}/change/", at=an_endpoint, url=RECEIVER, kinds=["shipped"]
    ),
    "endpoint's secret": by_manager(
        "/developers/webhooks/{at}/secret/", at=an_endpoint, overlap="none"
    ),
    "endpoint removed": by_manager("/developers/webhooks/{at}/remove/", at=an_endpoint),
    "phones": decided_about_phones,
    "own password": own_password_changed,
    "forgotten password": forgotten_password_changed,
    "second factor": by_owner_of_a_factor("/accounts/2fa/totp/deactivate/"),
    "recovery codes": by_owner_of_a_factor("/accounts/2fa/recovery-codes/generate/"),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_write_is_signed_with_who_door_and_request(name: str) -> None:
    check_is_signed(ACTS[name])
