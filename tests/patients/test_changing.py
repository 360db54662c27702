"""Changing what the register knows of a patient, archiving, and taking that back."""

from dataclasses import replace
from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import connection

from foundation.actors import Door
from foundation.addresses import Address
from foundation.errors import Forbidden
from foundation.phones import NO_PHONE, Phone
from organisations.actors import actor_for_user
from organisations.roles import Role
from patients import commands
from patients.commands import (
    archive_patient,
    change_contact_of,
    change_patient,
    restore_patient,
)
from patients.errors import (
    PatientArchived,
    PatientHasChanged,
    PatientNotFound,
    PatientOfOthers,
    PatientReferenceTaken,
)
from patients.models import Patient, Sex
from patients.versions import as_seen, changed_parts, last_change, version_of
from patients.wanted import PatientWanted, PersonName
from tests import builders

pytestmark = pytest.mark.django_db

ELSEWHERE = Address(
    lines=("2 Other Street",), city="Leeds", county="Leeds", postcode="LS1 4DY", country_code="GB"
)


def changed(patient, *, actor, seen=None, **members):
    wanted = replace(PatientWanted.of(patient), **members)
    seen = version_of(patient) if seen is None else seen
    return change_patient(patient, wanted, seen=seen, actor=actor)


@pytest.fixture
def clinic():
    return builders.organisation()


@pytest.fixture
def actor(clinic):
    return builders.staff(clinic)


def test_everything_that_people_know_of_a_patient_can_be_changed(clinic, actor):
    patient = builders.patient(clinic)

    changed(
        patient,
        actor=actor,
        name=PersonName.split("Zoë Other-Name"),
        date_of_birth=date(1981, 3, 4),
        reference="PAT-OTHER",
        sex=Sex.FEMALE,
        email="other@test.example",
        phone=Phone.read("07911 123457", region="GB"),
        address=ELSEWHERE,
    )

    now = Patient.objects.get()
    assert (now.full_name, now.last_name, now.last_name_key) == (
        "Zoë Other-Name",
        "Other-Name",
        "other-name",
    )
    assert (now.date_of_birth, now.reference, now.sex) == (
        date(1981, 3, 4),
        "PAT-OTHER",
        Sex.FEMALE,
    )
    assert (now.email, now.phone_e164) == ("other@test.example", "+447911123457")
    assert now.address == ELSEWHERE


def test_what_is_not_wanted_any_more_is_emptied(clinic, actor):
    patient = builders.patient(clinic)

    changed(patient, actor=actor, reference=None, phone=NO_PHONE, address=None)

    now = Patient.objects.get()
    assert (now.reference, now.phone, now.phone_e164, now.address) == (None, "", "", None)


def test_what_is_so_already_leaves_no_version(clinic, actor):
    patient = builders.patient(clinic)
    before = version_of(patient)

    changed(patient, actor=actor)

    assert version_of(patient) == before


def test_a_change_says_in_its_history_who_made_it(clinic, actor):
    patient = builders.patient(clinic)

    changed(patient, actor=actor, email="other@test.example")

    kept = patient.history.order_by("pgh_id").last()
    assert (kept.pgh_context["user"], kept.email) == (actor.user_id, "other@test.example")
    assert last_change(patient).by == "Test Clinic staff, Staff pages"


def test_orders_that_were_placed_keep_their_own_addresses(clinic, actor):
    order = builders.order(chosen=clinic)

    changed(order.patient, actor=actor, address=ELSEWHERE)

    order.refresh_from_db()
    assert order.address == builders.ADDRESS


def test_a_known_last_name_of_several_words_stays_together():
    name = PersonName(full="Ana de la Cruz", first="Ana", last="de la Cruz")

    assert name.respelt("Anna  Maria de la Cruz").last == "de la Cruz"
    assert name.respelt("Ana Cruz") == PersonName(full="Ana Cruz", first="Ana", last="Cruz")


def test_who_was_overtaken_overwrites_nothing(clinic, actor):
    patient = builders.patient(clinic)
    seen = version_of(patient)
    changed(patient, actor=actor, email="first@test.example")

    with pytest.raises(PatientHasChanged):
        changed(patient, actor=actor, seen=seen, email="second@test.example")

    assert Patient.objects.get().email == "first@test.example"
    before, now = as_seen(patient, seen), Patient.objects.get()
    assert changed_parts(before, now) == ["email"]


def test_a_change_by_an_order_or_a_program_overtakes_as_well(clinic, actor):
    patient = builders.patient(clinic)
    seen = version_of(patient)
    change_contact_of(patient, email="program@test.example", phone=None)

    with pytest.raises(PatientHasChanged):
        changed(patient, actor=actor, seen=seen, sex=Sex.MALE)


def test_what_people_do_not_type_overtakes_nobody(clinic, actor):
    patient = builders.patient(clinic)
    seen = version_of(patient)
    archive_patient(patient, actor=actor)

    changed(patient, actor=actor, seen=seen, sex=Sex.MALE)

    assert Patient.objects.get().sex == Sex.MALE


@pytest.mark.parametrize("seen", [0, 2**31 - 1])
def test_a_version_that_never_was_changes_nothing(seen, clinic, actor):
    patient = builders.patient(clinic)

    with pytest.raises(PatientHasChanged):
        changed(patient, actor=actor, seen=seen, sex=Sex.MALE)


def test_the_version_of_somebody_else_changes_nothing(clinic, actor):
    patient, other = builders.patient(clinic), builders.patient(clinic)

    with pytest.raises(PatientHasChanged):
        changed(patient, actor=actor, seen=version_of(other), sex=Sex.MALE)


def two_at_once(patient, actor):
    """Both were looking at the same version; what each was told."""
    seen, together, told = version_of(patient), Barrier(2), []

    def press(email: str) -> None:
        together.wait(timeout=10)
        try:
            changed(patient, actor=actor, seen=seen, email=email)
        except PatientHasChanged:
            told.append("overtaken")
        else:
            told.append("saved")
        finally:
            connection.close()

    threads = [Thread(target=press, args=(f"{one}@test.example",)) for one in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_told(clinic, actor):
    patient = builders.patient(clinic)

    assert two_at_once(patient, actor) == ["overtaken", "saved"]


@pytest.mark.django_db(transaction=True)
def test_without_looking_again_both_would_be_saved(clinic, actor, monkeypatch):
    monkeypatch.setattr(commands, "changed_parts", lambda before, now: [])
    patient = builders.patient(clinic)

    assert two_at_once(patient, actor) == ["saved", "saved"]


def test_a_reference_taken_elsewhere_is_refused(clinic, actor):
    builders.patient(clinic, reference="PAT-TAKEN")
    hidden = builders.organisation(clinic.account)
    builders.patient(hidden, reference="PAT-HIDDEN")
    patient = builders.patient(clinic, reference="PAT-MINE")

    with pytest.raises(PatientReferenceTaken):
        changed(patient, actor=actor, reference="PAT-TAKEN")
    with pytest.raises(PatientOfOthers):
        changed(patient, actor=actor, reference="PAT-HIDDEN")
    changed(patient, actor=actor, reference="PAT-MINE", sex=Sex.MALE)

    assert Patient.objects.get(pk=patient.pk).reference == "PAT-MINE"


def test_a_reference_taken_at_this_very_moment_is_refused_as_well(clinic, actor, monkeypatch):
    builders.patient(clinic, reference="PAT-TAKEN")
    patient = builders.patient(clinic)
    asked = iter([None, PatientReferenceTaken(field="patient.reference")])
    monkeypatch.setattr(commands, "why_reference_is_refused", lambda *_, **__: next(asked))

    with pytest.raises(PatientReferenceTaken):
        changed(patient, actor=actor, reference="PAT-TAKEN")


def test_nothing_can_be_ordered_for_somebody_archived_until_they_are_taken_back(clinic, actor):
    patient = builders.patient(clinic, reference="PAT-1")
    again = builders.patient_wanted(reference="PAT-1")

    archive_patient(patient, actor=actor)
    with pytest.raises(PatientArchived):
        builders.order(chosen=clinic, recipient=again)
    restore_patient(patient, actor=actor)

    assert builders.order(chosen=clinic, recipient=again).patient == patient


def test_archiving_twice_keeps_the_first_time(clinic, actor):
    patient = builders.patient(clinic)

    first = archive_patient(patient, actor=actor).archived_at

    assert archive_patient(patient, actor=actor).archived_at == first


def test_orders_in_hand_go_on_when_their_patient_is_archived(clinic, actor):
    order = builders.order(chosen=clinic)

    archive_patient(order.patient, actor=actor)

    order.refresh_from_db()
    assert not order.is_called_off


@pytest.mark.parametrize("verb", [archive_patient, restore_patient, changed])
def test_only_who_may_change_patients_and_sees_them(verb, clinic):
    patient = builders.patient(clinic)
    clinician = actor_for_user(builders.user(Role.CLINICIAN, clinic), door=Door.STAFF)
    next_door = builders.staff(builders.organisation(clinic.account))

    with pytest.raises(Forbidden):
        verb(patient, actor=clinician)
    with pytest.raises(PatientNotFound):
        verb(patient, actor=next_door)
