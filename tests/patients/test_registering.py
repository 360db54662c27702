"""Putting somebody into the register without an order."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from foundation.actors import Door
from foundation.errors import Forbidden
from foundation.ids import public_id
from organisations.actors import actor_for_user
from organisations.roles import Role
from patients.commands import register_patient
from patients.errors import OrganisationMissing, PatientOfOthers, PatientReferenceTaken
from patients.models import Patient
from tests import builders

pytestmark = pytest.mark.django_db


def test_a_registered_patient_is_seen_by_the_members_of_the_organisation():
    clinic = builders.organisation()

    patient = builders.patient(clinic)

    assert list(Patient.objects.visible_to(builders.staff(clinic))) == [patient]
    next_door = builders.organisation(clinic.account)
    assert not Patient.objects.visible_to(builders.staff(next_door)).exists()


def test_whoever_registered_is_in_the_history():
    clinic = builders.organisation()
    actor = builders.staff(clinic)

    made = register_patient(
        builders.patient_wanted(), organisation=clinic, public_id=public_id(), actor=actor
    )

    kept = made.history.get()
    assert (kept.pgh_label, kept.pgh_context["user"]) == ("insert", actor.user_id)


def test_the_same_public_id_again_is_the_same_patient():
    clinic = builders.organisation()
    actor = builders.staff(clinic)
    wanted, drawn = builders.patient_wanted(reference=None), public_id()

    first, second = (
        register_patient(wanted, organisation=clinic, public_id=drawn, actor=actor)
        for _ in range(2)
    )

    assert first == second
    assert Patient.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_make_one_patient():
    clinic = builders.organisation()
    actor = builders.staff(clinic)
    drawn, together, made = public_id(), Barrier(4), []

    def press() -> None:
        wanted = builders.patient_wanted(reference=None)
        together.wait(timeout=10)
        made.append(register_patient(wanted, organisation=clinic, public_id=drawn, actor=actor))
        connection.close()

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(made) == 4
    assert Patient.objects.count() == 1


def test_a_reference_belongs_to_one_patient_of_the_account():
    clinic = builders.organisation()
    builders.patient(clinic, reference="PAT-1")

    with pytest.raises(PatientReferenceTaken) as refused:
        builders.patient(clinic, reference="PAT-1")

    assert refused.value.field == "patient.reference"
    assert builders.patient(reference="PAT-1").reference == "PAT-1"


def test_of_a_patient_of_other_organisations_nothing_more_is_said():
    mine = builders.organisation()
    builders.patient(builders.organisation(mine.account), reference="PAT-1")

    with pytest.raises(PatientOfOthers):
        register_patient(
            builders.patient_wanted(reference="PAT-1"),
            organisation=mine,
            public_id=public_id(),
            actor=builders.staff(mine),
        )


def test_without_an_organisation_only_for_who_sees_all_of_them():
    clinic = builders.organisation()
    wanted = builders.patient_wanted()

    with pytest.raises(OrganisationMissing):
        register_patient(
            wanted, organisation=None, public_id=public_id(), actor=builders.staff(clinic)
        )
    actor = builders.staff(owner=clinic.account)
    made = register_patient(wanted, organisation=None, public_id=public_id(), actor=actor)

    assert list(Patient.objects.visible_to(actor)) == [made]


@pytest.mark.parametrize("whose", ["next door", "another account"])
def test_not_for_an_organisation_that_one_does_not_see(whose):
    mine = builders.organisation()
    other = builders.organisation(mine.account if whose == "next door" else None)

    with pytest.raises(OrganisationMissing):
        register_patient(
            builders.patient_wanted(),
            organisation=other,
            public_id=public_id(),
            actor=builders.staff(mine),
        )
    assert not Patient.objects.exists()


def test_a_clinician_registers_nobody():
    clinic = builders.organisation()
    clinician = actor_for_user(builders.user(Role.CLINICIAN, clinic), door=Door.STAFF)

    with pytest.raises(Forbidden):
        register_patient(
            builders.patient_wanted(), organisation=clinic, public_id=public_id(), actor=clinician
        )
