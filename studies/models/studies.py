"""The study itself: a patient, nights and sensors. It outlives the order it came by."""

import pgtrigger
from django.db import models

from foundation.actors import Actor
from foundation.constraints import SameAccount, unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from organisations.models import Account, Organisation
from organisations.models.accounts import MOST_NIGHTS, sensors_field
from organisations.sensors import EmitOn, Sensor, SeverityIndex
from patients.models import Patient
from studies.references import REFERENCE_LENGTH
from studies.statuses import StudyStatus, steps

CODE_LENGTH = 8
WRONG_DATES_AT_MOST = 5


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

    def in_house(self) -> "StudyQuerySet":
        return self.filter(channel=Channel.IN_HOUSE)

    def awaiting_review(self) -> "StudyQuerySet":
        """Those with results that no review speaks of, whoever has waited longest first."""
        return self.filter(awaits_review_since__isnull=False).order_by("awaits_review_since", "id")

    def after_in_turn(self, study: "Study") -> "StudyQuerySet":
        """Those that await review for less long than this one does, or did when it was read."""
        since = study.awaits_review_since
        later = models.Q(awaits_review_since__gt=since)
        behind = later | models.Q(awaits_review_since=since, pk__gt=study.pk)
        # The first condition is for the index, which knows no "or".
        return self.awaiting_review().filter(behind, awaits_review_since__gte=since)

    def before_in_turn(self, study: "Study") -> "StudyQuerySet":
        """Those that await review for longer than this one does, or did when it was read."""
        since = study.awaits_review_since
        earlier = models.Q(awaits_review_since__lt=since)
        ahead = earlier | models.Q(awaits_review_since=since, pk__lt=study.pk)
        return self.awaiting_review().filter(ahead, awaits_review_since__lte=since)

    def with_its_people(self) -> "StudyQuerySet":
        """All that a page about studies shows of each, without a query a row."""
        return self.select_related("account", "organisation__clinician", "patient")


@keep_history("StudyHistory")
class Study(models.Model):
    """What the organisation decided is settled at creation and stays: when the result is told,
    which index makes the severity, how often a night is repeated, how many valid nights are enough
    (None: all of them).

    `repeat_nights` were asked for by a reviewer, after those that were ordered. `finished_at` is
    when Finished was told for the first time.
    """

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
    severity_by = models.CharField(max_length=8, choices=SeverityIndex, default=SeverityIndex.AHI3)
    most_repeats = models.PositiveSmallIntegerField(default=2)
    enough_nights = models.PositiveSmallIntegerField(null=True)
    repeat_nights = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=16, choices=StudyStatus, default=StudyStatus.CREATED)
    activation_code = models.CharField(max_length=CODE_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)
    awaits_review_since = models.DateTimeField(null=True, editable=False)
    wrong_dates = models.PositiveSmallIntegerField(default=0, editable=False)

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
            models.CheckConstraint(
                condition=models.Q(nights__lte=MOST_NIGHTS - models.F("repeat_nights")),
                name="study_nights_and_repeats_are_30_at_most",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=StudyStatus.RESULT_READY)
                | models.Q(awaits_review_since__isnull=False),
                name="study_with_results_ready_awaits_review",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="studies_newest_first"),
            models.Index(
                fields=["account", "awaits_review_since", "id"],
                condition=models.Q(awaits_review_since__isnull=False),
                name="studies_awaiting_review",
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
    def is_locked(self) -> bool:
        """A wrong date of birth was given too often; somebody of the clinic unlocks it."""
        return self.wrong_dates >= WRONG_DATES_AT_MOST

    @property
    def is_withheld(self) -> bool:
        """No result leaves until a review has released it."""
        return self.emits_on == EmitOn.REVIEWED

    @property
    def is_finished(self) -> bool:
        """For whoever ordered it: with `reviewed`, after the review."""
        if self.status == StudyStatus.RESULT_READY:
            return not self.is_withheld
        return self.status == StudyStatus.FINISHED

    @property
    def all_nights(self) -> int:
        """Those that were ordered and those that a reviewer asked for."""
        return self.nights + self.repeat_nights

    @property
    def shown_code(self) -> str:
        """The activation code as people read it: XXXX-XXXX."""
        return f"{self.activation_code[:4]}-{self.activation_code[4:]}"
