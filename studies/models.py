"""The diagnostic episode: a patient, nights and sensors. It outlives the order it came by."""

import pgtrigger
from django.db import models

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from organisations.models import Account, Organisation
from organisations.models.accounts import MOST_NIGHTS, sensors_field
from organisations.sensors import EmitOn, Sensor
from patients.models import Patient
from studies.statuses import StudyStatus, steps

REFERENCE_LENGTH = 128
CODE_LENGTH = 8


class Channel(models.TextChoices):
    """How a study came about."""

    ORDER = "order", "Order"
    IN_HOUSE = "in_house", "In-house"
    REFERRAL = "referral", "Referral"


class StudyQuerySet(models.QuerySet["Study"]):
    def visible_to(self, actor: Actor) -> "StudyQuerySet":
        if actor.sees_all_accounts:
            return self
        mine = self.filter(account_id=actor.account_id)
        if actor.organisation_ids is None:
            return mine
        return mine.filter(organisation_id__in=actor.organisation_ids)


@keep_history("StudyHistory")
class Study(models.Model):
    """`emits_on` is settled at creation and stays, whatever the organisation decides later."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    channel = models.CharField(max_length=16, choices=Channel)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+", db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", db_constraint=False
    )
    nights = models.PositiveSmallIntegerField()
    sensors = sensors_field()
    emits_on = models.CharField(max_length=16, choices=EmitOn)
    status = models.CharField(max_length=16, choices=StudyStatus, default=StudyStatus.CREATED)
    activation_code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StudyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            unique_in_account("study_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "channel", "reference"], name="study_reference_is_taken"
            ),
            SameAccount("patient", name="study_patient_is_of_the_same_account"),
            SameAccount("organisation", name="study_organisation_is_of_the_same_account"),
            models.CheckConstraint(
                condition=models.Q(nights__gte=1, nights__lte=MOST_NIGHTS),
                name="study_nights_are_1_to_30",
            ),
            models.CheckConstraint(
                condition=models.Q(sensors__contains=[Sensor.NECK]),
                name="study_has_the_neck_sensor",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="study_takes_legal_steps", field="status", transitions=steps())
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def has_a_live_code(self) -> bool:
        """A cancelled study's code opens nothing any more."""
        return self.status != StudyStatus.CANCELLED

    @property
    def shown_code(self) -> str:
        """The activation code as people read it: XXXX-XXXX."""
        return f"{self.activation_code[:4]}-{self.activation_code[4:]}"
