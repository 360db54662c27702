"""Packing an order: choosing the very devices that go out, while it is ready to pack. Only what the
order needs is packed, and only from where it was promised (`orders.reserving`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from inventory import lifecycle as inventory_lifecycle
from inventory.models import Device, Kit, KitItem, PackedKit
from inventory.packing import finish_kit, start_kit, void_kits
from inventory.statuses import ON_THE_SHELF, DeviceStatus, PackedKitStatus
from orders import contents, lifecycle
from orders.models import Order, OrderDevice, OrderPackedKit, Reservation
from orders.packing_errors import (
    DeviceIsElsewhere,
    DeviceNotInOrder,
    NoRoomInOrder,
    NotAllPacked,
    NotReadyToPack,
    PackedKitNotInOrder,
)
from orders.statuses import Status


@transaction.atomic
def assign_device(order: Order, device: Device, *, actor: Actor) -> Device:
    """The device is packed for the order.

    Raises NotReadyToPack, NoRoomInOrder, DeviceIsElsewhere, DeviceStepNotAllowed when it is not on
    the shelf (any more).
    """
    order = _ready_to_pack(order, actor=actor)
    here = inventory_lifecycle.locked_device(device, actor=actor)
    if room_for_devices(order).get(here.item_id, 0) < 1:
        raise NoRoomInOrder(field="device", what=str(here.item))
    (packed,) = _pack(order, [here], actor=actor)
    _note(order, [packed], None)
    return packed


@transaction.atomic
def take_device_off(order: Order, device: Device, *, actor: Actor) -> None:
    """The device lies on the shelf again. Raises NotReadyToPack, DeviceNotInOrder."""
    order = _ready_to_pack(order, actor=actor)
    if device.pk not in _packed(order).loose:
        raise DeviceNotInOrder(field="device")
    contents.take_off([device.pk], [], actor=actor)


@transaction.atomic
def pack_kit(order: Order, kit: Kit, devices: Sequence[int], *, actor: Actor) -> PackedKit:
    """One kit is packed for the order, with these devices for the items that are told apart.

    Raises NotReadyToPack, NoRoomInOrder, KitDevicesWrong, DeviceIsElsewhere, DeviceStepNotAllowed.
    """
    order = _ready_to_pack(order, actor=actor)
    if room_for_kits(order).get(kit.pk, 0) < 1:
        raise NoRoomInOrder(field="kit", what=str(kit))
    here = inventory_lifecycle.locked_devices(devices)
    made = _new_kit(order, kit)
    _pack(order, here, actor=actor)
    start_kit(made, here, actor=actor)
    OrderPackedKit.objects.create(account_id=order.account_id, order=order, packed_kit=made)
    _note(order, here, made)
    return finish_kit(made, PackedKitStatus.PACKED, actor=actor)


@transaction.atomic
def unpack_kit(order: Order, packed_kit: PackedKit, *, actor: Actor) -> None:
    """The kit is taken apart, and its devices lie on the shelf again.

    Raises NotReadyToPack, PackedKitNotInOrder.
    """
    order = _ready_to_pack(order, actor=actor)
    if packed_kit.pk not in _packed(order).packed_kits:
        raise PackedKitNotInOrder(field="packed_kit")
    inside = inventory_lifecycle.devices_in([packed_kit.pk])
    void_kits([packed_kit.pk], account_id=order.account_id, actor=actor)
    contents.take_off(inside, [packed_kit.pk], actor=actor)


def room_for_devices(order: Order) -> dict[int, int]:
    """How many devices of each item are still to be packed loose."""
    asked = order.lines.exclude(item=None).exclude(item__identifier_type="")
    packed = OrderDevice.objects.filter(
        order=order, ended_at=None, packed_kit=None, device__status=DeviceStatus.PACKED
    ).values_list("device__item", flat=True)
    return _left(asked.values_list("item").annotate(Sum("count")), packed)


def room_for_kits(order: Order) -> dict[int, int]:
    """How many of each kit are still to be packed."""
    asked = order.lines.exclude(kit=None)
    packed = OrderPackedKit.objects.filter(
        order=order, ended_at=None, packed_kit__status=PackedKitStatus.PACKED
    ).values_list("packed_kit__kit", flat=True)
    return _left(asked.values_list("kit").annotate(Sum("count")), packed)


def refuse_unpacked(order: Order) -> None:
    """Raise NotAllPacked while a device that the order needs lies where it was promised: shipped
    without it, the stock would be one less, and the device be there still.
    """
    needed = _items_to_pack(order)
    if not needed:
        return
    lots = order.reservations.filter(
        stock__item=OuterRef("item"), stock__owner=OuterRef("owner"), stock__place=OuterRef("place")
    )
    there = Device.objects.filter(Exists(lots), item__in=needed, status__in=ON_THE_SHELF)
    left = there.select_related("item").order_by("pk").first()
    if left is not None:
        raise NotAllPacked(field="status", what=str(left.item))


def packed_devices(order: Order) -> QuerySet[Device]:
    """The loose devices that are packed and have not left."""
    rows = Device.objects.filter(pk__in=_packed(order).loose)
    return rows.select_related("item").prefetch_related("identifiers").order_by("pk")


def packed_kits(order: Order) -> QuerySet[PackedKit]:
    """The kits that are packed and have not left."""
    rows = PackedKit.objects.filter(pk__in=_packed(order).packed_kits)
    return rows.select_related("kit").order_by("pk")


def _ready_to_pack(order: Order, *, actor: Actor) -> Order:
    """Locked, if devices may be chosen for it, or NotReadyToPack."""
    actor.must(Permission.FULFIL_ORDERS)
    sign_history(actor)
    order = lifecycle.locked(order, actor=actor)
    if order.status != Status.AWAITING_SHIPMENT:
        raise NotReadyToPack(field="status", status=order.get_status_display())
    return order


def _pack(order: Order, devices: Sequence[Device], *, actor: Actor) -> list[Device]:
    lots = _lots(order)
    for one in devices:
        if (one.item_id, one.owner_id, one.place_id) not in lots:
            raise DeviceIsElsewhere(field="device", number=one.pk, what=str(one.item))
    return inventory_lifecycle.advance_devices(
        [one.pk for one in devices],
        DeviceStatus.PACKED,
        actor=actor,
        and_then={"holder": order.account},
    )


def _items_to_pack(order: Order) -> set[int]:
    """Those told apart of which something is not packed yet, loose or in a kit."""
    loose = {item for item, count in room_for_devices(order).items() if count > 0}
    kits = [kit for kit, count in room_for_kits(order).items() if count > 0]
    inside = KitItem.objects.filter(kit__in=kits).exclude(item__identifier_type="")
    return loose | set(inside.values_list("item", flat=True))


def _note(order: Order, devices: Iterable[Device], packed_kit: PackedKit | None) -> None:
    """From here on they are this order's."""
    OrderDevice.objects.bulk_create(
        OrderDevice(account_id=order.account_id, order=order, device=device, packed_kit=packed_kit)
        for device in devices
    )


def _new_kit(order: Order, kit: Kit) -> PackedKit:
    """Where what is in it was promised, and whose that is."""
    inside = kit.kit_items.values("item")
    promised = Reservation.objects.filter(order=order, stock__item__in=inside).order_by("pk")
    lot = promised.values_list("stock__owner", "stock__place").first()
    if lot is None:
        raise NoRoomInOrder(field="kit", what=str(kit))
    return PackedKit(kit=kit, owner_id=lot[0], holder_id=order.account_id, place_id=lot[1])


def _lots(order: Order) -> set[tuple[int, ...]]:
    """Of which items, whose and where, the order was promised some."""
    rows = order.reservations.values_list("stock__item", "stock__owner", "stock__place")
    return {tuple(row) for row in rows}


def _packed(order: Order) -> contents.Inside:
    return contents.inside(order, kits=PackedKitStatus.PACKED, devices=DeviceStatus.PACKED)


def _left(asked: Iterable[tuple[Any, int]], packed: Iterable[int]) -> dict[int, int]:
    left: dict[int, int] = dict(asked)
    for what in packed:
        left[what] = left.get(what, 0) - 1
    return left
