from dataclasses import replace

import pytest

from foundation.actors import Door
from foundation.errors import Forbidden
from foundation.phones import Phone
from orders.commands import add_note, cancel_order, change_order
from orders.errors import (
    AddressFixed,
    NotCancellable,
    NothingToChange,
    OrderIsOver,
    OrderNotFound,
    ReasonMissing,
)
from orders.fulfilment import hold_order
from orders.statuses import Status
from orders.wanted import OrderChange
from organisations.actors import actor_for_user
from organisations.roles import Role
from studies.statuses import StudyStatus
from tests import builders

pytestmark = pytest.mark.django_db

ELSEWHERE = replace(builders.ADDRESS, lines=("2 Other Street",))
SENT = [
    Status.AWAITING_SHIPMENT,
    Status.SHIPPED,
    Status.AVAILABLE_FOR_PICKUP,
    Status.UNSUCCESSFUL_DELIVERY,
    Status.DELIVERED,
    Status.RETURN_ISSUED,
]
NOT_SENT = [
    Status.ORDER_PLACED,
    Status.ON_HOLD,
    Status.PENDING_ADDITIONAL_INFORMATION,
    Status.RECONFIRM_ADDRESS,
]


@pytest.mark.parametrize("status", NOT_SENT)
def test_an_order_is_cancelled_until_it_is_sent_and_its_study_with_it(status):
    order = builders.order(status)

    cancelled = cancel_order(order, reason="Not needed.", actor=_staff_of(order))

    cancelled.study.refresh_from_db()
    assert (cancelled.status, cancelled.study.status) == (Status.VOIDED, StudyStatus.CANCELLED)
    assert cancelled.cancelled_at is not None


@pytest.mark.parametrize("status", SENT)
def test_an_order_that_was_sent_cannot_be_cancelled_by_the_clinic(status):
    order = builders.order(status)

    with pytest.raises(NotCancellable):
        cancel_order(order, reason="Too late.", actor=_staff_of(order))

    order.refresh_from_db()
    assert order.status == status


def test_an_order_put_on_hold_after_it_was_sent_still_cannot_be_cancelled():
    order = builders.order(Status.AWAITING_SHIPMENT)
    order = hold_order(order, reason="Wait.", actor=builders.operator())

    with pytest.raises(NotCancellable):
        cancel_order(order, reason="Too late.", actor=_staff_of(order))


@pytest.mark.parametrize("status", [Status.VOIDED, Status.UNABLE_TO_FULFILL])
def test_cancelling_again_changes_nothing_and_records_nothing(status):
    order = builders.order(status)
    before = order.events.count()

    again = cancel_order(order, reason="Again.", actor=_staff_of(order))

    assert (again.status, order.events.count()) == (status, before)


def test_staff_say_why_they_cancel_and_programs_need_not():
    order = builders.order()

    with pytest.raises(ReasonMissing):
        cancel_order(order, reason=" ", actor=_staff_of(order))
    cancelled = cancel_order(order, reason="", actor=builders.integrator(order.account))

    assert cancelled.status == Status.VOIDED


def test_the_reason_is_a_note_and_the_event_points_at_it():
    order = builders.order()

    cancel_order(order, reason="Alma moved away.", actor=_staff_of(order))

    event = order.events.get(name="voided")
    assert (event.note.text, event.note.is_reason, event.facts) == ("Alma moved away.", True, {})


@pytest.mark.parametrize("status", NOT_SENT)
def test_the_address_changes_until_the_order_is_sent(status):
    order = builders.order(status)

    change_order(order, OrderChange(address=ELSEWHERE), actor=_staff_of(order))

    order.refresh_from_db()
    assert order.address == ELSEWHERE
    assert order.patient.address == builders.ADDRESS
    assert order.events.filter(name="address_changed").count() == 1


@pytest.mark.parametrize("status", SENT)
def test_another_address_after_sending_is_refused_with_everything_beside_it(status):
    order = builders.order(status)
    change = OrderChange(address=ELSEWHERE, email="new@test.example")

    with pytest.raises(AddressFixed):
        change_order(order, change, actor=_staff_of(order))

    order.patient.refresh_from_db()
    assert order.patient.email != "new@test.example"


def test_the_same_address_after_sending_changes_nothing_and_is_fine():
    order = builders.order(Status.SHIPPED)
    before = order.events.count()

    change_order(order, OrderChange(address=builders.ADDRESS), actor=_staff_of(order))

    assert order.events.count() == before


def test_a_cancelled_order_keeps_its_address():
    order = builders.order(Status.VOIDED)

    with pytest.raises(OrderIsOver):
        change_order(order, OrderChange(address=ELSEWHERE), actor=_staff_of(order))


@pytest.mark.parametrize("status", [Status.ORDER_PLACED, Status.DELIVERED, Status.VOIDED])
def test_contact_details_change_at_any_time(status):
    order = builders.order(status)
    phone = Phone.read("07400 123456", region="GB")

    change_order(order, OrderChange(email="new@test.example", phone=phone), actor=_staff_of(order))

    order.patient.refresh_from_db()
    assert (order.patient.email, order.patient.phone) == ("new@test.example", "07400 123456")
    assert order.patient.phone_e164 == "+447400123456"
    assert order.events.filter(name="contact_changed").count() == 1


def test_a_change_of_nothing_is_refused():
    order = builders.order()

    with pytest.raises(NothingToChange):
        change_order(order, OrderChange(), actor=_staff_of(order))


def test_cancelling_wins_over_whatever_else_is_asked():
    order = builders.order()

    changed = change_order(
        order,
        OrderChange(cancel=True, address=ELSEWHERE, reason="Both."),
        actor=_staff_of(order),
    )

    assert (changed.status, changed.address) == (Status.VOIDED, builders.ADDRESS)


def test_another_accounts_order_is_not_found():
    order = builders.order()
    stranger = builders.staff(owner=builders.account())

    with pytest.raises(OrderNotFound):
        cancel_order(order, reason="Mine now.", actor=stranger)


def test_an_order_of_another_organisation_is_not_found():
    account = builders.account()
    mine, other = builders.organisation(account), builders.organisation(account)
    order = builders.order(chosen=other)

    with pytest.raises(OrderNotFound):
        cancel_order(order, reason="Mine now.", actor=builders.staff(mine))


def test_a_note_is_on_the_timeline():
    order = builders.order()

    add_note(order, "Rings twice.", actor=_staff_of(order))

    note = order.events.get(name="note_added").note
    assert (note.text, note.is_reason) == ("Rings twice.", False)


def test_a_clinician_reads_but_does_not_change():
    order = builders.order()
    clinician = actor_for_user(builders.user(Role.CLINICIAN, owner=order.account), door=Door.STAFF)

    with pytest.raises(Forbidden):
        cancel_order(order, reason="No.", actor=clinician)


def _staff_of(order):
    return builders.staff(owner=order.account)
