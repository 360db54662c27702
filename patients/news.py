"""What of the register is news for others. Who is told, and how, is the room `webhooks`."""

from typing import Final

from django.db import models
from django.utils import timezone

from patients.models import Patient
from webhooks.recording import News, record

CHANNEL: Final = "patient"


class PatientNews(models.TextChoices):
    CREATED = "patient_created", "Patient registered"
    UPDATED = "patient_updated", "Patient changed"


def tell(patient: Patient, what: PatientNews) -> None:
    """Make it known; called inside the transaction that has the row locked, or just wrote it."""
    news = News(
        channel=CHANNEL,
        reference=str(patient.pk),
        kinds=(what.value,),
        is_of_a_study=False,
        facts={"patient": patient.pk},
        happened_at=timezone.now(),
    )
    record(news, account_id=patient.account_id)
