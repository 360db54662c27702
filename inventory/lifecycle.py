"""The steps of devices and packed kits: nothing else moves one. What the steps mean is told in
`inventory.statuses`.

Whoever needs both locks packed kits before devices, and each by id.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from foundation.actors import Actor
from inventory.errors import DeviceNotFound, DeviceStepNotAllowed, PackedKitNotFound
from inventory.models import (
    Device,
    DeviceEvent,
    PackedDevice,
    PackedKit,
    PackedKitEvent,
)
from inventory.statuses import KIT_NEXT, NEXT, DeviceStatus, PackedKitStatus

NOTHING_ELSE: Final[Mapping[str, Any]] = {}


@transaction.atomic
def advance_devices(
    devices: Iterable[int],
    to: DeviceStatus,
    *,
    actor: Actor,
    and_then: Mapping[str, Any] = NOTHING_ELSE,
) -> list[Device]:
    """Move all of these devices to `to` and record it, or raise DeviceStepNotAllowed.

    They are locked and read again first. `and_then` are the columns that change with the status:
    the patient, the place, the holder. In four statements, however many they are.
    """
    rows = locked_devices(devices)
    for row in rows:
        if to not in NEXT[DeviceStatus(row.status)]:
            raise DeviceStepNotAllowed(
                field="device", number=row.pk, status=row.get_status_display(), to=to.label
            )
    numbers = [row.pk for row in rows]
    Device.objects.filter(pk__in=numbers).update(status=to, **and_then)
    DeviceEvent.objects.bulk_create(
        DeviceEvent(device=row, name=to, actor=actor.label[:255], happened_at=timezone.now())
        for row in rows
    )
    return locked_devices(numbers)


@transaction.atomic
def advance_packed_kits(
    packed_kits: Iterable[int],
    to: PackedKitStatus,
    *,
    actor: Actor,
    and_then: Mapping[str, Any] = NOTHING_ELSE,
) -> list[PackedKit]:
    """The same of packed kits; their devices are moved by who calls this."""
    rows = locked_packed_kits(packed_kits)
    for row in rows:
        if to not in KIT_NEXT[PackedKitStatus(row.status)]:
            raise DeviceStepNotAllowed(
                field="packed_kit", number=row.pk, status=row.get_status_display(), to=to.label
            )
    numbers = [row.pk for row in rows]
    PackedKit.objects.filter(pk__in=numbers).update(status=to, **and_then)
    PackedKitEvent.objects.bulk_create(
        PackedKitEvent(packed_kit=row, name=to, actor=actor.label[:255], happened_at=timezone.now())
        for row in rows
    )
    return locked_packed_kits(numbers)


def locked_devices(devices: Iterable[int]) -> list[Device]:
    """As they are now, locked until the transaction ends."""
    rows = Device.objects.select_for_update(of=("self",)).filter(pk__in=list(devices))
    return list(rows.select_related("place__account", "item", "owner").order_by("pk"))


def locked_packed_kits(packed_kits: Iterable[int]) -> list[PackedKit]:
    rows = PackedKit.objects.select_for_update(of=("self",)).filter(pk__in=list(packed_kits))
    return list(rows.select_related("place__account", "kit").order_by("pk"))


def locked_device(device: Device, *, actor: Actor) -> Device:
    """This one, if the actor may see it, or DeviceNotFound."""
    rows = locked_devices(_seen(Device.objects.visible_to(actor), device.pk))
    if not rows:
        raise DeviceNotFound(field="device")
    return rows[0]


def locked_packed_kit(packed_kit: PackedKit, *, actor: Actor) -> PackedKit:
    """This one, if the actor may see it, or PackedKitNotFound."""
    rows = locked_packed_kits(_seen(PackedKit.objects.visible_to(actor), packed_kit.pk))
    if not rows:
        raise PackedKitNotFound(field="packed_kit")
    return rows[0]


def devices_in(packed_kits: Iterable[int]) -> list[int]:
    """The devices that are in these packed kits now."""
    inside = PackedDevice.objects.filter(packed_kit__in=list(packed_kits), left_at=None)
    return list(inside.order_by("device").values_list("device", flat=True))


def _seen(visible: QuerySet[Any], number: int) -> list[int]:
    return list(visible.filter(pk=number).values_list("pk", flat=True))
