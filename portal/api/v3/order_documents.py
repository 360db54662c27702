"""What an order looks like in API v3 (contracts/v3.md section 4.1), whatever door it came in by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Prefetch
from django.db.models.functions import JSONObject

from inventory.models import KitItem, PackedKit
from orders.models import (
    Direction,
    EventName,
    Order,
    OrderDevice,
    OrderEvent,
    OrderLine,
    OrderNote,
    OrderPackedKit,
    OrderQuerySet,
    Return,
    Shipment,
)
from orders.statuses import Status
from portal.api.v3.device_documents import (
    device_document,
    is_held_for,
    packed_kit_document,
    with_devices,
)
from portal.api.v3.documents import (
    Document,
    item_document,
    kit_document,
    patient_document,
    site_document,
)
from portal.api.v3.expected_back import NOTHING_BACK, Back, back_of_orders
from portal.api.v3.format import camel, timestamp, told

# Of what happened to an order, v3 tells which status it came to.
STATUSES: Final = frozenset(EventName(status.value) for status in Status)
STANDARD: Final = "standard"


@dataclass(frozen=True)
class ToldOrder:
    """An order, what is told of it, and whom that shows: the account, the patient and the order."""

    order: Order
    document: Document
    shown: set[tuple[int, int, int]]

    @property
    def pk(self) -> int:
        return self.order.pk


def told_orders(orders: OrderQuerySet) -> list[ToldOrder]:
    """In so many queries, however many orders and lines these are."""
    rows: list[Any] = list(_with_what_is_told(orders))
    back = back_of_orders([order.pk for order in rows if order.has_returns])
    return [_told(order, back.get(order.pk, NOTHING_BACK)) for order in rows]


def _with_what_is_told(orders: OrderQuerySet) -> OrderQuerySet:
    """What is only a few words of each comes with the orders themselves, as JSON."""
    lines = OrderLine.objects.select_related("item__manufacturer", "kit").order_by("pk")
    contents = KitItem.objects.select_related("item__manufacturer").order_by("pk")
    return (
        orders.select_related("patient__site", "site")
        .annotate(**_short_parts())
        .prefetch_related(
            Prefetch("lines", lines),
            Prefetch("lines__kit__kit_items", contents),
            Prefetch("devices", with_devices(OrderDevice.objects.order_by("pk"), at="device")),
        )
    )


def _short_parts() -> dict[str, Any]:
    mine = {"order": OuterRef("pk")}
    events = OrderEvent.objects.filter(**mine, name__in=STATUSES).order_by("pk")
    notes = OrderNote.objects.filter(**mine, is_reason=False).order_by("pk")
    parcels = Shipment.objects.filter(**mine, direction=Direction.OUT).exclude(tracking_number="")
    kits = OrderPackedKit.objects.filter(**mine).order_by("pk")
    return {
        "told_events": ArraySubquery(events.values(told=JSONObject(name="name", at="happened_at"))),
        "told_notes": ArraySubquery(
            notes.values(
                told=JSONObject(
                    text="text",
                    at="written_at",
                    author="author_user_id",
                    author_name="author_user__full_name",
                    author_email="author_user__email",
                    author_account="author_user__membership__account_id",
                )
            )
        ),
        "told_parcels": ArraySubquery(
            parcels.order_by("pk").values(
                told=JSONObject(carrier="carrier", value="tracking_number")
            )
        ),
        "told_kits": ArraySubquery(
            kits.values(
                told=JSONObject(
                    id="packed_kit_id",
                    kit_id="packed_kit__kit_id",
                    status="packed_kit__status",
                    external_id="packed_kit__external_id",
                )
            )
        ),
        "has_returns": Exists(Return.objects.filter(**mine)),
    }


def _told(order: Any, back: Back) -> ToldOrder:
    """Devices that went to a site may be with somebody by now."""
    held = {row.device.patient_id for row in order.devices.all() if is_held_for(row, row.device)}
    patients = {order.patient_id, *held, *back.patients} - {None}
    shown = {(order.account_id, patient, order.pk) for patient in patients}
    return ToldOrder(order, _document(order, back), shown)


def _document(order: Any, back: Back) -> Document:
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
                {"name": camel(event["name"]), "eventTimestamp": _time(event["at"])}
                for event in order.told_events
            ],
            "orderNotes": [_note(note, order.account_id) for note in order.told_notes],
            "trackingNumbers": order.told_parcels,
            "devices": [
                device_document(row.device, row)
                for row in order.devices.all()
                if row.packed_kit_id is None
            ],
            "packedKits": _packed_kits(order, lines),
            "shippingOption": order.shipping_option or STANDARD,
            "emailLabel": order.email_label,
            "returnDevices": back.devices,
            "returnItems": back.items,
            "returnPackedKits": back.packed_kits,
        }
    )


def _packed_kits(order: Any, lines: Sequence[OrderLine]) -> list[Document]:
    """A kit that was packed is one that was ordered."""
    kits = {line.kit.pk: line.kit for line in lines if line.kit}
    return [
        packed_kit_document(
            PackedKit(**one),
            kits[one["kit_id"]],
            [row for row in order.devices.all() if row.packed_kit_id == one["id"]],
        )
        for one in order.told_kits
    ]


def _note(note: dict[str, Any], account_id: int) -> Document:
    return told(
        {
            "note": note["text"],
            "createdAt": _time(note["at"]),
            "createdBy": _end_user(note, account_id),
        }
    )


def _end_user(note: dict[str, Any], account_id: int) -> Document | None:
    """Somebody of the account; who works for the operator is not shown to it."""
    if note["author"] is None or note["author_account"] != account_id:
        return None
    first, _, last = note["author_name"].rpartition(" ")
    return told(
        {
            "id": note["author"],
            "firstName": first,
            "lastName": last,
            "email": note["author_email"],
        }
    )


def _time(text: str) -> str:
    return timestamp(datetime.fromisoformat(text))
