"""Referrals: a patient is referred, somebody verifies the details and so places the order, or
rejects it (contracts/v1.md section 2.5). Whoever referred cannot change it.
"""

from dataclasses import dataclass, replace

from django.db import models, transaction
from django.utils import timezone

from foundation.actors import Actor, Door, Permission
from foundation.addresses import Address
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from orders.commands import place_order
from orders.models import Referral
from orders.models.referrals import REASON_LENGTH
from orders.referral_errors import ReferralIsDecided, ReferralNotFound, RejectionReasonMissing
from orders.referral_statuses import ReferralStatus
from orders.wanted import OrderWanted, StudyWanted
from patients.commands import admit_patient, link_patient, verify_patient
from patients.wanted import KnownPatient, PatientWanted
from studies.errors import ReferenceTaken
from studies.models import Channel
from studies.references import tidy_reference
from studies.terms import settle_terms
from studies.wanted import OrganisationChosen, OrganisationForReferrals, TermsWanted
from webhooks.recording import News, record


class ReferralTurn(models.TextChoices):
    """What is told of a referral itself; the rest is its order's and its study's."""

    VERIFIED = "referral_verified", "Referral verified"
    REJECTED = "referral_rejected", "Referral rejected"


@dataclass(frozen=True, kw_only=True)
class ReferralWanted:
    """None for nights or sensors is the setting of the organisation that takes the referrals."""

    reference: str
    patient: PatientWanted
    nights: int | None = None
    sensors: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What the patient confirmed: who they are and how to reach them, where the kit goes, and
    whether they were asked for a smartphone and need one.
    """

    patient: PatientWanted
    address: Address
    phone_needed: bool
    phone_asked: bool


@transaction.atomic
def receive_referral(wanted: ReferralWanted, *, actor: Actor) -> Referral:
    """The patient is referred and waits to be verified: contracts/v1.md section 2.5.

    Raises what `tidy_reference`, `settle_terms` and `admit_patient` do, and ReferenceTaken.
    """
    actor.must(Permission.SEND_REFERRALS)
    sign_history(actor)
    reference = tidy_reference(wanted.reference)
    asked = TermsWanted(
        organisation=OrganisationForReferrals(), nights=wanted.nights, sensors=wanted.sensors
    )
    terms = settle_terms(asked, actor=actor)
    patient = admit_patient(wanted.patient, account_id=actor.one_account, actor=actor)
    link_patient(patient, terms.organisation)
    referral = Referral(
        account_id=actor.one_account,
        reference=reference,
        patient=patient,
        organisation=terms.organisation,
        nights=terms.nights,
        sensors=list(terms.sensors),
        door=actor.door,
        sent_by=actor.label[:255],
        sent_by_client_id=actor.client_id,
    )
    if insert_or_none(referral) is None:
        raise ReferenceTaken(field="reference")
    return referral


@transaction.atomic
def verify_referral(referral: Referral, verified: Verified, *, actor: Actor) -> Referral:
    """The patient's record says what was verified, and the order is placed, with a reference of
    ours.

    Raises ReferralNotFound, ReferralIsDecided, and what `verify_patient` and `place_order` do.
    """
    actor.must(Permission.VERIFY_REFERRALS)
    sign_history(actor)
    referral = _undecided(referral, actor=actor)
    verify_patient(referral.patient, verified.patient, actor=actor)
    wanted = OrderWanted(
        recipient=KnownPatient(referral.patient_id),
        address=verified.address,
        contents=StudyWanted(
            terms=TermsWanted(
                organisation=OrganisationChosen(referral.organisation_id),
                nights=referral.nights,
                sensors=tuple(referral.sensors),
            ),
            phone_needed=verified.phone_needed,
            phone_asked=verified.phone_asked,
            referral=referral.reference,
        ),
    )
    _decide(referral, ReferralStatus.VERIFIED, actor=actor)
    _tell(referral, ReferralTurn.VERIFIED)
    orderer = replace(actor.for_account(referral.account_id), door=Door.REFERRAL)
    referral.order = place_order(wanted, actor=orderer)
    referral.save()
    return referral


@transaction.atomic
def reject_referral(referral: Referral, *, reason: str, actor: Actor) -> Referral:
    """Nothing will be sent. Raises ReferralNotFound, ReferralIsDecided, RejectionReasonMissing."""
    actor.must(Permission.VERIFY_REFERRALS)
    sign_history(actor)
    referral = _undecided(referral, actor=actor)
    if not reason.strip():
        raise RejectionReasonMissing(field="reason")
    _decide(referral, ReferralStatus.REJECTED, actor=actor)
    referral.reason = reason.strip()[:REASON_LENGTH]
    referral.save()
    _tell(referral, ReferralTurn.REJECTED)
    return referral


def _undecided(referral: Referral, *, actor: Actor) -> Referral:
    found = (
        Referral.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("patient")
        .filter(pk=referral.pk)
        .first()
    )
    if found is None:
        raise ReferralNotFound(field="referral")
    if found.status != ReferralStatus.RECEIVED:
        raise ReferralIsDecided(field="referral", status=found.get_status_display().lower())
    return found


def _decide(referral: Referral, to: ReferralStatus, *, actor: Actor) -> None:
    referral.status = to
    referral.decided_by, referral.decided_by_user_id = actor.label[:255], actor.user_id
    referral.decided_at = timezone.now()


def _tell(referral: Referral, turn: ReferralTurn) -> None:
    """In the stream that its order and its study go on with."""
    assert referral.decided_at is not None, "it was decided"
    news = News(
        channel=Channel.REFERRAL,
        reference=referral.reference,
        kinds=(turn.value,),
        is_of_a_study=True,
        facts={"referral": referral.pk},
        happened_at=referral.decided_at,
    )
    record(news, account_id=referral.account_id)
