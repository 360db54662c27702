"""Devices and packed kits in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from foundation.models import AccessEntry
from inventory.models import Device, IdentifierType
from inventory.statuses import DeviceStatus, PackedKitStatus
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders, warehouse
from tests.admin.conftest import SignIn

D, K = DeviceStatus, PackedKitStatus


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


def button(row: object, name: str) -> str:
    kind = "device" if isinstance(row, Device) else "packedkit"
    return f"/admin/inventory/{kind}/{row.pk}/{name}/"  # type: ignore[attr-defined]


def step(order: object, name: str) -> str:
    return reverse("admin:orders_order_step", args=[order.pk, name])  # type: ignore[attr-defined]


def test_a_device_is_written_down_and_received(operator: Client, clinic: Organisation) -> None:
    item = warehouse.device_item(clinic.account)
    centre = builders.centre()
    said = {
        "item": item.pk,
        "owner": centre.account_id,
        "site": centre.pk,
        IdentifierType.SERIAL.value: "SN-77",
    }

    assert operator.get("/admin/inventory/device/add/").status_code == 200
    missing = operator.post("/admin/inventory/device/add/", {**said, "serial": ""})
    made = operator.post("/admin/inventory/device/add/", said)
    again = operator.post("/admin/inventory/device/add/", said)

    device = Device.objects.get()
    assert (missing.status_code, made.status_code, again.status_code) == (422, 302, 422)
    assert operator.get(button(device, "receive")).status_code == 200
    assert operator.post(button(device, "receive")).status_code == 302
    assert warehouse.fresh(device).status == D.AVAILABLE
    assert operator.post(button(device, "receive")).status_code == 422


@pytest.mark.parametrize(
    ("here", "name", "to"),
    [
        (D.USED, "refurbish", D.REFURBISHING),
        (D.REFURBISHING, "available-again", D.AVAILABLE_REPACKED),
        (D.AVAILABLE, "decommission", D.DECOMMISSIONED),
        (D.AVAILABLE, "to-manufacturer", D.RETURNED_MANUFACTURER),
        (D.AVAILABLE, "in-error", D.RECEIVED_IN_ERROR),
    ],
)
def test_each_button_takes_its_step(
    operator: Client, clinic: Organisation, here: D, name: str, to: D
) -> None:
    device = warehouse.device_in(here, clinic)

    page = operator.get(f"/admin/inventory/device/{device.pk}/change/").content.decode()
    operator.post(button(device, name))

    assert f"/{name}/" in page
    assert warehouse.fresh(device).status == to


def test_what_comes_home_is_received_at_a_centre(operator: Client, clinic: Organisation) -> None:
    device, _ = warehouse.device_sent(clinic)
    kit, of_kit = warehouse.kit_packed(clinic)
    warehouse.delivered(of_kit)
    said = {"site": builders.centre().pk}

    for row in (device, kit):
        assert operator.post(button(row, "came-home"), {}).status_code == 422
        assert operator.post(button(row, "came-home"), said).status_code == 302

    kit.refresh_from_db()
    assert (warehouse.fresh(device).status, kit.status) == (D.USED, K.RETURNED)


def test_devices_and_kits_are_packed_on_the_orders_page(
    operator: Client, clinic: Organisation
) -> None:
    device = warehouse.device(warehouse.device_item(clinic.account))
    order = warehouse.order_for_devices(clinic, device)
    page = reverse("admin:orders_order_change", args=[order.pk])
    serial = device.identifiers.get().value

    assert "pack-device" in operator.get(page).content.decode()
    assert operator.get(step(order, "pack-device")).status_code == 200
    unknown = operator.post(step(order, "pack-device"), {"identifier": "NOBODY", "seen": "0"})
    packed = operator.post(step(order, "pack-device"), {"identifier": serial, "seen": "0"})
    shown = operator.get(page).content.decode()
    assert operator.get(step(order, "take-device-off")).status_code == 200
    operator.post(step(order, "take-device-off"), {"device": device.pk, "seen": "0"})

    assert (unknown.status_code, packed.status_code) == (422, 302)
    assert f"/admin/inventory/device/{device.pk}/change/" in shown
    assert warehouse.fresh(device).status == D.AVAILABLE


def test_a_kit_is_packed_and_taken_apart_on_the_orders_page(
    operator: Client, clinic: Organisation
) -> None:
    packed, order = warehouse.kit_packed(clinic)
    device = packed.contents.get().device
    serial = device.identifiers.get().value

    assert operator.get(step(order, "unpack-kit")).status_code == 200
    operator.post(step(order, "unpack-kit"), {"packed_kit": packed.pk, "seen": "0"})
    apart = warehouse.fresh(device).status
    assert operator.get(step(order, "pack-kit")).status_code == 200
    said = {"kit": packed.kit_id, "identifiers": serial, "seen": "0"}
    wrong = operator.post(step(order, "pack-kit"), {**said, "identifiers": ""})
    again = operator.post(step(order, "pack-kit"), said)

    assert (apart, wrong.status_code, again.status_code) == (D.AVAILABLE, 422, 302)
    assert warehouse.fresh(device).status == D.PACKED


def test_a_kit_at_a_site_is_taken_apart(operator: Client, clinic: Organisation) -> None:
    kit = warehouse.kit_at_site(clinic)

    assert operator.get(button(kit, "take-apart")).status_code == 200
    operator.post(button(kit, "take-apart"))

    kit.refresh_from_db()
    assert kit.status == K.VOIDED


def test_the_lists_find_a_device_and_name_no_patient(
    operator: Client, clinic: Organisation
) -> None:
    device, _ = warehouse.device_sent(clinic)
    other = warehouse.device(device.item)
    before = AccessEntry.objects.count()
    search = {"search": device.identifiers.get().value}

    found = operator.post("/admin/inventory/device/", search, follow=True).content.decode()
    everything = operator.get("/admin/inventory/device/").content.decode()

    assert f"/device/{device.pk}/" in found
    assert f"/device/{other.pk}/" not in found
    assert f"/device/{other.pk}/" in everything
    assert operator.get("/admin/inventory/packedkit/").status_code == 200
    assert AccessEntry.objects.count() == before


def test_whoever_looks_at_a_device_of_a_patient_is_recorded(
    operator: Client, clinic: Organisation
) -> None:
    device, order = warehouse.device_sent(clinic)

    operator.get(f"/admin/inventory/device/{device.pk}/change/")

    assert AccessEntry.objects.latest("pk").patient_id == order.patient_id


def test_an_auditor_looks_and_presses_nothing(sign_in: SignIn, clinic: Organisation) -> None:
    device = warehouse.device_in(D.AVAILABLE, clinic)
    auditor = sign_in(Role.AUDITOR)

    assert auditor.get(f"/admin/inventory/device/{device.pk}/change/").status_code == 200
    assert auditor.post(button(device, "decommission")).status_code == 403
    assert auditor.get("/admin/inventory/device/add/").status_code == 403
