"""Parcel and test side by side: on the page of an order, on paper, and with a patient."""

import re

import pytest
from django.http import HttpResponse

from orders.models import Order
from orders.statuses import Status
from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn
from patients.models import Patient
from patients.wanted import KnownPatient
from tests import builders
from tests.staff import recorded
from tests.staff.desk import Desk, desk, page_of, queries_of, text_of


def track(answer: HttpResponse, title: str) -> str:
    """What stands under this heading, in one line."""
    panel = answer.content.decode().partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", panel)).strip()


@pytest.mark.parametrize("page", ["", "print/"])
def test_an_order_tells_where_parcel_and_test_stand_and_since_when(
    page: str, clinic: Organisation, staff: Desk
):
    order = builders.order(Status.DELIVERED, chosen=clinic)
    recorded.activated(order.study)
    recorded.recorded(order.study, 1)

    answer = staff.get(page_of(order, page))

    for said in ("Ordered", "Ready to pack", "Shipped", "Delivered"):
        assert said in track(answer, "Parcel")
    for said in ("Recording", "Activated by the patient", "Valid nights 1 of 2"):
        assert said in track(answer, "Test")
    assert track(answer, "Parcel").startswith("Delivered Ordered")
    assert track(answer, "Test").startswith("Recording Activated by the patient")


@pytest.mark.parametrize("page", ["", "print/"])
def test_a_test_that_begins_after_its_kit_came_home_reads_as_normal(
    page: str, clinic: Organisation, staff: Desk
):
    order = builders.order(Status.RETURN_ISSUED, chosen=clinic)
    recorded.activated(order.study)
    recorded.finished(order.study)

    answer = staff.get(page_of(order, page))

    assert "On its way back" in track(answer, "Parcel")
    assert "Activated by the patient" in track(answer, "Test")
    assert "Valid nights 2 of 2" in track(answer, "Test")
    assert 'class="notice' not in answer.content.decode()
    assert 'class="status bad"' not in answer.content.decode()


@pytest.mark.parametrize("emit_on", EmitOn)
def test_an_order_tells_when_its_result_is_sent_and_when_it_was(
    emit_on: EmitOn, clinic: Organisation, staff: Desk
):
    order = builders.order(chosen=clinic, study={"nights": 1, "emit_on": emit_on})
    assert f"Result is sent {emit_on.label} Result was sent Not yet" in text_of(
        staff.get(page_of(order))
    )
    recorded.finished(order.study)
    is_told = emit_on is EmitOn.COMPLETE

    text = text_of(staff.get(page_of(order)))

    assert ("Result was sent Not yet" not in text) == is_told
    recorded.reviewed(order.study)
    assert "Result was sent Not yet" not in text_of(staff.get(page_of(order)))


def test_an_order_shows_its_code_with_a_picture_and_leads_to_its_study(
    clinic: Organisation, staff: Desk
):
    order = builders.order(chosen=clinic)

    html = staff.get(page_of(order)).content.decode()

    assert order.study.shown_code in html
    assert 'aria-label="QR code of the activation code"><svg' in html
    assert f'href="/studies/{order.study.public_id}/"' in html


def test_supplies_have_no_test_to_tell_of(clinic: Organisation):
    order = builders.supplies_order(clinic.account)

    text = text_of(desk(clinic).get(page_of(order)))

    assert "Valid nights" not in text
    assert "Activation code" not in text


def test_a_patient_tells_both_of_each_order_and_their_in_house_studies(
    clinic: Organisation, staff: Desk
):
    patient = builders.patient(clinic)
    order = ordered(patient, clinic)
    recorded.activated(order.study)
    recorded.in_house(clinic, patient, reference="OWN-1")
    recorded.in_house(clinic, reference="OF-OTHERS")
    recorded.in_house(builders.organisation(clinic.account), patient, reference="NEXT-DOOR")

    answer = Desk(builders.user(Role.CLINIC_STAFF, clinic)).get(f"/patients/{patient.public_id}/")

    text = text_of(answer)
    assert "Parcel Test" in text
    assert "Placed Activated by the patient" in text
    assert "In-house studies" in text
    assert "OWN-1" in text
    assert "OF-OTHERS" not in text
    assert "NEXT-DOOR" not in text
    assert f'href="/studies/new/{patient.public_id}/"' in answer.content.decode()


def test_the_pages_take_the_same_number_of_queries_however_much_was_recorded(
    clinic: Organisation, staff: Desk
):
    patient = builders.patient(clinic)
    order = ordered(patient, clinic)
    recorded.in_house(clinic, patient)
    paths = (page_of(order), page_of(order, "print/"), f"/patients/{patient.public_id}/")
    before = [queries_of(staff, path) for path in paths]
    recorded.finished(recorded.activated(order.study))
    ordered(patient, clinic)
    recorded.in_house(clinic, patient)

    assert [queries_of(staff, path) for path in paths] == before


def ordered(patient: Patient, clinic: Organisation) -> Order:
    return builders.order(chosen=clinic, recipient=KnownPatient(patient.pk))
