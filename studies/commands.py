"""What can be done to a study: open it, cancel it."""

from dataclasses import dataclass

from foundation.constraints import insert_or_none
from foundation.text import crockford
from organisations.models import Organisation
from organisations.sensors import EmitOn
from patients.models import Patient
from studies.models import CODE_LENGTH, Channel, Study
from studies.statuses import NEXT, StudyStatus


@dataclass(frozen=True, kw_only=True)
class StudyPlan:
    """A study that may be opened: entitlement and defaults are settled."""

    organisation: Organisation
    channel: Channel
    reference: str
    nights: int
    sensors: tuple[str, ...]
    emits_on: EmitOn


def open_study(plan: StudyPlan, *, patient: Patient) -> Study | None:
    """Insert the study; None when the account has one of this channel and reference.

    Tried twice: the first conflict may be an activation code that somebody else drew.
    """
    return _insert(plan, patient) or _insert(plan, patient)


def cancel_study(study: Study) -> None:
    """The study is over and its activation code is dead; a study that has ended stays as it is.

    Called inside the transaction of a command, which answers for the permission.
    """
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    if StudyStatus.CANCELLED in NEXT[StudyStatus(study.status)]:
        study.status = StudyStatus.CANCELLED
        study.save(update_fields=["status"])


def _insert(plan: StudyPlan, patient: Patient) -> Study | None:
    return insert_or_none(
        Study(
            account_id=plan.organisation.account_id,
            channel=plan.channel,
            reference=plan.reference,
            patient=patient,
            organisation=plan.organisation,
            nights=plan.nights,
            sensors=list(plan.sensors),
            emits_on=plan.emits_on,
            activation_code=crockford(CODE_LENGTH),
        )
    )
