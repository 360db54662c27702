"""The patient starts: the code that came with the kit, and the date of birth (contracts/v1.md
section 6, R12 to R14).
"""

from typing import Final

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor, Permission
from foundation.errors import Refusal
from foundation.history import sign_history
from studies import lifecycle, nights
from studies.errors import CodeNotFound, DateOfBirthUnknown, DateOfBirthWrong, StudyIsLocked
from studies.models import CODE_LENGTH, Study, StudyEventName
from studies.moments import check_moment
from studies.news import StudyTurn, tell
from studies.statuses import StudyStatus
from studies.wanted import Activation

# What people read for a character that the alphabet of codes leaves out.
READ_AS: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


def tidy_code(text: str) -> str:
    """As it is kept, whatever the case, the hyphen and the misread letters."""
    return "".join(text.upper().replace("-", "").split()).translate(READ_AS)


def activate_study(activation: Activation, *, actor: Actor) -> Study:
    """The patient has begun. Done again it is told again, and nothing else changes; the same
    message changes nothing at all.

    Raises CodeNotFound, DateOfBirthWrong, DateOfBirthUnknown, StudyIsLocked, TimeInTheFuture. A
    wrong date is counted although it is refused: this is not for use inside a transaction.
    """
    actor.must(Permission.RECORD_RESULTS)
    check_moment(activation.happened_at, field="occurred_at")
    with transaction.atomic(durable=True):
        sign_history(actor)
        study = _of(activation.code, actor=actor)
        refusal = _refusal(study, activation, actor=actor)
        if refusal is None:
            _activate(study, activation, actor=actor)
    if refusal is not None:
        raise refusal
    return study


def _of(code: str, *, actor: Actor) -> Study:
    kept = tidy_code(code)
    found = (
        Study.objects.visible_to(actor).select_for_update(of=("self",)).select_related("patient")
    )
    study = found.filter(activation_code=kept).first() if len(kept) == CODE_LENGTH else None
    if study is None or not study.has_a_live_code:
        raise CodeNotFound(field="code")
    return study


def _refusal(study: Study, activation: Activation, *, actor: Actor) -> Refusal | None:
    """Why the study is not activated; a wrong date of birth is counted."""
    if study.is_locked:
        return StudyIsLocked(field="code")
    born = study.patient.date_of_birth
    if born is None:
        return DateOfBirthUnknown(field="date_of_birth")
    if born == activation.date_of_birth:
        return None
    study.wrong_dates += 1
    study.save(update_fields=["wrong_dates"])
    if study.is_locked:
        lifecycle.record(study, StudyEventName.LOCKED, actor=actor)
    return DateOfBirthWrong(field="date_of_birth")


def _activate(study: Study, activation: Activation, *, actor: Actor) -> None:
    if study.events.filter(message=activation.message).exists():
        return
    now = activation.happened_at or timezone.now()
    first = min(study.activated_at or now, now)
    lifecycle.change(study, activated_at=first, wrong_dates=0)
    if study.status == StudyStatus.CREATED:
        lifecycle.advance(study, StudyStatus.ACTIVATED)
    nights.plan(study)
    lifecycle.record(
        study, StudyEventName.ACTIVATED, actor=actor, at=now, message=activation.message
    )
    tell(study, StudyTurn.ACTIVATED, at=now)
