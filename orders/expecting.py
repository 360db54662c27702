"""Writing down what is expected back: what may be in a return, and its rows. Called by the commands
that place orders and returns, whose transaction this is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from foundation.actors import Actor
from foundation.constraints import insert_or_none
from foundation.errors import Faults
from inventory.errors import DeviceNotFound, PackedKitNotFound
from inventory.models import AccountCatalogue, Device, Item, KitItem, PackedDevice, PackedKit
from inventory.statuses import KIT_IS_OUT, OUT
from orders import return_lifecycle
from orders.models import Order, Return, ReturnDevice, ReturnItem, ReturnPackedKit
from orders.return_errors import (
    EmailMissingForLabel,
    ReturnCountInvalid,
    ReturnDeviceExpected,
    ReturnDeviceInKit,
    ReturnDeviceNotThere,
    ReturnPackedKitExpected,
    ReturnPackedKitNotThere,
)
from orders.supplies_errors import ItemNotFound
from orders.wanted import LARGEST_COUNT, LineWanted, ReturnWanted, ShippingOption
from organisations.models import Site
from patients.models import Patient


@dataclass(frozen=True, kw_only=True)
class Expected:
    """By their numbers; so many of each item."""

    devices: tuple[int, ...]
    packed_kits: tuple[int, ...]
    items: Mapping[int, int]


@dataclass(frozen=True, kw_only=True)
class Label:
    """How the label for the way back reaches whoever sends it."""

    by_email: bool = False
    shipping_option: ShippingOption | None = None


BY_PARCEL = Label()


def settle_return(
    wanted: ReturnWanted, sender: Patient | Site, label: Label, *, actor: Actor
) -> Expected:
    """What is wanted back is with this patient or at this site, or all that is wrong with it."""
    faults = Faults()
    with faults.gathered():
        _check_label(sender, label)
    with faults.gathered():
        _check_packed_kits(wanted, sender, actor=actor)
    with faults.gathered():
        _check_devices(wanted, sender, actor=actor)
    items: Mapping[int, int] = {}
    with faults.gathered():
        items = _counts(wanted.items, account_id=sender.account_id)
    faults.raise_any()
    return Expected(
        devices=tuple(sorted(set(wanted.devices))),
        packed_kits=tuple(sorted(set(wanted.packed_kits))),
        items=items,
    )


def expect(
    expected: Expected,
    sender: Patient | Site,
    label: Label,
    *,
    order: Order | None = None,
    actor: Actor,
) -> Return:
    """The return with its rows and its first event. Raises ReturnDeviceExpected or
    ReturnPackedKitExpected when another return waits for the same: the constraint decides.
    """
    back = Return.objects.create(
        account_id=sender.account_id,
        order=order,
        patient=sender if isinstance(sender, Patient) else None,
        site=sender if isinstance(sender, Site) else None,
        shipping_option=label.shipping_option or ShippingOption.STANDARD,
        email_label=label.by_email,
    )
    ReturnItem.objects.bulk_create(
        ReturnItem(account_id=back.account_id, whole=back, item_id=item, count=count)
        for item, count in sorted(expected.items.items())
    )
    for number in expected.packed_kits:
        row = ReturnPackedKit(account_id=back.account_id, whole=back, packed_kit_id=number)
        if insert_or_none(row) is None:
            raise ReturnPackedKitExpected(field="returns.packed_kits", number=number)
    for number, packed_kit in _each_device(expected):
        device = ReturnDevice(
            account_id=back.account_id, whole=back, device_id=number, packed_kit_id=packed_kit
        )
        if insert_or_none(device) is None:
            raise ReturnDeviceExpected(field="returns.devices", number=number)
    return_lifecycle.note(back, actor=actor)
    return back


def _each_device(expected: Expected) -> list[tuple[int, int | None]]:
    """The loose ones, and those inside of packed kits, with their kit."""
    loose: list[tuple[int, int | None]] = [(number, None) for number in expected.devices]
    if not expected.packed_kits:
        return loose
    inside = PackedDevice.objects.filter(packed_kit__in=expected.packed_kits, left_at=None)
    return loose + list(inside.order_by("device").values_list("device", "packed_kit"))


def _check_label(sender: Patient | Site, label: Label) -> None:
    if label.by_email and isinstance(sender, Patient) and not sender.email:
        raise EmailMissingForLabel(field="email_label")


def _check_devices(wanted: ReturnWanted, sender: Patient | Site, *, actor: Actor) -> None:
    if not wanted.devices:
        return
    seen = Device.objects.visible_to(actor).filter(pk__in=wanted.devices)
    there = {device.pk: device for device in seen}
    in_kits = _in_kits(wanted)
    faults = Faults()
    for place, number in enumerate(wanted.devices):
        field = f"returns.devices.{place}"
        with faults.gathered():
            if number not in there:
                raise DeviceNotFound(field=field)
            if number in in_kits:
                raise ReturnDeviceInKit(field=field)
            if not _is_with(there[number], sender, OUT):
                raise ReturnDeviceNotThere(field=field)
    faults.raise_any()


def _check_packed_kits(wanted: ReturnWanted, sender: Patient | Site, *, actor: Actor) -> None:
    if not wanted.packed_kits:
        return
    seen = PackedKit.objects.visible_to(actor).filter(pk__in=wanted.packed_kits)
    there = {packed_kit.pk: packed_kit for packed_kit in seen}
    faults = Faults()
    for place, number in enumerate(wanted.packed_kits):
        field = f"returns.packed_kits.{place}"
        with faults.gathered():
            if number not in there:
                raise PackedKitNotFound(field=field)
            if not _is_with(there[number], sender, KIT_IS_OUT):
                raise ReturnPackedKitNotThere(field=field)
    faults.raise_any()


def _is_with(thing: Device | PackedKit, sender: Patient | Site, out: Iterable[str]) -> bool:
    if isinstance(sender, Patient):
        return thing.patient_id == sender.pk
    return thing.patient_id is None and thing.place_id == sender.pk and thing.status in out


def _in_kits(wanted: ReturnWanted) -> set[int]:
    if not wanted.packed_kits:
        return set()
    inside = PackedDevice.objects.filter(packed_kit__in=wanted.packed_kits, left_at=None)
    return set(inside.values_list("device", flat=True))


def _counts(lines: Iterable[LineWanted], *, account_id: int) -> dict[int, int]:
    """So many of each item, of those that the account may know of, in kits too."""
    counts: dict[int, int] = {}
    lines = list(lines)
    known = _known_items(lines, account_id=account_id) if lines else set()
    faults = Faults()
    for place, line in enumerate(lines):
        with faults.gathered():
            if line.item_id is None or line.item_id not in known:
                raise ItemNotFound(field=f"returns.items.{place}.item")
            counts[line.item_id] = counts.get(line.item_id, 0) + line.count
            if not 1 <= counts[line.item_id] <= LARGEST_COUNT:
                raise ReturnCountInvalid(field=f"returns.items.{place}.count")
    faults.raise_any()
    return counts


def _known_items(lines: Iterable[LineWanted], *, account_id: int) -> set[int]:
    wanted = {line.item_id for line in lines if line.item_id is not None}
    own = AccountCatalogue.objects.filter(account_id=account_id)
    in_kits = KitItem.objects.filter(kit__in=own.filter(item=None).values("kit")).values("item")
    rows = Item.objects.filter(
        Q(pk__in=own.filter(kit=None).values("item")) | Q(pk__in=in_kits), pk__in=wanted
    )
    return set(rows.values_list("pk", flat=True))
