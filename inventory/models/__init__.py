"""What can be sent: items, kits, who may order them, and which kit serves which study."""

from inventory.models.catalogue import AccountCatalogue, StudyKit
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

__all__ = [
    "AccountCatalogue",
    "DimensionUnit",
    "IdentifierType",
    "Item",
    "ItemClass",
    "ItemSize",
    "Kit",
    "KitItem",
    "Manufacturer",
    "ReadingType",
    "StudyKit",
]
