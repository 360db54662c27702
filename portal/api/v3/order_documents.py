"""What an order looks like in API v3 (contracts/v3.md section 4.1), whatever door it came in by."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Prefetch

from inventory.models import KitItem
from orders.models import (
    Direction,
    EventName,
    Order,
    OrderEvent,
    OrderLine,
    OrderNote,
    OrderQuerySet,
    Shipment,
)
from orders.statuses import Status
from organisations.models import User
from portal.api.v3.documents import (
    Document,
    item_document,
    kit_document,
    patient_document,
    site_document,
)
from portal.api.v3.format import camel, timestamp, told

# Of what happened to an order, v3 tells which status it came to.
STATUSES: Final = frozenset(EventName(status.value) for status in Status)
STANDARD: Final = "standard"


def with_all_that_is_told(orders: OrderQuerySet) -> OrderQuerySet:
    """In so many queries, however many orders and lines these are."""
    lines = OrderLine.objects.select_related("item__manufacturer", "kit").order_by("pk")
    contents = KitItem.objects.select_related("item__manufacturer").order_by("pk")
    return orders.select_related("patient__site", "site").prefetch_related(
        Prefetch("lines", lines),
        Prefetch("lines__kit__kit_items", contents),
        Prefetch("events", OrderEvent.objects.filter(name__in=STATUSES).order_by("pk")),
        Prefetch(
            "notes",
            OrderNote.objects.filter(is_reason=False)
            .select_related("author_user__membership")
            .order_by("pk"),
        ),
        Prefetch("shipments", Shipment.objects.filter(direction=Direction.OUT).order_by("pk")),
    )


def order_document(order: Order) -> Document:
    """Of an order from `with_all_that_is_told`."""
    lines = list(order.lines.all())
    return told(
        {
            "id": order.pk,
            "externalOrderIds": order.client_ids,
            "patient": patient_document(order.patient) if order.patient else None,
            "site": site_document(order.site) if order.site else None,
            "currentStatus": camel(order.status),
            "orderItems": [
                {"item": item_document(line.item), "count": line.count}
                for line in lines
                if line.item
            ],
            "orderKits": [
                {"kit": kit_document(line.kit), "count": line.count} for line in lines if line.kit
            ],
            "orderEvents": [
                {"name": camel(event.name), "eventTimestamp": timestamp(event.happened_at)}
                for event in order.events.all()
            ],
            "orderNotes": [_note(note) for note in order.notes.all()],
            "trackingNumbers": _tracking_numbers(order.shipments.all()),
            "devices": [],
            "packedKits": [],
            "shippingOption": order.shipping_option or STANDARD,
            "emailLabel": order.email_label,
            "returnDevices": [],
            "returnItems": [],
            "returnPackedKits": [],
        }
    )


def _note(note: OrderNote) -> dict[str, Any]:
    return told(
        {
            "note": note.text,
            "createdAt": timestamp(note.written_at),
            "createdBy": _end_user(note.author_user, note.account_id),
        }
    )


def _end_user(user: User | None, account_id: int) -> dict[str, Any] | None:
    """Somebody of the account; who works for the operator is not shown to it."""
    membership = getattr(user, "membership", None)
    if user is None or membership is None or membership.account_id != account_id:
        return None
    first, _, last = user.full_name.rpartition(" ")
    return told({"id": user.pk, "firstName": first, "lastName": last, "email": user.email})


def _tracking_numbers(parcels: Iterable[Shipment]) -> list[dict[str, str]]:
    return [
        {"carrier": parcel.carrier, "value": parcel.tracking_number}
        for parcel in parcels
        if parcel.tracking_number
    ]
