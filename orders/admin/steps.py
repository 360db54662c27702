"""The buttons of an order's page: one table says what each is called, when it is offered, what it
asks and which command it calls. The rules are the commands' own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from foundation.actors import Actor, Permission
from foundation.addresses import Address
from orders import fulfilment, lifecycle, packing
from orders.admin import packing_forms as packed
from orders.admin import step_forms as ask
from orders.commands import (
    add_note,
    change_order,
    why_address_stays,
)
from orders.errors import StepNotPossible
from orders.models import EventName, Order
from orders.statuses import CAN_COME_BACK, PAUSED, REPLACEABLE, RESUMABLE, Status
from orders.wanted import OrderChange

Onward = frozenset[Status]
Offered = Callable[[Order, Onward], bool]

_RESUMED = frozenset(EventName(status.value) for status in RESUMABLE)


@dataclass(frozen=True, kw_only=True)
class Step:
    """`words` are on the button, `done` is said after it; `tells` are the events that it leaves."""

    words: str
    does: Callable[..., Any]
    when: Offered
    tells: frozenset[EventName]
    done: str
    needs: Permission = Permission.FULFIL_ORDERS
    asks: type[ask.StepForm] = ask.RemarkForm
    group: str = "Onward"
    text: str = ""
    is_final: bool = False

    def check(self, order: Order) -> None:
        """Raise StepNotPossible unless the order is where this step begins."""
        if not self.when(order, lifecycle.onward(order)):
            raise StepNotPossible(
                field="status", step=self.words, status=order.get_status_display()
            )


def _leads_to(status: Status) -> dict[str, Any]:
    """Offered whenever the order may become this, and leaves the event of this name."""
    return {
        "when": lambda _, onward: status in onward,
        "tells": frozenset({EventName(status.value)}),
    }


def _can_be_released(order: Order, onward: Onward) -> bool:
    return Status.AWAITING_SHIPMENT in onward and not order.is_sent_for_fulfilment


def _can_be_replaced(order: Order, onward: Onward) -> bool:
    return Status.AWAITING_SHIPMENT in onward and order.status in REPLACEABLE


def _can_come_back(order: Order, _: Onward) -> bool:
    return order.status in CAN_COME_BACK


def _is_for_return_only(order: Order, onward: Onward) -> bool:
    return order.status == Status.ORDER_PLACED and Status.RETURN_ISSUED in onward


def _is_paused(order: Order, _: Onward) -> bool:
    return order.status in PAUSED


def _waits_for_address(order: Order, _: Onward) -> bool:
    return order.status == Status.RECONFIRM_ADDRESS


def _can_be_voided(order: Order, onward: Onward) -> bool:
    return Status.VOIDED in onward and not fulfilment.has_left(order)


def _address_is_open(order: Order, _: Onward) -> bool:
    return why_address_stays(order) is None


def _has_patient(order: Order, _: Onward) -> bool:
    return order.patient_id is not None


def _always(_: Order, __: Onward) -> bool:
    return True


def _needs_devices(order: Order, _: Onward) -> bool:
    return _is_packed_now(order) and any(n > 0 for n in packing.room_for_devices(order).values())


def _needs_kits(order: Order, _: Onward) -> bool:
    return _is_packed_now(order) and any(n > 0 for n in packing.room_for_kits(order).values())


def _has_devices(order: Order, _: Onward) -> bool:
    return _is_packed_now(order) and packing.packed_devices(order).exists()


def _has_kits(order: Order, _: Onward) -> bool:
    return _is_packed_now(order) and packing.packed_kits(order).exists()


def _is_packed_now(order: Order) -> bool:
    return order.status == Status.AWAITING_SHIPMENT


def _change_contact(order: Order, *, change: OrderChange, actor: Actor) -> Order:
    return change_order(order, change, actor=actor)


def _change_address(order: Order, *, address: Address | None, actor: Actor) -> Order:
    return change_order(order, OrderChange(address=address), actor=actor)


def _add_note(order: Order, *, reason: str, actor: Actor) -> None:
    add_note(order, reason, actor=actor)


# By the name in the page's address, in the order of the buttons.
STEPS: dict[str, Step] = {
    "release": Step(
        words="Release",
        does=fulfilment.release_order,
        when=_can_be_released,
        tells=frozenset({EventName.AWAITING_SHIPMENT}),
        done="The order is released and ready to pack.",
        text="The order becomes ready to pack. From then on the clinic can no longer change it.",
    ),
    "ship": Step(
        words="Ship",
        does=fulfilment.ship_order,
        asks=ask.ShipForm,
        done="The order is shipped.",
        text="The carrier has the parcel.",
        **_leads_to(Status.SHIPPED),
    ),
    "confirm-address": Step(
        words="Confirm the address",
        does=fulfilment.confirm_address,
        needs=Permission.CONFIRM_ADDRESSES,
        asks=ask.ConfirmAddressForm,
        when=_waits_for_address,
        tells=_RESUMED,
        done="The address is confirmed, and the order goes on.",
        text="Leave the address as it is if it is right, or put it right.",
    ),
    "resume": Step(
        words="Resume",
        does=fulfilment.resume_order,
        when=_is_paused,
        tells=_RESUMED,
        done="The order goes on.",
        text="The order goes on where it stopped.",
    ),
    "ready-for-pickup": Step(
        words="Ready for pick-up",
        does=fulfilment.make_ready_for_pickup,
        done="The order is ready for pick-up.",
        text="The parcel waits at the carrier’s counter.",
        **_leads_to(Status.AVAILABLE_FOR_PICKUP),
    ),
    "deliver": Step(
        words="Deliver",
        does=fulfilment.deliver_order,
        done="The order is delivered.",
        text="The recipient has the parcel.",
        **_leads_to(Status.DELIVERED),
    ),
    "unsuccessful-delivery": Step(
        words="Unsuccessful delivery",
        does=fulfilment.fail_delivery,
        asks=ask.ReasonForm,
        done="The delivery is recorded as failed.",
        text="The carrier could not deliver the parcel.",
        **_leads_to(Status.UNSUCCESSFUL_DELIVERY),
    ),
    "return": Step(
        words="Return on its way",
        does=fulfilment.start_return,
        asks=ask.ReturnForm,
        done="The return is on its way.",
        text="The parcel is on its way home.",
        when=_can_come_back,
        tells=frozenset({EventName.RETURN_ISSUED}),
    ),
    "label": Step(
        words="Return label e-mailed",
        does=fulfilment.email_return_label,
        when=_is_for_return_only,
        tells=frozenset({EventName.RETURN_ISSUED}),
        done="The return is waited for.",
        text="Nothing goes out with this order: the recipient has the label in an e-mail.",
    ),
    "replace": Step(
        words="Replace the shipment",
        does=fulfilment.replace_shipment,
        asks=ask.ReasonForm,
        when=_can_be_replaced,
        tells=frozenset({EventName.AWAITING_SHIPMENT}),
        done="The order is ready to pack again.",
        text="The same order is packed once more: its parcel was lost, broken or sent back.",
    ),
    "pack-device": Step(
        words="Pack a device",
        does=packing.assign_device,
        asks=packed.PackDeviceForm,
        when=_needs_devices,
        tells=frozenset(),
        done="The device is packed.",
        group="Pack",
    ),
    "pack-kit": Step(
        words="Pack a kit",
        does=packing.pack_kit,
        asks=packed.PackKitForm,
        when=_needs_kits,
        tells=frozenset(),
        done="The kit is packed.",
        group="Pack",
    ),
    "take-device-off": Step(
        words="Take a device out",
        does=packing.take_device_off,
        asks=packed.TakeDeviceOffForm,
        when=_has_devices,
        tells=frozenset(),
        done="The device is on the shelf again.",
        group="Pack",
    ),
    "unpack-kit": Step(
        words="Take a kit apart",
        does=packing.unpack_kit,
        asks=packed.UnpackKitForm,
        when=_has_kits,
        tells=frozenset(),
        done="The kit is taken apart, and its devices are on the shelf again.",
        group="Pack",
    ),
    "hold": Step(
        words="Put on hold",
        does=fulfilment.hold_order,
        asks=ask.ReasonForm,
        done="The order is on hold.",
        text="The order stops until somebody resumes it.",
        group="Pause",
        **_leads_to(Status.ON_HOLD),
    ),
    "ask-for-information": Step(
        words="Ask for information",
        does=fulfilment.ask_for_information,
        asks=ask.ReasonForm,
        done="The order waits for information.",
        text="The order waits for an answer. Say what is needed, and from whom.",
        group="Pause",
        **_leads_to(Status.PENDING_ADDITIONAL_INFORMATION),
    ),
    "ask-to-confirm-address": Step(
        words="Ask to confirm the address",
        does=fulfilment.ask_to_confirm_address,
        asks=ask.ReasonForm,
        done="The order waits until its address is confirmed.",
        text="The order waits until the clinic confirms or corrects the address.",
        group="Pause",
        **_leads_to(Status.RECONFIRM_ADDRESS),
    ),
    "change-contact": Step(
        words="Change contact",
        does=_change_contact,
        needs=Permission.CHANGE_ORDERS,
        asks=ask.ChangeContactForm,
        when=_has_patient,
        tells=frozenset({EventName.CONTACT_CHANGED}),
        done="The contact details are changed.",
        text="For the patient: on this order and on those that follow.",
        group="Put right",
    ),
    "change-address": Step(
        words="Change address",
        does=_change_address,
        needs=Permission.CHANGE_ORDERS,
        asks=ask.ChangeAddressForm,
        when=_address_is_open,
        tells=frozenset({EventName.ADDRESS_CHANGED}),
        done="The address of this order is changed.",
        text="For this order only. It is possible until the order is released.",
        group="Put right",
    ),
    "note": Step(
        words="Add a note",
        does=_add_note,
        needs=Permission.CHANGE_ORDERS,
        asks=ask.NoteForm,
        when=_always,
        tells=frozenset({EventName.NOTE_ADDED}),
        done="The note is added.",
        group="Put right",
    ),
    "unable-to-fulfil": Step(
        words="Unable to fulfil",
        does=fulfilment.give_up_order,
        asks=ask.ReasonForm,
        done="The order cannot be fulfilled.",
        text="The order ends here, and its study is cancelled with it.",
        group="Call off",
        is_final=True,
        **_leads_to(Status.UNABLE_TO_FULFILL),
    ),
    "void": Step(
        words="Void the order",
        does=fulfilment.void_order,
        needs=Permission.VOID_ORDERS,
        asks=ask.ReasonForm,
        when=_can_be_voided,
        tells=frozenset({EventName.VOIDED}),
        done="The order is cancelled.",
        text="Possible until the order is shipped. Its study is cancelled with it. "
        "This cannot be undone.",
        group="Call off",
        is_final=True,
    ),
}
