"""The statuses of an order and the legal steps between them; `orders.lifecycle` tells the story."""

from django.db import models


class Status(models.TextChoices):
    """Where the parcel is, in the words that staff use."""

    ORDER_PLACED = "order_placed", "Placed"
    PENDING_INVENTORY = "pending_inventory", "Waiting for stock"
    PENDING_ADDITIONAL_INFORMATION = "pending_additional_information", "Information needed"
    ON_HOLD = "on_hold", "On hold"
    RECONFIRM_ADDRESS = "reconfirm_address", "Address to confirm"
    UNABLE_TO_FULFILL = "unable_to_fulfill", "Cannot be fulfilled"
    AWAITING_SHIPMENT = "awaiting_shipment", "Ready to pack"
    SHIPPED = "shipped", "Shipped"
    AVAILABLE_FOR_PICKUP = "available_for_pickup", "Ready for pick-up"
    UNSUCCESSFUL_DELIVERY = "unsuccessful_delivery", "Delivery failed"
    DELIVERED = "delivered", "Delivered"
    RETURN_ISSUED = "return_issued", "Return on its way"
    VOIDED = "voided", "Cancelled"


S = Status

PAUSED = frozenset({S.PENDING_ADDITIONAL_INFORMATION, S.ON_HOLD, S.RECONFIRM_ADDRESS})
RESUMABLE = frozenset({S.ORDER_PLACED, S.PENDING_INVENTORY, S.AWAITING_SHIPMENT})
# The parcel has left, and the same order may be packed once more.
REPLACEABLE = frozenset(
    {S.AVAILABLE_FOR_PICKUP, S.UNSUCCESSFUL_DELIVERY, S.DELIVERED, S.RETURN_ISSUED}
)
# It counts as sent for fulfilment, and a time says since when.
SENT = REPLACEABLE - {S.RETURN_ISSUED} | {S.AWAITING_SHIPMENT, S.SHIPPED}
# A parcel is out there, or waits at a counter.
CAN_COME_BACK = frozenset({S.AVAILABLE_FOR_PICKUP, S.UNSUCCESSFUL_DELIVERY, S.DELIVERED})
# Somebody of the operator's has to do something.
IN_HAND = PAUSED | {S.ORDER_PLACED, S.AWAITING_SHIPMENT, S.UNSUCCESSFUL_DELIVERY}
CALLED_OFF = frozenset({S.UNABLE_TO_FULFILL, S.VOIDED})

_FROM_A_PAUSE = RESUMABLE | {S.UNABLE_TO_FULFILL, S.VOIDED}

NEXT: dict[Status, frozenset[Status]] = {
    S.ORDER_PLACED: frozenset(
        {
            S.PENDING_INVENTORY,
            S.PENDING_ADDITIONAL_INFORMATION,
            S.ON_HOLD,
            S.RECONFIRM_ADDRESS,
            S.UNABLE_TO_FULFILL,
            S.AWAITING_SHIPMENT,
            S.VOIDED,
            S.RETURN_ISSUED,
        }
    ),
    S.PENDING_INVENTORY: frozenset({S.ORDER_PLACED, S.ON_HOLD, S.UNABLE_TO_FULFILL, S.VOIDED}),
    S.PENDING_ADDITIONAL_INFORMATION: _FROM_A_PAUSE,
    S.ON_HOLD: _FROM_A_PAUSE,
    S.RECONFIRM_ADDRESS: _FROM_A_PAUSE,
    S.UNABLE_TO_FULFILL: frozenset({S.VOIDED}),
    S.AWAITING_SHIPMENT: frozenset(
        {S.ON_HOLD, S.RECONFIRM_ADDRESS, S.SHIPPED, S.UNABLE_TO_FULFILL, S.VOIDED}
    ),
    S.SHIPPED: frozenset({S.AVAILABLE_FOR_PICKUP, S.UNSUCCESSFUL_DELIVERY, S.DELIVERED}),
    S.AVAILABLE_FOR_PICKUP: frozenset(
        {S.DELIVERED, S.UNSUCCESSFUL_DELIVERY, S.RETURN_ISSUED, S.AWAITING_SHIPMENT}
    ),
    S.UNSUCCESSFUL_DELIVERY: frozenset(
        {
            S.AVAILABLE_FOR_PICKUP,
            S.DELIVERED,
            S.RECONFIRM_ADDRESS,
            S.RETURN_ISSUED,
            S.AWAITING_SHIPMENT,
        }
    ),
    S.DELIVERED: frozenset({S.RETURN_ISSUED, S.AWAITING_SHIPMENT}),
    S.RETURN_ISSUED: frozenset({S.AWAITING_SHIPMENT}),
    S.VOIDED: frozenset(),
}


def steps() -> list[tuple[str, str]]:
    """Every legal step, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)
