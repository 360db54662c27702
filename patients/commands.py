"""What can be done to the register: admit a patient for an order, register, change, archive and
restore one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.addresses import Address
from foundation.constraints import insert_or_none
from foundation.errors import Refusal
from foundation.history import sign_history
from foundation.phones import Phone
from foundation.text import search_key
from organisations.errors import SiteNotFound
from organisations.models import Organisation, Site
from patients.errors import (
    AnotherDateOfBirth,
    OrganisationMissing,
    PatientArchived,
    PatientHasChanged,
    PatientNotFound,
    PatientOfOthers,
    PatientReferenceTaken,
)
from patients.matching import KEY_LENGTH
from patients.models import Patient, PatientOrganisation
from patients.news import PatientNews, tell
from patients.versions import as_seen, changed_parts
from patients.wanted import KnownPatient, PatientWanted

NO_ADDRESS = Address(lines=(), city="", county="", postcode="")


def admit_patient(
    wanted: PatientWanted | KnownPatient, *, account_id: int, actor: Actor
) -> Patient:
    """Find or register the patient and lock the row; called inside a command's transaction.

    Raises PatientNotFound, PatientArchived, AnotherDateOfBirth, PatientOfOthers or SiteNotFound.
    """
    if isinstance(wanted, KnownPatient):
        patient = _locked(actor, account_id=account_id, pk=wanted.id)
        if patient is None:
            raise PatientNotFound(field="patient")
        return _able_to_order(patient)
    _check_site(wanted, None, actor)
    patient = insert_or_none(_new(wanted, account_id=account_id))
    if patient is None:
        return _recognised(wanted, account_id=account_id, actor=actor)
    tell(patient, PatientNews.CREATED)
    return patient


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
        tell(patient, PatientNews.UPDATED)
    return bool(changed)


@transaction.atomic
def register_patient(
    wanted: PatientWanted, *, organisation: Organisation | None, public_id: UUID, actor: Actor
) -> Patient:
    """Put somebody new into the register, known to this organisation, without an order.

    Asked for the same `public_id` again, it is the same patient: a form was sent twice. Raises
    OrganisationMissing, PatientReferenceTaken or PatientOfOthers.
    """
    actor.must(Permission.CHANGE_PATIENTS)
    sign_history(actor)
    _must_see_afterwards(organisation, actor)
    _check_site(wanted, None, actor)
    patient = _new(wanted, account_id=actor.one_account)
    patient.public_id = public_id
    if insert_or_none(patient) is None:
        return _registered_before(wanted, public_id, actor)
    if organisation is not None:
        link_patient(patient, organisation)
    tell(patient, PatientNews.CREATED)
    return patient


@transaction.atomic
def change_patient(patient: Patient, wanted: PatientWanted, *, seen: int, actor: Actor) -> Patient:
    """Make the record say what is wanted; what is not wanted any more is emptied.

    `seen` is the version of the record that the actor was looking at: PatientHasChanged when
    anything that people change is not what it was then. Raises PatientReferenceTaken or
    PatientOfOthers. Orders that were placed keep their own addresses.
    """
    actor.must(Permission.CHANGE_PATIENTS)
    sign_history(actor)
    patient = _found(patient, actor)
    before = as_seen(patient, seen)
    if before is None or changed_parts(before, patient):
        raise PatientHasChanged
    return _become(patient, wanted, actor)


@transaction.atomic
def describe_patient(
    patient: Patient, describe: Callable[[PatientWanted], PatientWanted], *, actor: Actor
) -> Patient:
    """Make the record say what `describe` makes of it as it is now; nobody comes in between.

    Raises PatientReferenceTaken, PatientOfOthers or SiteNotFound.
    """
    actor.must(Permission.CHANGE_PATIENTS)
    sign_history(actor)
    patient = _found(patient, actor)
    return _become(patient, describe(PatientWanted.of(patient)), actor)


def archive_patient(patient: Patient, *, actor: Actor) -> Patient:
    """From now on nothing can be ordered for them; one who is archived stays so.

    Orders in hand go on: a kit may be on its way, and each can be cancelled by itself.
    """
    return _archive(patient, is_archived=True, actor=actor)


@transaction.atomic
def disenroll_patient(patient: Patient, *, archive: bool, actor: Actor) -> Patient:
    """They take part no more, so nothing can be ordered for them; archived too, if it is wanted.

    Done again it changes nothing. What they have at home is the business of `orders.returns`.
    """
    actor.must(Permission.CHANGE_PATIENTS)
    sign_history(actor)
    patient = _found(patient, actor)
    changed = []
    if patient.enrolled:
        patient.enrolled = False
        changed.append("enrolled")
    if archive and not patient.is_archived:
        patient.archived_at = timezone.now()
        changed.append("archived_at")
    if changed:
        patient.save(update_fields=changed)
        tell(patient, PatientNews.UPDATED)
    return patient


def restore_patient(patient: Patient, *, actor: Actor) -> Patient:
    """Undo `archive_patient`."""
    return _archive(patient, is_archived=False, actor=actor)


def verify_patient(patient: Patient, wanted: PatientWanted, *, actor: Actor) -> Patient:
    """Make the record say what the patient confirmed, without a look at older versions; the
    reference stays. Called inside the transaction of a command, which answers for the permission.

    Raises PatientNotFound, PatientArchived, SiteNotFound.
    """
    patient = _able_to_order(_found(patient, actor))
    return _become(patient, replace(wanted, reference=patient.reference), actor)


def why_reference_is_refused(
    reference: str | None, *, account_id: int, actor: Actor, patient: Patient | None = None
) -> Refusal | None:
    """The rule that keeps `patient`, or a new one, from having this reference; None when none does.

    Of somebody whom the actor does not see nothing more is said than that they exist.
    """
    if not reference:
        return None
    owner = Patient.objects.filter(account_id=account_id, reference=reference).first()
    if owner is None or owner == patient:
        return None
    if Patient.objects.visible_to(actor).filter(pk=owner.pk).exists():
        return PatientReferenceTaken(field="patient.reference")
    return PatientOfOthers(field="patient.reference")


def _become(patient: Patient, wanted: PatientWanted, actor: Actor) -> Patient:
    refusal = why_reference_is_refused(
        wanted.reference, account_id=patient.account_id, actor=actor, patient=patient
    )
    if refusal:
        raise refusal
    _check_site(wanted, patient.site_id, actor)
    _save(patient, _rewrite(patient, wanted), actor)
    return patient


def _check_site(wanted: PatientWanted, now: int | None, actor: Actor) -> None:
    """The site they have already may have been closed meanwhile."""
    if wanted.site_id in (None, now):
        return
    if not Site.objects.visible_to(actor).filter(pk=wanted.site_id, is_active=True).exists():
        raise SiteNotFound(field="patient.site")


def _must_see_afterwards(organisation: Organisation | None, actor: Actor) -> None:
    """An organisation of the actor's own; none at all only for who sees those without."""
    is_seen = (
        actor.sees_all_organisations
        if organisation is None
        else Organisation.objects.visible_to(actor).filter(pk=organisation.pk).exists()
    )
    if not is_seen:
        raise OrganisationMissing(field="organisation")


def _registered_before(wanted: PatientWanted, public_id: UUID, actor: Actor) -> Patient:
    same = Patient.objects.visible_to(actor).filter(public_id=public_id).first()
    if same is not None:
        return same
    refusal = why_reference_is_refused(wanted.reference, account_id=actor.one_account, actor=actor)
    raise refusal or PatientNotFound(field="patient")


@transaction.atomic
def _archive(patient: Patient, *, is_archived: bool, actor: Actor) -> Patient:
    actor.must(Permission.CHANGE_PATIENTS)
    sign_history(actor)
    patient = _found(patient, actor)
    if patient.is_archived != is_archived:
        patient.archived_at = timezone.now() if is_archived else None
        patient.save(update_fields=["archived_at"])
        tell(patient, PatientNews.UPDATED)
    return patient


def _found(patient: Patient, actor: Actor) -> Patient:
    """The row, locked and read again: the caller's copy may be stale."""
    found = _locked(actor, account_id=patient.account_id, pk=patient.pk)
    if found is None:
        raise PatientNotFound(field="patient")
    return found


def _rewrite(patient: Patient, wanted: PatientWanted) -> list[str]:
    """Take over everything; returns the names of the columns that changed."""
    told = {
        **_name_columns(wanted),
        "date_of_birth": wanted.date_of_birth,
        "reference": wanted.reference,
        "sex": wanted.sex,
        "email": wanted.email,
        "phone": wanted.phone.as_given,
        "phone_e164": wanted.phone.e164,
        "site_id": wanted.site_id,
        **(wanted.address or NO_ADDRESS).as_columns(),
    }
    return _take(patient, told)


def _save(patient: Patient, changed: list[str], actor: Actor) -> None:
    """A reference that somebody else took a moment ago is refused by the database."""
    if not changed:
        return
    try:
        with transaction.atomic():
            patient.save(update_fields=changed)
    except IntegrityError:
        refusal = why_reference_is_refused(
            patient.reference, account_id=patient.account_id, actor=actor, patient=patient
        )
        raise refusal or PatientHasChanged from None
    tell(patient, PatientNews.UPDATED)


def _new(wanted: PatientWanted, *, account_id: int) -> Patient:
    patient = Patient(
        account_id=account_id,
        reference=wanted.reference,
        date_of_birth=wanted.date_of_birth,
        sex=wanted.sex,
        site_id=wanted.site_id,
        registered_at=timezone.now(),
    )
    _take(patient, _name_columns(wanted))
    _describe(patient, wanted)
    if wanted.address:
        patient.take_address(wanted.address)
    return patient


def _describe(patient: Patient, wanted: PatientWanted) -> list[str]:
    """Take over name and contact; returns the names of the columns that changed.

    What is not told stays: two people may enter the same patient, one of them without a number.
    """
    told: dict[str, Any] = {} if wanted.is_nameless else _name_columns(wanted)
    if wanted.email:
        told["email"] = wanted.email
    if wanted.phone.as_given:
        told |= {"phone": wanted.phone.as_given, "phone_e164": wanted.phone.e164}
    return _take(patient, told)


def _name_columns(wanted: PatientWanted) -> dict[str, Any]:
    return {
        "full_name": wanted.name.full,
        "first_name": wanted.name.first,
        "last_name": wanted.name.last,
        "first_name_key": search_key(wanted.name.first)[:KEY_LENGTH],
        "last_name_key": search_key(wanted.name.last)[:KEY_LENGTH],
    }


def _take(patient: Patient, told: dict[str, Any]) -> list[str]:
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
    if _is_another_day(patient.date_of_birth, wanted.date_of_birth):
        raise AnotherDateOfBirth(field="patient.date_of_birth")
    if patient.date_of_birth is not None and wanted.date_of_birth is None:
        return patient  # Nothing says that it is the same person, so nothing is overwritten.
    changed = _describe(patient, wanted)
    if patient.date_of_birth is None and wanted.date_of_birth is not None:
        patient.date_of_birth = wanted.date_of_birth
        changed.append("date_of_birth")
    if patient.address is None and wanted.address is not None:
        changed += patient.take_address(wanted.address)
    if changed:
        patient.save(update_fields=changed)
        tell(patient, PatientNews.UPDATED)
    return patient


def _is_another_day(known: date | None, told: date | None) -> bool:
    """One that is not told says nothing against them being the same person."""
    return known is not None and told is not None and known != told


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
