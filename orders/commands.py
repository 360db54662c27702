"""What clinics and their programs do with an order: place it, change it, cancel it, write a note.

The operator's steps are in `orders.fulfilment`, the staff form's memory in `orders.drafts`.
"""

from django.db import transaction

from foundation.actors import Actor, Door, Permission
from foundation.addresses import Address
from foundation.errors import Refusal
from foundation.history import sign_history
from orders import entering, events, lifecycle
from orders.errors import (
    AddressFixed,
    NotCancellable,
    NothingToChange,
    OrderIsCancelled,
    OrderIsOver,
    OrderIsVoided,
    ReasonMissing,
)
from orders.models import EventName, Order
from orders.statuses import Status
from orders.wanted import OrderChange, OrderWanted, StudyWanted
from patients.commands import change_contact_of
from studies import references
from studies.commands import cancel_study


@transaction.atomic
def place_order(wanted: OrderWanted, *, actor: Actor, our_reference: str = "") -> Order:
    """Create the order with its lines, study and patient, and record it, or refuse it all.

    `our_reference` is used when the caller gave none: a draft has drawn one already.
    """
    actor.must(Permission.PLACE_ORDERS)
    sign_history(actor)
    given = wanted.reference
    reference = (
        references.tidy_reference(given)
        if given is not None
        else our_reference or references.our_reference()
    )
    if isinstance(wanted.contents, StudyWanted):
        return entering.enter_study_order(wanted, wanted.contents, reference=reference, actor=actor)
    return entering.enter_supplies_order(wanted, wanted.contents, reference=reference, actor=actor)


@transaction.atomic
def change_order(order: Order, change: OrderChange, *, actor: Actor) -> Order:
    """Make the order as `change` says, all of it or nothing; what is so already changes nothing.

    Raises NotCancellable, AddressFixed or OrderIsOver: contracts/v1.md section 2.2.
    """
    actor.must(Permission.CANCEL_ORDERS if change.cancel else Permission.CHANGE_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if change.cancel:
        return _cancel(order, reason=change.reason, actor=actor)
    if change.address is None and change.email is None and change.phone is None:
        raise NothingToChange
    if change.address is not None and change.address != order.address:
        _change_address(order, change.address, actor=actor)
    if order.patient and change_contact_of(order.patient, email=change.email, phone=change.phone):
        events.record(order, EventName.CONTACT_CHANGED, actor=actor)
    return order


def cancel_order(order: Order, *, reason: str, actor: Actor) -> Order:
    """Call the order off before it is sent for fulfilment; a cancelled one stays cancelled."""
    return change_order(order, OrderChange(cancel=True, reason=reason), actor=actor)


@transaction.atomic
def withdraw_order(order: Order, *, actor: Actor) -> Order:
    """Void the order for its clinic, which can be done once: contracts/v3.md section 3.1.

    Raises OrderIsVoided, NotCancellable.
    """
    actor.must(Permission.CANCEL_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if order.status == Status.VOIDED:
        raise OrderIsVoided(field="status")
    if _has_gone_on(order):
        raise NotCancellable(field="status")
    return _void(order, reason="", actor=actor)


@transaction.atomic
def add_note(order: Order, text: str, *, actor: Actor) -> None:
    """Write a note about the order, for everyone who may see it.

    The same words twice running by the same person are one note: a button was pressed twice.
    """
    actor.must(Permission.CHANGE_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    last = order.events.select_related("note").order_by("-pk").first()
    is_repeated = (
        last is not None
        and last.note is not None
        and (last.name, last.note.text, last.actor_user_id)
        == (EventName.NOTE_ADDED, text, actor.user_id)
    )
    if not is_repeated:
        note = events.write_note(order, text, actor=actor)
        events.record(order, EventName.NOTE_ADDED, actor=actor, note=note)


def why_not_cancelled(order: Order) -> Refusal | None:
    """The rule that keeps the order from being cancelled by its clinic; None when nothing does."""
    if order.is_called_off:
        return OrderIsCancelled(field="status")
    return NotCancellable(field="status") if _has_gone_on(order) else None


def why_address_stays(order: Order) -> Refusal | None:
    """The rule that keeps the order's address as it is; None when it may be changed."""
    if order.is_called_off:
        return OrderIsOver(field="address", status=order.get_status_display())
    return AddressFixed(field="address") if order.is_sent_for_fulfilment else None


def require_reason(reason: str, *, actor: Actor) -> None:
    """People say why; programs that call the API are not asked."""
    if actor.door in (Door.STAFF, Door.ADMIN) and not reason.strip():
        raise ReasonMissing(field="reason")


def _change_address(order: Order, address: Address, *, actor: Actor) -> None:
    if refusal := why_address_stays(order):
        raise refusal
    order.save(update_fields=order.take_address(address))
    events.record(order, EventName.ADDRESS_CHANGED, actor=actor)


def _has_gone_on(order: Order) -> bool:
    """It was sent for fulfilment; or nothing goes out, and its recipient has the return label."""
    return order.is_sent_for_fulfilment or Status.VOIDED not in lifecycle.onward(order)


def _cancel(order: Order, *, reason: str, actor: Actor) -> Order:
    if order.is_called_off:
        return order
    if refusal := why_not_cancelled(order):
        raise refusal
    require_reason(reason, actor=actor)
    return _void(order, reason=reason, actor=actor)


def _void(order: Order, *, reason: str, actor: Actor) -> Order:
    if order.study:
        cancel_study(order.study, actor=actor)
    return lifecycle.advance(order, Status.VOIDED, actor=actor, reason=reason).order
