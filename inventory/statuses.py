"""The statuses of devices and packed kits and the legal steps between them (contracts/v3.md
sections 5.3 and 5.4).

A device is *initiated* when it is written down and *available* once it was received. It is *packed*
for an order, *waits to be shipped*, is *shipped*, *delivered*, and then *with its patient* or
*available at its site*; at a site it can be *packed* too. What comes home is *used*: it is *made
ready* and can be packed again, or it is *decommissioned* or *given back to its manufacturer*. What
should never have come is *received in error*.
"""

from django.db import models


class DeviceStatus(models.TextChoices):
    INITIATED = "initiated", "Written down"
    AVAILABLE = "available", "Available"
    AVAILABLE_REPACKED = "available_repacked", "Available again"
    PACKED = "packed", "Packed"
    AWAITING_SHIPMENT = "awaiting_shipment", "Waits to be shipped"
    SHIPPED = "shipped", "Shipped"
    DELIVERED = "delivered", "Delivered"
    WITH_PATIENT = "with_patient", "With the patient"
    AVAILABLE_AT_SITE = "available_at_site", "Available at its site"
    PACKED_AT_SITE = "packed_at_site", "Packed at its site"
    USED = "used", "Came back"
    REFURBISHING = "refurbishing", "Being made ready"
    RETURNED_MANUFACTURER = "returned_manufacturer", "Given back to its manufacturer"
    RECEIVED_IN_ERROR = "received_in_error", "Received in error"
    DECOMMISSIONED = "decommissioned", "Decommissioned"


D = DeviceStatus

# On a shelf of ours, to be sent.
ON_THE_SHELF = frozenset({D.AVAILABLE, D.AVAILABLE_REPACKED})
# On its way out or out there.
OUT = frozenset({D.SHIPPED, D.DELIVERED, D.WITH_PATIENT, D.AVAILABLE_AT_SITE, D.PACKED_AT_SITE})
_ENDS = frozenset({D.RETURNED_MANUFACTURER, D.DECOMMISSIONED})

NEXT: dict[DeviceStatus, frozenset[DeviceStatus]] = {
    D.INITIATED: frozenset({D.AVAILABLE, D.RECEIVED_IN_ERROR}) | _ENDS,
    D.AVAILABLE: frozenset({D.PACKED, D.RECEIVED_IN_ERROR}) | _ENDS,
    D.AVAILABLE_REPACKED: frozenset({D.PACKED, D.RECEIVED_IN_ERROR}) | _ENDS,
    D.PACKED: ON_THE_SHELF | {D.AWAITING_SHIPMENT},
    D.AWAITING_SHIPMENT: frozenset({D.SHIPPED}),
    D.SHIPPED: frozenset({D.DELIVERED, D.USED}),
    D.DELIVERED: frozenset({D.WITH_PATIENT, D.AVAILABLE_AT_SITE, D.PACKED_AT_SITE, D.USED}),
    D.WITH_PATIENT: frozenset({D.AVAILABLE_AT_SITE, D.PACKED_AT_SITE, D.USED}),
    D.AVAILABLE_AT_SITE: frozenset({D.WITH_PATIENT, D.PACKED_AT_SITE, D.USED}),
    D.PACKED_AT_SITE: frozenset({D.WITH_PATIENT, D.AVAILABLE_AT_SITE, D.USED}),
    D.USED: frozenset({D.REFURBISHING, D.RECEIVED_IN_ERROR}) | _ENDS,
    D.REFURBISHING: frozenset({D.AVAILABLE_REPACKED}) | _ENDS,
    D.RECEIVED_IN_ERROR: _ENDS,
    D.RETURNED_MANUFACTURER: frozenset(),
    D.DECOMMISSIONED: frozenset(),
}


class PackedKitStatus(models.TextChoices):
    """A kit is *started* and then *packed* for an order, or *packed at its site* out of what is
    there. From a site it goes to a patient and back as often as somebody wants. It is *taken
    apart* before it has left us, or at its site, and ends as *came back* when it is home.
    """

    STARTED = "started", "Started"
    PACKED = "packed", "Packed"
    SHIPPED = "shipped", "Shipped"
    PACKED_AT_SITE = "packed_at_site", "Packed at its site"
    WITH_PATIENT = "with_patient", "With the patient"
    RETURNED = "returned", "Came back"
    VOIDED = "voided", "Taken apart"


K = PackedKitStatus

KIT_IS_OUT = frozenset({K.SHIPPED, K.PACKED_AT_SITE, K.WITH_PATIENT})

KIT_NEXT: dict[PackedKitStatus, frozenset[PackedKitStatus]] = {
    K.STARTED: frozenset({K.PACKED, K.PACKED_AT_SITE}),
    K.PACKED: frozenset({K.SHIPPED, K.VOIDED}),
    K.SHIPPED: frozenset({K.WITH_PATIENT, K.PACKED_AT_SITE, K.RETURNED}),
    K.PACKED_AT_SITE: frozenset({K.WITH_PATIENT, K.RETURNED, K.VOIDED}),
    K.WITH_PATIENT: frozenset({K.PACKED_AT_SITE, K.RETURNED}),
    K.RETURNED: frozenset(),
    K.VOIDED: frozenset(),
}


def steps() -> list[tuple[str, str]]:
    """Every legal step of a device, as the database's own guard wants them."""
    return sorted((here.value, to.value) for here, onward in NEXT.items() for to in onward)


def kit_steps() -> list[tuple[str, str]]:
    """The same of a packed kit."""
    return sorted((here.value, to.value) for here, onward in KIT_NEXT.items() for to in onward)
