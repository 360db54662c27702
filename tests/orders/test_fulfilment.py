from dataclasses import replace

import pytest

from foundation.errors import Forbidden
from orders import fulfilment
from orders.errors import AlreadyShipped, ReasonMissing, ShipmentIncomplete, StepNotAllowed
from orders.fulfilment import Tracking
from orders.models import Direction, ShipmentState
from orders.statuses import Status
from studies.statuses import StudyStatus
from tests import builders

pytestmark = pytest.mark.django_db

WHY = "Because the test says so."


def test_every_status_but_waiting_for_stock_is_reached_by_commands():
    reached = {builders.order(status).status for status in builders.PATHS}

    assert reached == set(Status) - {Status.PENDING_INVENTORY}


def test_each_step_is_one_event_named_after_what_is_then_true():
    order = builders.order(Status.RETURN_ISSUED)

    assert [event.name for event in order.events.order_by("pk")] == [
        "order_placed",
        "awaiting_shipment",
        "shipped",
        "delivered",
        "return_issued",
    ]


def test_shipping_keeps_the_parcel_and_delivering_says_so_of_it():
    order = builders.order(Status.DELIVERED)

    parcel = order.shipments.get()

    assert (parcel.carrier, parcel.tracking_number) == ("Test Post", "TP000000001")
    assert (parcel.direction, parcel.state) == (Direction.OUT, ShipmentState.DELIVERED)


@pytest.mark.parametrize("tracking", [Tracking(), Tracking("Test Post"), Tracking("", "TP1")])
def test_shipping_needs_a_carrier_and_a_number(tracking):
    order = builders.order(Status.AWAITING_SHIPMENT)

    with pytest.raises(ShipmentIncomplete):
        fulfilment.ship_order(order, tracking=tracking, actor=builders.operator())

    assert order.shipments.count() == 0


def test_a_parcel_that_may_not_leave_is_not_kept():
    order = builders.order(Status.ORDER_PLACED)

    with pytest.raises(StepNotAllowed):
        fulfilment.ship_order(order, tracking=builders.PARCEL, actor=builders.operator())

    assert order.shipments.count() == 0


@pytest.mark.parametrize(
    "status",
    [
        Status.AVAILABLE_FOR_PICKUP,
        Status.UNSUCCESSFUL_DELIVERY,
        Status.DELIVERED,
        Status.RETURN_ISSUED,
    ],
)
def test_a_replacement_packs_the_same_order_again(status):
    order = builders.order(status)

    again = fulfilment.replace_shipment(order, reason=WHY, actor=builders.operator())
    again = fulfilment.ship_order(again, tracking=builders.PARCEL, actor=builders.operator())

    assert again.status == Status.SHIPPED
    assert again.shipments.filter(direction=Direction.OUT).count() == 2


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.ON_HOLD, Status.UNSUCCESSFUL_DELIVERY])
def test_only_an_order_that_waits_in_place_is_released(status):
    with pytest.raises(StepNotAllowed):
        fulfilment.release_order(builders.order(status), actor=builders.operator())


@pytest.mark.parametrize("status", [Status.ORDER_PLACED, Status.ON_HOLD])
def test_nothing_is_replaced_that_never_left(status):
    with pytest.raises(StepNotAllowed):
        fulfilment.replace_shipment(builders.order(status), reason=WHY, actor=builders.operator())


def test_resuming_goes_back_to_where_the_order_was_held():
    order = builders.order(Status.AWAITING_SHIPMENT)
    held = fulfilment.hold_order(order, reason=WHY, actor=builders.operator())

    resumed = fulfilment.resume_order(held, actor=builders.operator())

    assert (resumed.status, resumed.resume_to) == (Status.AWAITING_SHIPMENT, "")


def test_an_order_that_is_not_paused_is_not_resumed():
    with pytest.raises(StepNotAllowed):
        fulfilment.resume_order(builders.order(), actor=builders.operator())


def test_the_clinic_confirms_an_address_as_it_is():
    order = builders.order(Status.RECONFIRM_ADDRESS)

    confirmed = fulfilment.confirm_address(order, None, actor=builders.staff(owner=order.account))

    assert (confirmed.status, confirmed.address) == (Status.ORDER_PLACED, builders.ADDRESS)


def test_the_clinic_corrects_an_address_even_after_shipping():
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY)
    order = fulfilment.ask_to_confirm_address(order, reason=WHY, actor=builders.operator())
    better = replace(builders.ADDRESS, lines=("2 Other Street",))

    confirmed = fulfilment.confirm_address(order, better, actor=builders.staff(owner=order.account))

    assert (confirmed.status, confirmed.address) == (Status.AWAITING_SHIPMENT, better)


def test_an_address_is_confirmed_only_when_that_was_asked():
    order = builders.order(Status.ON_HOLD)

    with pytest.raises(StepNotAllowed):
        fulfilment.confirm_address(order, None, actor=builders.staff(owner=order.account))


@pytest.mark.parametrize("status", [Status.ORDER_PLACED, Status.AWAITING_SHIPMENT, Status.ON_HOLD])
def test_operators_void_until_it_is_shipped_and_the_study_is_cancelled(status):
    order = builders.order(status)

    voided = fulfilment.void_order(order, reason=WHY, actor=builders.operator())

    voided.study.refresh_from_db()
    assert (voided.status, voided.study.status) == (Status.VOIDED, StudyStatus.CANCELLED)


@pytest.mark.parametrize("status", [Status.SHIPPED, Status.DELIVERED])
def test_nobody_voids_what_was_shipped(status):
    with pytest.raises(StepNotAllowed):
        fulfilment.void_order(builders.order(status), reason=WHY, actor=builders.operator())


@pytest.mark.parametrize("way", ["replaced", "asked about its address"])
def test_nobody_voids_an_order_whose_parcel_has_left_once(way):
    order = builders.order(Status.UNSUCCESSFUL_DELIVERY)
    step = {
        "replaced": fulfilment.replace_shipment,
        "asked about its address": fulfilment.ask_to_confirm_address,
    }[way]
    order = step(order, reason=WHY, actor=builders.operator())

    with pytest.raises(AlreadyShipped):
        fulfilment.void_order(order, reason=WHY, actor=builders.operator())

    order.study.refresh_from_db()
    assert order.study.status == StudyStatus.CREATED


def test_a_study_whose_kit_has_left_outlives_an_order_that_is_given_up():
    order = builders.order(Status.DELIVERED)
    order = fulfilment.replace_shipment(order, reason=WHY, actor=builders.operator())

    fulfilment.give_up_order(order, reason=WHY, actor=builders.operator())

    order.study.refresh_from_db()
    assert order.study.status == StudyStatus.CREATED


def test_the_timeline_tells_going_on_and_packing_again_from_the_first_time():
    order = builders.order(Status.ON_HOLD)
    order = fulfilment.resume_order(order, actor=builders.operator())
    later = builders.order(Status.DELIVERED)
    fulfilment.replace_shipment(later, reason=WHY, actor=builders.operator())

    assert order.events.latest("pk").words == "Goes on: placed"
    assert later.events.latest("pk").words == "To be packed again"


def test_what_cannot_be_fulfilled_may_still_be_voided_and_keeps_the_first_time():
    order = builders.order(Status.UNABLE_TO_FULFILL)

    voided = fulfilment.void_order(order, reason=WHY, actor=builders.operator())

    assert voided.cancelled_at == order.cancelled_at


REASONED = [
    (fulfilment.hold_order, Status.ORDER_PLACED),
    (fulfilment.ask_for_information, Status.ORDER_PLACED),
    (fulfilment.ask_to_confirm_address, Status.ORDER_PLACED),
    (fulfilment.give_up_order, Status.ORDER_PLACED),
    (fulfilment.void_order, Status.ORDER_PLACED),
    (fulfilment.fail_delivery, Status.SHIPPED),
    (fulfilment.replace_shipment, Status.DELIVERED),
]


@pytest.mark.parametrize(("step", "status"), REASONED)
def test_what_stops_or_turns_an_order_back_needs_a_reason(step, status):
    order = builders.order(status)

    with pytest.raises(ReasonMissing):
        step(order, reason="  ", actor=builders.operator())

    order.refresh_from_db()
    assert order.status == status


@pytest.mark.parametrize(("step", "status"), REASONED)
def test_clinic_staff_do_not_move_parcels(step, status):
    order = builders.order(status)

    with pytest.raises(Forbidden):
        step(order, reason=WHY, actor=builders.staff(owner=order.account))
