"""Devices and packed kits to test with: each came where it is by the real commands."""

from itertools import count

from foundation.actors import Actor, Door
from inventory import devices as warehouse
from inventory.devices import DeviceWanted
from inventory.handing_out import associate_device, link_kit
from inventory.models import (
    AccountCatalogue,
    Device,
    IdentifierType,
    Item,
    Kit,
    KitItem,
    Manufacturer,
    PackedKit,
)
from inventory.packing import pack_at_site
from inventory.statuses import DeviceStatus
from inventory.stocktaking import Place
from orders import fulfilment
from orders.coming_home import receive_back
from orders.commands import place_order
from orders.models import Order
from orders.packing import assign_device, pack_kit
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.actors import actor_for_user
from organisations.models import Account, Organisation, Site, User
from organisations.roles import Role
from patients.models import Patient
from patients.wanted import KnownPatient
from tests import builders

D = DeviceStatus
_numbers = count(1)


def _operator() -> Actor:
    """One for all of a test: each person costs a password."""
    known = User.objects.filter(membership__roles=[Role.OPERATOR]).order_by("pk").first()
    return actor_for_user(known, door=Door.ADMIN) if known else builders.operator()


def device_item(owner: Account) -> Item:
    """An item of the account's catalogue whose devices are told apart; none is there yet."""
    maker, _ = Manufacturer.objects.get_or_create(name="Test Maker")
    item = Item.objects.create(
        manufacturer=maker,
        name="Test Monitor",
        model="TM-1",
        sku=f"DEV-{next(_numbers)}",
        identifier_type=IdentifierType.SERIAL,
    )
    AccountCatalogue.objects.create(account=owner, item=item)
    return item


def offered(item: Item, to: Account) -> None:
    AccountCatalogue.objects.create(account=to, item=item)


def device_kit(owner: Account, *items: Item) -> Kit:
    """A kit with one of each, in the account's catalogue."""
    kit = Kit.objects.create(name=f"Test Device Kit {next(_numbers)}")
    for item in items or (device_item(owner),):
        KitItem.objects.create(kit=kit, item=item)
    AccountCatalogue.objects.create(account=owner, kit=kit)
    return kit


def written_down(item: Item, *, owner: Account | None = None) -> Device:
    centre = builders.centre()
    wanted = DeviceWanted(
        item=item,
        place=Place(owner=owner or centre.account, site=centre),
        identifiers={IdentifierType.SERIAL: f"SN-{next(_numbers)}"},
    )
    return warehouse.write_down_device(wanted, actor=_operator())


def device(item: Item, *, owner: Account | None = None) -> Device:
    """On the shelf of the centre; the operator's unless somebody else owns it."""
    return warehouse.receive_device(written_down(item, owner=owner), actor=_operator())


def order_of(
    lines: tuple[LineWanted, ...], *, patient: Patient | None = None, site: Site | None = None
) -> Order:
    """Ready to pack, for this patient or this site."""
    recipient = patient or site
    assert recipient is not None
    known = KnownPatient(recipient.pk) if patient else KnownSite(recipient.pk)
    placed = place_order(
        OrderWanted(recipient=known, contents=lines, address=builders.ADDRESS),
        actor=builders.integrator(recipient.account),
    )
    return fulfilment.release_order(placed, actor=_operator())


def order_for_devices(chosen: Organisation, *devices: Device, to_site: bool = False) -> Order:
    """Ready to pack, with room for exactly these, which are not packed yet."""
    lines = tuple(LineWanted(item_id=one.item_id, count=1) for one in devices)
    if to_site:
        return order_of(lines, site=builders.site(chosen.account))
    return order_of(lines, patient=builders.patient(chosen))


def shipped(order: Order) -> Order:
    return fulfilment.ship_order(order, tracking=builders.PARCEL, actor=_operator())


def delivered(order: Order) -> Order:
    return fulfilment.deliver_order(shipped(order), actor=_operator())


def device_sent(chosen: Organisation, *, to_site: bool = False) -> tuple[Device, Order]:
    """A new device, shipped and delivered to a patient of the clinic or to a site."""
    made = device(device_item(chosen.account))
    order = order_for_devices(chosen, made, to_site=to_site)
    assign_device(order, made, actor=_operator())
    order = delivered(order)
    return fresh(made), order


def devices_at_site(chosen: Organisation, count: int) -> list[Device]:
    """So many of one item, delivered to a site of the account together."""
    item = device_item(chosen.account)
    made = [device(item) for _ in range(count)]
    order = order_for_devices(chosen, *made, to_site=True)
    for one in made:
        assign_device(order, one, actor=_operator())
    delivered(order)
    return [fresh(one) for one in made]


def device_at_site(chosen: Organisation) -> Device:
    return device_sent(chosen, to_site=True)[0]


def kit_at_site(chosen: Organisation) -> PackedKit:
    """Packed at a site of the account, with one device."""
    return kit_of(device_at_site(chosen))


def kit_of(made: Device) -> PackedKit:
    """Packed where this device lies."""
    assert made.place is not None
    kit = device_kit(made.holder, made.item)
    return pack_at_site(kit, made.place, [made.pk], actor=_operator())


def kit_packed(chosen: Organisation, *, to_site: bool = False) -> tuple[PackedKit, Order]:
    """Packed for an order of one kit with one device."""
    made = device(device_item(chosen.account))
    kit = device_kit(chosen.account, made.item)
    lines = (LineWanted(kit_id=kit.pk, count=1),)
    if to_site:
        order = order_of(lines, site=builders.site(chosen.account))
    else:
        order = order_of(lines, patient=builders.patient(chosen))
    return pack_kit(order, kit, [made.pk], actor=_operator()), order


def fresh(row: Device) -> Device:
    return Device.objects.get(pk=row.pk)


def device_in(status: DeviceStatus, chosen: Organisation) -> Device:
    """A device that came to this status by commands."""
    return REACHED[status](chosen)


def _new(chosen: Organisation) -> Device:
    return device(device_item(chosen.account))


def _packed(chosen: Organisation) -> Device:
    made = _new(chosen)
    return assign_device(order_for_devices(chosen, made), made, actor=_operator())


def _shipped(chosen: Organisation) -> Device:
    made = _new(chosen)
    order = order_for_devices(chosen, made)
    assign_device(order, made, actor=_operator())
    shipped(order)
    return fresh(made)


def _associated(chosen: Organisation) -> Device:
    made = device_at_site(chosen)
    return associate_device(made, builders.patient(chosen), actor=_operator())


def _packed_at_site(chosen: Organisation) -> Device:
    return kit_at_site(chosen).contents.get().device


def _used(chosen: Organisation) -> Device:
    return receive_back(_associated(chosen), builders.centre(), actor=_operator())


def _refurbishing(chosen: Organisation) -> Device:
    return warehouse.refurbish(_used(chosen), actor=_operator())


def _available_again(chosen: Organisation) -> Device:
    return warehouse.make_available_again(_refurbishing(chosen), actor=_operator())


# The way to each status in which a device may rest.
REACHED = {
    D.INITIATED: lambda chosen: written_down(device_item(chosen.account)),
    D.AVAILABLE: _new,
    D.AVAILABLE_REPACKED: _available_again,
    D.PACKED: _packed,
    D.SHIPPED: _shipped,
    D.WITH_PATIENT: _associated,
    D.AVAILABLE_AT_SITE: device_at_site,
    D.PACKED_AT_SITE: _packed_at_site,
    D.USED: _used,
    D.REFURBISHING: _refurbishing,
    D.RETURNED_MANUFACTURER: lambda chosen: warehouse.give_back_to_manufacturer(
        _new(chosen), actor=_operator()
    ),
    D.RECEIVED_IN_ERROR: lambda chosen: warehouse.mark_received_in_error(
        _new(chosen), actor=_operator()
    ),
    D.DECOMMISSIONED: lambda chosen: warehouse.decommission(_new(chosen), actor=_operator()),
}


def kit_with_patient(chosen: Organisation) -> PackedKit:
    return link_kit(kit_at_site(chosen), builders.patient(chosen), actor=_operator())
