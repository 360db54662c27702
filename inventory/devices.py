"""Devices in the warehouse: how one comes in, and what becomes of it there. What is sent, and what
comes home, is in `orders.packing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from foundation.actors import Actor, Permission
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from inventory import lifecycle
from inventory.errors import (
    DevicesAreNotToldApart,
    IdentifierMissing,
    IdentifierTaken,
    NotAFulfilmentCentre,
)
from inventory.models import Device, DeviceEvent, DeviceIdentifier, IdentifierType, Item
from inventory.statuses import ON_THE_SHELF, DeviceStatus
from inventory.stocktaking import Place, locked_stock, take_in, take_one_out
from organisations.models import Site
from organisations.models.accounts import AccountKind


@dataclass(frozen=True, kw_only=True)
class DeviceWanted:
    """One device, as it is written down before anybody has it in hand."""

    item: Item
    place: Place
    identifiers: Mapping[IdentifierType, str] = field(default_factory=dict)
    external_id: str = ""


@transaction.atomic
def write_down_device(wanted: DeviceWanted, *, actor: Actor) -> Device:
    """The device is known, and not here yet.

    Raises Forbidden, NotAFulfilmentCentre, DevicesAreNotToldApart, IdentifierMissing,
    IdentifierTaken.
    """
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    check_centre(wanted.place.site)
    _check_identifiers(wanted)
    device = Device.objects.create(
        owner=wanted.place.owner,
        holder=wanted.place.owner,
        place=wanted.place.site,
        item=wanted.item,
        external_id=wanted.external_id,
    )
    for kind, value in sorted(wanted.identifiers.items()):
        if not insert_or_none(DeviceIdentifier(device=device, type=kind, value=value)):
            raise IdentifierTaken(field="identifiers", type=kind.label)
    DeviceEvent.objects.create(
        device=device,
        name=DeviceStatus.INITIATED,
        actor=actor.label[:255],
        happened_at=device.written_down_at,
    )
    return device


@transaction.atomic
def receive_device(device: Device, *, actor: Actor) -> Device:
    """It has arrived and lies on the shelf: there is one more in stock."""
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    locked_stock(device.item_id, device.owner_id, device.place_id)
    moved = _step(device, DeviceStatus.AVAILABLE, actor=actor)
    take_in(moved.item, _place_of(moved), new=1, actor=actor)
    return moved


@transaction.atomic
def refurbish(device: Device, *, actor: Actor) -> Device:
    """It came home and is cleaned, charged and checked."""
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    return _step(device, DeviceStatus.REFURBISHING, actor=actor)


@transaction.atomic
def make_available_again(device: Device, *, actor: Actor) -> Device:
    """It can be sent once more: there is one more used one in stock."""
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    locked_stock(device.item_id, device.owner_id, device.place_id)
    moved = _step(device, DeviceStatus.AVAILABLE_REPACKED, actor=actor)
    take_in(moved.item, _place_of(moved), used=1, actor=actor)
    return moved


@transaction.atomic
def decommission(device: Device, *, actor: Actor) -> Device:
    """It is used no more. Raises DeviceStepNotAllowed, StockIsPromised."""
    return _take_away(device, DeviceStatus.DECOMMISSIONED, actor=actor)


@transaction.atomic
def give_back_to_manufacturer(device: Device, *, actor: Actor) -> Device:
    """Whoever made it has it back. Raises DeviceStepNotAllowed, StockIsPromised."""
    return _take_away(device, DeviceStatus.RETURNED_MANUFACTURER, actor=actor)


@transaction.atomic
def mark_received_in_error(device: Device, *, actor: Actor) -> Device:
    """It should not have come here. Raises DeviceStepNotAllowed, StockIsPromised."""
    return _take_away(device, DeviceStatus.RECEIVED_IN_ERROR, actor=actor)


def check_centre(site: Site) -> None:
    """Raise NotAFulfilmentCentre unless orders are sent from there."""
    if site.account.kind != AccountKind.OPERATOR:
        raise NotAFulfilmentCentre(field="site")


def _check_identifiers(wanted: DeviceWanted) -> None:
    if not wanted.item.identifier_type:
        raise DevicesAreNotToldApart(field="item")
    needed = IdentifierType(wanted.item.identifier_type)
    if not wanted.identifiers.get(needed):
        raise IdentifierMissing(field="identifiers", type=needed.label)


def _take_away(device: Device, to: DeviceStatus, *, actor: Actor) -> Device:
    """From the shelf too, where it is one less."""
    actor.must(Permission.CHANGE_STOCK)
    sign_history(actor)
    stock = locked_stock(device.item_id, device.owner_id, device.place_id)
    here = lifecycle.locked_device(device, actor=actor)
    moved = _step(here, to, actor=actor)
    if stock is not None and here.status in ON_THE_SHELF:
        take_one_out(stock, used=here.used)
    return moved


def _place_of(device: Device) -> Place:
    """Where it lies and whose it is."""
    assert device.place is not None, "device_that_lies_somewhere_says_where"
    return Place(owner=device.owner, site=device.place)


def _step(device: Device, to: DeviceStatus, *, actor: Actor) -> Device:
    (moved,) = lifecycle.advance_devices([device.pk], to, actor=actor)
    return moved
