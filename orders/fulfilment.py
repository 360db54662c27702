"""The operator's way of the parcel, one verb a step. Who may do what is said in each first line."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.addresses import Address
from foundation.history import sign_history
from orders import events, lifecycle, packing, reserving, return_lifecycle
from orders.commands import require_reason
from orders.errors import AlreadyShipped, NotPossibleNow, ShipmentIncomplete
from orders.models import Direction, EventName, Order, Shipment, ShipmentState
from orders.return_statuses import ReturnStatus
from orders.statuses import CAN_COME_BACK, PAUSED, REPLACEABLE, Status
from studies.commands import cancel_study


@dataclass(frozen=True)
class Tracking:
    """Who carries the parcel, and by which number it can be followed."""

    carrier: str = ""
    number: str = ""


@transaction.atomic
def hold_order(order: Order, *, reason: str, actor: Actor) -> Order:
    """Stop until somebody resumes it."""
    return _pause(order, Status.ON_HOLD, reason=reason, actor=actor)


@transaction.atomic
def ask_for_information(order: Order, *, reason: str, actor: Actor) -> Order:
    """Wait for an answer from the clinic or the patient."""
    return _pause(order, Status.PENDING_ADDITIONAL_INFORMATION, reason=reason, actor=actor)


@transaction.atomic
def ask_to_confirm_address(order: Order, *, reason: str, actor: Actor) -> Order:
    """Wait until the clinic confirms or corrects the address."""
    return _pause(order, Status.RECONFIRM_ADDRESS, reason=reason, actor=actor)


@transaction.atomic
def confirm_address(order: Order, address: Address | None, *, actor: Actor) -> Order:
    """Say that the address is right, or give the right one, and let the order go on.

    Allowed after shipping too: a parcel that came back needs a better address.
    """
    actor.must(Permission.CONFIRM_ADDRESSES)
    sign_history(actor)
    order = _must_be(order, {Status.RECONFIRM_ADDRESS}, "confirmed", actor=actor)
    if address is not None and address != order.address:
        order.save(update_fields=order.take_address(address))
        events.record(order, EventName.ADDRESS_CHANGED, actor=actor)
    return lifecycle.advance(order, Status(order.resume_to), actor=actor, resumed=True).order


@transaction.atomic
def resume_order(order: Order, *, reason: str = "", actor: Actor) -> Order:
    """Let a paused order go on where it stopped."""
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    order = _must_be(order, PAUSED, "resumed", actor=actor)
    return lifecycle.advance(
        order, Status(order.resume_to), actor=actor, reason=reason, resumed=True
    ).order


@transaction.atomic
def release_order(order: Order, *, reason: str = "", actor: Actor) -> Order:
    """Send it for fulfilment: it is ready to pack, and the clinic may no longer change it.

    Raises StockMissing for one that was placed before stock was counted, if there is none.
    """
    actor.must(Permission.FULFIL_ORDERS)
    order = _must_be(order, {Status.ORDER_PLACED}, "released", actor=actor)
    reserving.promise(order)
    return _step(order, Status.AWAITING_SHIPMENT, reason=reason, actor=actor)


@transaction.atomic
def replace_shipment(order: Order, *, reason: str, actor: Actor) -> Order:
    """Pack the same order once more, because its parcel was lost, broken or sent back.

    Raises StockMissing when there is nothing to pack.
    """
    actor.must(Permission.FULFIL_ORDERS)
    require_reason(reason, actor=actor)
    sign_history(actor)
    order = _must_be(order, REPLACEABLE, "packed again", actor=actor)
    reserving.promise(order)
    return lifecycle.advance(
        order, Status.AWAITING_SHIPMENT, actor=actor, reason=reason, replaced=True
    ).order


@transaction.atomic
def ship_order(order: Order, *, tracking: Tracking, reason: str = "", actor: Actor) -> Order:
    """The carrier has the parcel.

    Raises ShipmentIncomplete, or NotAllPacked while a device that belongs in it is on the shelf.
    """
    actor.must(Permission.FULFIL_ORDERS)
    if not (tracking.carrier and tracking.number):
        raise ShipmentIncomplete(field="tracking")
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if order.status == Status.AWAITING_SHIPMENT:
        packing.refuse_unpacked(order)
    parcel = _new_parcel(order, Direction.OUT, tracking)
    return lifecycle.advance(
        order, Status.SHIPPED, actor=actor, reason=reason, shipment=parcel.pk
    ).order


@transaction.atomic
def make_ready_for_pickup(order: Order, *, reason: str = "", actor: Actor) -> Order:
    """The parcel waits at the carrier's counter."""
    order = _step(order, Status.AVAILABLE_FOR_PICKUP, reason=reason, actor=actor)
    return _parcel_is(order, ShipmentState.AVAILABLE_FOR_PICKUP)


@transaction.atomic
def fail_delivery(order: Order, *, reason: str, actor: Actor) -> Order:
    """The carrier could not deliver the parcel."""
    actor.must(Permission.FULFIL_ORDERS)
    require_reason(reason, actor=actor)
    order = _step(order, Status.UNSUCCESSFUL_DELIVERY, reason=reason, actor=actor)
    return _parcel_is(order, ShipmentState.UNDELIVERED)


@transaction.atomic
def deliver_order(order: Order, *, reason: str = "", actor: Actor) -> Order:
    """The recipient has the parcel."""
    order = _step(order, Status.DELIVERED, reason=reason, actor=actor)
    return _parcel_is(order, ShipmentState.DELIVERED)


@transaction.atomic
def start_return(
    order: Order, *, tracking: Tracking | None = None, reason: str = "", actor: Actor
) -> Order:
    """The parcel is on its way home, and with it the return that was placed with the order."""
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    order = _must_be(order, CAN_COME_BACK, "on its way home", actor=actor)
    _see_on_its_way(order, tracking or Tracking(), actor=actor)
    parcel = _new_parcel(order, Direction.BACK, tracking or Tracking())
    return lifecycle.advance(
        order, Status.RETURN_ISSUED, actor=actor, reason=reason, shipment=parcel.pk
    ).order


@transaction.atomic
def email_return_label(order: Order, *, reason: str = "", actor: Actor) -> Order:
    """Nothing goes out: the recipient has the label for what comes back in an e-mail."""
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    order = _must_be(order, {Status.ORDER_PLACED}, "sent a label", actor=actor)
    return lifecycle.advance(order, Status.RETURN_ISSUED, actor=actor, reason=reason).order


@transaction.atomic
def give_up_order(order: Order, *, reason: str, actor: Actor) -> Order:
    """It cannot be fulfilled; its study is cancelled with it, unless a parcel has left."""
    actor.must(Permission.FULFIL_ORDERS)
    require_reason(reason, actor=actor)
    sign_history(actor)
    _end_study(lifecycle.locked(order, actor=actor), actor=actor)
    return lifecycle.advance(order, Status.UNABLE_TO_FULFILL, actor=actor, reason=reason).order


@transaction.atomic
def void_order(order: Order, *, reason: str, actor: Actor) -> Order:
    """Call it off for good; its study is cancelled with it.

    Raises AlreadyShipped once a parcel has left, even if the order waits to be packed again.
    """
    actor.must(Permission.VOID_ORDERS)
    require_reason(reason, actor=actor)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if has_left(order):
        raise AlreadyShipped(field="status")
    _end_study(order, actor=actor)
    return lifecycle.advance(order, Status.VOIDED, actor=actor, reason=reason).order


def _must_be(order: Order, allowed: AbstractSet[Status], to: str, *, actor: Actor) -> Order:
    """The order, locked, if it is in one of these statuses, or NotPossibleNow: some verbs mean
    less than the step they take.
    """
    order = lifecycle.locked(order, actor=actor)
    if order.status not in allowed:
        raise NotPossibleNow(field="status", status=order.get_status_display(), to=to)
    return order


def _step(order: Order, to: Status, *, reason: str, actor: Actor) -> Order:
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    return lifecycle.advance(order, to, actor=actor, reason=reason).order


def _pause(order: Order, to: Status, *, reason: str, actor: Actor) -> Order:
    actor.must(Permission.FULFIL_ORDERS)
    require_reason(reason, actor=actor)
    return _step(order, to, reason=reason, actor=actor)


def _see_on_its_way(order: Order, tracking: Tracking, *, actor: Actor) -> None:
    for back in order.returns.filter(status=ReturnStatus.PENDING_RETURN).order_by("pk"):
        return_lifecycle.advance_return(
            back,
            ReturnStatus.IN_TRANSIT,
            actor=actor,
            carrier=tracking.carrier,
            tracking_number=tracking.number,
        )


def has_left(order: Order) -> bool:
    """Whether a parcel of this order was ever given to a carrier."""
    return order.shipments.filter(direction=Direction.OUT).exists()


def _end_study(order: Order, *, actor: Actor) -> None:
    """Before the order is told of: the study's row is locked by whoever tells."""
    if order.study and not has_left(order):
        cancel_study(order.study, actor=actor)


def _new_parcel(order: Order, direction: Direction, tracking: Tracking) -> Shipment:
    return Shipment.objects.create(
        account_id=order.account_id,
        order=order,
        direction=direction,
        carrier=tracking.carrier,
        tracking_number=tracking.number,
    )


def _parcel_is(order: Order, state: ShipmentState) -> Order:
    """Say the same of the parcel that went out last."""
    parcel = order.shipments.filter(direction=Direction.OUT).order_by("-pk").first()
    if parcel:
        parcel.state = state
        parcel.save(update_fields=["state"])
    return order
