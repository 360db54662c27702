"""What is expected back, and its way home: contracts/v3.md sections 3.8 and 5.2."""

import pytest
from django.db import DatabaseError, transaction

from foundation.actors import Actor
from foundation.errors import Forbidden
from inventory.errors import DeviceNotFound, NotAFulfilmentCentre, PackedKitNotFound
from inventory.models import Device, PackedKit, Stock
from inventory.statuses import DeviceStatus, PackedKitStatus
from orders import fulfilment, returns
from orders.commands import cancel_order, place_order, why_not_cancelled, withdraw_order
from orders.errors import NotCancellable, NotPossibleNow
from orders.expecting import Label
from orders.fulfilment import Tracking
from orders.models import Order, Return
from orders.return_errors import (
    EmailMissingForLabel,
    ReturnCountInvalid,
    ReturnDeviceExpected,
    ReturnDeviceInKit,
    ReturnDeviceNotThere,
    ReturnNotFound,
    ReturnNotVoidable,
    ReturnOfNothing,
    ReturnPackedKitExpected,
    ReturnPackedKitNotThere,
    ReturnStepNotAllowed,
)
from orders.return_statuses import NEXT, ReturnStatus
from orders.returns import StandaloneReturn
from orders.statuses import Status
from orders.supplies_errors import ItemNotFound, ShippingOptionMissing
from orders.wanted import (
    LARGEST_COUNT,
    KnownSite,
    LineWanted,
    OrderWanted,
    ReturnWanted,
    ShippingOption,
)
from organisations.models import Account, Organisation
from organisations.roles import Role
from patients.errors import PatientNotFound
from patients.models import Patient
from patients.wanted import KnownPatient
from tests import builders
from tests import warehouse as there
from tests.api.threads import at_once
from webhooks.models import WebhookEvent

pytestmark = pytest.mark.django_db

R = ReturnStatus
HOME = Tracking("Test Post", "BACK-1")


@pytest.fixture
def clinic() -> Organisation:
    return builders.organisation()


@pytest.fixture
def account(clinic: Organisation) -> Account:
    return clinic.account


@pytest.fixture
def integrator(account: Account) -> Actor:
    return builders.integrator(account)


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic)


def two_way(
    patient: Patient, *, label: bool = False, lines: bool = True, **members: object
) -> Order:
    """An order with something to come back: an item unless members say otherwise."""
    item = builders.catalogue_item(patient.account)
    line = LineWanted(item_id=item.pk, count=2)
    wanted = OrderWanted(
        **{
            "recipient": KnownPatient(patient.pk),
            "contents": (line,) if lines else (),
            "email_label": label,
            "shipping_option": None if label else ShippingOption.STANDARD,
            "returns": ReturnWanted(items=(line,)),
            **members,
        }
    )
    return place_order(wanted, actor=builders.integrator(patient.account))


def back_of(order: Order) -> Return:
    return order.returns.get()


def standalone(
    sender: KnownPatient | KnownSite, actor: Actor, label: Label | None = None, **wanted: object
) -> Return:
    asked = StandaloneReturn(sender=sender, wanted=ReturnWanted(**wanted), label=label or Label())
    return returns.place_return(asked, actor=actor)


def brought(back: Return, to: ReturnStatus) -> Return:
    """On to this status by the operator's commands."""
    operator = builders.operator()
    for status, step in (
        (R.OUTBOUND, lambda one: returns.send_label(one, actor=operator)),
        (R.PENDING_RETURN, lambda one: returns.wait_for_return(one, actor=operator)),
        (
            R.IN_TRANSIT,
            lambda one: returns.see_return_on_its_way(one, tracking=HOME, actor=operator),
        ),
        (R.ARRIVED, lambda one: returns.note_arrival(one, builders.centre(), actor=operator)),
        (R.RECEIVING, lambda one: returns.begin_receiving(one, actor=operator)),
        (R.COMPLETED, lambda one: returns.complete_return(one, actor=operator)),
    ):
        if back.status == to:
            break
        if status in NEXT[R(back.status)]:
            back = step(back)
    assert back.status == to
    return back


def names(back: Return) -> list[str]:
    return list(back.events.values_list("name", flat=True))


# With an order.


def test_a_two_way_order_places_its_return(patient: Patient) -> None:
    order = two_way(patient)

    back = back_of(order)

    assert (back.status, back.patient, back.order) == (R.RMA_PLACED, patient, order)
    assert list(back.items.values_list("count", flat=True)) == [2]
    assert names(back) == ["rma_placed"]
    told = WebhookEvent.objects.get(channel="return")
    assert (told.kinds, told.facts) == (
        ["return_rma_placed"],
        {"return": back.pk, "order": order.pk},
    )


def test_a_return_goes_on_with_its_order(patient: Patient) -> None:
    operator = builders.operator()
    order = fulfilment.release_order(two_way(patient), actor=operator)

    order = fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)
    assert back_of(order).status == R.OUTBOUND
    order = fulfilment.deliver_order(order, actor=operator)
    assert back_of(order).status == R.PENDING_RETURN
    order = fulfilment.start_return(order, tracking=HOME, actor=operator)

    back = back_of(order)
    assert (back.status, back.tracking_number) == (R.IN_TRANSIT, "BACK-1")
    assert names(back) == ["rma_placed", "outbound", "pending_return", "in_transit"]


def test_a_label_by_email_is_not_in_the_parcel(patient: Patient) -> None:
    operator = builders.operator()
    order = fulfilment.release_order(two_way(patient, label=True), actor=operator)

    order = fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)
    assert back_of(order).status == R.RMA_PLACED
    fulfilment.deliver_order(order, actor=operator)

    assert names(back_of(order)) == ["rma_placed", "pending_return"]


def test_a_scan_of_the_return_puts_the_order_on_its_way_home(patient: Patient) -> None:
    operator = builders.operator()
    order = fulfilment.release_order(two_way(patient), actor=operator)
    order = fulfilment.ship_order(order, tracking=builders.PARCEL, actor=operator)
    fulfilment.deliver_order(order, actor=operator)

    back = returns.see_return_on_its_way(back_of(order), tracking=HOME, actor=operator)

    order.refresh_from_db()
    assert (order.status, back.status) == (Status.RETURN_ISSUED, R.IN_TRANSIT)
    assert names(back).count("in_transit") == 1
    assert order.shipments.count() == 2


def test_an_order_for_a_return_only_is_placed_and_its_label_e_mailed(patient: Patient) -> None:
    order = two_way(patient, label=True, lines=False)
    assert order.status == Status.ORDER_PLACED

    order = fulfilment.email_return_label(order, actor=builders.operator())

    assert order.status == Status.RETURN_ISSUED
    assert back_of(order).status == R.PENDING_RETURN


def test_a_clinic_cannot_cancel_an_order_whose_return_label_was_e_mailed(patient: Patient) -> None:
    order = two_way(patient, label=True, lines=False)
    order = fulfilment.email_return_label(order, actor=builders.operator())
    clinic = builders.integrator(patient.account)

    assert isinstance(why_not_cancelled(order), NotCancellable)
    with pytest.raises(NotCancellable):
        withdraw_order(order, actor=clinic)
    with pytest.raises(NotCancellable):
        cancel_order(order, reason="No more.", actor=clinic)


def test_an_order_that_sends_something_has_no_label_step(patient: Patient) -> None:
    order = two_way(patient, label=True)

    with pytest.raises(Exception, match="step_not_allowed"):
        fulfilment.email_return_label(order, actor=builders.operator())


def test_what_was_not_delivered_does_not_come_back(patient: Patient) -> None:
    order = two_way(patient, label=True, lines=False)

    with pytest.raises(NotPossibleNow):
        fulfilment.start_return(order, actor=builders.operator())


def test_voiding_the_order_voids_a_return_that_was_only_placed(patient: Patient) -> None:
    order = two_way(patient)

    fulfilment.void_order(order, reason="Because.", actor=builders.operator())

    assert back_of(order).status == R.VOIDED


def test_voiding_the_order_leaves_a_return_that_has_gone_on(patient: Patient) -> None:
    order = two_way(patient)
    returns.send_label(back_of(order), actor=builders.operator())

    fulfilment.void_order(order, reason="Because.", actor=builders.operator())

    assert back_of(order).status == R.OUTBOUND


def test_a_label_in_the_parcel_needs_a_shipping_option(patient: Patient) -> None:
    with pytest.raises(ShippingOptionMissing):
        two_way(patient, shipping_option=None)
    assert not Order.objects.exists()
    assert not Return.objects.exists()


def test_a_label_by_email_needs_an_address_to_send_it_to(clinic: Organisation) -> None:
    silent = builders.patient(clinic, email="")

    with pytest.raises(EmailMissingForLabel):
        two_way(silent, label=True)
    assert not Order.objects.exists()


# By itself.


def test_a_return_of_its_own_belongs_to_no_order(clinic: Organisation, integrator: Actor) -> None:
    device, order = there.device_sent(clinic)

    back = standalone(KnownPatient(order.patient_id), integrator, devices=(device.pk,))

    assert (back.order, back.patient, back.status) == (None, order.patient, R.RMA_PLACED)
    assert [row.device for row in back.devices.all()] == [device]


def test_a_site_sends_back_what_lies_there(clinic: Organisation, integrator: Actor) -> None:
    device = there.device_at_site(clinic)

    back = standalone(KnownSite(device.place_id), integrator, devices=(device.pk,))

    assert (back.site, back.patient) == (device.place, None)


def test_nothing_can_not_come_back(patient: Patient, integrator: Actor) -> None:
    with pytest.raises(ReturnOfNothing):
        standalone(KnownPatient(patient.pk), integrator)


def test_the_patient_of_another_account_is_not_found(integrator: Actor) -> None:
    other = builders.patient()

    with pytest.raises(PatientNotFound):
        standalone(KnownPatient(other.pk), integrator, items=(LineWanted(item_id=1, count=1),))


def test_a_device_that_is_with_somebody_else_is_refused(
    clinic: Organisation, patient: Patient, integrator: Actor
) -> None:
    device, _ = there.device_sent(clinic)

    with pytest.raises(ReturnDeviceNotThere):
        standalone(KnownPatient(patient.pk), integrator, devices=(device.pk,))


def test_a_device_of_another_account_is_not_found(patient: Patient, integrator: Actor) -> None:
    theirs, _ = there.device_sent(builders.organisation())

    with pytest.raises(DeviceNotFound):
        standalone(KnownPatient(patient.pk), integrator, devices=(theirs.pk,))


def test_a_device_inside_a_kit_that_comes_back_is_refused(
    clinic: Organisation, integrator: Actor
) -> None:
    kit = there.kit_with_patient(clinic)
    inside = kit.contents.get().device_id

    with pytest.raises(ReturnDeviceInKit):
        standalone(
            KnownPatient(kit.patient_id), integrator, devices=(inside,), packed_kits=(kit.pk,)
        )


def test_a_packed_kit_must_be_with_its_sender(
    clinic: Organisation, patient: Patient, integrator: Actor
) -> None:
    kit = there.kit_with_patient(clinic)

    with pytest.raises(ReturnPackedKitNotThere):
        standalone(KnownPatient(patient.pk), integrator, packed_kits=(kit.pk,))
    with pytest.raises(PackedKitNotFound):
        standalone(KnownPatient(patient.pk), integrator, packed_kits=(0,))


def test_an_item_must_be_of_the_catalogue(patient: Patient, integrator: Actor) -> None:
    foreign = builders.catalogue_item(builders.account())

    with pytest.raises(ItemNotFound):
        standalone(
            KnownPatient(patient.pk), integrator, items=(LineWanted(item_id=foreign.pk, count=1),)
        )


def test_the_same_item_twice_is_one_line_and_not_too_many(
    account: Account, patient: Patient, integrator: Actor
) -> None:
    item = builders.catalogue_item(account).pk
    lines = (LineWanted(item_id=item, count=2), LineWanted(item_id=item, count=3))

    back = standalone(KnownPatient(patient.pk), integrator, items=lines)

    assert list(back.items.values_list("item", "count")) == [(item, 5)]
    too_many = (LineWanted(item_id=item, count=LARGEST_COUNT), LineWanted(item_id=item, count=1))
    with pytest.raises(ReturnCountInvalid):
        standalone(KnownPatient(patient.pk), integrator, items=too_many)


def test_a_device_is_expected_back_once(clinic: Organisation, integrator: Actor) -> None:
    device, order = there.device_sent(clinic)
    sender = KnownPatient(order.patient_id)
    first = standalone(sender, integrator, devices=(device.pk,))

    with pytest.raises(ReturnDeviceExpected):
        standalone(sender, integrator, devices=(device.pk,))
    returns.withdraw_return(first, actor=integrator)

    assert standalone(sender, integrator, devices=(device.pk,)).pk != first.pk


def test_a_packed_kit_is_expected_back_once(clinic: Organisation, integrator: Actor) -> None:
    kit = there.kit_with_patient(clinic)
    sender = KnownPatient(kit.patient_id)
    standalone(sender, integrator, packed_kits=(kit.pk,))

    with pytest.raises(ReturnPackedKitExpected):
        standalone(sender, integrator, packed_kits=(kit.pk,))


@pytest.mark.django_db(transaction=True)
def test_of_two_returns_of_one_device_one_is_placed() -> None:
    clinic = builders.organisation()
    device, order = there.device_sent(clinic)
    actors = [builders.integrator(clinic.account) for _ in range(2)]

    def ask(number: int) -> bool:
        try:
            standalone(KnownPatient(order.patient_id), actors[number], devices=(device.pk,))
        except ReturnDeviceExpected:
            return False
        return True

    assert sorted(at_once(2, ask)) == [False, True]
    assert Return.objects.count() == 1


# Its way.


@pytest.mark.parametrize("status", [one for one in R if one is not R.VOIDED])
def test_every_status_is_reached_by_commands(
    clinic: Organisation, integrator: Actor, status: ReturnStatus
) -> None:
    device, order = there.device_sent(clinic)
    back = standalone(KnownPatient(order.patient_id), integrator, devices=(device.pk,))

    assert brought(back, status).status == status


@pytest.mark.parametrize("to", R)
@pytest.mark.parametrize("here", R)
def test_the_database_refuses_what_the_table_does_not_know(
    patient: Patient, here: ReturnStatus, to: ReturnStatus
) -> None:
    back = back_of(two_way(patient))
    centre = builders.centre()
    Return.objects.filter(pk=back.pk).update(place=centre)
    at = brought(back, here) if here is not R.VOIDED else voided(back)

    try:
        with transaction.atomic():
            Return.objects.filter(pk=at.pk).update(status=to)
    except DatabaseError:
        assert to not in NEXT[here]
    else:
        assert to in NEXT[here] or to == here


def voided(back: Return) -> Return:
    return returns.void_return(back, reason="Because.", actor=builders.operator())


def test_what_arrives_is_used_and_at_the_centre(clinic: Organisation, integrator: Actor) -> None:
    device, order = there.device_sent(clinic)
    sender = KnownPatient(order.patient_id)
    item = builders.catalogue_item(clinic.account)
    before = Stock.objects.get(item=item)
    line = LineWanted(item_id=item.pk, count=3)
    back = standalone(sender, integrator, devices=(device.pk,), items=(line,))

    done = brought(back, R.COMPLETED)

    device = Device.objects.get(pk=device.pk)
    assert (device.status, device.patient, device.place) == (DeviceStatus.USED, None, done.place)
    stock = Stock.objects.get(pk=before.pk)
    assert (stock.new, stock.used) == (before.new, before.used + 3)
    assert not done.devices.filter(ended_at=None).exists()


def test_a_packed_kit_comes_back_with_its_devices(clinic: Organisation, integrator: Actor) -> None:
    kit = there.kit_with_patient(clinic)
    inside = kit.contents.get().device_id
    back = standalone(KnownPatient(kit.patient_id), integrator, packed_kits=(kit.pk,))

    brought(back, R.COMPLETED)

    assert PackedKit.objects.get(pk=kit.pk).status == PackedKitStatus.RETURNED
    assert Device.objects.get(pk=inside).status == DeviceStatus.USED


def test_a_device_that_came_home_before_does_not_stop_its_return(
    clinic: Organisation, integrator: Actor
) -> None:
    device, order = there.device_sent(clinic)
    back = standalone(KnownPatient(order.patient_id), integrator, devices=(device.pk,))
    there.receive_back(device, builders.centre(), actor=builders.operator())

    assert brought(back, R.COMPLETED).status == R.COMPLETED


def test_it_arrives_at_a_fulfilment_centre_only(patient: Patient) -> None:
    back = brought(back_of(two_way(patient)), R.IN_TRANSIT)
    elsewhere = builders.site(patient.account)

    with pytest.raises(NotAFulfilmentCentre):
        returns.note_arrival(back, elsewhere, actor=builders.operator())


@pytest.mark.parametrize("status", [R.IN_TRANSIT, R.ARRIVED, R.RECEIVING, R.COMPLETED])
def test_what_is_on_its_way_cannot_be_voided(
    patient: Patient, integrator: Actor, status: ReturnStatus
) -> None:
    back = brought(back_of(two_way(patient)), status)

    with pytest.raises(ReturnNotVoidable):
        returns.withdraw_return(back, actor=integrator)


def test_a_step_that_is_not_next_is_refused(patient: Patient) -> None:
    back = back_of(two_way(patient))

    with pytest.raises(ReturnStepNotAllowed):
        returns.begin_receiving(back, actor=builders.operator())


def test_the_clinic_does_not_move_it(patient: Patient, integrator: Actor) -> None:
    back = back_of(two_way(patient))

    with pytest.raises(Forbidden):
        returns.send_label(back, actor=integrator)


def test_another_account_s_return_is_not_found(patient: Patient) -> None:
    back = back_of(two_way(patient))

    with pytest.raises(ReturnNotFound):
        returns.withdraw_return(back, actor=builders.integrator(builders.account()))


def test_members_for_some_organisations_see_no_returns(clinic: Organisation) -> None:
    two_way(builders.patient(clinic))
    builders.organisation(clinic.account)
    for_some = builders.staff(clinic)

    assert not Return.objects.visible_to(for_some).exists()
    assert builders.user(Role.OPERATOR)
