"""Devices and packed kits that come home to a fulfilment centre, from wherever they were."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from inventory import lifecycle
from inventory.devices import check_centre
from inventory.models import Device, PackedDevice, PackedKit
from inventory.news import DeviceTurn, tell_of_devices
from inventory.statuses import KIT_IS_OUT, OUT, DeviceStatus, PackedKitStatus
from orders.models import OrderDevice, OrderPackedKit
from orders.packing_errors import DeviceIsNotOut, PackedKitIsNotOut
from organisations.models import Site


@transaction.atomic
def receive_back(device: Device, place: Site, *, actor: Actor) -> Device:
    """The device is here, used; no patient and no order has it any more. With the last device of a
    packed kit the kit has come back.

    Raises Forbidden, NotAFulfilmentCentre, DeviceNotFound, DeviceIsNotOut.
    """
    _may_receive(place, actor=actor)
    kits = PackedDevice.objects.filter(device=device, left_at=None)
    kit_numbers = list(kits.values_list("packed_kit", flat=True))
    lifecycle.locked_packed_kits(kit_numbers)
    here = lifecycle.locked_device(device, actor=actor)
    if here.status not in OUT:
        raise DeviceIsNotOut(field="device", status=here.get_status_display())
    (back,) = _take_in([here], place, actor=actor)
    if not lifecycle.devices_in(kit_numbers):
        _end_kits(kit_numbers, place, actor=actor)
    return back


@transaction.atomic
def receive_kit_back(packed_kit: PackedKit, place: Site, *, actor: Actor) -> PackedKit:
    """The kit is here with all the devices that were still in it.

    Raises Forbidden, NotAFulfilmentCentre, PackedKitNotFound, PackedKitIsNotOut.
    """
    _may_receive(place, actor=actor)
    here = lifecycle.locked_packed_kit(packed_kit, actor=actor)
    if here.status not in KIT_IS_OUT:
        raise PackedKitIsNotOut(field="packed_kit", status=here.get_status_display())
    _take_in(lifecycle.locked_devices(lifecycle.devices_in([here.pk])), place, actor=actor)
    (back,) = _end_kits([here.pk], place, actor=actor)
    return back


def _may_receive(place: Site, *, actor: Actor) -> None:
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    check_centre(place)


def _take_in(devices: Sequence[Device], place: Site, *, actor: Actor) -> list[Device]:
    numbers = [device.pk for device in devices]
    home = {"place": place, "patient": None, "holder": F("owner"), "used": True}
    back = lifecycle.advance_devices(numbers, DeviceStatus.USED, actor=actor, and_then=home)
    now = timezone.now()
    OrderDevice.objects.filter(device__in=numbers, ended_at=None).update(ended_at=now)
    PackedDevice.objects.filter(device__in=numbers, left_at=None).update(left_at=now)
    _tell(devices)
    return back


def _tell(devices: Sequence[Device]) -> None:
    """Whose patient had them learns that the patient has them no more."""
    for patient_id in {one.patient_id for one in devices if one.patient_id is not None}:
        theirs = [device for device in devices if device.patient_id == patient_id]
        tell_of_devices(
            theirs,
            DeviceTurn.DISSOCIATED,
            patient_id=patient_id,
            account_id=theirs[0].holder_id,
        )


def _end_kits(packed_kits: Sequence[int], place: Site, *, actor: Actor) -> list[PackedKit]:
    if not packed_kits:
        return []
    home = {"place": place, "patient": None, "holder": F("owner")}
    back = lifecycle.advance_packed_kits(
        packed_kits, PackedKitStatus.RETURNED, actor=actor, and_then=home
    )
    open_ones = OrderPackedKit.objects.filter(packed_kit__in=packed_kits, ended_at=None)
    open_ones.update(ended_at=timezone.now())
    return back
