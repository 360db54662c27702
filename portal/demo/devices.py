"""A few devices of the demo: on the shelf, at the clinic's site, with a patient who has to send it
back.
"""

from typing import Final

from foundation.actors import Actor
from inventory.devices import DeviceWanted, receive_device, write_down_device
from inventory.handing_out import associate_device
from inventory.models import AccountCatalogue, Device, IdentifierType, Item, Manufacturer
from inventory.stocktaking import Place
from orders import fulfilment
from orders.commands import place_order
from orders.packing import assign_device
from orders.returns import StandaloneReturn, place_return, send_label, wait_for_return
from orders.wanted import KnownSite, LineWanted, OrderWanted, ReturnWanted
from organisations.models import Site
from patients.models import Patient
from patients.wanted import KnownPatient
from portal.demo.orders import PARCEL
from portal.demo.world import CENTRE, World

ON_THE_SHELF: Final = 3
AT_THE_SITE: Final = 2


def hand_out_devices(world: World, *, operator: Actor) -> None:
    """Some arrive, an order takes some to the clinic's site, and a patient gets one there."""
    item = _monitor(world)
    devices = [_arrive(item, number, world, operator) for number in range(ON_THE_SHELF)]
    site = Site.objects.get(account=world.clinic, name="Riverside front desk")
    wanted = OrderWanted(
        recipient=KnownSite(site.pk), contents=(LineWanted(item_id=item.pk, count=AT_THE_SITE),)
    )
    order = place_order(wanted, actor=operator.for_account(world.clinic.pk))
    order = fulfilment.release_order(order, actor=operator)
    for device in devices[:AT_THE_SITE]:
        assign_device(order, device, actor=operator)
    order = fulfilment.ship_order(order, tracking=PARCEL, actor=operator)
    fulfilment.deliver_order(order, actor=operator)
    patient = Patient.objects.filter(account=world.clinic, enrolled=True).earliest("pk")
    associate_device(devices[0], patient, actor=operator)
    _ask_for(devices[0], patient, operator=operator)


def _ask_for(device: Device, patient: Patient, *, operator: Actor) -> None:
    """The patient has the label, and has not sent it yet."""
    asked = StandaloneReturn(
        sender=KnownPatient(patient.pk), wanted=ReturnWanted(devices=(device.pk,))
    )
    back = place_return(asked, actor=operator.for_account(patient.account_id))
    wait_for_return(send_label(back, actor=operator), actor=operator)


def _monitor(world: World) -> Item:
    maker, _ = Manufacturer.objects.get_or_create(name="Demo Devices")
    item, _ = Item.objects.get_or_create(
        sku="DEVICE-DEMO-BPM",
        defaults={
            "manufacturer": maker,
            "name": "Blood pressure monitor",
            "identifier_type": IdentifierType.SERIAL,
        },
    )
    AccountCatalogue.objects.get_or_create(account=world.clinic, item=item)
    return item


def _arrive(item: Item, number: int, world: World, operator: Actor) -> Device:
    centre = Site.objects.get(account=world.operator, name=CENTRE)
    wanted = DeviceWanted(
        item=item,
        place=Place(owner=world.operator, site=centre),
        identifiers={IdentifierType.SERIAL: f"DEMO-BPM-{number + 1:04}"},
    )
    return receive_device(write_down_device(wanted, actor=operator), actor=operator)
