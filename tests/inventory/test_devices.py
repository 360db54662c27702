"""The life of a device in the warehouse: contracts/v3.md section 5.3."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from foundation.errors import Forbidden
from inventory import devices as warehouse
from inventory import lifecycle
from inventory.devices import DeviceWanted
from inventory.errors import (
    DeviceNotFound,
    DevicesAreNotToldApart,
    DeviceStepNotAllowed,
    IdentifierMissing,
    IdentifierTaken,
    NotAFulfilmentCentre,
    StockIsPromised,
)
from inventory.models import Device, DeviceEvent, IdentifierType, PackedKit, Stock
from inventory.statuses import (
    KIT_NEXT,
    NEXT,
    DeviceStatus,
    PackedKitStatus,
)
from inventory.stocktaking import Place
from organisations.models import Organisation
from organisations.roles import Role
from tests import builders
from tests import warehouse as there

pytestmark = pytest.mark.django_db

D, K = DeviceStatus, PackedKitStatus
PASSED_THROUGH = {D.AWAITING_SHIPMENT, D.DELIVERED}


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


def stock_of(device: Device) -> tuple[int, int, int]:
    row = Stock.objects.get(item=device.item)
    return row.new, row.used, row.reserved


def names(device: Device) -> list[str]:
    return list(device.events.order_by("pk").values_list("name", flat=True))


# Steps.


@pytest.mark.parametrize("status", sorted(there.REACHED))
def test_every_status_is_reached_by_commands(clinic: Organisation, status: DeviceStatus) -> None:
    device = there.device_in(status, clinic)

    assert there.fresh(device).status == status
    assert names(device)[-1] == status


def test_the_other_statuses_are_passed_through(clinic: Organisation) -> None:
    device, _ = there.device_sent(clinic)

    assert set(DeviceStatus) == set(there.REACHED) | PASSED_THROUGH
    assert names(device) == [
        *("initiated", "available", "packed", "awaiting_shipment"),
        *("shipped", "delivered", "with_patient"),
    ]


def born_device(clinic: Organisation, status: DeviceStatus) -> Device:
    """In this status from birth, because the trigger watches changes only."""
    centre = builders.centre()
    whose = {"owner": centre.account, "holder": centre.account, "place": centre}
    if status == D.WITH_PATIENT:
        whose |= {"holder": clinic.account, "patient": builders.patient(clinic)}
    item = there.device_item(clinic.account)
    return Device.objects.create(item=item, status=status, **whose)


def born_kit(clinic: Organisation, status: PackedKitStatus) -> PackedKit:
    centre = builders.centre()
    whose = {"owner": centre.account, "holder": centre.account, "place": centre}
    if status == K.WITH_PATIENT:
        whose |= {"holder": clinic.account, "patient": builders.patient(clinic)}
    return PackedKit.objects.create(kit=there.device_kit(clinic.account), status=status, **whose)


def with_whom(clinic: Organisation, to: str, status: str) -> dict[str, object]:
    """What must change with the status."""
    if to == "with_patient":
        return {"holder": clinic.account, "patient": builders.patient(clinic)}
    return {"patient": None} if status == "with_patient" else {}


@pytest.mark.parametrize("here", DeviceStatus)
def test_a_device_takes_every_step_of_the_table_and_no_other(
    clinic: Organisation, here: DeviceStatus
) -> None:
    device = born_device(clinic, here)

    for to in DeviceStatus:
        with transaction.atomic():
            change = with_whom(clinic, to, here)
            if to in NEXT[here]:
                (moved,) = lifecycle.advance_devices(
                    [device.pk], to, actor=builders.operator(), and_then=change
                )
                assert (moved.status, names(device)) == (to, [to])
            else:
                with pytest.raises(DeviceStepNotAllowed):
                    lifecycle.advance_devices(
                        [device.pk], to, actor=builders.operator(), and_then=change
                    )
                assert (there.fresh(device).status, names(device)) == (here, [])
            transaction.set_rollback(True)


@pytest.mark.parametrize("here", PackedKitStatus)
def test_a_packed_kit_takes_every_step_of_the_table_and_no_other(
    clinic: Organisation, here: PackedKitStatus
) -> None:
    packed_kit = born_kit(clinic, here)

    for to in PackedKitStatus:
        with transaction.atomic():
            change = with_whom(clinic, to, here)
            if to in KIT_NEXT[here]:
                (moved,) = lifecycle.advance_packed_kits(
                    [packed_kit.pk], to, actor=builders.operator(), and_then=change
                )
                assert moved.status == to == moved.events.get().name
            else:
                with pytest.raises(DeviceStepNotAllowed):
                    lifecycle.advance_packed_kits(
                        [packed_kit.pk], to, actor=builders.operator(), and_then=change
                    )
                assert not packed_kit.events.exists()
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("here", "table"),
    [*((one, NEXT) for one in DeviceStatus), *((one, KIT_NEXT) for one in PackedKitStatus)],
)
def test_the_database_refuses_every_other_step_too(clinic: Organisation, here, table) -> None:
    born = born_device(clinic, here) if table is NEXT else born_kit(clinic, here)
    rows = type(born).objects.filter(pk=born.pk)

    for to in type(here):
        with transaction.atomic():
            change = {**with_whom(clinic, to, here), "status": to}
            if to == here or to in table[here]:
                assert rows.update(**change) == 1
            else:
                with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                    rows.update(**change)
            transaction.set_rollback(True)


def test_one_that_cannot_keeps_all_from_moving(clinic: Organisation) -> None:
    fit, unfit = there.device_in(D.AVAILABLE, clinic), there.device_in(D.INITIATED, clinic)

    with pytest.raises(DeviceStepNotAllowed):
        lifecycle.advance_devices([fit.pk, unfit.pk], D.PACKED, actor=builders.operator())

    assert there.fresh(fit).status == D.AVAILABLE


def test_what_happened_to_a_device_stays(clinic: Organisation) -> None:
    there.device_in(D.INITIATED, clinic)

    with pytest.raises(DatabaseError), transaction.atomic():
        DeviceEvent.objects.update(name=D.USED)
    with pytest.raises(DatabaseError), transaction.atomic():
        DeviceEvent.objects.all().delete()


# Coming in.


def wanted(clinic: Organisation, **members) -> DeviceWanted:
    centre = builders.centre()
    return DeviceWanted(
        **{
            "item": there.device_item(clinic.account),
            "place": Place(owner=centre.account, site=centre),
            "identifiers": {IdentifierType.SERIAL: "SN-1", IdentifierType.IMEI: "35"},
            **members,
        }
    )


def test_a_device_that_is_written_down_is_not_in_stock_before_it_arrives(
    clinic: Organisation,
) -> None:
    device = warehouse.write_down_device(wanted(clinic), actor=builders.operator())

    assert not Stock.objects.filter(item=device.item).exists()
    warehouse.receive_device(device, actor=builders.operator())
    assert stock_of(device) == (1, 0, 0)
    assert {one.value for one in device.identifiers.all()} == {"SN-1", "35"}
    with pytest.raises(DeviceStepNotAllowed):
        warehouse.receive_device(device, actor=builders.operator())
    assert stock_of(device) == (1, 0, 0)


def test_a_device_is_refused_that_nobody_could_tell_apart(clinic: Organisation) -> None:
    plain = builders.catalogue_item(clinic.account)
    site = builders.site(clinic.account)
    operator = builders.operator()
    warehouse.write_down_device(wanted(clinic), actor=operator)

    for refusal, members in (
        (DevicesAreNotToldApart, {"item": plain}),
        (IdentifierMissing, {"identifiers": {IdentifierType.IMEI: "36"}}),
        (IdentifierTaken, {"identifiers": {IdentifierType.SERIAL: "SN-1"}}),
        (NotAFulfilmentCentre, {"place": Place(owner=clinic.account, site=site)}),
    ):
        with pytest.raises(refusal):
            warehouse.write_down_device(wanted(clinic, **members), actor=operator)

    assert Device.objects.count() == 1


def test_only_who_keeps_the_stock_moves_devices(clinic: Organisation) -> None:
    device = there.device_in(D.AVAILABLE, clinic)
    manager = builders.manager(owner=clinic.account)

    for command in (
        warehouse.receive_device,
        warehouse.refurbish,
        warehouse.make_available_again,
        warehouse.decommission,
        warehouse.give_back_to_manufacturer,
        warehouse.mark_received_in_error,
    ):
        with pytest.raises(Forbidden):
            command(device, actor=manager)


# Leaving the shelf.

LEAVING = (
    warehouse.decommission,
    warehouse.give_back_to_manufacturer,
    warehouse.mark_received_in_error,
)


@pytest.mark.parametrize("leave", LEAVING)
def test_what_leaves_the_shelf_is_one_less_in_stock(clinic: Organisation, leave) -> None:
    new = there.device_in(D.AVAILABLE, clinic)
    used = there.device_in(D.AVAILABLE_REPACKED, clinic)
    elsewhere = there.device_in(D.USED, clinic)
    before = [stock_of(one) for one in (new, used, elsewhere)]

    for one in (new, used, elsewhere):
        leave(one, actor=builders.operator())

    assert before == [(1, 0, 0), (0, 1, 0), (0, 0, 0)]
    assert [stock_of(one) for one in (new, used, elsewhere)] == [(0, 0, 0)] * 3


@pytest.mark.parametrize("leave", LEAVING)
def test_what_is_promised_to_orders_does_not_leave_the_shelf(clinic: Organisation, leave) -> None:
    device = there.device_in(D.AVAILABLE, clinic)
    there.order_for_devices(clinic, device)

    with pytest.raises(StockIsPromised), transaction.atomic():
        leave(device, actor=builders.operator())

    assert stock_of(device) == (1, 0, 1)
    assert there.fresh(device).status == D.AVAILABLE


def test_made_ready_again_it_is_a_used_one_in_stock(clinic: Organisation) -> None:
    device = there.device_in(D.AVAILABLE_REPACKED, clinic)

    assert stock_of(device) == (0, 1, 0)
    assert device.used


# Whose, and with whom.


def test_an_account_sees_what_it_owns_and_what_it_holds(clinic: Organisation) -> None:
    own = there.device(there.device_item(clinic.account), owner=clinic.account)
    held, _ = there.device_sent(clinic)
    there.device_in(D.AVAILABLE, clinic)
    other = builders.organisation()
    there.device_sent(other)

    seen = Device.objects.visible_to(builders.manager(owner=clinic.account))

    assert set(seen) == {own, held}
    some = builders.manager(clinic)
    assert not Device.objects.visible_to(some).exists()
    with pytest.raises(DeviceNotFound):
        lifecycle.locked_device(held, actor=builders.manager(owner=other.account))


def test_a_device_is_with_no_patient_of_another_account(clinic: Organisation) -> None:
    device, _ = there.device_sent(clinic)
    stranger = builders.patient(builders.organisation())

    rows = Device.objects.filter(pk=device.pk)
    with pytest.raises(IntegrityError, match="device_patient_is_of_its_holder"):
        rows.update(patient=stranger)


def test_a_stock_lead_keeps_devices_and_an_auditor_only_looks(clinic: Organisation) -> None:
    lead = builders.actor_for_user(builders.user(Role.STOCK_LEAD), door=builders.Door.ADMIN)
    auditor = builders.actor_for_user(builders.user(Role.AUDITOR), door=builders.Door.ADMIN)
    device = there.device_in(D.USED, clinic)

    with pytest.raises(Forbidden):
        warehouse.refurbish(device, actor=auditor)
    assert warehouse.refurbish(device, actor=lead).status == D.REFURBISHING
