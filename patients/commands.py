"""What can be done to the register: admit a patient, change how to reach them."""

from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import insert_or_none
from foundation.phones import Phone
from foundation.text import search_key
from organisations.models import Organisation
from patients.errors import (
    AnotherDateOfBirth,
    PatientArchived,
    PatientNotFound,
    PatientOfOthers,
)
from patients.models import KEY_LENGTH, Patient, PatientOrganisation
from patients.wanted import KnownPatient, PatientWanted


def admit_patient(
    wanted: PatientWanted | KnownPatient, *, account_id: int, actor: Actor
) -> Patient:
    """Find or register the patient and lock the row; called inside a command's transaction.

    Raises PatientNotFound, PatientArchived, AnotherDateOfBirth or PatientOfOthers.
    """
    if isinstance(wanted, KnownPatient):
        patient = _locked(actor, account_id=account_id, pk=wanted.id)
        if patient is None:
            raise PatientNotFound(field="patient")
        return _able_to_order(patient)
    return insert_or_none(_new(wanted, account_id=account_id)) or _recognised(
        wanted, account_id=account_id, actor=actor
    )


def link_patient(patient: Patient, organisation: Organisation) -> None:
    """The organisation's members may see the patient from now on."""
    insert_or_none(
        PatientOrganisation(
            account_id=patient.account_id, patient=patient, organisation=organisation
        )
    )


def change_contact_of(patient: Patient, *, email: str | None, phone: Phone | None) -> bool:
    """Give the patient another e-mail address or number; None leaves it. False: it was so already.

    Called inside the transaction of a command, which answers for the permission.
    """
    patient = Patient.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    changed = []
    if email is not None and email != patient.email:
        patient.email = email
        changed.append("email")
    if phone is not None and phone.as_given != patient.phone:
        patient.phone, patient.phone_e164 = phone.as_given, phone.e164
        changed += ["phone", "phone_e164"]
    if changed:
        patient.save(update_fields=changed)
    return bool(changed)


def _new(wanted: PatientWanted, *, account_id: int) -> Patient:
    patient = Patient(
        account_id=account_id,
        reference=wanted.reference,
        date_of_birth=wanted.date_of_birth,
        sex=wanted.sex,
        registered_at=timezone.now(),
    )
    _describe(patient, wanted)
    if wanted.address:
        patient.take_address(wanted.address)
    return patient


def _describe(patient: Patient, wanted: PatientWanted) -> list[str]:
    """Take over name and contact; returns the names of the columns that changed.

    What is not told stays: two people may enter the same patient, one of them without a number.
    """
    told = {
        "full_name": wanted.name.full,
        "first_name": wanted.name.first,
        "last_name": wanted.name.last,
        "first_name_key": search_key(wanted.name.first)[:KEY_LENGTH],
        "last_name_key": search_key(wanted.name.last)[:KEY_LENGTH],
    }
    if wanted.email:
        told["email"] = wanted.email
    if wanted.phone.as_given:
        told |= {"phone": wanted.phone.as_given, "phone_e164": wanted.phone.e164}
    changed = [name for name, value in told.items() if getattr(patient, name) != value]
    for name in changed:
        setattr(patient, name, told[name])
    return changed


def _recognised(wanted: PatientWanted, *, account_id: int, actor: Actor) -> Patient:
    """The account's patient with this reference, brought up to date (DESIGN section 6)."""
    patient = _locked(actor, account_id=account_id, reference=wanted.reference)
    if patient is None:
        raise PatientOfOthers(field="patient.reference")
    _able_to_order(patient)
    if patient.date_of_birth and patient.date_of_birth != wanted.date_of_birth:
        raise AnotherDateOfBirth(field="patient.date_of_birth")
    changed = _describe(patient, wanted)
    if patient.date_of_birth is None and wanted.date_of_birth is not None:
        patient.date_of_birth = wanted.date_of_birth
        changed.append("date_of_birth")
    if patient.address is None and wanted.address is not None:
        changed += patient.take_address(wanted.address)
    if changed:
        patient.save(update_fields=changed)
    return patient


def _locked(actor: Actor, *, account_id: int, **which: object) -> Patient | None:
    return (
        Patient.objects.visible_to(actor)
        .filter(account_id=account_id, **which)
        .select_for_update(of=("self",))
        .first()
    )


def _able_to_order(patient: Patient) -> Patient:
    if not patient.may_order:
        raise PatientArchived(field="patient")
    return patient
