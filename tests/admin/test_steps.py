"""The buttons of an order: each asks for what its command needs, calls it, and shows a refusal."""

import threading
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client

from foundation.models import AccessEntry
from orders.admin.steps import STEPS
from orders.commands import change_order
from orders.lifecycle import onward
from orders.models import EventName, Order, OrderNote
from orders.statuses import Status
from orders.wanted import OrderChange
from organisations.roles import Role
from patients.models import Patient
from tests import builders
from tests.admin.conftest import SignIn

S = Status
WHY = {"reason": "The test says so."}
PARCEL = {"carrier": "Test Post", "number": "TP000000001"}
CONTACT = {"email": "new@test.example", "phone": "07911 123456"}
HOME = {"line_1": "2 Other Street", "city": "Leeds", "county": "", "postcode": "LS1 4DY"}

# The step, the status it starts from, what is typed, and the status it leads to.
STEPS_TAKEN = [
    ("release", S.ORDER_PLACED, {}, S.AWAITING_SHIPMENT),
    ("ship", S.AWAITING_SHIPMENT, PARCEL, S.SHIPPED),
    ("confirm-address", S.RECONFIRM_ADDRESS, HOME, S.ORDER_PLACED),
    ("resume", S.ON_HOLD, {}, S.ORDER_PLACED),
    ("ready-for-pickup", S.SHIPPED, {}, S.AVAILABLE_FOR_PICKUP),
    ("deliver", S.SHIPPED, {}, S.DELIVERED),
    ("unsuccessful-delivery", S.SHIPPED, WHY, S.UNSUCCESSFUL_DELIVERY),
    ("return", S.DELIVERED, PARCEL, S.RETURN_ISSUED),
    ("replace", S.RETURN_ISSUED, WHY, S.AWAITING_SHIPMENT),
    ("hold", S.ORDER_PLACED, WHY, S.ON_HOLD),
    ("ask-for-information", S.ORDER_PLACED, WHY, S.PENDING_ADDITIONAL_INFORMATION),
    ("ask-to-confirm-address", S.UNSUCCESSFUL_DELIVERY, WHY, S.RECONFIRM_ADDRESS),
    ("change-contact", S.DELIVERED, CONTACT, S.DELIVERED),
    ("change-address", S.ORDER_PLACED, HOME, S.ORDER_PLACED),
    ("note", S.VOIDED, WHY, S.VOIDED),
    ("unable-to-fulfil", S.ORDER_PLACED, WHY, S.UNABLE_TO_FULFILL),
    ("void", S.AWAITING_SHIPMENT, WHY, S.VOIDED),
]
ASK_WHY = [
    "unsuccessful-delivery",
    "replace",
    "hold",
    "ask-for-information",
    "ask-to-confirm-address",
    "note",
    "unable-to-fulfil",
    "void",
]
# Of other orders than these: tests.admin.test_devices and test_returns take them.
PACKING = {"label", "pack-device", "pack-kit", "take-device-off", "unpack-kit"}
START = {name: status for name, status, _, _ in STEPS_TAKEN}


def step(order: Order, name: str) -> str:
    return f"/admin/orders/order/{order.pk}/step/{name}/"


def page(order: Order) -> str:
    return f"/admin/orders/order/{order.pk}/change/"


def now(order: Order) -> Status:
    return Status(Order.objects.values_list("status", flat=True).get(pk=order.pk))


def test_every_step_is_taken_somewhere_below() -> None:
    assert set(START) | PACKING == set(STEPS)


@pytest.mark.parametrize(("name", "here", "typed", "there"), STEPS_TAKEN)
def test_a_step_asks_then_leads_where_it_says(
    name: str, here: Status, typed: dict[str, str], there: Status, operator: Client
) -> None:
    order = builders.order(here)
    assert operator.get(step(order, name)).status_code == 200

    answer = operator.post(step(order, name), typed)

    assert (answer.status_code, answer.get("Location")) == (302, page(order))
    assert now(order) == there


@pytest.mark.parametrize("name", ASK_WHY)
def test_a_step_that_needs_a_reason_says_so_beside_the_box(name: str, operator: Client) -> None:
    order = builders.order(START[name])

    answer = operator.post(step(order, name), {"reason": "  "})

    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert now(order) == START[name]


@pytest.mark.parametrize("left_out", ["carrier", "number"])
def test_nothing_is_shipped_without_carrier_and_number(left_out: str, operator: Client) -> None:
    order = builders.order(S.AWAITING_SHIPMENT)

    answer = operator.post(step(order, "ship"), {**PARCEL, left_out: ""})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [left_out]
    assert f'value="{PARCEL["carrier" if left_out == "number" else "number"]}"' in (
        answer.content.decode()
    )


def test_a_shipment_keeps_carrier_and_number(operator: Client) -> None:
    order = builders.order(S.AWAITING_SHIPMENT)

    operator.post(step(order, "ship"), PARCEL)

    parcel = order.shipments.get()
    assert (parcel.carrier, parcel.tracking_number) == ("Test Post", "TP000000001")


@pytest.mark.parametrize("here", [status for status in S if status != S.PENDING_INVENTORY])
def test_exactly_the_steps_that_are_possible_are_offered(here: Status, operator: Client) -> None:
    order = builders.order(here)
    possible = {name for name, one in STEPS.items() if one.when(order, onward(order))}

    text = operator.get(page(order)).content.decode()

    assert {name for name in STEPS if f'href="{step(order, name)}"' in text} == possible


def test_a_step_that_is_not_possible_now_leads_back_with_the_reason(operator: Client) -> None:
    order = builders.order(S.DELIVERED)

    answer = operator.get(step(order, "ship"), follow=True)

    assert answer.redirect_chain == [(page(order), 302)]
    assert "“Ship” is not possible now: the order is “Delivered”." in answer.content.decode()


def test_a_step_that_has_become_impossible_is_refused_in_words(operator: Client) -> None:
    order = builders.order(S.DELIVERED)

    answer = operator.post(step(order, "ship"), PARCEL)

    assert answer.status_code == 422
    assert "“Ship” is not possible now: the order is “Delivered”." in answer.content.decode()


@pytest.mark.parametrize(
    ("here", "offered"),
    [
        (S.UNABLE_TO_FULFILL, {"void", "note", "change-contact"}),
        (S.VOIDED, {"note", "change-contact"}),
        (S.DELIVERED, {"return", "replace", "note", "change-contact"}),
        (
            S.RECONFIRM_ADDRESS,
            {
                "confirm-address",
                "resume",
                "note",
                "change-contact",
                "change-address",
                "unable-to-fulfil",
                "void",
            },
        ),
    ],
)
def test_what_is_offered_fits_the_status(here: Status, offered: set[str], operator: Client) -> None:
    order = builders.order(here)

    groups = operator.get(page(order)).context["steps"]

    assert {name for steps in groups.values() for name, _ in steps} == offered


@pytest.mark.parametrize("here", [S.DELIVERED, S.RETURN_ISSUED])
def test_a_parcel_is_not_replaced_without_a_reason(here: Status, operator: Client) -> None:
    order = builders.order(here)

    answer = operator.post(step(order, "release"), {})

    assert (answer.status_code, now(order)) == (422, here)


def test_only_the_domain_says_until_when_an_order_can_be_voided(operator: Client) -> None:
    order = builders.order(S.SHIPPED)

    answer = operator.post(step(order, "void"), WHY)

    assert (answer.status_code, now(order)) == (422, S.SHIPPED)


@pytest.mark.parametrize("name", ["release", "hold", "note", "void"])
def test_a_button_pressed_twice_does_it_once(name: str, operator: Client) -> None:
    order = builders.order(START[name])
    seen = operator.get(step(order, name)).context["form"]["seen"].value()
    before = order.events.count()

    answers = [operator.post(step(order, name), {**WHY, "seen": seen}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert order.events.count() == before + 1


@pytest.mark.parametrize(
    ("name", "typed"),
    [("confirm-address", HOME), ("change-address", HOME), ("change-contact", CONTACT)],
)
def test_a_correction_pressed_twice_is_made_once(
    name: str, typed: dict[str, str], operator: Client
) -> None:
    order = builders.order(START[name])
    seen = operator.get(step(order, name)).context["form"]["seen"].value()

    answers = [operator.post(step(order, name), {**typed, "seen": seen}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    told = order.events.filter(pk__gt=seen, name__in=["address_changed", "contact_changed"])
    assert told.count() == 1


def test_a_corrected_answer_after_back_is_taken(operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)
    assert order.patient
    for name, typo, right in (
        ("change-contact", CONTACT, {**CONTACT, "email": "right@test.example"}),
        ("change-address", HOME, {**HOME, "line_1": "3 Other Street"}),
    ):
        seen = operator.get(step(order, name)).context["form"]["seen"].value()
        for typed in (typo, right):
            answer = operator.post(step(order, name), {**typed, "seen": seen})
            assert answer.status_code == 302

    order.refresh_from_db()
    order.patient.refresh_from_db()
    assert order.patient.email == "right@test.example"
    assert order.address_lines == ["3 Other Street"]


@pytest.mark.parametrize(
    ("name", "typo", "right"),
    [
        ("confirm-address", HOME, {**HOME, "line_1": "3 Other Street"}),
        ("ship", PARCEL, {**PARCEL, "number": "TP000000002"}),
    ],
)
def test_a_corrected_answer_that_comes_too_late_is_not_said_to_be_taken(
    name: str, typo: dict[str, str], right: dict[str, str], operator: Client
) -> None:
    order = builders.order(START[name])
    seen = operator.get(step(order, name)).context["form"]["seen"].value()
    operator.post(step(order, name), {**typo, "seen": seen})

    answer = operator.post(step(order, name), {**right, "seen": seen})

    assert answer.status_code == 422
    assert "is not possible now" in answer.content.decode()


@pytest.mark.parametrize("name", ["confirm-address", "change-address"])
def test_an_address_that_was_changed_meanwhile_is_not_put_back(name: str, operator: Client) -> None:
    order = builders.order(S.RECONFIRM_ADDRESS)
    form = operator.get(step(order, name)).context["form"]
    assert order.address
    change = OrderChange(address=replace(order.address, lines=("9 New Street",)))
    change_order(order, change, actor=builders.staff(owner=order.account))

    answer = operator.post(step(order, name), dict(form.initial))

    assert answer.status_code == 422
    assert "The address has changed since you opened this page." in answer.content.decode()
    order.refresh_from_db()
    assert (order.address_lines, order.status) == (["9 New Street"], S.RECONFIRM_ADDRESS)
    assert answer.context["form"]["line_1"].value() == "9 New Street"


def test_an_order_whose_parcel_has_left_is_not_offered_to_be_voided(operator: Client) -> None:
    order = builders.order(S.RETURN_ISSUED)
    operator.post(step(order, "replace"), WHY)

    assert now(order) == S.AWAITING_SHIPMENT
    assert step(order, "void") not in operator.get(page(order)).content.decode()


def test_a_number_that_a_program_brought_does_not_keep_the_email_address(operator: Client) -> None:
    order = builders.order()
    Patient.objects.filter(pk=order.patient_id).update(phone="+447700900123")

    typed = {"email": "new@test.example", "phone": "+447700900123"}
    answer = operator.post(step(order, "change-contact"), typed)

    assert answer.status_code == 302
    patient = Patient.objects.get(pk=order.patient_id)
    assert (patient.email, patient.phone) == ("new@test.example", "+447700900123")


@pytest.mark.parametrize("emptied", ["email", "phone"])
def test_contact_details_that_are_known_cannot_be_emptied(emptied: str, operator: Client) -> None:
    order = builders.order()

    answer = operator.post(step(order, "change-contact"), {**CONTACT, emptied: ""})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [emptied]


def test_the_same_note_can_be_written_again_later(operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)

    for text in ("Called.", "No answer.", "Called."):
        seen = operator.get(step(order, "note")).context["form"]["seen"].value()
        operator.post(step(order, "note"), {"reason": text, "seen": seen})

    texts = OrderNote.objects.filter(order=order).order_by("pk").values_list("text", flat=True)
    assert list(texts) == ["Called.", "No answer.", "Called."]


@pytest.mark.django_db(transaction=True)
def test_a_button_pressed_twice_at_once_does_it_once() -> None:
    order = builders.order(S.ORDER_PLACED)
    client = Client()
    client.force_login(builders.user(Role.OPERATOR))
    form = client.get(step(order, "hold")).context["form"]
    together, statuses = threading.Barrier(2), []

    def press() -> None:
        together.wait()
        sent = {**WHY, "seen": form["seen"].value()}
        statuses.append(client.post(step(order, "hold"), sent).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [302, 302]
    assert order.events.filter(name=EventName.ON_HOLD).count() == 1


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 30, "１２", "1.5"])
def test_a_forged_mark_of_what_was_seen_does_no_harm(seen: str, operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)

    answer = operator.post(step(order, "hold"), {**WHY, "seen": seen})

    assert answer.status_code in (302, 422)


def test_an_address_that_is_right_is_confirmed_as_it_is(operator: Client) -> None:
    order = builders.order(S.RECONFIRM_ADDRESS)
    form = operator.get(step(order, "confirm-address")).context["form"]

    operator.post(step(order, "confirm-address"), dict(form.initial))

    assert now(order) == S.ORDER_PLACED
    assert not order.events.filter(name=EventName.ADDRESS_CHANGED).exists()


def test_an_address_that_is_wrong_is_put_right(operator: Client) -> None:
    order = builders.order(S.RECONFIRM_ADDRESS)

    operator.post(step(order, "confirm-address"), HOME)

    order.refresh_from_db()
    assert order.address is not None
    assert (order.address.lines, order.address.county) == (("2 Other Street",), "Leeds")


@pytest.mark.parametrize("name", ["change-address", "change-contact"])
def test_a_change_of_nothing_is_refused(name: str, operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)
    form = operator.get(step(order, name)).context["form"]

    answer = operator.post(step(order, name), dict(form.initial))

    assert answer.status_code == 422
    assert "Nothing to change was given." in answer.content.decode()


def test_a_step_without_the_permission_is_forbidden(sign_in: SignIn) -> None:
    order = builders.order(S.ORDER_PLACED)
    auditor = sign_in(Role.AUDITOR)

    answers = [auditor.post(step(order, name), WHY).status_code for name in STEPS]

    assert set(answers) == {403}
    assert now(order) == S.ORDER_PLACED


def test_who_only_reads_is_offered_nothing(sign_in: SignIn) -> None:
    order = builders.order(S.ORDER_PLACED)

    text = sign_in(Role.AUDITOR).get(page(order)).content.decode()

    assert "/step/" not in text


def test_the_stock_lead_packs_but_does_not_void(sign_in: SignIn) -> None:
    order = builders.order(S.AWAITING_SHIPMENT)

    text = sign_in(Role.STOCK_LEAD).get(page(order)).content.decode()

    assert (step(order, "ship") in text, step(order, "void") in text) == (True, False)


def test_a_step_is_signed_by_who_took_it(operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)

    operator.post(step(order, "hold"), WHY, headers={"X-Request-Id": "the-request"})

    event = order.events.latest("pk")
    signed = order.history.latest("pgh_id").pgh_context
    assert (event.actor, event.door, event.request_id) == ("Test Operator", "admin", "the-request")
    assert (signed["actor"], signed["door"]) == ("Test Operator", "admin")


def test_the_page_of_a_step_leaves_a_row_in_the_access_log(operator: Client) -> None:
    order = builders.order(S.ORDER_PLACED)

    operator.get(step(order, "hold"))

    entry = AccessEntry.objects.get()
    assert (entry.patient_id, entry.order_id) == (order.patient_id, order.pk)


@pytest.mark.parametrize(
    "address",
    [
        "/admin/orders/order/1/step/explode/",
        "/admin/orders/order/999999999/step/hold/",
        "/admin/orders/order/99999999999999999999999999/step/hold/",
        "/admin/orders/order/0/step/hold/",
    ],
)
def test_what_is_not_there_is_not_found(address: str, operator: Client) -> None:
    assert operator.get(address).status_code == 404
