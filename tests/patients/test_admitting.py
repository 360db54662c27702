from datetime import date

import pytest
from django.utils import timezone

from foundation.phones import NO_PHONE
from orders.commands import place_order
from patients.errors import (
    AnotherDateOfBirth,
    PatientArchived,
    PatientNotFound,
    PatientOfOthers,
)
from patients.models import Patient
from patients.wanted import KnownPatient, PersonName
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "first", "last"),
    [
        ("Ada Demo", "Ada", "Demo"),
        ("  Ada   Maria  Demo ", "Ada Maria", "Demo"),
        ("Demo", "", "Demo"),
        ("Łukasz Żółć", "Łukasz", "Żółć"),
    ],
)
def test_a_name_is_split_at_its_last_space(given, first, last):
    name = PersonName.split(given)

    assert (name.first, name.last) == (first, last)


def test_a_known_reference_updates_name_and_contact_and_links_the_organisation():
    account = builders.account()
    first, second = builders.organisation(account), builders.organisation(account)
    program = builders.integrator(account)
    wanted = builders.patient_wanted(reference="PAT-1", name=PersonName.split("Ann Before"))
    place_order(builders.order_wanted(first, recipient=wanted), actor=program)
    again = builders.patient_wanted(
        reference="PAT-1", name=PersonName.split("Ann After"), email="after@test.example"
    )

    order = place_order(builders.order_wanted(second, recipient=again), actor=program)

    patient = Patient.objects.get()
    assert order.patient == patient
    assert (patient.full_name, patient.last_name_key) == ("Ann After", "after")
    assert patient.email == "after@test.example"
    assert {link.organisation for link in patient.organisations.all()} == {first, second}


def test_a_known_patient_fills_only_an_empty_address():
    clinic = builders.organisation()
    program = builders.integrator(clinic.account)
    bare = builders.patient_wanted(reference="PAT-1", address=None)
    place_order(builders.order_wanted(clinic, recipient=bare), actor=program)
    full = builders.patient_wanted(reference="PAT-1")

    place_order(builders.order_wanted(clinic, recipient=full), actor=program)

    assert Patient.objects.get().address == builders.ADDRESS


def test_a_known_reference_with_another_date_of_birth_is_probably_another_person():
    clinic = builders.organisation()
    program = builders.integrator(clinic.account)
    wanted = builders.patient_wanted(reference="PAT-1")
    place_order(builders.order_wanted(clinic, recipient=wanted), actor=program)
    other = builders.patient_wanted(reference="PAT-1", date_of_birth=date(1981, 1, 1))

    with pytest.raises(AnotherDateOfBirth) as refused:
        place_order(builders.order_wanted(clinic, recipient=other), actor=program)

    assert refused.value.field == "patient.date_of_birth"


def test_the_same_reference_in_another_account_is_another_patient():
    for clinic in (builders.organisation(), builders.organisation()):
        builders.order(chosen=clinic, recipient=builders.patient_wanted(reference="PAT-1"))

    assert Patient.objects.filter(reference="PAT-1").count() == 2


def test_staff_learn_nothing_of_a_patient_of_other_organisations():
    account = builders.account()
    mine, other = builders.organisation(account), builders.organisation(account)
    builders.order(chosen=other, recipient=builders.patient_wanted(reference="PAT-1"))
    wanted = builders.order_wanted(mine, recipient=builders.patient_wanted(reference="PAT-1"))

    with pytest.raises(PatientOfOthers) as refused:
        place_order(wanted, actor=builders.staff(mine))

    assert refused.value.words == "This reference belongs to another patient of your account."


@pytest.mark.parametrize("column", [{"enrolled": False}, {"archived_at": timezone.now()}])
@pytest.mark.parametrize("door", ["known by id", "known by reference"])
def test_an_archived_or_disenrolled_patient_is_refused_by_every_door(column, door):
    order = builders.order(recipient=builders.patient_wanted(reference="PAT-1"))
    Patient.objects.update(**column)
    recipient = (
        KnownPatient(order.patient_id)
        if door == "known by id"
        else builders.patient_wanted(reference="PAT-1")
    )

    with pytest.raises(PatientArchived):
        builders.order(chosen=order.organisation, recipient=recipient)


def test_a_patient_whom_the_actor_may_not_see_is_not_found():
    account = builders.account()
    mine, other = builders.organisation(account), builders.organisation(account)
    theirs = builders.order(chosen=other).patient

    with pytest.raises(PatientNotFound):
        place_order(
            builders.order_wanted(mine, recipient=KnownPatient(theirs.pk)),
            actor=builders.staff(mine),
        )


def test_patients_without_a_reference_are_never_taken_for_each_other():
    clinic = builders.organisation()
    for _ in range(2):
        builders.order(chosen=clinic, recipient=builders.patient_wanted(reference=None))

    assert Patient.objects.count() == 2


@pytest.mark.parametrize("text", ["lecka", "ŁĘCKA", "dor", "dorota lec", "lecka dorota"])
def test_patients_are_found_by_the_beginnings_of_their_names(text):
    clinic = builders.organisation()
    order = builders.order(
        chosen=clinic,
        recipient=builders.patient_wanted(name=PersonName.split("Dorota Łęcka")),
    )
    builders.order(chosen=clinic)

    assert list(Patient.objects.named_like(text)) == [order.patient]


@pytest.mark.parametrize("text", ["", "  ", "\u00b4", "\u0301"])
def test_a_search_for_nothing_finds_nobody(text):
    builders.order()

    assert list(Patient.objects.named_like(text)) == []


def test_what_is_not_told_of_a_known_patient_stays_known():
    clinic = builders.organisation()
    program = builders.integrator(clinic.account)
    known = builders.patient_wanted(reference="PAT-1", email="known@test.example")
    place_order(builders.order_wanted(clinic, recipient=known), actor=program)
    bare = builders.patient_wanted(reference="PAT-1", email="", phone=NO_PHONE)

    place_order(builders.order_wanted(clinic, recipient=bare), actor=program)

    patient = Patient.objects.get()
    assert (patient.email, patient.phone) == ("known@test.example", "07911 123456")
