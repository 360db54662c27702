"""POST /v1/orders: a reference is taken once and for ever (contracts/v1.md section 6, R2, R3)."""

import pytest

from orders.commands import place_order
from orders.models import Order, OrderEvent
from orders.wanted import KnownSite, LineWanted, OrderWanted
from organisations.models import Organisation
from patients.models import Patient
from studies.models import Study
from tests import builders
from tests.api.calls import Program, changed, faults, order_body
from tests.api.calls import program as a_program
from tests.api.shapes import assert_refused

pytestmark = pytest.mark.django_db

HERE = "/data/attributes"


def test_a_second_order_with_the_same_reference_is_a_conflict(
    clinic: Organisation, program: Program
):
    first = program.post(order_body(clinic))

    equal = program.post(order_body(clinic))
    different = program.post(changed(order_body(clinic), "study.nights", 1))

    for answer in (equal, different):
        assert_refused(answer, 409)
        assert faults(answer) == {("reference_taken", f"{HERE}/reference")}
        assert answer["Location"] == first["Location"]
    assert (Order.objects.count(), Study.objects.count(), OrderEvent.objects.count()) == (1, 1, 1)


def test_a_conflict_changes_nothing_of_the_patient(clinic: Organisation, program: Program):
    program.post(order_body(clinic))

    program.post(changed(order_body(clinic), "patient.email", "other@example.org"))

    assert Patient.objects.get().email == "test@example.org"


def test_two_accounts_may_use_the_same_reference(clinic: Organisation, program: Program):
    other = builders.organisation()
    theirs = a_program(other.account)

    assert program.post(order_body(clinic)).status_code == 201
    assert theirs.post(order_body(other)).status_code == 201


def test_a_refused_order_does_not_take_its_reference(clinic: Organisation, program: Program):
    refused = program.post(changed(order_body(clinic), "study.sensors", ["oximeter"]))

    assert refused.status_code == 400
    assert program.post(order_body(clinic)).status_code == 201


def test_a_cancelled_order_keeps_its_reference(clinic: Organisation, program: Program):
    program.post(order_body(clinic))
    program.put("ORD-2025-000123", {"status": "cancelled"})

    assert program.post(order_body(clinic)).status_code == 409


def test_a_known_patient_with_another_date_of_birth_is_refused(
    clinic: Organisation, program: Program
):
    program.post(order_body(clinic))

    body = changed(order_body(clinic, reference="B"), "patient.dob", "1981-03-01")
    answer = program.post(body)

    assert_refused(answer, 400)
    assert faults(answer) == {("patient_mismatch", f"{HERE}/patient/dob")}


def test_a_reference_that_v1_does_not_show_is_taken_without_saying_where(
    clinic: Organisation, program: Program
):
    item = builders.catalogue_item(clinic.account)
    wanted = OrderWanted(
        reference="SUPPLIES",
        recipient=KnownSite(builders.site(clinic.account).pk),
        contents=(LineWanted(item_id=item.pk, count=1),),
    )
    place_order(wanted, actor=builders.operator(clinic.account))

    answer = program.post(order_body(clinic, reference="SUPPLIES"))

    assert_refused(answer, 409)
    assert faults(answer) == {("reference_taken", f"{HERE}/reference")}
    assert "Location" not in answer
    assert program.get("/v1/orders/SUPPLIES").status_code == 404
