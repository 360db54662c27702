"""What is expected back, in words, for the pages of an order."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Prefetch

from inventory.models import Device
from orders.models import Order, Return, ReturnDevice, ReturnItem, ReturnPackedKit
from orders.return_statuses import ReturnStatus

TONES: Final = {ReturnStatus.COMPLETED: "good", ReturnStatus.VOIDED: "bad"}


def returns_of(order: Order) -> list[dict[str, Any]]:
    """Each with how far it is and what is in it; in one query when nothing comes back."""
    devices = Device.objects.select_related("item").prefetch_related("identifiers")
    rows = order.returns.order_by("pk").prefetch_related(
        Prefetch("items", ReturnItem.objects.select_related("item").order_by("pk")),
        Prefetch("devices", ReturnDevice.objects.filter(packed_kit=None).order_by("pk")),
        Prefetch("devices__device", devices),
        Prefetch(
            "packed_kits", ReturnPackedKit.objects.select_related("packed_kit__kit").order_by("pk")
        ),
    )
    return [_row(back) for back in rows]


def _row(back: Return) -> dict[str, Any]:
    return {
        "row": back,
        "status": back.get_status_display(),
        "tone": TONES.get(ReturnStatus(back.status), "info"),
        "things": list(_things(back)),
        "label": "The label is sent by e-mail." if back.email_label else "",
        "carrier": back.carrier,
        "number": back.tracking_number,
        "at": back.changed_at,
    }


def _things(back: Return) -> Iterable[str]:
    for item in back.items.all():
        yield f"{item.count} × {item.item}"
    for row in back.devices.all():
        known = ", ".join(one.value for one in row.device.identifiers.all())
        yield f"{row.device.item} {known}"
    for packed in back.packed_kits.all():
        yield f"{packed.packed_kit.kit}, packed as {packed.packed_kit_id}"
