"""The order and what belongs to it. Rules are in `placing`, steps in `lifecycle`."""

from orders.models.contents import OrderDevice, OrderPackedKit
from orders.models.orders import (
    EXTERNAL_ID_LENGTH,
    POSTCODE_KEY,
    Order,
    OrderLine,
    OrderQuerySet,
)
from orders.models.own import FILTER_NAME_LENGTH, OrderDraft, SavedFilter
from orders.models.parcels import Direction, Shipment, ShipmentState
from orders.models.phone_alerts import PhoneAlert
from orders.models.referrals import Referral, ReferralQuerySet
from orders.models.reservations import Reservation
from orders.models.returns import (
    Return,
    ReturnDevice,
    ReturnEvent,
    ReturnItem,
    ReturnPackedKit,
    ReturnQuerySet,
)
from orders.models.timeline import NOTE_LENGTH, EventName, OrderEvent, OrderNote

__all__ = [
    "EXTERNAL_ID_LENGTH",
    "FILTER_NAME_LENGTH",
    "NOTE_LENGTH",
    "POSTCODE_KEY",
    "Direction",
    "EventName",
    "Order",
    "OrderDevice",
    "OrderDraft",
    "OrderEvent",
    "OrderLine",
    "OrderNote",
    "OrderPackedKit",
    "OrderQuerySet",
    "PhoneAlert",
    "Referral",
    "ReferralQuerySet",
    "Reservation",
    "Return",
    "ReturnDevice",
    "ReturnEvent",
    "ReturnItem",
    "ReturnPackedKit",
    "ReturnQuerySet",
    "SavedFilter",
    "Shipment",
    "ShipmentState",
]
