"""A device goes on to another account: who had it before is told nothing of who has it now."""

from inventory import devices as shelf
from orders.coming_home import receive_back
from orders.models import OrderDevice
from orders.packing import assign_device
from organisations.models import Organisation
from tests import builders, warehouse
from tests.api.v3.calls import Program


def test_an_old_order_does_not_tell_who_has_its_device_now(
    program: Program, clinic: Organisation
) -> None:
    device, old = warehouse.device_sent(clinic)
    operator = builders.operator()
    device = receive_back(device, builders.centre(), actor=operator)
    device = shelf.make_available_again(shelf.refurbish(device, actor=operator), actor=operator)
    other = builders.organisation()
    warehouse.offered(device.item, other.account)
    order = warehouse.order_for_devices(other, device)
    assign_device(order, device, actor=operator)
    warehouse.delivered(order)

    answer = program.get(f"/order/{old.pk}")

    assert answer.status_code == 200
    (told,) = answer.json()["devices"]
    assert told["id"] == device.pk
    assert "currentPatient" not in told
    assert OrderDevice.objects.filter(device=device).count() == 2
    assert program.get("/device").json()["total"] == 0
    assert program.get("/order").status_code == 200
