"""Returns in the admin: found, shown, and brought home by buttons."""

import pytest
from django.test import Client

from foundation.models import AccessEntry
from inventory.models import Device
from inventory.statuses import DeviceStatus
from orders import returns
from orders.commands import place_order
from orders.expecting import Label
from orders.models import Return
from orders.return_statuses import ReturnStatus
from orders.returns import StandaloneReturn
from orders.statuses import Status
from orders.wanted import LineWanted, OrderWanted, ReturnWanted
from organisations.models import Organisation
from organisations.roles import Role
from patients.wanted import KnownPatient
from tests import builders, warehouse
from tests.admin.conftest import SignIn

R = ReturnStatus


@pytest.fixture
def clinic(db: None) -> Organisation:
    return builders.organisation()


@pytest.fixture
def back(clinic: Organisation) -> Return:
    device, order = warehouse.device_sent(clinic)
    assert order.patient_id is not None
    asked = StandaloneReturn(
        sender=KnownPatient(order.patient_id),
        wanted=ReturnWanted(devices=(device.pk,)),
        label=Label(by_email=True),
    )
    return returns.place_return(asked, actor=builders.integrator(clinic.account))


def page(back: Return, name: str = "change") -> str:
    return f"/admin/orders/return/{back.pk}/{name}/"


def status_of(back: Return) -> str:
    return Return.objects.get(pk=back.pk).status


def test_a_return_is_brought_home_by_buttons(operator: Client, back: Return) -> None:
    parcel = {"carrier": "Test Post", "number": "BACK-1"}
    for name, said, to in (
        ("label-sent", {}, R.OUTBOUND),
        ("label-arrived", {}, R.PENDING_RETURN),
        ("on-its-way", parcel, R.IN_TRANSIT),
        ("arrived", {"site": builders.centre().pk}, R.ARRIVED),
        ("begin-receiving", {}, R.RECEIVING),
        ("all-received", {}, R.COMPLETED),
    ):
        assert operator.get(page(back, name)).status_code == 200
        assert operator.post(page(back, name), said).status_code == 302
        assert status_of(back) == to

    device = Device.objects.get()
    assert (device.status, device.patient) == (DeviceStatus.USED, None)


def test_what_is_missing_is_asked_for_again(operator: Client, back: Return) -> None:
    for name in ("label-sent", "label-arrived"):
        operator.post(page(back, name))

    answer = operator.post(page(back, "on-its-way"), {"carrier": "Test Post", "number": ""})

    assert answer.status_code == 422
    assert "Enter the tracking number" in answer.content.decode()
    assert status_of(back) == R.PENDING_RETURN


def test_a_step_that_is_not_next_is_refused_in_words(operator: Client, back: Return) -> None:
    answer = operator.post(page(back, "begin-receiving"))

    assert answer.status_code == 422
    assert "cannot become" in answer.content.decode()


def test_a_return_is_voided_with_a_reason(operator: Client, back: Return) -> None:
    assert operator.post(page(back, "void"), {"reason": ""}).status_code == 422
    assert operator.post(page(back, "void"), {"reason": "Placed twice."}).status_code == 302

    assert status_of(back) == R.VOIDED


def test_it_is_found_by_its_number_and_shown_with_what_is_in_it(
    operator: Client, back: Return
) -> None:
    where = "/admin/orders/return/"
    found = operator.post(where, {"search": str(back.pk)}, follow=True).content.decode()
    missed = operator.post(where, {"search": "999999"}, follow=True).content.decode()
    shown = operator.get(page(back)).content.decode()

    assert page(back) in found
    assert page(back) not in missed
    assert str(back.devices.get()) in shown
    assert AccessEntry.objects.filter(patient_id=back.patient_id, what__contains="return").exists()


def test_an_auditor_sees_it_and_moves_nothing(sign_in: SignIn, back: Return) -> None:
    auditor = sign_in(Role.AUDITOR)

    assert auditor.get(page(back)).status_code == 200
    assert auditor.post(page(back, "label-sent")).status_code == 403
    assert status_of(back) == R.RMA_PLACED


def test_the_label_of_an_order_that_sends_nothing_is_mailed(
    operator: Client, clinic: Organisation
) -> None:
    item = builders.catalogue_item(clinic.account)
    wanted = OrderWanted(
        recipient=KnownPatient(builders.patient(clinic).pk),
        contents=(),
        email_label=True,
        returns=ReturnWanted(items=(LineWanted(item_id=item.pk, count=1),)),
    )
    order = place_order(wanted, actor=builders.integrator(clinic.account))
    step = f"/admin/orders/order/{order.pk}/step/label/"

    shown = operator.get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    assert page(order.returns.get()) in shown
    assert operator.get(step).status_code == 200
    assert operator.post(step).status_code == 302

    order.refresh_from_db()
    assert order.status == Status.RETURN_ISSUED
    assert status_of(order.returns.get()) == R.PENDING_RETURN
