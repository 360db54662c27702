"""What happened to a study, in the order in which it happened, which is not that of its arrival."""

import pgtrigger
from django.db import models

from foundation.actors import Door
from foundation.constraints import SameAccount
from organisations.models import Account, User
from studies.models.studies import Study

NOTE_LENGTH = 2000


class StudyEventName(models.TextChoices):
    """What is true from then on."""

    CREATED = "created", "Study created"
    ACTIVATED = "activated", "Activated by the patient"
    LOCKED = "locked", "Locked: a wrong date of birth was given too often"
    UNLOCKED = "unlocked", "Unlocked"
    ATTEMPT_STARTED = "attempt_started", "Recording started"
    ATTEMPT_COMPLETED = "attempt_completed", "Recording completed"
    RESULT_READY = "result_ready", "Enough results"
    REVIEWED = "reviewed", "Review signed"
    AMENDED = "amended", "Review amended"
    REPEAT_ASKED = "repeat_asked", "Another night asked for"
    FINISHED = "finished", "Result told to whoever ordered"
    CANCELLED = "cancelled", "Study cancelled"


class StudyEvent(models.Model):
    """One line of the timeline: appended, never changed. `message` is the recording side's own id
    of what it said, so that the same said twice is one event.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    study = models.ForeignKey(
        Study, models.PROTECT, related_name="events", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=32, choices=StudyEventName)
    night = models.PositiveSmallIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(max_length=NOTE_LENGTH, blank=True)
    door = models.CharField(max_length=16, choices=Door)
    actor = models.CharField(max_length=255)
    actor_user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    message = models.UUIDField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameAccount("study", name="study_event_study_is_of_the_same_account"),
            models.UniqueConstraint(
                fields=["study", "message"], name="study_was_told_this_already"
            ),
        ]
        indexes = [models.Index(fields=["study", "happened_at", "id"], name="events_of_a_study")]
        triggers = [
            pgtrigger.Protect(
                name="study_events_are_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """What happened, as a timeline tells it."""
        if self.night is None:
            return self.get_name_display()
        return f"{self.get_name_display()}: night {self.night}, attempt {self.attempt}"
