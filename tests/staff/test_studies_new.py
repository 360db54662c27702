"""A new in-house study: for somebody of the register, or somebody new."""

import re
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from organisations.models import Organisation
from organisations.roles import Role
from organisations.sensors import EmitOn, Sensor
from patients.commands import archive_patient
from patients.models import Patient
from patients.wanted import PersonName
from studies.models import Channel, Study
from tests import builders
from tests.staff import recorded
from tests.staff.desk import Desk, desk, hidden_of, text_of

NEW, SOMEBODY = "/studies/new/", "/studies/new/somebody/"
TEST = {"nights": "2", "sensors": "neck", "emit_on": "organisation", "reference": ""}
PERSON = {
    "full_name": "Ada Fresh",
    "date_of_birth_day": "27",
    "date_of_birth_month": "March",
    "date_of_birth_year": "1980",
    "patient_reference": "PAT-FRESH",
}


def form_of(staff: Desk, path: str, **answers: str) -> dict[str, str]:
    """What a browser sends of the page that it was shown."""
    return {"public_id": hidden_of(staff.get(path), "public_id"), **TEST, **answers}


def create(staff: Desk, path: str, **answers: str) -> Any:
    return staff.post(path, form_of(staff, path, **answers))


def for_patient(patient: Patient) -> str:
    return f"{NEW}{patient.public_id}/"


@pytest.fixture
def patient(clinic: Organisation) -> Patient:
    return builders.patient(clinic, name=PersonName.split("Ada Known"), reference="PAT-7")


def test_a_patient_is_searched_for_and_chosen(patient: Patient, staff: Desk):
    answer = staff.post(NEW, {"name": "known"})

    assert "1 person found" in text_of(answer)
    assert f'href="{for_patient(patient)}"' in answer.content.decode()
    assert "Nobody found" in text_of(staff.post(NEW, {"name": "Nobody"}))
    assert staff.post(NEW).status_code == 422


def test_a_study_is_created_for_a_patient_of_the_register(
    clinic: Organisation, patient: Patient, staff: Desk
):
    answer = create(staff, for_patient(patient), reference="OWN-1", emit_on="reviewed")

    study = Study.objects.get()
    assert answer["Location"] == f"/studies/{study.public_id}/"
    assert (study.channel, study.reference, study.patient) == (Channel.IN_HOUSE, "OWN-1", patient)
    assert (study.nights, study.sensors, study.emits_on) == (2, [Sensor.NECK], EmitOn.REVIEWED)
    assert "Now hand over the activation code" in staff.get(answer["Location"]).content.decode()


def test_a_reference_that_is_left_out_is_made_by_us(patient: Patient, staff: Desk):
    create(staff, for_patient(patient))

    assert Study.objects.get().reference.startswith("HW-")


def test_a_study_is_created_for_somebody_new(clinic: Organisation, staff: Desk):
    create(staff, SOMEBODY, **PERSON)

    study = Study.objects.get()
    assert study.patient.full_name == "Ada Fresh"
    assert study.patient.reference == "PAT-FRESH"
    assert study.patient.organisations.get().organisation == clinic


def test_a_page_that_is_sent_twice_makes_one_study(clinic: Organisation, staff: Desk):
    sent = form_of(staff, SOMEBODY, **{**PERSON, "patient_reference": ""})

    first, second = staff.post(SOMEBODY, sent), staff.post(SOMEBODY, sent)

    assert first["Location"] == second["Location"]
    assert Study.objects.count() == Patient.objects.count() == 1
    assert "created a moment ago" in staff.get(second["Location"]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_page_that_is_sent_twice_at_once_makes_one_study(clinic: Organisation, staff: Desk):
    sent = form_of(staff, SOMEBODY, **{**PERSON, "patient_reference": ""})
    together, places = Barrier(2), []

    def send() -> None:
        other = Desk(staff.user)
        together.wait()
        places.append(other.post(SOMEBODY, sent).get("Location"))
        connections.close_all()

    both = [Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    made = Study.objects.get()
    assert places == [f"/studies/{made.public_id}/"] * 2
    assert Patient.objects.count() == 1


def test_errors_stand_beside_their_fields_and_nothing_is_lost(clinic: Organisation, staff: Desk):
    answer = create(
        staff, SOMEBODY, **{**PERSON, "full_name": "", "nights": "99", "reference": "A/B"}
    )

    html = answer.content.decode()
    assert answer.status_code == 422
    for field, words in (
        ("full_name", "Enter the patient’s full name"),
        ("reference", "A reference cannot contain a slash"),
    ):
        beside = html.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
        assert words in beside
    assert 'value="PAT-FRESH"' in html
    assert 'value="A/B"' in html
    assert not Study.objects.exists()


def test_a_reference_that_is_taken_is_refused_beside_its_field(
    clinic: Organisation, patient: Patient, staff: Desk
):
    recorded.in_house(clinic, reference="OWN-1")

    answer = create(staff, for_patient(patient), reference="OWN-1")

    beside = answer.content.decode().partition('id="id_reference_error"')[2].partition("</div>")[0]
    assert answer.status_code == 422
    assert "This reference is taken in your account" in beside


def test_an_order_may_have_the_same_reference(clinic: Organisation, patient: Patient, staff: Desk):
    builders.order(chosen=clinic, reference="BOTH-1")

    assert create(staff, for_patient(patient), reference="BOTH-1").status_code == 302


def test_somebody_alike_is_shown_before_a_second_record_is_made(clinic: Organisation, staff: Desk):
    known = builders.patient(clinic, name=PersonName.split("Adam Fresh"), reference="PAT-KNOWN")
    alike = {
        **PERSON,
        "date_of_birth_day": "29",
        "date_of_birth_month": "2",
        "date_of_birth_year": "1980",
    }

    answer = create(staff, SOMEBODY, **alike)

    assert "Is it one of these people?" in text_of(answer)
    assert known.full_name in text_of(answer)
    assert not Study.objects.exists()
    sent = form_of(staff, SOMEBODY, **alike, compared=hidden_of(answer, "compared"))
    assert staff.post(SOMEBODY, sent).status_code == 302
    assert Patient.objects.count() == 2


def test_whoever_is_the_same_is_taken_with_all_that_was_typed(
    clinic: Organisation, patient: Patient, staff: Desk
):
    sent = form_of(staff, SOMEBODY, **PERSON, reference="OWN-9", change="yes")

    answer = staff.post(for_patient(patient), sent)

    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="OWN-9"' in html
    assert 'name="nights" value="2"' in html
    assert not Study.objects.exists()


def test_a_reference_of_somebody_known_makes_no_second_record(
    clinic: Organisation, patient: Patient, staff: Desk
):
    answer = create(staff, SOMEBODY, **{**PERSON, "patient_reference": "PAT-7"})

    assert answer.status_code == 422
    assert "Another patient of this account has this reference" in text_of(answer)
    assert patient.full_name in text_of(answer)
    assert Patient.objects.count() == 1


def test_a_reference_of_somebody_unseen_is_refused_without_a_name(clinic: Organisation):
    other = builders.organisation(clinic.account)
    builders.patient(other, name=PersonName.split("Unseen Person"), reference="PAT-UNSEEN")
    staff = Desk(builders.user(Role.CLINIC_STAFF, clinic))

    answer = create(staff, SOMEBODY, **{**PERSON, "patient_reference": "PAT-UNSEEN"})

    assert answer.status_code == 422
    assert "belongs to another patient" in text_of(answer)
    assert "Unseen Person" not in answer.content.decode()


def test_nothing_is_created_for_somebody_archived(clinic: Organisation, patient: Patient):
    archive_patient(patient, actor=builders.staff(owner=clinic.account))
    staff = desk(clinic)

    assert staff.get(for_patient(patient))["Location"] == f"/patients/{patient.public_id}/"


def test_the_organisation_is_asked_for_where_there_is_a_choice(
    clinic: Organisation, patient: Patient, staff: Desk
):
    other = builders.organisation(clinic.account)
    path = for_patient(patient)

    assert re.search(rf'value="{clinic.pk}"[^>]* checked', staff.get(path).content.decode())
    assert create(staff, path).status_code == 422
    create(staff, path, organisation=str(other.pk))
    assert Study.objects.get().organisation == other


def test_only_sensors_of_the_organisation_are_offered(patient: Patient, staff: Desk):
    account = staff.user.membership.account
    type(account).objects.filter(pk=account.pk).update(sensors=[Sensor.NECK])

    answer = create(staff, for_patient(patient), sensors="neck+oximeter")

    assert answer.status_code == 422
    assert "oximeter" not in staff.get(for_patient(patient)).content.decode()


def test_who_has_no_open_organisation_is_told_so(clinic: Organisation, staff: Desk):
    type(clinic).objects.update(is_active=False)

    for path in (NEW, SOMEBODY, for_patient(builders.patient(clinic))):
        assert "You cannot create a study yet" in text_of(staff.get(path))


@pytest.mark.parametrize(
    "rubbish",
    [
        {"public_id": "nonsense"},
        {"nights": "9" * 400},
        {"sensors": "neck+neck"},
        {"reference": "a\x00b"},
        {"full_name": "\x00"},
        {"date_of_birth_year": "9" * 50},
        {"organisation": "9" * 50},
        {"compared": "x" * 5000},
        {"emit_on": "never"},
    ],
)
def test_rubbish_is_refused_and_makes_nothing(
    rubbish: dict[str, str], clinic: Organisation, staff: Desk
):
    builders.organisation(clinic.account)
    usual = form_of(staff, SOMEBODY, **PERSON, organisation=str(clinic.pk))

    answer = staff.post(SOMEBODY, {**usual, **rubbish})

    assert answer.status_code == 422
    assert not Study.objects.exists()
