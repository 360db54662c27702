"""What came to be true, and in which order an account reads it."""

from typing import Final

import pgtrigger
from django.db import models

from foundation.constraints import unique_in_account
from foundation.ids import public_id
from organisations.models import Account
from webhooks.models.endpoints import kinds_field

REFERENCE_LENGTH: Final = 128


class WebhookEvent(models.Model):
    """Something that came to be true, for whoever wants to know: ids and changed facts, no names.

    Events of one stream (a channel and a reference) are counted; `position` is its place in the
    account's feed, given by whoever reads that. There is no foreign key to what it speaks of.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    message_id = models.UUIDField(default=public_id, editable=False, unique=True)
    channel = models.CharField(max_length=16)
    reference = models.CharField(max_length=REFERENCE_LENGTH, db_collation="C")
    sequence = models.PositiveIntegerField()
    kinds = kinds_field()
    is_of_a_study = models.BooleanField()
    facts = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    position = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            unique_in_account("event_is_found_within_its_account"),
            models.UniqueConstraint(
                fields=["account", "channel", "reference", "sequence"],
                name="event_has_its_own_place_in_its_stream",
            ),
            models.UniqueConstraint(
                fields=["account", "position"], name="event_has_its_own_place_in_the_feed"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "id"],
                condition=models.Q(position=None),
                name="events_not_in_the_feed_yet",
            ),
            models.Index(fields=["happened_at"], name="events_by_time"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="event_stays_as_it_was_written", exclude=["position"]),
        ]

    def __str__(self) -> str:
        return f"{self.kinds[-1]} {self.reference}"


class Feed(models.Model):
    """How far an account's events are numbered; locked by whoever numbers more of them."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    last_position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Feed of account {self.account_id}"
