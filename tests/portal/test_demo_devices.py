"""The demo's devices."""

import pytest

from inventory.models import Device
from inventory.statuses import DeviceStatus
from organisations.models import Organisation
from portal.demo.devices import hand_out_devices
from portal.demo.world import build_world
from tests import builders


@pytest.mark.django_db
def test_the_demo_has_a_device_on_the_shelf_one_at_a_site_and_one_with_a_patient() -> None:
    world = build_world()
    clinic = Organisation.objects.filter(account=world.clinic).earliest("pk")
    builders.patient(clinic)

    hand_out_devices(world, operator=builders.operator())

    assert list(Device.objects.order_by("pk").values_list("status", flat=True)) == [
        DeviceStatus.WITH_PATIENT,
        DeviceStatus.AVAILABLE_AT_SITE,
        DeviceStatus.AVAILABLE,
    ]
