"""By the buttons of the admin alone, every device, packed kit and return comes through each of its
statuses. Only what clinics do themselves, placing the order, is done by its command.

Of a device "waits to be shipped" and "delivered", and of a packed kit "started", have no button of
their own: shipping, delivering and packing lead through them.
"""

from typing import Any

import pytest
from django.test import Client

from inventory.models import Device, DeviceEvent, Item, Kit, PackedKit, PackedKitEvent
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders.models import Order, Return, ReturnEvent
from orders.return_statuses import ReturnStatus
from orders.wanted import LineWanted
from organisations.models import Organisation
from patients.models import Patient
from tests import builders, warehouse

D, K, R = DeviceStatus, PackedKitStatus, ReturnStatus
PARCEL = {"carrier": "Test Post", "number": "TP-1"}


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


class Admin:
    """An operator who presses buttons, each of which must lead on."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.pages = 0

    def press(self, row: Any, name: str, **said: Any) -> None:
        where = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/"
        way = f"step/{name}/" if isinstance(row, Order) else f"{name}/"
        self._send(f"{where}{way}", **said)

    def write_down(self, item: Item) -> Device:
        centre = builders.centre()
        serial = f"SN-{Device.objects.count()}-EVERY"
        said = {"item": item.pk, "owner": centre.account_id, "site": centre.pk, "serial": serial}
        self._send("/admin/inventory/device/add/", **said)
        return Device.objects.latest("pk")

    def pack_at_site(self, kit: Kit, device: Device) -> PackedKit:
        self.pages += 1
        said = {"kit": kit.pk, "site": device.place_id, "identifiers": serial_of(device)}
        self._send("/admin/inventory/packedkit/add/", once=f"page-{self.pages}", **said)
        return PackedKit.objects.latest("pk")

    def _send(self, address: str, **said: Any) -> None:
        answer = self.client.post(address, {"seen": "0", **said})
        errors = answer.context["form"].errors if answer.context else ""
        assert answer.status_code == 302, (address, answer.status_code, errors)


def serial_of(device: Device) -> str:
    return device.identifiers.get().value


def fresh(device: Device) -> Device:
    return Device.objects.get(pk=device.pk)


@pytest.fixture
def desk(operator: Client) -> Admin:
    return Admin(operator)


def received(desk: Admin, item: Item) -> Device:
    device = desk.write_down(item)
    desk.press(device, "receive")
    return device


def sent_to_site(desk: Admin, clinic: Organisation, item: Item) -> Device:
    device = received(desk, item)
    order = warehouse.order_for_devices(clinic, device, to_site=True)
    desk.press(order, "pack-device", identifier=serial_of(device))
    desk.press(order, "ship", **PARCEL)
    desk.press(order, "deliver")
    return fresh(device)


def test_every_status_of_a_device_is_reached(desk: Admin, clinic: Organisation) -> None:
    item, patient = warehouse.device_item(clinic.account), builders.patient(clinic)
    centre = builders.centre().pk

    device = sent_to_site(desk, clinic, item)
    desk.press(device, "give", patient=patient.pk)
    desk.press(device, "take-back")
    desk.pack_at_site(warehouse.device_kit(clinic.account, item), device)
    desk.press(device, "came-home", site=centre)
    desk.press(device, "refurbish")
    desk.press(device, "available-again")
    desk.press(device, "decommission")
    desk.press(received(desk, item), "to-manufacturer")
    desk.press(received(desk, item), "in-error")

    assert set(DeviceEvent.objects.values_list("name", flat=True)) == set(D)


def test_every_status_of_a_packed_kit_is_reached(desk: Admin, clinic: Organisation) -> None:
    item, patient = warehouse.device_item(clinic.account), builders.patient(clinic)
    kit = warehouse.device_kit(clinic.account, item)
    centre = builders.centre().pk

    desk.press(sent_kit(desk, kit, item, patient), "came-home", site=centre)
    at_site = desk.pack_at_site(kit, sent_to_site(desk, clinic, item))
    desk.press(at_site, "give", patient=patient.pk)
    desk.press(at_site, "take-back")
    desk.press(at_site, "take-apart")

    assert set(PackedKitEvent.objects.values_list("name", flat=True)) == set(K)


def sent_kit(desk: Admin, kit: Kit, item: Item, patient: Patient) -> PackedKit:
    device = received(desk, item)
    order = warehouse.order_of((LineWanted(kit_id=kit.pk, count=1),), patient=patient)
    desk.press(order, "pack-kit", kit=kit.pk, identifiers=serial_of(device))
    desk.press(order, "ship", **PARCEL)
    desk.press(order, "deliver")
    return PackedKit.objects.get()


def test_every_status_of_a_return_is_reached(desk: Admin, clinic: Organisation) -> None:
    item = warehouse.device_item(clinic.account)
    centre = builders.centre().pk

    device = sent_to_site(desk, clinic, item)
    desk.press(device, "ask-back")
    desk.press(Return.objects.get(), "void", reason="Asked for by mistake.")
    desk.press(device, "ask-back")
    back = Return.objects.latest("pk")
    desk.press(back, "label-sent")
    desk.press(back, "label-arrived")
    desk.press(back, "on-its-way", **PARCEL)
    desk.press(back, "arrived", site=centre)
    desk.press(back, "begin-receiving")
    desk.press(back, "all-received")

    assert set(ReturnEvent.objects.values_list("name", flat=True)) == set(R)
    assert fresh(device).status == D.USED
