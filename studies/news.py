"""What of a study's life is news for others, in our words; and what of the results may go with it,
which is decided here, when the event is written.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from studies.models import NightAttempt, Study
from webhooks.recording import News, record


class StudyTurn(models.TextChoices):
    """contracts/v1.md section 4: told of orders, in-house studies and referrals alike. Only an
    in-house study is called off by itself.
    """

    ACTIVATED = "study_activated", "Study activated by the patient"
    ATTEMPT_STARTED = "attempt_started", "Recording of a night started"
    ATTEMPT_COMPLETED = "attempt_completed", "Recording of a night completed"
    FINISHED = "finished", "Study finished"
    CALLED_OFF = "called_off", "Cancelled, or impossible to fulfil"


def tell(study: Study, turn: StudyTurn, *, at: datetime) -> None:
    """Make known what came to be true of the study, whose row is locked: so the events of its
    stream are counted without gaps. The stream is that of the order or referral it came by.
    """
    facts: dict[str, Any] = {"study": study.pk}
    if turn in WITH_NIGHTS:
        facts["nights"] = _nights(study.attempts.all())
    news = News(
        channel=study.channel,
        reference=study.reference,
        kinds=(turn.value,),
        is_of_a_study=True,
        facts=facts,
        happened_at=at,
    )
    record(news, account_id=study.account_id)


WITH_NIGHTS = frozenset(
    {StudyTurn.ATTEMPT_STARTED, StudyTurn.ATTEMPT_COMPLETED, StudyTurn.FINISHED}
)


def _nights(attempts: Iterable[NightAttempt]) -> list[list[Any]]:
    """Every attempt by id, its status now, and whether its result may be told: results do not
    change, so whoever writes the message looks them up.
    """
    return [
        [attempt.pk, attempt.status, attempt.is_valid and attempt.is_released]
        for attempt in attempts
    ]
