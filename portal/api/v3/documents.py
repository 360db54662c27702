"""What patients, sites, items and kits look like in API v3 (contracts/v3.md section 4)."""

from typing import Any

from foundation.addresses import Address
from inventory.models import Item, Kit, KitItem, Manufacturer
from organisations.models import Site
from patients.models import Patient
from portal.api.v3.format import camel, told

Document = dict[str, Any]
# The lines that have a member of their own; all further ones share the last.
FIRST_LINES = 2


def address_document(address: Address | None) -> Document | None:
    if address is None:
        return None
    first, rest = address.lines[:FIRST_LINES], address.lines[FIRST_LINES:]
    one, two = (*first, "", "")[:FIRST_LINES]
    return told(
        {
            "lineOne": one,
            "lineTwo": two,
            "lineThree": ", ".join(rest),
            "city": address.city,
            "state": address.county,
            "zipCode": address.postcode,
            "country": address.country or address.country_code,
            "note": address.note,
        }
    )


def site_document(site: Site) -> Document:
    return told(
        {
            "id": site.pk,
            "name": site.name,
            "active": site.is_active,
            "phoneNumber": site.phone,
            "address": address_document(site.address),
        }
    )


def patient_document(patient: Patient) -> Document:
    born = patient.date_of_birth
    return told(
        {
            "id": patient.pk,
            "externalIdentifier": patient.reference,
            "firstName": patient.first_name,
            "lastName": patient.last_name,
            "dateOfBirth": born.isoformat() if born else None,
            "email": patient.email,
            "phoneNumber": patient.phone,
            "archived": patient.is_archived,
            "address": address_document(patient.address),
            "site": site_document(patient.site) if patient.site else None,
            "enrolled": patient.enrolled,
            "sex": patient.sex,
        }
    )


def manufacturer_document(manufacturer: Manufacturer) -> Document:
    return {"id": manufacturer.pk, "name": manufacturer.name}


def item_document(item: Item) -> Document:
    """The light form, that stands wherever an item is spoken of."""
    return told(
        {
            "id": item.pk,
            "manufacturer": manufacturer_document(item.manufacturer),
            "name": item.name,
            "model": item.model,
            "sku": item.sku,
            "orderable": item.orderable,
        }
    )


def detailed_item_document(item: Item) -> Document:
    """Section 4.11: what reading the catalogue itself shows."""
    return item_document(item) | told(
        {
            "deviceIdentifierType": camel(item.identifier_type),
            "itemClass": camel(item.item_class),
            "itemClassType": item.class_type,
            "size": camel(item.size),
            "dimensions": _dimensions(item),
            "readingType": camel(item.reading_type),
            "certifications": item.certifications,
            "itemCertifications": item.certifications,
        }
    )


def kit_document(kit: Kit) -> Document:
    contents: list[KitItem] = list(kit.kit_items.all())
    return {
        "id": kit.pk,
        "name": kit.name,
        "archived": kit.is_archived,
        "kitItems": [
            {"item": item_document(one.item), "count": one.count}
            for one in sorted(contents, key=lambda one: one.pk)
        ],
    }


def _dimensions(item: Item) -> Document | None:
    if item.length is None or item.width is None or item.height is None:
        return None
    return {
        "length": float(item.length),
        "width": float(item.width),
        "height": float(item.height),
        "unit": item.dimension_unit,
    }
