"""What can be sent: items, kits, who may order them, which kit serves which study; and what there
is of it: stock, devices, packed kits."""

from inventory.models.catalogue import AccountCatalogue, StudyKit
from inventory.models.devices import Device, DeviceEvent, DeviceIdentifier, DeviceQuerySet
from inventory.models.holding import IDENTIFIER_LENGTH
from inventory.models.items import (
    DimensionUnit,
    IdentifierType,
    Item,
    ItemClass,
    ItemSize,
    Manufacturer,
    ReadingType,
)
from inventory.models.kits import Kit, KitItem
from inventory.models.packed_kits import (
    PackedDevice,
    PackedKit,
    PackedKitEvent,
    PackedKitQuerySet,
)
from inventory.models.stock import Stock

__all__ = [
    "IDENTIFIER_LENGTH",
    "AccountCatalogue",
    "Device",
    "DeviceEvent",
    "DeviceIdentifier",
    "DeviceQuerySet",
    "DimensionUnit",
    "IdentifierType",
    "Item",
    "ItemClass",
    "ItemSize",
    "Kit",
    "KitItem",
    "Manufacturer",
    "PackedDevice",
    "PackedKit",
    "PackedKitEvent",
    "PackedKitQuerySet",
    "ReadingType",
    "Stock",
    "StudyKit",
]
