"""Receivers: where an account's notifications are posted to."""

import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from foundation.actors import Actor
from foundation.constraints import unique_in_account
from foundation.history import keep_history
from foundation.ids import public_id
from organisations.models import Account

KIND_LENGTH: Final = 32
URL_LENGTH: Final = 2000
OF_THE_SENDER: Final = ("failing_since", "waits_until", "drained_until")
NOT_IN_HISTORY: Final = ("secret", "old_secret", "bearer", *OF_THE_SENDER)


class Dialect(models.TextChoices):
    """In which words an endpoint is told."""

    V1 = "v1", "API v1"
    V3 = "v3", "API v3"


class Pause(models.TextChoices):
    """Why nothing is sent to an endpoint for now."""

    BY_HAND = "by_hand", "Paused by hand"
    GONE = "gone", "It answered 410: gone"
    FAILING = "failing", "It failed for five days"


def kinds_field() -> ArrayField:
    """Things that can happen, in our own words."""
    return ArrayField(models.CharField(max_length=KIND_LENGTH), default=list)


@keep_history("AccountSecretHistory", ignoring=("secret",))
class AccountSecret(models.Model):
    """What an account wants to read in every message of API v3, to know that it is ours: sealed, as
    the endpoints' own secrets are.
    """

    account = models.OneToOneField(Account, models.PROTECT, related_name="+")
    secret = models.TextField(editable=False)
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Webhook secret of account {self.account_id}"


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, actor: Actor) -> "WebhookEndpointQuerySet":
        """An endpoint is told of a whole account, so only who sees all of that may know of it."""
        if actor.sees_all_accounts:
            return self
        if not actor.sees_all_organisations:
            return self.none()
        return self.filter(account_id=actor.account_id)

    def present(self) -> "WebhookEndpointQuerySet":
        return self.filter(removed_at=None)

    def with_account_secret(self) -> "WebhookEndpointQuerySet":
        """Each knows in `account_secret` what its account has set, sealed, or None."""
        secrets = AccountSecret.objects.filter(account=models.OuterRef("account"))
        return self.annotate(account_secret=models.Subquery(secrets.values("secret")))

    def in_trouble(self) -> "WebhookEndpointQuerySet":
        """They fail, or nothing is sent to them until somebody resumes them."""
        return self.exclude(failing_since=None, paused_at=None)


@keep_history("WebhookEndpointHistory", ignoring=NOT_IN_HISTORY)
class WebhookEndpoint(models.Model):
    """A receiver: the full address that is posted to, and what it wants to be told of.

    Secrets are sealed (`foundation.sealing`), because each message is signed with them. While one
    is paused its notifications wait; one that was removed is owed nothing any more. One job at a
    time sends to it, until `drained_until`; it `waits_until` the moment that it asked for. API v3
    has several forms of the same event, and an endpoint there is `told_as` one of these.
    """

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    public_id = models.UUIDField(default=public_id, editable=False, unique=True)
    url = models.CharField("address", max_length=URL_LENGTH)
    dialect = models.CharField(max_length=8, choices=Dialect)
    kinds = kinds_field()
    told_as = models.CharField(max_length=KIND_LENGTH, blank=True, default="", editable=False)
    studies_only = models.BooleanField(default=False, editable=False)
    secret = models.TextField(editable=False)
    secret_drawn_at = models.DateTimeField(default=timezone.now, editable=False)
    old_secret = models.TextField(blank=True, default="", editable=False)
    old_secret_ends_at = models.DateTimeField(null=True, editable=False)
    bearer = models.TextField(blank=True, default="", editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    pause = models.CharField(max_length=16, choices=Pause, blank=True, default="", editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    waits_until = models.DateTimeField(null=True, editable=False)
    drained_until = models.DateTimeField(null=True, editable=False)
    removed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    account_secret: str | None

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            unique_in_account("endpoint_is_found_within_its_account"),
            models.CheckConstraint(
                condition=models.Q(paused_at=None, pause="")
                | (models.Q(paused_at__isnull=False) & ~models.Q(pause="")),
                name="a_paused_endpoint_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(dialect=Dialect.V3) ^ models.Q(told_as=""),
                name="an_endpoint_of_v3_is_told_in_one_form",
            ),
            models.CheckConstraint(
                condition=models.Q(old_secret="", old_secret_ends_at=None)
                | (~models.Q(old_secret="") & models.Q(old_secret_ends_at__isnull=False)),
                name="older_secret_of_an_endpoint_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_open(self) -> bool:
        """Whether it is sent anything now."""
        return self.removed_at is None and self.paused_at is None

    def may_be_sent_to(self, now: datetime.datetime) -> bool:
        return self.is_open and (self.waits_until is None or self.waits_until <= now)

    @property
    def older_secret_works(self) -> bool:
        return self.old_secret_works_at(timezone.now())

    def old_secret_works_at(self, now: datetime.datetime) -> bool:
        return self.old_secret_ends_at is not None and self.old_secret_ends_at > now
