"""What a request for a new order holds, and what it asks for in our words (contracts/v3.md sections
3.1 and 8).
"""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

from foundation.addresses import LINE_LENGTH
from foundation.errors import Faults
from orders.models import EXTERNAL_ID_LENGTH, NOTE_LENGTH
from orders.supplies_errors import LinesMissing, RecipientMissing
from orders.wanted import (
    LARGEST_COUNT,
    KnownSite,
    LineWanted,
    OrderWanted,
    ReturnWanted,
    ShippingOption,
)
from patients.wanted import KnownPatient, PatientWanted
from portal.api.errors import Path
from portal.api.fields import Number, Text, Value, YesOrNo
from portal.api.members import Members
from portal.api.v3.format import words_of
from portal.api.v3.patients import PatientMembers, patient_wanted
from portal.api.v3.values import AddressMembers, Id, Named, Paragraph, Spelling

MOST: Final = 200
RETURNED_KITS: Final[Path] = ("returnPackedKits",)
SHIPPING: Final = words_of(ShippingOption)


class Count(Number):
    """Left out, it is one."""

    def __init__(self) -> None:
        super().__init__(least=1, most=LARGEST_COUNT, required=False)


class Several(serializers.ListField):
    """A list that may be left out."""

    default_error_messages = {
        "not_a_list": "This must be an array.",
        "max_length": "This must have {max_length} members at most.",
    }

    def __init__(self, child: Value | Members, *, most: int = MOST) -> None:
        super().__init__(child=child, required=False, max_length=most)


class InlineAddress(AddressMembers):
    """An address without a country is one of the contract's own (section 4.8)."""

    country = Text(most=LINE_LENGTH, required=False)


class PatientOfOrder(PatientMembers):
    """Somebody known by `id`, beside which everything is ignored, or somebody new."""

    address = InlineAddress()

    def run_validation(self, data: Any = empty) -> Any:
        if isinstance(data, dict) and "id" in data:
            return Named().run_validation(data)
        return super().run_validation(data)


class SiteOfOrder(Members):
    id = Id(required=False)


class ItemLine(Members):
    item = Named()
    count = Count()


class KitLine(Members):
    kit = Named()
    count = Count()


class ItemBack(Members):
    """The item stands in `item`, or its id right here (section 3.1, `returnItems`)."""

    default_error_messages = {"one": "This must name an item, by its id."}

    id = Id(required=False)
    item = Named(required=False)
    count = Count()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = {attrs.get("id"), attrs.get("item", {}).get("id")} - {None}
        if len(named) != 1:
            self.fail("one")
        return {**attrs, "id": named.pop()}


class NoteMembers(Members):
    note = Paragraph(most=NOTE_LENGTH)


class OrderMembers(Members):
    """Section 4.1; what only we set may be sent and is ignored."""

    externalOrderIds = Several(Text(most=EXTERNAL_ID_LENGTH))
    patient = PatientOfOrder(required=False)
    site = SiteOfOrder(required=False)
    orderItems = Several(ItemLine())
    orderKits = Several(KitLine())
    orderNotes = Several(NoteMembers())
    shippingOption = Spelling(SHIPPING, required=False)
    emailLabel = YesOrNo(required=False)
    returnDevices = Several(Named())
    returnItems = Several(ItemBack())
    returnPackedKits = Several(Named())


def order_wanted(sent: Mapping[str, Any], *, country: str) -> OrderWanted:
    """Or LinesMissing, RecipientMissing; `country` is the account's, for numbers of patients."""
    lines, returns = _lines(sent), return_wanted(sent)
    recipient: PatientWanted | KnownPatient | KnownSite | None = None
    faults = Faults()
    with faults.gathered():
        if not lines and not returns:
            raise LinesMissing
    with faults.gathered():
        recipient = _recipient(sent, country=country)
    faults.raise_any()
    assert recipient is not None, "its fault was raised"
    return OrderWanted(
        recipient=recipient,
        contents=lines,
        external_ids=tuple(sent.get("externalOrderIds", ())),
        notes=tuple(note["note"] for note in sent.get("orderNotes", ())),
        shipping_option=sent.get("shippingOption"),
        email_label=sent.get("emailLabel", False),
        returns=returns,
    )


def return_wanted(sent: Mapping[str, Any]) -> ReturnWanted:
    return ReturnWanted(
        devices=tuple(one["id"] for one in sent.get("returnDevices", ())),
        packed_kits=tuple(one["id"] for one in sent.get("returnPackedKits", ())),
        items=tuple(
            LineWanted(item_id=one["id"], count=one.get("count", 1))
            for one in sent.get("returnItems", ())
        ),
    )


def places_of(sent: Mapping[str, Any]) -> dict[str, Path]:
    """Where on the wire the domain's fields are: its lines are the items and then the kits."""
    items: list[Path] = [("orderItems", place) for place in range(len(sent.get("orderItems", ())))]
    kits: list[Path] = [("orderKits", place) for place in range(len(sent.get("orderKits", ())))]
    told: dict[str, Path] = {}
    for place, where in enumerate([*items, *kits]):
        told[f"lines.{place}.item"] = (*where, "item", "id")
        told[f"lines.{place}.kit"] = (*where, "kit", "id")
        told[f"lines.{place}.count"] = (*where, "count")
    return told | places_of_returns(sent)


def places_of_returns(sent: Mapping[str, Any]) -> dict[str, Path]:
    told: dict[str, Path] = {}
    for ours, member in (("devices", "returnDevices"), ("packed_kits", "returnPackedKits")):
        for place in range(len(sent.get(member, ()))):
            told[f"returns.{ours}.{place}"] = (member, place, "id")
    for place in range(len(sent.get("returnItems", ()))):
        told[f"returns.items.{place}.item"] = ("returnItems", place, "id")
        told[f"returns.items.{place}.count"] = ("returnItems", place, "count")
    # Which one another return waits for, the sentence says.
    return told | {"returns.devices": ("returnDevices",), "returns.packed_kits": RETURNED_KITS}


def _lines(sent: Mapping[str, Any]) -> tuple[LineWanted, ...]:
    items = [
        LineWanted(item_id=line["item"]["id"], count=line.get("count", 1))
        for line in sent.get("orderItems", ())
    ]
    kits = [
        LineWanted(kit_id=line["kit"]["id"], count=line.get("count", 1))
        for line in sent.get("orderKits", ())
    ]
    return (*items, *kits)


def _recipient(
    sent: Mapping[str, Any], *, country: str
) -> PatientWanted | KnownPatient | KnownSite:
    patient, site = sent.get("patient"), sent.get("site")
    if patient is not None and site is None:
        known = "id" in patient
        return KnownPatient(patient["id"]) if known else patient_wanted(patient, country=country)
    if patient is None and site is not None and "id" in site:
        return KnownSite(site["id"])
    raise RecipientMissing
