"""Changing an order by the pages: as far as its life allows, and safe to press twice."""

import pytest

from orders import fulfilment
from orders.models import EventName, Order, OrderEvent
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from patients.models import Patient
from tests import builders
from tests.staff.desk import ADDRESS, Desk, desk, hidden_of, page_of, text_of, title_of

CONTACT = {"email": "other@test.example", "phone": "07911 123457"}
PAGES = {
    "contact/": CONTACT,
    "address/": {**ADDRESS, "line_1": "2 Other Street"},
    "cancel/": {"reason": "The patient moved."},
    "note/": {"text": "Ring twice."},
}


def happened(order: Order, name: EventName) -> int:
    return OrderEvent.objects.filter(order=order, name=name).count()


@pytest.fixture
def order(clinic: Organisation) -> Order:
    return builders.order(chosen=clinic)


def test_contact_details_are_changed_for_the_patient(order: Order, staff: Desk):
    answers = [staff.post(page_of(order, "contact/"), CONTACT) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {page_of(order)}
    order.patient.refresh_from_db()
    assert order.patient.email == "other@test.example"
    assert order.patient.phone_e164 == "+447911123457"
    assert happened(order, EventName.CONTACT_CHANGED) == 1


def test_contact_details_can_be_changed_at_any_time(clinic: Organisation, staff: Desk):
    order = builders.order(Status.DELIVERED, chosen=clinic)

    assert staff.post(page_of(order, "contact/"), CONTACT)["Location"] == page_of(order)


def test_known_contact_details_cannot_be_emptied(order: Order, staff: Desk):
    answer = staff.post(page_of(order, "contact/"), {"email": "", "phone": ""})

    assert answer.status_code == 422
    assert title_of(answer).startswith("Error: ")
    assert text_of(answer).count("Enter the patient’s email address") == 2
    assert text_of(answer).count("Enter the patient’s mobile phone number") == 2


def test_a_number_that_a_program_brought_does_not_stand_in_the_way(order: Order, staff: Desk):
    Patient.objects.filter(pk=order.patient_id).update(phone="ext. 12", phone_e164="")

    staff.post(page_of(order, "contact/"), {**CONTACT, "phone": "ext. 12"})

    order.patient.refresh_from_db()
    assert (order.patient.email, order.patient.phone) == ("other@test.example", "ext. 12")


def test_contact_details_left_alone_change_nothing(order: Order, staff: Desk):
    known = {"email": order.patient.email, "phone": order.patient.phone}

    answer = staff.post(page_of(order, "contact/"), known)

    assert answer["Location"] == page_of(order)
    assert happened(order, EventName.CONTACT_CHANGED) == 0


STALE = "The contact details have changed since you opened this page. Check them again."


@pytest.mark.parametrize("typed", [{}, {"phone": "07911 123458"}, {"email": "not one"}])
def test_contact_details_that_changed_meanwhile_are_shown_before_any_are_taken(
    typed: dict[str, str], order: Order, staff: Desk
):
    page = page_of(order, "contact/")
    seen = hidden_of(staff.get(page), "seen")
    shown = {"email": order.patient.email, "phone": order.patient.phone}
    Patient.objects.filter(pk=order.patient_id).update(email="newer@test.example")

    answer = staff.post(page, {**shown, **typed, "seen": seen})

    assert answer.status_code == 422
    assert text_of(answer).count(STALE) == 1
    assert 'value="newer@test.example"' in answer.content.decode()
    order.patient.refresh_from_db()
    assert (order.patient.email, order.patient.phone) == ("newer@test.example", shown["phone"])
    fresh = {"email": "newer@test.example", "phone": "07911 123458"}
    again = staff.post(page, {**fresh, "seen": hidden_of(answer, "seen")})
    assert again["Location"] == page_of(order)
    order.patient.refresh_from_db()
    assert order.patient.phone == "07911 123458"


def test_contact_details_changed_by_pressing_twice_were_not_overtaken(order: Order, staff: Desk):
    seen = hidden_of(staff.get(page_of(order, "contact/")), "seen")

    sent = {**CONTACT, "seen": seen}
    answers = [staff.post(page_of(order, "contact/"), sent) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {page_of(order)}
    assert happened(order, EventName.CONTACT_CHANGED) == 1


def test_the_address_is_changed_before_it_is_sent(order: Order, staff: Desk):
    for _ in range(2):
        staff.post(page_of(order, "address/"), PAGES["address/"])

    order.refresh_from_db()
    assert order.address_lines == ["2 Other Street"]
    assert happened(order, EventName.ADDRESS_CHANGED) == 1


def test_an_address_left_as_it_is_changes_nothing(order: Order, staff: Desk):
    staff.post(page_of(order, "address/"), {**ADDRESS, "postcode": "SW1A 1AA"})

    assert happened(order, EventName.ADDRESS_CHANGED) == 0


def test_what_the_form_does_not_show_of_an_address_stays(order: Order, staff: Desk):
    Order.objects.filter(pk=order.pk).update(country="United Kingdom", address_note="Gate 3")

    staff.post(page_of(order, "address/"), PAGES["address/"])

    order.refresh_from_db()
    assert (order.country, order.address_note) == ("United Kingdom", "Gate 3")


def test_an_order_is_cancelled_with_a_reason(order: Order, staff: Desk):
    for _ in range(2):
        answer = staff.client.post(page_of(order, "cancel/"), PAGES["cancel/"], follow=True)

    order.refresh_from_db()
    assert order.status == Status.VOIDED
    assert happened(order, EventName.VOIDED) == 1
    assert "The patient moved." in text_of(answer)


@pytest.mark.parametrize("status", [Status.VOIDED, Status.UNABLE_TO_FULFILL])
def test_who_cancels_what_is_called_off_is_told_so(
    status: Status, clinic: Organisation, staff: Desk
):
    order = builders.order(status, chosen=clinic)
    before = order.events.count()

    for answer in (
        staff.client.get(page_of(order, "cancel/"), follow=True),
        staff.client.post(page_of(order, "cancel/"), PAGES["cancel/"], follow=True),
    ):
        assert answer.redirect_chain == [(page_of(order), 302)]
        assert "This order is cancelled already." in text_of(answer)
        assert "The order is cancelled." not in text_of(answer)
    assert order.events.count() == before


def test_cancelling_needs_a_reason(order: Order, staff: Desk):
    answer = staff.post(page_of(order, "cancel/"), {"reason": "  "})

    assert answer.status_code == 422
    assert text_of(answer).count("Say why you are cancelling the order") == 2
    order.refresh_from_db()
    assert order.status == Status.ORDER_PLACED


def test_a_note_is_added_once_however_often_the_button_is_pressed(order: Order, staff: Desk):
    for _ in range(3):
        staff.post(page_of(order, "note/"), PAGES["note/"])

    assert happened(order, EventName.NOTE_ADDED) == 1


def test_the_same_note_later_is_another_note(order: Order, staff: Desk):
    for text in ("Ring twice.", "Not at home.", "Ring twice."):
        staff.post(page_of(order, "note/"), {"text": text})

    assert happened(order, EventName.NOTE_ADDED) == 3


def test_an_empty_note_is_not_added(order: Order, staff: Desk):
    answer = staff.post(page_of(order, "note/"), {"text": "\n \n"})

    assert answer.status_code == 422
    assert "Write the note" in text_of(answer)


@pytest.fixture
def asked(clinic: Organisation) -> Order:
    return builders.order(Status.RECONFIRM_ADDRESS, chosen=clinic)


def test_an_address_is_confirmed_as_it_is(asked: Order, staff: Desk):
    sent = {**ADDRESS, "postcode": "SW1A 1AA"}
    answers = [staff.post(page_of(asked, "confirm-address/"), sent) for _ in range(2)]

    asked.refresh_from_db()
    assert {answer["Location"] for answer in answers} == {page_of(asked)}
    assert asked.status == Status.ORDER_PLACED
    assert happened(asked, EventName.ADDRESS_CHANGED) == 0


def test_who_confirms_what_nobody_asks_for_is_told_so(order: Order, staff: Desk):
    sent = {**ADDRESS, "postcode": "SW1A 1AA"}

    answer = staff.client.post(page_of(order, "confirm-address/"), sent, follow=True)

    assert "Nobody asks for this address to be confirmed now." in text_of(answer)
    assert "goes on" not in text_of(answer)


def test_an_address_is_corrected_on_the_way(asked: Order, staff: Desk):
    answers = [staff.post(page_of(asked, "confirm-address/"), PAGES["address/"]) for _ in range(2)]

    asked.refresh_from_db()
    assert {answer["Location"] for answer in answers} == {page_of(asked)}
    assert asked.address_lines == ["2 Other Street"]
    assert asked.status == Status.ORDER_PLACED


def test_an_address_is_corrected_after_shipping_too(clinic: Organisation, staff: Desk):
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY, chosen=clinic)
    fulfilment.ask_to_confirm_address(order, reason="Sent back.", actor=builders.operator())

    staff.post(page_of(order, "confirm-address/"), PAGES["address/"])

    order.refresh_from_db()
    assert order.address_lines == ["2 Other Street"]
    assert order.status == Status.AWAITING_SHIPMENT


def test_who_wants_to_change_an_address_that_is_asked_for_confirms_it(asked: Order, staff: Desk):
    answer = staff.get(page_of(asked, "address/"))

    assert answer["Location"] == page_of(asked, "confirm-address/")


LEFT_ALONE = {**ADDRESS, "postcode": "SW1A 1AA"}
OVERTAKEN = "The address has changed since you opened this page. Check it again."


@pytest.mark.parametrize("sent", [LEFT_ALONE, {**LEFT_ALONE, "city": "Leeds"}, {"postcode": "?"}])
@pytest.mark.parametrize("page", ["address/", "confirm-address/"])
def test_an_address_that_changed_meanwhile_is_shown_before_it_is_taken(
    page: str, sent: dict[str, str], clinic: Organisation, staff: Desk
):
    status = Status.ORDER_PLACED if page == "address/" else Status.RECONFIRM_ADDRESS
    order = builders.order(status, chosen=clinic)
    seen = hidden_of(staff.get(page_of(order, page)), "seen")
    Order.objects.filter(pk=order.pk).update(address_lines=["3 Newer Street"])

    answer = staff.post(page_of(order, page), {**sent, "seen": seen})

    assert answer.status_code == 422
    assert text_of(answer).count(OVERTAKEN) == 1
    assert 'value="3 Newer Street"' in answer.content.decode()
    order.refresh_from_db()
    assert (order.address_lines, order.status) == (["3 Newer Street"], status)
    fresh = {**LEFT_ALONE, "line_1": "3 Newer Street", "seen": hidden_of(answer, "seen")}
    assert staff.post(page_of(order, page), fresh)["Location"] == page_of(order)
    order.refresh_from_db()
    assert (order.address_lines, order.status) == (["3 Newer Street"], Status.ORDER_PLACED)


@pytest.mark.parametrize("page", ["address/", "confirm-address/"])
def test_an_address_corrected_by_pressing_twice_was_not_overtaken(
    page: str, clinic: Organisation, staff: Desk
):
    status = Status.ORDER_PLACED if page == "address/" else Status.RECONFIRM_ADDRESS
    order = builders.order(status, chosen=clinic)
    seen = hidden_of(staff.get(page_of(order, page)), "seen")

    sent = {**PAGES["address/"], "seen": seen}
    answers = [staff.post(page_of(order, page), sent) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {page_of(order)}
    assert happened(order, EventName.ADDRESS_CHANGED) == 1


def test_a_postcode_that_a_program_brought_does_not_stand_in_the_way(asked: Order, staff: Desk):
    Order.objects.filter(pk=asked.pk).update(postcode="75001")

    answer = staff.post(page_of(asked, "confirm-address/"), {**ADDRESS, "postcode": "75001"})

    assert answer["Location"] == page_of(asked)
    asked.refresh_from_db()
    assert (asked.status, asked.postcode) == (Status.ORDER_PLACED, "75001")
    assert happened(asked, EventName.ADDRESS_CHANGED) == 0


def test_nothing_is_confirmed_that_was_not_asked_for(order: Order, staff: Desk):
    page = staff.get(page_of(order, "confirm-address/"))
    forced = staff.post(page_of(order, "confirm-address/"), PAGES["address/"])

    assert page["Location"] == page_of(order)
    assert forced.status_code == 422
    order.refresh_from_db()
    assert order.address_lines == ["1 Test Street"]


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        (
            "address/",
            "This order was sent for fulfilment, so its address can no longer be changed.",
        ),
        ("cancel/", "This order was sent for fulfilment, so it can no longer be cancelled."),
    ],
)
def test_after_sending_the_page_names_the_rule_and_a_forced_answer_gets_the_same(
    page: str, rule: str, clinic: Organisation, staff: Desk
):
    order = builders.order(Status.AWAITING_SHIPMENT, chosen=clinic)

    asked = staff.get(page_of(order, page))
    forced = staff.post(page_of(order, page), PAGES[page])

    assert (asked.status_code, forced.status_code) == (200, 422)
    assert rule in text_of(asked)
    assert rule in text_of(forced)
    assert "<form" not in asked.content.decode().partition("<main")[2].partition("</main")[0]
    order.refresh_from_db()
    assert order.status == Status.AWAITING_SHIPMENT
    assert order.address_lines == ["1 Test Street"]


def test_a_cancelled_order_s_address_stays(clinic: Organisation, staff: Desk):
    order = builders.order(Status.VOIDED, chosen=clinic)

    forced = staff.post(page_of(order, "address/"), PAGES["address/"])

    assert forced.status_code == 422
    assert "This order is “Cancelled”, so its address can no longer be changed." in text_of(forced)


@pytest.mark.parametrize("page", PAGES)
def test_a_clinician_changes_nothing_by_force_either(page: str, clinic: Organisation, order: Order):
    clinician = desk(clinic, Role.CLINICIAN)

    assert clinician.get(page_of(order, page)).status_code == 403
    assert clinician.post(page_of(order, page), PAGES[page]).status_code == 403
    assert OrderEvent.objects.filter(order=order).count() == 1


@pytest.mark.parametrize("page", ["", "confirm-address/", *PAGES])
def test_an_order_of_others_is_not_there(page: str, clinic: Organisation, staff: Desk):
    foreign = builders.order(Status.RECONFIRM_ADDRESS)

    assert staff.get(page_of(foreign, page)).status_code == 404
    assert staff.post(page_of(foreign, page), PAGES.get(page, {})).status_code in {404, 405}
    foreign.refresh_from_db()
    assert foreign.status == Status.RECONFIRM_ADDRESS
