"""The devices and packed kits that were put into an order's parcels, in words, for its pages."""

from typing import Any, Final

from inventory.models import Device
from orders.models import Order, OrderDevice, OrderPackedKit

# Whoever has it now is no business of who reads this order.
HOME_AGAIN: Final = "Came back"


def packed_of(order: Order) -> list[dict[str, Any]]:
    """Each loose device, and each packed kit with the devices in it, and where it is, as long as
    it is this order's. In two queries when nothing was packed.
    """
    rows = order.devices.select_related("device__item").prefetch_related("device__identifiers")
    devices = list(rows.order_by("pk"))
    kits = order.packed_kits.select_related("packed_kit__kit").order_by("pk")
    loose = [one for one in devices if one.packed_kit_id is None]
    return [*map(_device_row, loose), *(_kit_row(one, devices) for one in kits)]


def _device_row(row: OrderDevice) -> dict[str, Any]:
    return {"row": row.device, "what": _known_by(row.device), "where": _where(row, row.device)}


def _kit_row(row: OrderPackedKit, devices: list[OrderDevice]) -> dict[str, Any]:
    packed_kit = row.packed_kit
    inside = [one.device for one in devices if one.packed_kit_id == packed_kit.pk]
    return {
        "row": packed_kit,
        "what": f"{packed_kit.kit}, packed as {packed_kit.pk}",
        "where": _where(row, packed_kit),
        "inside": [_known_by(one) for one in inside],
    }


def _where(row: OrderDevice | OrderPackedKit, thing: Any) -> str:
    return thing.get_status_display() if row.ended_at is None else HOME_AGAIN


def _known_by(device: Device) -> str:
    """By what it is told from others: "Test Monitor, SN-1"."""
    return ", ".join([str(device.item), *(one.value for one in device.identifiers.all())])
