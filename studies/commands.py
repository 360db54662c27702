"""What can be done to a study before the patient starts: open it, cancel it, unlock it. What the
recording side says of it is in `recording`, what clinicians do with its results in `reviewing`.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.constraints import insert_or_none
from foundation.history import sign_history
from foundation.ids import public_id
from foundation.text import crockford
from patients.commands import admit_patient, link_patient
from patients.models import Patient
from studies import lifecycle, news
from studies.errors import (
    ReferenceTaken,
    StudyIsNotLocked,
    StudyNotCancellable,
    StudyNotFound,
    StudyReasonMissing,
)
from studies.models import CODE_LENGTH, NOTE_LENGTH, Channel, Study, StudyEventName
from studies.news import StudyTurn
from studies.references import our_reference, tidy_reference
from studies.statuses import NEXT, StudyStatus
from studies.terms import StudyTerms, settle_terms
from studies.wanted import InHouseWanted


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """A study that may be opened: entitlement and defaults are settled."""

    terms: StudyTerms
    channel: Channel
    reference: str
    public_id: UUID | None = None


def open_study(plan: StudyPlan, *, patient: Patient) -> Study | None:
    """Insert the study; None when the account has one of this channel and reference.

    Tried twice: the first conflict may be an activation code that somebody else drew.
    """
    return _insert(plan, patient) or _insert(plan, patient)


@transaction.atomic
def create_in_house_study(wanted: InHouseWanted, *, actor: Actor) -> Study:
    """Open a study whose kit the clinic hands over itself: contracts/v1.md section 2.3.

    Raises what `tidy_reference`, `settle_terms` and `admit_patient` do, and ReferenceTaken, also
    when there is a study of this public id already.
    """
    actor.must(Permission.CHANGE_STUDIES)
    sign_history(actor)
    given = wanted.reference
    reference = our_reference() if given is None else tidy_reference(given)
    terms = settle_terms(wanted.terms, actor=actor)
    patient = admit_patient(wanted.patient, account_id=terms.organisation.account_id, actor=actor)
    link_patient(patient, terms.organisation)
    plan = StudyPlan(
        terms=terms, channel=Channel.IN_HOUSE, reference=reference, public_id=wanted.public_id
    )
    study = open_study(plan, patient=patient)
    if study is None:
        raise ReferenceTaken(field="reference")
    lifecycle.record(study, StudyEventName.CREATED, actor=actor)
    return study


@transaction.atomic
def cancel_in_house_study(study: Study, *, reason: str = "", actor: Actor) -> Study:
    """The study is over and its code dead; one that is cancelled stays so, without another event:
    contracts/v1.md section 2.4. Raises StudyNotCancellable once it is finished, StudyNotFound for
    the study of an order, which is cancelled with that.
    """
    actor.must(Permission.CHANGE_STUDIES)
    sign_history(actor)
    study = lifecycle.locked_study(study, actor=actor)
    if study.channel != Channel.IN_HOUSE:
        raise StudyNotFound(field="study")
    if study.status == StudyStatus.CANCELLED:
        return study
    if refusal := why_not_cancelled(study):
        raise refusal
    _cancel(study, actor=actor, reason=reason)
    news.tell(study, StudyTurn.CALLED_OFF, at=timezone.now())
    return study


def cancel_study(study: Study, *, actor: Actor) -> None:
    """The study of an order that was called off; one that has ended stays as it is.

    Called inside the transaction of a command, which answers for the permission and tells of it.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if why_not_cancelled(study) is None:
        _cancel(study, actor=actor)


def why_not_cancelled(study: Study) -> StudyNotCancellable | None:
    """The rule that keeps the study from being cancelled; None when nothing does."""
    may = StudyStatus.CANCELLED in NEXT[StudyStatus(study.status)] and not study.is_finished
    return None if may else StudyNotCancellable(field="status", status=study.get_status_display())


@transaction.atomic
def unlock_study(study: Study, *, reason: str, actor: Actor) -> Study:
    """The patient may try again. Raises StudyIsNotLocked, StudyReasonMissing."""
    actor.must(Permission.CHANGE_STUDIES)
    sign_history(actor)
    study = lifecycle.locked_study(study, actor=actor)
    if not study.is_locked:
        raise StudyIsNotLocked(field="study")
    if not reason.strip():
        raise StudyReasonMissing(field="reason")
    study.wrong_dates = 0
    study.save(update_fields=["wrong_dates"])
    lifecycle.record(study, StudyEventName.UNLOCKED, actor=actor, note=reason.strip()[:NOTE_LENGTH])
    return study


def _cancel(study: Study, *, actor: Actor, reason: str = "") -> None:
    lifecycle.advance(
        study, StudyStatus.CANCELLED, cancelled_at=timezone.now(), awaits_review_since=None
    )
    lifecycle.record(
        study, StudyEventName.CANCELLED, actor=actor, note=reason.strip()[:NOTE_LENGTH]
    )


def _insert(plan: StudyPlan, patient: Patient) -> Study | None:
    organisation = plan.terms.organisation
    return insert_or_none(
        Study(
            account_id=organisation.account_id,
            public_id=plan.public_id or public_id(),
            channel=plan.channel,
            reference=plan.reference,
            patient=patient,
            organisation=organisation,
            nights=plan.terms.nights,
            sensors=list(plan.terms.sensors),
            emits_on=plan.terms.emits_on,
            severity_by=organisation.severity_by,
            most_repeats=organisation.most_repeats,
            enough_nights=organisation.enough_nights,
            activation_code=crockford(CODE_LENGTH),
        )
    )
