"""Packing a kit: at an account's site, and what packing for an order (`orders.packing`) has in
common with it.
"""

from collections import Counter
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.history import sign_history
from inventory import lifecycle
from inventory.errors import (
    DeviceNotAtThisSite,
    KitDevicesWrong,
    NotAPlaceForIt,
    PackedKitNotAtSite,
)
from inventory.models import Device, Kit, PackedDevice, PackedKit, PackedKitEvent
from inventory.news import PackedKitTurn, tell_of_packed_kits
from inventory.statuses import DeviceStatus, PackedKitStatus
from organisations.models import Site
from organisations.models.accounts import AccountKind


@transaction.atomic
def pack_at_site(
    kit: Kit, site: Site, devices: Sequence[int], *, external_id: str = "", actor: Actor
) -> PackedKit:
    """A kit is packed at a site of an account, out of devices that are available there.

    Raises NotAPlaceForIt, KitDevicesWrong, DeviceNotAtThisSite.
    """
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    if site.account.kind == AccountKind.OPERATOR:
        raise NotAPlaceForIt(field="site")
    here = lifecycle.locked_devices(devices)
    for device in here:
        if device.place_id != site.pk or device.status != DeviceStatus.AVAILABLE_AT_SITE:
            raise DeviceNotAtThisSite(field="devices", number=device.pk)
    owner = here[0].owner_id if here else site.account_id
    made = PackedKit(
        kit=kit, owner_id=owner, holder_id=site.account_id, place=site, external_id=external_id
    )
    start_kit(made, here, actor=actor)
    lifecycle.advance_devices(
        [device.pk for device in here], DeviceStatus.PACKED_AT_SITE, actor=actor
    )
    return finish_kit(made, PackedKitStatus.PACKED_AT_SITE, actor=actor)


@transaction.atomic
def take_apart_at_site(packed_kit: PackedKit, *, actor: Actor) -> PackedKit:
    """Its devices are available at the site one by one. Raises DeviceStepNotAllowed."""
    actor.must(Permission.HAND_OUT_DEVICES)
    sign_history(actor)
    here = lifecycle.locked_packed_kit(packed_kit, actor=actor)
    if here.status != PackedKitStatus.PACKED_AT_SITE:
        raise PackedKitNotAtSite(field="packed_kit", status=here.get_status_display())
    inside = lifecycle.devices_in([here.pk])
    lifecycle.advance_devices(inside, DeviceStatus.AVAILABLE_AT_SITE, actor=actor)
    return void_kits([here.pk], account_id=here.holder_id, actor=actor)[0]


def start_kit(made: PackedKit, devices: Sequence[Device], *, actor: Actor) -> None:
    """The new kit is begun with these devices, or KitDevicesWrong."""
    _check_contents(made.kit, devices)
    made.save(force_insert=True)
    PackedKitEvent.objects.create(
        packed_kit=made,
        name=PackedKitStatus.STARTED,
        actor=actor.label[:255],
        happened_at=made.started_at,
    )
    PackedDevice.objects.bulk_create(
        PackedDevice(packed_kit=made, device=device) for device in devices
    )
    tell_of_packed_kits([made], PackedKitTurn.STARTED, account_id=made.holder_id)


def finish_kit(made: PackedKit, to: PackedKitStatus, *, actor: Actor) -> PackedKit:
    """All is in it; it is packed here, or at its site."""
    (packed,) = lifecycle.advance_packed_kits([made.pk], to, actor=actor)
    tell_of_packed_kits([packed], PackedKitTurn.PACKED, account_id=packed.holder_id)
    return packed


def void_kits(packed_kits: Sequence[int], *, account_id: int, actor: Actor) -> list[PackedKit]:
    """They are taken apart; their devices are in none of them any more."""
    inside = PackedDevice.objects.filter(packed_kit__in=packed_kits, left_at=None)
    inside.update(left_at=timezone.now())
    voided = lifecycle.advance_packed_kits(packed_kits, PackedKitStatus.VOIDED, actor=actor)
    tell_of_packed_kits(voided, PackedKitTurn.VOIDED, account_id=account_id)
    return voided


def _check_contents(kit: Kit, devices: Sequence[Device]) -> None:
    """As many of each item that is told apart as the kit has, and nothing else."""
    inside = kit.kit_items.exclude(item__identifier_type="").select_related("item")
    needed = {one.item: one.count for one in inside.order_by("pk")}
    if Counter(device.item_id for device in devices) != {
        item.pk: count for item, count in needed.items()
    }:
        words = ", ".join(f"{count} x {item}" for item, count in needed.items())
        raise KitDevicesWrong(field="devices", needed=words or "none")
