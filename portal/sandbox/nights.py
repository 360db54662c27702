"""The test's part of a play: the patient begins, nights are recorded with made-up results, and a
clinician signs them.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.utils import timezone

from foundation.actors import Actor
from foundation.ids import public_id
from organisations.sensors import Sensor
from portal.sandbox.errors import NothingToPlay
from portal.sandbox.report import report_of
from studies.activation import activate_study
from studies.models import NightAttempt, Study
from studies.recording import complete_attempt, start_attempt
from studies.reviewing import results_of, sign_review
from studies.statuses import AttemptStatus, StudyStatus
from studies.wanted import Activation, AttemptResult, AttemptStart, Indexes

CONCLUSION: Final = "Made up by the sandbox: nobody was recorded."


def play_study(study: Study, *, actor: Actor) -> str | None:
    """The next thing that happens to the study, in words; None when it has come to its end.

    Raises NothingToPlay, when what comes next is somebody else's to do.
    """
    if study.status == StudyStatus.CREATED:
        return _activate(study, actor)
    if study.status in (StudyStatus.ACTIVATED, StudyStatus.IN_PROGRESS):
        return _record(study, actor)
    if study.status == StudyStatus.RESULT_READY and study.is_withheld:
        return _review(study, actor)
    return None


def _activate(study: Study, actor: Actor) -> str:
    if study.is_locked:
        raise NothingToPlay(why="the study is locked, unlock it first")
    born = study.patient.date_of_birth
    if born is None:
        raise NothingToPlay(why="nobody has said when the patient was born")
    activation = Activation(code=study.activation_code, date_of_birth=born, message=public_id())
    activate_study(activation, actor=actor)
    return "The patient activated the study."


def _record(study: Study, actor: Actor) -> str:
    """Before the first message there is no attempt, and then the first is due."""
    begun = study.attempts.filter(status=AttemptStatus.IN_PROGRESS).first()
    if begun:
        return _complete(study, begun, actor)
    due = study.attempts.filter(status=AttemptStatus.PENDING).first()
    night, number = (due.night, due.number) if due else (1, 1)
    start = AttemptStart(night=night, attempt=number, started_at=timezone.now())
    start_attempt(study, start, actor=actor)
    return f"The recording of night {night} began."


def _complete(study: Study, attempt: NightAttempt, actor: Actor) -> str:
    indexes = _made_up(study)
    result = AttemptResult(
        night=attempt.night,
        attempt=attempt.number,
        completed_at=timezone.now(),
        is_valid=True,
        indexes=indexes,
        report=report_of(study, attempt, indexes),
    )
    complete_attempt(study, result, actor=actor)
    return f"The recording of night {attempt.night} was processed, and is valid."


def _made_up(study: Study) -> Indexes:
    """A mild case; without an oximeter nobody measures how often the oxygen falls."""
    breathing = {"ahi3": Decimal("9.10"), "ahi4": Decimal("6.40")}
    oxygen = {"odi3": Decimal("8.20"), "odi4": Decimal("5.00")}
    return Indexes(**breathing, **(oxygen if Sensor.OXIMETER in study.sensors else {}))


def _review(study: Study, actor: Actor) -> str:
    """Signed by whoever plays; a program has the clinician of the organisation sign."""
    clinician = study.organisation.clinician
    signer = actor.user_id or clinician.user_id
    if signer is None:
        raise NothingToPlay(why="the results wait for a clinician's review")
    reviewer = replace(actor, user_id=signer)
    sign_review(study, conclusion=CONCLUSION, seen=results_of(study), actor=reviewer)
    return "The results were reviewed and released."
