"""What devices and packed kits look like in API v3 (contracts/v3.md sections 4.14 and 4.15)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from inventory.models import Device, DeviceEvent, DeviceIdentifier, Kit, PackedKit
from portal.api.v3.documents import (
    Document,
    item_document,
    kit_document,
    patient_document,
    site_document,
)
from portal.api.v3.format import camel, timestamp, told

Row = TypeVar("Row", bound=Model)


def with_devices(rows: QuerySet[Row], *, at: str = "") -> QuerySet[Row]:
    """Rows that are devices, or have one `at` a foreign key, with all that is told of it, in no
    statement more.
    """
    device = f"{at}__" if at else ""
    parts = ("item__manufacturer", "patient__site", "place")
    mine = {"device": OuterRef(f"{at}_id" if at else "pk")}
    identifiers = DeviceIdentifier.objects.filter(**mine).order_by("pk")
    events = DeviceEvent.objects.filter(**mine).order_by("pk")
    found: QuerySet[Any] = rows.select_related(*(device + part for part in parts)).annotate(
        told_identifiers=ArraySubquery(
            identifiers.values(told=JSONObject(type="type", value="value"))
        ),
        told_events=ArraySubquery(events.values(told=JSONObject(name="name", at="happened_at"))),
    )
    return found


def device_document(device: Device, row: Any = None) -> Document:
    """Of a device from `with_devices`, or of the one that such a `row` has."""
    row = row or device
    is_theirs = is_held_for(row, device)
    return told(
        {
            "id": device.pk,
            "item": item_document(device.item),
            "currentStatus": camel(device.status),
            "used": device.used,
            "currentPatient": patient_document(device.patient)
            if device.patient and is_theirs
            else None,
            "site": site_document(device.place) if device.place and is_theirs else None,
            "lastHealthCheck": timestamp(device.last_signal_at) if device.last_signal_at else None,
            "deviceIdentifiers": [
                {"type": camel(one["type"]), "value": one["value"]} for one in row.told_identifiers
            ],
            "deviceEvents": [
                {
                    "type": camel(one["name"]),
                    "eventTimestamp": timestamp(datetime.fromisoformat(one["at"])),
                }
                for one in row.told_events
            ],
            "externalIdentifier": device.external_id,
            "disabledReadings": device.readings_disabled,
        }
    )


def is_held_for(row: Any, device: Device) -> bool:
    """Whether the account whose row tells of the device has it still: it may be with a patient of
    somebody else by now, who is none of that account's business.
    """
    return row is device or device.holder_id == row.account_id


def packed_kit_document(packed_kit: PackedKit, kit: Kit, rows: Iterable[Any]) -> Document:
    """`rows` have its devices (`with_devices`), `kit` what belongs into it."""
    return told(
        {
            "id": packed_kit.pk,
            "kit": kit_document(kit),
            "currentStatus": camel(packed_kit.status),
            "externalIdentifier": packed_kit.external_id,
            "devices": [device_document(row.device, row) for row in rows],
        }
    )
