"""The devices and packed kits in an order's parcel: they leave with it, arrive with it, and go back
to the shelf when nobody needs it any more. Packing them is in `orders.packing`.

What came in an earlier parcel of the same order is out already and stays where it is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from foundation.actors import Actor
from inventory import lifecycle
from inventory.models import Device, PackedKit
from inventory.news import DeviceTurn, PackedKitTurn, tell_of_devices, tell_of_packed_kits
from inventory.packing import void_kits
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders.models import Order, OrderDevice, OrderPackedKit

D, K = DeviceStatus, PackedKitStatus


@dataclass(frozen=True)
class Inside:
    """By their numbers: packed kits, the devices in these, and the loose devices."""

    packed_kits: list[int]
    in_kits: list[int]
    loose: list[int]

    @property
    def devices(self) -> list[int]:
        return [*self.in_kits, *self.loose]


def inside(order: Order, *, kits: PackedKitStatus, devices: DeviceStatus) -> Inside:
    """What of the order is there now in these statuses."""
    packed = OrderPackedKit.objects.filter(order=order, ended_at=None, packed_kit__status=kits)
    found = OrderDevice.objects.filter(order=order, ended_at=None, device__status=devices)
    rows = list(found.order_by("device").values_list("device", "packed_kit"))
    return Inside(
        sorted(packed.values_list("packed_kit", flat=True)),
        in_kits=[device for device, kit in rows if kit is not None],
        loose=[device for device, kit in rows if kit is None],
    )


def new_devices(order: Order) -> Counter[tuple[int, ...]]:
    """How many new devices are packed, by item, owner and place."""
    packed = inside(order, kits=K.PACKED, devices=D.PACKED)
    if not packed.devices:
        return Counter()
    rows = Device.objects.filter(pk__in=packed.devices, used=False)
    return Counter(tuple(lot) for lot in rows.values_list("item", "owner", "place"))


def send_out(order: Order, *, actor: Actor) -> None:
    """The carrier has all that was packed."""
    packed = inside(order, kits=K.PACKED, devices=D.PACKED)
    nowhere = {"place": None}
    _advance_kits(packed.packed_kits, K.SHIPPED, actor=actor, **nowhere)
    _advance(packed.devices, D.AWAITING_SHIPMENT, actor=actor)
    _advance(packed.devices, D.SHIPPED, actor=actor, **nowhere)


def hand_over(order: Order, *, actor: Actor) -> None:
    """The recipient has all that was shipped: the patient, or the site."""
    shipped = inside(order, kits=K.SHIPPED, devices=D.SHIPPED)
    if order.patient_id is not None:
        _give_to_patient(order, shipped, actor=actor)
    else:
        _give_to_site(order, shipped, actor=actor)


def put_back(order: Order, *, actor: Actor) -> None:
    """What was packed is on the shelf again, and no longer this order's."""
    packed = inside(order, kits=K.PACKED, devices=D.PACKED)
    if packed.packed_kits:
        void_kits(packed.packed_kits, account_id=order.account_id, actor=actor)
    take_off(packed.devices, packed.packed_kits, actor=actor)


def take_off(devices: list[int], packed_kits: list[int], *, actor: Actor) -> None:
    """These are no order's any more, and the devices lie on the shelf as what they were."""
    OrderPackedKit.objects.filter(packed_kit__in=packed_kits, ended_at=None).delete()
    OrderDevice.objects.filter(device__in=devices, ended_at=None).delete()
    used = set(Device.objects.filter(pk__in=devices, used=True).values_list("pk", flat=True))
    home = {"holder": F("owner")}
    _advance([one for one in devices if one not in used], D.AVAILABLE, actor=actor, **home)
    _advance(used, D.AVAILABLE_REPACKED, actor=actor, **home)


def _give_to_patient(order: Order, shipped: Inside, *, actor: Actor) -> None:
    patient = order.patient
    assert patient is not None, "order_goes_to_a_patient_or_a_site"
    theirs = {"patient": patient, "place_id": patient.site_id}
    kits = _advance_kits(shipped.packed_kits, K.WITH_PATIENT, actor=actor, **theirs)
    _advance(shipped.devices, D.DELIVERED, actor=actor)
    devices = _advance(shipped.devices, D.WITH_PATIENT, actor=actor, **theirs)
    whom = {"patient_id": patient.pk, "account_id": order.account_id}
    tell_of_devices(devices, DeviceTurn.ASSOCIATED, **whom)
    tell_of_packed_kits(kits, PackedKitTurn.LINKED, **whom)


def _give_to_site(order: Order, shipped: Inside, *, actor: Actor) -> None:
    there = {"place": order.site}
    _advance_kits(shipped.packed_kits, K.PACKED_AT_SITE, actor=actor, **there)
    _advance(shipped.devices, D.DELIVERED, actor=actor, **there)
    _advance(shipped.in_kits, D.PACKED_AT_SITE, actor=actor)
    _advance(shipped.loose, D.AVAILABLE_AT_SITE, actor=actor)


def _advance(
    devices: Iterable[int], to: DeviceStatus, *, actor: Actor, **and_then: Any
) -> list[Device]:
    """Nothing is asked of the database when there are none."""
    numbers = list(devices)
    if not numbers:
        return []
    return lifecycle.advance_devices(numbers, to, actor=actor, and_then=and_then)


def _advance_kits(
    packed_kits: Iterable[int], to: PackedKitStatus, *, actor: Actor, **and_then: Any
) -> list[PackedKit]:
    numbers = list(packed_kits)
    if not numbers:
        return []
    return lifecycle.advance_packed_kits(numbers, to, actor=actor, and_then=and_then)
