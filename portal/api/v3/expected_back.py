"""What is in a return, as API v3 tells it of the return itself and of the order that it was placed
with (contracts/v3.md sections 4.1 and 4.16).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import F, Prefetch

from inventory.models import KitItem
from orders.models import ReturnDevice, ReturnItem, ReturnPackedKit
from portal.api.v3.device_documents import (
    device_document,
    is_held_for,
    packed_kit_document,
    with_devices,
)
from portal.api.v3.documents import Document, item_document, kit_document


@dataclass
class Back:
    """Rows with all that is told of them."""

    item_rows: list[ReturnItem] = field(default_factory=list)
    device_rows: list[ReturnDevice] = field(default_factory=list)
    kit_rows: list[ReturnPackedKit] = field(default_factory=list)

    @property
    def items(self) -> list[Document]:
        return [{"item": item_document(row.item), "count": row.count} for row in self.item_rows]

    @property
    def devices(self) -> list[Document]:
        """Those outside of packed kits."""
        return _devices(row for row in self.device_rows if row.packed_kit_id is None)

    @property
    def all_devices(self) -> list[Document]:
        return _devices(self.device_rows)

    @property
    def packed_kits(self) -> list[Document]:
        return [
            packed_kit_document(
                row.packed_kit,
                row.packed_kit.kit,
                [one for one in self.device_rows if one.packed_kit_id == row.packed_kit_id],
            )
            for row in self.kit_rows
        ]

    @property
    def kits(self) -> list[Document]:
        """Each kit once, however many of it are packed."""
        found = {row.packed_kit.kit_id: row.packed_kit.kit for row in self.kit_rows}
        return [kit_document(kit) for _, kit in sorted(found.items())]

    @property
    def patients(self) -> set[int]:
        """Who has a device of these."""
        rows = (row for row in self.device_rows if is_held_for(row, row.device))
        held = {row.device.patient_id for row in rows}
        return {patient for patient in held if patient is not None}


NOTHING_BACK: Final = Back()


def back_of_orders(orders: Collection[int]) -> Mapping[int, Back]:
    """By the order's id; in four queries at most, however many."""
    return _back("whole__order", orders)


def back_of_returns(returns: Collection[int]) -> Mapping[int, Back]:
    """By the return's id; in as many."""
    return _back("whole", returns)


def _back(at: str, numbers: Collection[int]) -> Mapping[int, Back]:
    found: defaultdict[int, Back] = defaultdict(Back)
    if not numbers:
        return found
    which = {f"{at}__in": numbers}
    for item in _keyed(ReturnItem.objects.filter(**which).select_related("item__manufacturer"), at):
        found[item.key].item_rows.append(item)
    for device in with_devices(_keyed(ReturnDevice.objects.filter(**which), at), at="device"):
        found[device.key].device_rows.append(device)
    contents = KitItem.objects.select_related("item__manufacturer").order_by("pk")
    kits = ReturnPackedKit.objects.filter(**which).select_related("packed_kit__kit")
    for kit in _keyed(kits, at).prefetch_related(Prefetch("packed_kit__kit__kit_items", contents)):
        found[kit.key].kit_rows.append(kit)
    return found


def _keyed(rows: Any, at: str) -> Any:
    return rows.annotate(key=F(at)).order_by("pk")


def _devices(rows: Iterable[ReturnDevice]) -> list[Document]:
    return [device_document(row.device, row) for row in rows]
