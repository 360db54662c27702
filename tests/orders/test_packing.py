"""Devices and packed kits in an order's parcels, there and back."""

from unittest.mock import patch

import pytest
from django.db import IntegrityError, models, transaction

from foundation.errors import Forbidden, Refusal
from inventory.errors import DeviceStepNotAllowed, KitDevicesWrong
from inventory.models import Device, PackedKit, Stock
from inventory.statuses import DeviceStatus, PackedKitStatus
from inventory.stocktaking import Place, take_in
from orders import fulfilment, packing
from orders.coming_home import receive_back, receive_kit_back
from orders.models import Order, OrderDevice, OrderPackedKit
from orders.packing_errors import (
    DeviceIsElsewhere,
    DeviceIsNotOut,
    DeviceNotInOrder,
    NoRoomInOrder,
    NotAllPacked,
    NotReadyToPack,
    PackedKitNotInOrder,
)
from orders.statuses import Status
from orders.wanted import LineWanted
from organisations.models import Organisation
from tests import builders
from tests import warehouse as there
from tests.api.threads import at_once
from tests.orders.test_statements import statements_of
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db
D, K = DeviceStatus, PackedKitStatus


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


@pytest.fixture
def device(clinic: Organisation) -> Device:
    return there.device(there.device_item(clinic.account))


def stock_of(device: Device) -> tuple[int, int, int]:
    row = Stock.objects.get(item=device.item)
    return row.new, row.used, row.reserved


def told(channel: str) -> list[tuple[str, dict[str, int | None]]]:
    rows = WebhookEvent.objects.filter(channel=channel).order_by("pk")
    return [(row.kinds[-1], row.facts) for row in rows]


# Packing.


def test_a_packed_device_is_the_orders_and_goes_back_to_the_shelf_when_taken_off(
    clinic: Organisation, device: Device
) -> None:
    order = there.order_for_devices(clinic, device)

    packing.assign_device(order, device, actor=builders.operator())
    packed = there.fresh(device)
    packing.take_device_off(order, device, actor=builders.operator())
    back = there.fresh(device)

    assert (packed.status, packed.holder) == (D.PACKED, clinic.account)
    assert (back.status, back.holder) == (D.AVAILABLE, back.owner)
    assert not order.devices.exists()
    assert stock_of(device) == (1, 0, 1)
    with pytest.raises(DeviceNotInOrder):
        packing.take_device_off(order, device, actor=builders.operator())


def test_only_what_the_order_needs_is_packed(clinic: Organisation, device: Device) -> None:
    order = there.order_for_devices(clinic, device)
    second, other = there.device(device.item), there.device(there.device_item(clinic.account))
    operator = builders.operator()
    packing.assign_device(order, device, actor=operator)

    for one in (second, other):
        with pytest.raises(NoRoomInOrder), transaction.atomic():
            packing.assign_device(order, one, actor=operator)


def test_only_what_lies_where_the_order_is_packed_is_packed(clinic: Organisation) -> None:
    item = there.device_item(clinic.account)
    ours, theirs = there.device(item), there.device(item, owner=clinic.account)
    order = there.order_for_devices(clinic, theirs)

    with pytest.raises(DeviceIsElsewhere), transaction.atomic():
        packing.assign_device(order, ours, actor=builders.operator())
    packing.assign_device(order, theirs, actor=builders.operator())
    assert list(packing.packed_devices(order)) == [theirs]


def test_a_device_is_packed_once(clinic: Organisation, device: Device) -> None:
    there.device(device.item)
    first = there.order_for_devices(clinic, device)
    second = there.order_for_devices(clinic, device)
    packing.assign_device(first, device, actor=builders.operator())

    with pytest.raises(DeviceStepNotAllowed), transaction.atomic():
        packing.assign_device(second, device, actor=builders.operator())
    with pytest.raises(IntegrityError, match="device_is_on_one_open_order"), transaction.atomic():
        OrderDevice.objects.create(account=clinic.account, order=second, device=device)


def test_only_an_order_that_waits_to_be_shipped_is_packed(
    clinic: Organisation, device: Device
) -> None:
    order = there.order_for_devices(clinic, device)
    order = fulfilment.hold_order(order, reason="Wait.", actor=builders.operator())
    kit = there.device_kit(clinic.account)

    for act in (
        lambda: packing.assign_device(order, device, actor=builders.operator()),
        lambda: packing.take_device_off(order, device, actor=builders.operator()),
        lambda: packing.pack_kit(order, kit, [], actor=builders.operator()),
    ):
        with pytest.raises(NotReadyToPack):
            act()


def test_only_the_operator_packs(clinic: Organisation, device: Device) -> None:
    order = there.order_for_devices(clinic, device)

    with pytest.raises(Forbidden):
        packing.assign_device(order, device, actor=builders.manager(owner=clinic.account))


def test_a_kit_is_packed_with_its_devices_and_can_be_taken_apart(clinic: Organisation) -> None:
    kit, order = there.kit_packed(clinic)
    device = kit.contents.get().device
    operator = builders.operator()

    assert (kit.status, device.status, kit.holder) == (K.PACKED, D.PACKED, clinic.account)
    assert list(kit.events.order_by("pk").values_list("name", flat=True)) == [K.STARTED, K.PACKED]
    with pytest.raises(NoRoomInOrder), transaction.atomic():
        packing.pack_kit(order, kit.kit, [device.pk], actor=operator)
    packing.unpack_kit(order, kit, actor=operator)

    kit.refresh_from_db()
    assert (kit.status, there.fresh(device).status) == (K.VOIDED, D.AVAILABLE)
    assert not order.packed_kits.exists()
    with pytest.raises(PackedKitNotInOrder), transaction.atomic():
        packing.unpack_kit(order, kit, actor=operator)
    packing.pack_kit(order, kit.kit, [device.pk], actor=operator)
    facts = {"packed_kit": kit.pk, "device": None, "patient": None}
    assert told("packed_kit")[:3] == [
        ("packed_kit_started", facts),
        ("packed_kit_packed", facts),
        ("packed_kit_voided", facts),
    ]


def test_a_kit_is_packed_with_exactly_the_devices_that_belong_into_it(
    clinic: Organisation, device: Device
) -> None:
    second = there.device(device.item)
    stranger = there.device(there.device_item(clinic.account))
    kit = there.device_kit(clinic.account, device.item)
    patient = builders.patient(clinic)
    order = there.order_of((LineWanted(kit_id=kit.pk, count=1),), patient=patient)

    for wrong in ([], [stranger.pk], [device.pk, second.pk], [0]):
        with pytest.raises((KitDevicesWrong, DeviceIsElsewhere)), transaction.atomic():
            packing.pack_kit(order, kit, wrong, actor=builders.operator())

    assert not PackedKit.objects.exists()


def test_a_kit_without_devices_can_be_packed_too(clinic: Organisation) -> None:
    order = builders.order(builders.Status.AWAITING_SHIPMENT, chosen=clinic)
    kit = order.lines.get().kit
    assert kit

    packed = packing.pack_kit(order, kit, [], actor=builders.operator())

    assert packed.status == K.PACKED
    assert packed.owner == builders.centre().account


# On the way.


def test_delivered_to_a_patient_a_device_is_with_the_patient(clinic: Organisation) -> None:
    device, order = there.device_sent(clinic)

    assert (device.status, device.patient, device.place) == (D.WITH_PATIENT, order.patient, None)
    facts = {"device": device.pk, "patient": order.patient_id}
    assert told("device") == [("device_associated", facts)]
    assert WebhookEvent.objects.get(channel="device").account == clinic.account


def test_with_a_patient_of_a_site_it_is_of_that_site(clinic: Organisation, device: Device) -> None:
    order = there.order_for_devices(clinic, device)
    site = builders.site(clinic.account)
    assert order.patient
    type(order.patient).objects.filter(pk=order.patient_id).update(site=site)
    packing.assign_device(order, device, actor=builders.operator())

    there.delivered(Order.objects.get(pk=order.pk))

    assert there.fresh(device).place == site


def test_delivered_to_a_site_a_device_is_available_there(clinic: Organisation) -> None:
    device, order = there.device_sent(clinic, to_site=True)

    assert (device.status, device.patient, device.place) == (D.AVAILABLE_AT_SITE, None, order.site)
    assert told("device") == []


@pytest.mark.parametrize("to_site", [False, True])
def test_a_kit_arrives_with_its_devices(clinic: Organisation, to_site: bool) -> None:
    kit, order = there.kit_packed(clinic, to_site=to_site)

    there.shipped(order)
    kit.refresh_from_db()
    on_its_way = (kit.status, kit.contents.get().device.status)
    order = fulfilment.deliver_order(order, actor=builders.operator())
    kit = PackedKit.objects.get(pk=kit.pk)
    device = kit.contents.get().device

    assert on_its_way == (K.SHIPPED, D.SHIPPED)
    if to_site:
        assert (kit.status, device.status) == (K.PACKED_AT_SITE, D.PACKED_AT_SITE)
        assert kit.place == device.place == order.site
    else:
        assert (kit.status, device.status) == (K.WITH_PATIENT, D.WITH_PATIENT)
        assert kit.patient == device.patient == order.patient
        assert [kind for kind, _ in told("packed_kit")][-1] == "packed_kit_linked"
        assert [kind for kind, _ in told("device")] == ["device_associated"]


def test_of_the_stock_just_that_kind_leaves_which_is_packed(clinic: Organisation) -> None:
    used = there.device_in(D.AVAILABLE_REPACKED, clinic)
    new = there.device(used.item)
    order = there.order_for_devices(clinic, new)
    packing.assign_device(order, new, actor=builders.operator())

    there.shipped(order)

    assert stock_of(new) == (0, 1, 0)


def test_a_count_that_knows_better_is_not_below_nothing(clinic: Organisation) -> None:
    used = there.device_in(D.AVAILABLE_REPACKED, clinic)
    order = there.order_for_devices(clinic, used)
    packing.assign_device(order, used, actor=builders.operator())
    Stock.objects.filter(item=used.item).update(new=1, used=0)

    there.shipped(order)

    assert stock_of(used) == (0, 0, 0)


def test_nothing_is_shipped_while_a_device_of_it_is_on_the_shelf(
    clinic: Organisation, device: Device
) -> None:
    order = there.order_for_devices(clinic, device)
    in_kit = there.device(there.device_item(clinic.account))
    kit = there.device_kit(clinic.account, in_kit.item)
    lines = (LineWanted(kit_id=kit.pk, count=1),)
    of_kit = there.order_of(lines, patient=builders.patient(clinic))

    for one in (order, of_kit):
        with pytest.raises(NotAllPacked), transaction.atomic():
            there.shipped(one)
    assert (there.fresh(device).status, stock_of(device)) == (D.AVAILABLE, (1, 0, 1))
    packing.assign_device(order, device, actor=builders.operator())
    packing.pack_kit(of_kit, kit, [in_kit.pk], actor=builders.operator())

    assert {there.shipped(one).status for one in (order, of_kit)} == {Status.SHIPPED}


def test_what_nobody_wrote_down_is_shipped_by_its_count(clinic: Organisation) -> None:
    item, centre = there.device_item(clinic.account), builders.centre()
    shelf = Place(owner=centre.account, site=centre)
    take_in(item, shelf, new=1, actor=builders.operator())
    order = there.order_of(
        (LineWanted(item_id=item.pk, count=1),), patient=builders.patient(clinic)
    )

    assert there.shipped(order).status == Status.SHIPPED


@pytest.mark.parametrize("call_off", [fulfilment.give_up_order, fulfilment.void_order])
def test_what_was_packed_for_an_order_that_is_called_off_is_free_again(
    clinic: Organisation, call_off
) -> None:
    device = there.device_in(D.AVAILABLE_REPACKED, clinic)
    order = there.order_for_devices(clinic, device)
    packing.assign_device(order, device, actor=builders.operator())
    kit, of_kit = there.kit_packed(clinic)

    for one in (order, of_kit):
        call_off(one, reason="Why not.", actor=builders.operator())

    kit.refresh_from_db()
    assert there.fresh(device).status == D.AVAILABLE_REPACKED
    assert (kit.status, kit.contents.get().device.status) == (K.VOIDED, D.AVAILABLE)
    assert not OrderDevice.objects.filter(ended_at=None).exists()
    assert not OrderPackedKit.objects.exists()


def test_a_replacement_has_devices_of_its_own(clinic: Organisation) -> None:
    first, order = there.device_sent(clinic)
    second = there.device(first.item)
    operator = builders.operator()
    order = fulfilment.replace_shipment(order, reason="It was broken.", actor=operator)
    packing.assign_device(order, second, actor=operator)

    fulfilment.give_up_order(order, reason="No more.", actor=operator)

    assert there.fresh(first).status == D.WITH_PATIENT
    assert there.fresh(second).status == D.AVAILABLE
    assert [one.device for one in order.devices.all()] == [first]


@pytest.mark.parametrize("to_site", [False, True])
def test_shipping_and_delivering_cost_the_same_however_many_devices_there_are(
    clinic: Organisation, to_site: bool
) -> None:
    costs = set()
    for count in (1, 6):
        devices = [there.device(there.device_item(clinic.account)) for _ in range(count)]
        order = there.order_for_devices(clinic, *devices, to_site=to_site)
        for one in devices:
            packing.assign_device(order, one, actor=builders.operator())
        operator = builders.operator()
        ship = statements_of(
            lambda: fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)  # noqa: B023
        )
        deliver = statements_of(lambda: fulfilment.deliver_order(order, actor=operator))  # noqa: B023
        costs.add((len(ship), len(deliver)))

    assert len(costs) == 1


# Home again.


def test_a_device_that_comes_home_is_used_and_nobodys(clinic: Organisation) -> None:
    device, order = there.device_sent(clinic)

    receive_back(device, builders.centre(), actor=builders.operator())

    back = there.fresh(device)
    assert (back.status, back.used, back.patient, back.holder, back.place) == (
        *(D.USED, True, None, back.owner),
        builders.centre(),
    )
    assert order.devices.get().ended_at
    assert [kind for kind, _ in told("device")] == ["device_associated", "device_dissociated"]
    with pytest.raises(DeviceIsNotOut):
        receive_back(back, builders.centre(), actor=builders.operator())


def test_it_can_go_out_again(clinic: Organisation) -> None:
    device = there.device_in(D.AVAILABLE_REPACKED, clinic)
    order = there.order_for_devices(clinic, device)

    packing.assign_device(order, device, actor=builders.operator())
    there.delivered(order)

    assert there.fresh(device).status == D.WITH_PATIENT
    assert OrderDevice.objects.filter(device=device).count() == 2


def test_with_its_last_device_a_kit_has_come_back(clinic: Organisation) -> None:
    items = [there.device_item(clinic.account) for _ in range(2)]
    devices = [there.device(item) for item in items]
    kit = there.device_kit(clinic.account, *items)
    lines = (LineWanted(kit_id=kit.pk, count=1),)
    order = there.order_of(lines, patient=builders.patient(clinic))
    operator = builders.operator()
    packed = packing.pack_kit(order, kit, [one.pk for one in devices], actor=operator)
    there.delivered(order)

    statuses = []
    for device in devices:
        receive_back(device, builders.centre(), actor=operator)
        packed.refresh_from_db()
        statuses.append(packed.status)

    assert statuses == [K.WITH_PATIENT, K.RETURNED]
    assert order.packed_kits.get().ended_at


def test_a_kit_comes_home_with_all_that_is_in_it(clinic: Organisation) -> None:
    kit, order = there.kit_packed(clinic)
    there.delivered(order)

    back = receive_kit_back(kit, builders.centre(), actor=builders.operator())

    device = kit.contents.get().device
    assert (back.status, back.patient, device.status) == (K.RETURNED, None, D.USED)
    assert [kind for kind, _ in told("device")] == ["device_associated", "device_dissociated"]


# Two at once.


@pytest.mark.django_db(transaction=True)
def test_of_six_operators_who_pack_one_device_one_does() -> None:
    assert sorted(race()) == [False] * 5 + [True]
    assert OrderDevice.objects.count() == 1
    assert Device.objects.get().events.filter(name=D.PACKED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_has_to_refuse_them() -> None:
    """The control: the constraint refuses what the lock would have prevented."""
    with patch.object(models.QuerySet, "select_for_update", lambda rows, **_: rows):
        outcomes = race()

    assert None in outcomes
    assert outcomes.count(True) == 1


def race() -> list[bool | None]:
    """Whether each of six packed the device; None when the database refused it in the end."""
    clinic = builders.organisation()
    device = there.device(there.device_item(clinic.account))
    Stock.objects.filter(item=device.item).update(new=6)
    orders = [there.order_for_devices(clinic, device) for _ in range(6)]
    operator = builders.operator()

    def one(number: int) -> bool | None:
        try:
            packing.assign_device(orders[number], device, actor=operator)
        except Refusal:
            return False
        except IntegrityError:
            return None
        return True

    return at_once(6, one)
