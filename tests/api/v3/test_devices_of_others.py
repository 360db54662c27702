"""A device goes on to another account: who had it before is told nothing of who has it now."""

import json
from typing import Final

from inventory import devices as shelf
from inventory.models import Device
from orders.coming_home import receive_back
from orders.models import OrderDevice
from orders.packing import assign_device
from organisations.models import Organisation
from portal.api.wordings import WORDINGS
from tests import builders, warehouse
from tests.api.v3.calls import Program
from webhooks.models import Dialect
from webhooks.queueing import claim

URL: Final = "http://127.0.0.1:9/hooks"


def gone_on(device: Device) -> None:
    """It came home, and is with a patient of another account now."""
    operator = builders.operator()
    device = receive_back(device, builders.centre(), actor=operator)
    device = shelf.make_available_again(shelf.refurbish(device, actor=operator), actor=operator)
    other = builders.organisation()
    warehouse.offered(device.item, other.account)
    order = warehouse.order_for_devices(other, device)
    assign_device(order, device, actor=operator)
    warehouse.delivered(order)


def test_an_old_order_does_not_tell_who_has_its_device_now(
    program: Program, clinic: Organisation
) -> None:
    device, old = warehouse.device_sent(clinic)
    gone_on(device)

    answer = program.get(f"/order/{old.pk}")

    assert answer.status_code == 200
    (told,) = answer.json()["devices"]
    assert told["id"] == device.pk
    assert "currentPatient" not in told
    assert OrderDevice.objects.filter(device=device).count() == 2
    assert program.get("/device").json()["total"] == 0
    assert program.get("/order").status_code == 200


def test_a_late_webhook_about_a_device_that_has_gone_on_tells_only_its_id(
    clinic: Organisation,
) -> None:
    told_of = ("device_associated", "device_dissociated")
    endpoints = [builders.v3_endpoint(clinic.account, URL, one).endpoint for one in told_of]
    device, order = warehouse.device_sent(clinic)
    gone_on(device)

    for endpoint in endpoints:
        claimed = claim(endpoint.pk, URL, WORDINGS[Dialect.V3])
        assert claimed
        (delivery,) = claimed.deliveries
        payload = json.loads(bytes(delivery.body))["payload"]
        assert payload["device"] == {"id": device.pk}
        assert payload["patient"]["id"] == order.patient_id
